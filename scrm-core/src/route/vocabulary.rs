//! Which names may a protocol use? What the other files of the playbook define.

use std::collections::BTreeSet;

/// The names that a protocol can refer to. A name that is not here is reported where it is used.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Vocabulary {
    /// Departments of the team.
    pub departments: BTreeSet<String>,
    /// People of the team, by id.
    pub people: BTreeSet<String>,
    /// Roles that somebody has.
    pub roles: BTreeSet<String>,
    /// Skills that somebody has.
    pub skills: BTreeSet<String>,
    /// Topics of the tree; a parent of one of these is known too.
    pub topics: BTreeSet<String>,
    /// Monitors.
    pub monitors: BTreeSet<String>,
    /// Brands, ours and others.
    pub brands: BTreeSet<String>,
    /// Calendars.
    pub calendars: BTreeSet<String>,
}

impl Vocabulary {
    /// Whether a topic is in the tree: an entry, or a parent of one.
    ///
    /// ```
    /// use scrm_core::route::Vocabulary;
    /// let known = Vocabulary { topics: ["service.delay".to_owned()].into(), ..Vocabulary::default() };
    /// assert!(known.has_topic("service") && known.has_topic("service.delay"));
    /// assert!(!known.has_topic("serv") && !known.has_topic("service.delay.train"));
    /// ```
    pub fn has_topic(&self, topic: &str) -> bool {
        let below = |entry: &String| entry.strip_prefix(topic).is_some_and(|rest| rest.starts_with('.'));
        self.topics.contains(topic)
            || self.topics.range(topic.to_owned()..).take_while(|entry| entry.starts_with(topic)).any(below)
    }
}
