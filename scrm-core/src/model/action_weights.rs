//! How much does each reason count when it is judged what must be done?

/// Factors of the reasons for an action; 1 leaves a reason as it is, 0 leaves it out.
///
/// In a playbook: the table `[action]` of `protocol.toml`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ActionWeights {
    /// A type that asks for an answer.
    pub reply: f32,
    /// Words that press for time.
    pub time: f32,
    /// Words of safety.
    pub safety: f32,
    /// Words of the law and of regulators.
    pub legal: f32,
    /// Words of leaving.
    pub churn: f32,
    /// Calls for the top of the house, or for the press.
    pub executive: f32,
    /// An author with much influence.
    pub influence: f32,
    /// Earlier messages of the same customer in the last seven days.
    pub repeat: f32,
    /// Time that the message has waited.
    pub waiting: f32,
}

impl Default for ActionWeights {
    fn default() -> Self {
        let [reply, time, safety, legal, churn, executive, influence, repeat, waiting] = [1.0; 9];
        Self { reply, time, safety, legal, churn, executive, influence, repeat, waiting }
    }
}

impl ActionWeights {
    /// Each factor with its name, to be read or set.
    pub fn each_mut(&mut self) -> [(&'static str, &mut f32); 9] {
        [
            ("reply", &mut self.reply),
            ("time", &mut self.time),
            ("safety", &mut self.safety),
            ("legal", &mut self.legal),
            ("churn", &mut self.churn),
            ("executive", &mut self.executive),
            ("influence", &mut self.influence),
            ("repeat", &mut self.repeat),
            ("waiting", &mut self.waiting),
        ]
    }
}
