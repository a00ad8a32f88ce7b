//! What sort of contact is it? Question, complaint, compliment, request, suggestion, or other.
//!
//! Every type has a logit: a bias, plus the weights of its cues, each further cue of a type counting less. Several
//! types may hold at once. `other` needs signs of chatter; a message with no sign of anything is unknown.

use super::encoder::OUTPUTS;
use super::model::sigmoid;
use super::models::{Models, Question, Verdict};
use super::mood::Mood;
use super::reasons;
use super::role::Role;
use super::sentiment;
use super::words::{Reading, RoleHit};
use crate::model::{Axis, Evidence, Message, MessageKind, MessageType, Span};

/// The logit of each type when nothing speaks for it, in the order of [`MessageType::ALL`].
const BIASES: [f32; 6] = [-2.6, -2.2, -2.6, -1.4, -2.2, -2.0];
/// What each further cue of the same type is worth against the one before.
const FURTHER: f32 = 0.65;
const QUESTION_MARK: f32 = 3.0;
const WH: f32 = 1.6;
const WH_AND_AUX: f32 = 1.4;
const INVERSION: f32 = 2.4;
/// What praise counts in the logit of a compliment, and what the rules' own logit.
const PRAISE: f32 = 0.8;
const OF_RULES: f32 = 0.5;
const TO_NOBODY: f32 = 1.5;
/// What mockery adds to the logit of a complaint.
const MOCKED: f32 = 1.5;

const QUESTION: usize = 0;
const COMPLAINT: usize = 1;
const COMPLIMENT: usize = 2;
const REQUEST: usize = 3;
const SUGGESTION: usize = 4;
const OTHER: usize = 5;

/// One reason for a type.
#[derive(Debug, Clone)]
struct Reason {
    of: usize,
    /// A name, for what is no word of the text.
    name: &'static str,
    reading: usize,
    first: usize,
    len: usize,
    span: Option<Span>,
    weight: f32,
}

/// The types of a message.
#[derive(Debug)]
pub(super) struct Kinds {
    logits: [f32; 6],
    counts: [i32; 6],
    reasons: Vec<Reason>,
    /// Whether reasons are kept.
    explains: bool,
    /// Whether models have spoken.
    learned: bool,
    /// Whether somebody is spoken to.
    addressed: bool,
}

/// Which question the models answer for a type.
const LEARNED: [(usize, Question); 4] = [
    (QUESTION, Question::Asks),
    (COMPLAINT, Question::Complains),
    (REQUEST, Question::Requests),
    (SUGGESTION, Question::Suggests),
];

impl Kinds {
    /// Numbers that say what was found.
    pub(super) const SIGNALS: usize = 6;

    /// What was found, as numbers for a model.
    pub(super) fn signals(&self) -> [f32; Self::SIGNALS] {
        self.logits.map(|logit| logit.clamp(-6.0, 6.0) / 3.0)
    }

    /// Judges all readings of a message, and keeps why where that `explains`.
    pub(super) fn new(message: &Message, readings: &[Reading<'_>], mood: &Mood, explains: bool) -> Self {
        let reasons = Vec::new();
        let mut kinds =
            Self { logits: BIASES, counts: [0; 6], reasons, explains, learned: false, addressed: false };
        for (number, reading) in readings.iter().enumerate() {
            kinds.question(number, reading);
            kinds.cues(number, reading);
        }
        kinds.feeling(message, readings, mood);
        kinds.chatter(readings);
        kinds
    }

    /// Takes in what the models say of English: their logits stand in the place of the rules' own, which they have read.
    ///
    /// Of requests and suggestions few were labelled: their logit is the mean of the model's and the rules', and the
    /// greater of the two where the rules are for it. Nobody has
    /// labelled compliments: theirs is [`OF_RULES`] times that of the rules, and [`PRAISE`] times how much more likely
    /// positive is than anything else, less what a complaint, a question or chatter speaks against it; praise without a
    /// word of praise that is said to nobody counts [`TO_NOBODY`] less. Mockery makes a complaint likelier.
    pub(super) fn settle(
        &mut self,
        models: &Models,
        verdict: &Verdict<'_>,
        sentiment: [f32; OUTPUTS],
        mocks: bool,
    ) {
        for (of, question) in LEARNED {
            let logit = verdict.logit(models, question);
            if let Some(slot) = self.logits.get_mut(of) {
                *slot = match question {
                    Question::Requests | Question::Suggests if *slot > 0.0 => slot.max(logit),
                    Question::Requests | Question::Suggests => 0.5 * (*slot + logit),
                    Question::Complains if mocks => logit + MOCKED,
                    _ => logit,
                };
            }
        }
        let [negative, neutral, positive] = sentiment;
        let praise = PRAISE * (positive - negative.max(neutral));
        let asks = self.of(MessageType::Question).max(self.of(MessageType::Suggestion));
        let against = self.of(MessageType::Complaint).max(0.5 * asks).max(self.of(MessageType::Other));
        let to_nobody = if self.addressed || self.count(COMPLIMENT) > 0 { 0.0 } else { TO_NOBODY };
        if let Some(slot) = self.logits.get_mut(COMPLIMENT) {
            *slot = OF_RULES * *slot + praise - 2.0 * against - to_nobody;
        }
        self.learned = true;
    }

    /// How likely a type is, 0 to 1.
    pub(super) fn of(&self, kind: MessageType) -> f32 {
        let at = MessageType::ALL.iter().position(|known| *known == kind).unwrap_or(OTHER);
        self.logits.get(at).map_or(0.0, |logit| sigmoid(*logit))
    }

    /// The primary type and all that hold, the primary one first.
    pub(super) fn axis(
        &self,
        readings: &[Reading<'_>],
        verdict: Option<(&Models, &Verdict<'_>)>,
        threshold: f32,
        limit: usize,
    ) -> (Axis<MessageType>, Vec<MessageType>) {
        let mut likely: [(usize, MessageType, f32); 6] = std::array::from_fn(|at| {
            let kind = MessageType::ALL.get(at).copied().unwrap_or(MessageType::Other);
            (at, kind, self.of(kind))
        });
        likely.sort_by(|a, b| b.2.total_cmp(&a.2).then(a.0.cmp(&b.0)));
        let mut types: Vec<MessageType> =
            likely.iter().filter(|(_, _, p)| *p >= threshold).map(|(_, kind, _)| *kind).collect();
        if types.len() > 1 {
            types.retain(|kind| *kind != MessageType::Other);
        }
        let first = types.first().copied();
        let best = likely.iter().find(|(_, kind, _)| first.is_none_or(|first| first == *kind));
        let Some((at, kind, confidence)) = best.copied() else { return (Axis::unknown(), types) };
        let question = LEARNED.into_iter().find(|(of, _)| *of == at && self.learned);
        let evidence = match (question, verdict) {
            (Some((_, question)), Some((models, verdict))) if limit > 0 => {
                sentiment::told(readings, verdict.parts(models, [0.0; OUTPUTS], question, &[1.0]), limit)
            }
            _ => self.evidence(readings, at, limit),
        };
        let axis = Axis::new(kind, confidence, evidence).above(threshold);
        (axis, types)
    }

    fn evidence(&self, readings: &[Reading<'_>], of: usize, limit: usize) -> Vec<Evidence> {
        let reasons = self.reasons.iter().filter(|reason| reason.of == of).collect();
        reasons::strongest(
            reasons,
            limit,
            |reason: &&Reason| reason.weight,
            |reason| {
                let reading = readings.get(reason.reading)?;
                if reason.len == 0 {
                    let span = reason.span.filter(|_| reading.is_body);
                    return Some(Evidence { cue: reason.name.to_owned(), span, weight: reason.weight });
                }
                let cue = format!("{} \"{}\"", reason.name, reading.words_at(reason.first, reason.len));
                Some(Evidence { cue, span: reading.place(reason.first, reason.len), weight: reason.weight })
            },
        )
    }

    /// Adds a sign that is no word.
    fn sign(&mut self, of: usize, name: &'static str, reading: usize, span: Option<Span>, weight: f32) {
        self.add(Reason { of, name, reading, first: 0, len: 0, span, weight });
    }

    fn word(&mut self, of: usize, name: &'static str, reading: usize, hit: &RoleHit, weight: f32) {
        self.add(Reason { of, name, reading, first: hit.first, len: hit.len, span: None, weight });
    }

    fn add(&mut self, reason: Reason) {
        if let Some(logit) = self.logits.get_mut(reason.of) {
            *logit += reason.weight;
        }
        if self.explains {
            self.reasons.push(reason);
        }
    }

    fn question(&mut self, number: usize, reading: &Reading<'_>) {
        if reading.question.is_some() {
            self.sign(QUESTION, "question mark", number, reading.question, QUESTION_MARK);
        }
        let mut best: Option<(RoleHit, f32)> = None;
        for hit in reading.roles.iter().filter(|hit| matches!(hit.role, Role::Wh | Role::Aux)) {
            if best.is_some_and(|(_, weight)| weight >= WH + WH_AND_AUX) || !reading.begins_clause(hit.first)
            {
                continue;
            }
            let next = hit.end();
            let weight = match hit.role {
                Role::Wh if reading.has_role(next, Role::Aux) => WH + WH_AND_AUX,
                Role::Wh => WH,
                _ if reading.has_role(next, Role::Subject) => INVERSION,
                _ => continue,
            };
            if best.is_none_or(|(_, known)| weight > known) {
                best = Some((*hit, weight));
            }
        }
        if let Some((hit, weight)) = best {
            self.word(QUESTION, "asks", number, &hit, weight);
        }
    }

    /// The cues of the lists: overlapping ones of a type count once, the longest.
    fn cues(&mut self, number: usize, reading: &Reading<'_>) {
        let mut last: [Option<RoleHit>; 6] = [None; 6];
        let hits = reading.roles.iter().filter_map(|hit| Some((of_role(hit.role)?, *hit)));
        for (of, hit) in hits {
            let Some(slot) = last.get_mut(of) else { continue };
            match slot {
                Some(open) if hit.first == open.first => {
                    *open = RoleHit { weight: open.weight.max(hit.weight), ..hit };
                }
                Some(open) if hit.first < open.end() => {}
                _ => {
                    if let Some(done) = slot.replace(hit) {
                        self.cue(of, number, reading, &done);
                    }
                }
            }
        }
        for (of, open) in last.into_iter().enumerate() {
            if let Some(done) = open {
                self.cue(of, number, reading, &done);
            }
        }
    }

    fn cue(&mut self, of: usize, number: usize, reading: &Reading<'_>, hit: &RoleHit) {
        if matches!(hit.role, Role::Problem | Role::Compliment) && reading.is_negated(hit.first) {
            return;
        }
        let Some(count) = self.counts.get_mut(of) else { return };
        let weight = hit.weight * FURTHER.powi((*count).min(20));
        *count += 1;
        if weight > 0.02 {
            let name = match hit.role {
                Role::Problem => "problem",
                Role::Compliment => "praise",
                Role::Request => "request",
                Role::Suggestion => "suggestion",
                Role::Question => "asks",
                _ => "chatter",
            };
            self.word(of, name, number, hit, weight);
        }
    }

    fn count(&self, of: usize) -> i32 {
        self.counts.get(of).copied().unwrap_or_default()
    }

    /// What sentiment and whom it is said to make of complaints and compliments.
    fn feeling(&mut self, message: &Message, readings: &[Reading<'_>], mood: &Mood) {
        let score = mood.score();
        let said_to_us =
            !matches!(message.kind(), MessageKind::Post | MessageKind::Repost | MessageKind::Comment);
        let addressed = said_to_us
            || readings.iter().any(|reading| reading.tally.mentions > 0 || has(reading, Role::Addressed));
        self.addressed = addressed;
        let problems = self.count(COMPLAINT);
        if score < 0.0 {
            self.sign(COMPLAINT, "negative sentiment", 0, None, -3.0 * score);
            self.sign(COMPLIMENT, "negative sentiment", 0, None, 1.5 * score);
        } else if score > 0.0 {
            self.sign(COMPLIMENT, "positive sentiment", 0, None, 2.6 * score);
            self.sign(COMPLAINT, "positive sentiment", 0, None, -1.5 * score);
        }
        if mood.mocks {
            self.sign(COMPLAINT, "mockery", 0, None, 1.5);
            self.sign(COMPLIMENT, "mockery", 0, None, -4.0);
        }
        if problems > 0 {
            self.sign(COMPLIMENT, "speaks of a problem", 0, None, -0.5 * problems.min(4) as f32);
        }
        if addressed && (problems > 0 || score < -0.3) {
            self.sign(COMPLAINT, "addressed to somebody", 0, None, 0.6);
        }
        if problems > 0 && readings.iter().any(|reading| has(reading, Role::Mine)) {
            self.sign(COMPLAINT, "speaks of the author's own", 0, None, 0.4);
        }
        if addressed && self.count(COMPLIMENT) > 0 {
            self.sign(COMPLIMENT, "addressed to somebody", 0, None, 0.8);
        }
        // `Thanks` under a question or a request is a manner of closing.
        let asks = self.of(MessageType::Question).max(self.of(MessageType::Request));
        if asks >= 0.5 && self.count(COMPLIMENT) <= 1 {
            self.sign(COMPLIMENT, "asks for something", 0, None, -1.2);
        }
    }

    fn chatter(&mut self, readings: &[Reading<'_>]) {
        if self.count(OTHER) == 0 {
            return;
        }
        let other = [QUESTION, COMPLAINT, COMPLIMENT, REQUEST, SUGGESTION];
        let strongest = other.iter().filter_map(|at| self.logits.get(*at)).fold(f32::MIN, |a, b| a.max(*b));
        if strongest > -1.0 {
            self.sign(OTHER, "may be something else", 0, None, -1.0 - strongest.min(1.0));
        }
        if readings.iter().all(|reading| reading.tally.mentions == 0) {
            self.sign(OTHER, "addressed to nobody", 0, None, 0.8);
        }
    }
}

fn has(reading: &Reading<'_>, role: Role) -> bool {
    reading.roles.iter().any(|hit| hit.role == role)
}

/// The type that a role speaks for.
fn of_role(role: Role) -> Option<usize> {
    match role {
        Role::Question => Some(QUESTION),
        Role::Problem => Some(COMPLAINT),
        Role::Compliment => Some(COMPLIMENT),
        Role::Request => Some(REQUEST),
        Role::Suggestion => Some(SUGGESTION),
        Role::Chatter => Some(OTHER),
        _ => None,
    }
}
