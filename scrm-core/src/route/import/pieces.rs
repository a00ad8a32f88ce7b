//! Which rules does one rule of another tool become? One, unless something of what it sets is taken back or kept under
//! other conditions than the rest.

use std::collections::{BTreeMap, BTreeSet};

use super::draft::Draft;
use super::logic::{Formula, Logic, NEVER};
use super::{Note, Severity};

/// How many questions a condition may ask with the exceptions of later rules.
const MOST_PARTS: usize = 300;
/// How many exceptions are looked at in one import.
const MOST_STEPS: usize = 2_000_000;

/// One rule to be.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    /// The draft it comes from.
    pub(super) draft: usize,
    pub(super) when: Formula,
    pub(super) department: Option<String>,
    pub(super) owner: Option<String>,
    pub(super) priority: Option<u8>,
    pub(super) tags: BTreeSet<String>,
    pub(super) notify: BTreeSet<String>,
    /// It is on trial, for this.
    pub(super) shadow: bool,
    /// The pieces that it silences, by their places.
    pub(super) overrides: Vec<usize>,
}

/// One thing that a rule sets.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Effect {
    Department(String),
    Owner(String),
    Priority(u8),
    Tag(String),
    Notify(BTreeSet<String>),
}

impl Piece {
    fn new(draft: usize, when: Formula, shadow: bool) -> Self {
        Self {
            draft,
            when,
            department: None,
            owner: None,
            priority: None,
            tags: BTreeSet::new(),
            notify: BTreeSet::new(),
            shadow,
            overrides: Vec::new(),
        }
    }

    fn take(&mut self, effect: Effect) {
        match effect {
            Effect::Department(value) => self.department = Some(value),
            Effect::Owner(value) => self.owner = Some(value),
            Effect::Priority(value) => self.priority = Some(value),
            Effect::Tag(value) => _ = self.tags.insert(value),
            Effect::Notify(values) => self.notify.extend(values),
        }
    }

    /// Takes what adds up with what other rules set into a rule of its own.
    pub(super) fn split_sets(&mut self) -> Self {
        let mut sets = Self::new(self.draft, self.when, self.shadow);
        sets.tags = std::mem::take(&mut self.tags);
        sets.notify = std::mem::take(&mut self.notify);
        sets
    }

    /// The word that tells it from other rules of the same draft.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self { department: Some(_), .. } => "department",
            Self { owner: Some(_), .. } => "owner",
            Self { priority: Some(_), .. } => "priority",
            Self { tags, .. } if !tags.is_empty() => "tags",
            _ => "notify",
        }
    }
}

/// The rules that take something back, by what they take back.
#[derive(Default)]
struct Takers {
    department: Vec<usize>,
    owner: Vec<usize>,
    priority: Vec<usize>,
    tags: BTreeMap<String, Vec<usize>>,
    all_tags: Vec<usize>,
}

impl Takers {
    fn of(drafts: &[Draft], fires: &[Option<Formula>]) -> Self {
        let mut takers = Self::default();
        for (place, (draft, _)) in drafts.iter().zip(fires).enumerate().filter(|(_, (draft, fires))| {
            draft.shadow.is_empty() && fires.is_some_and(|fires| fires != NEVER)
        }) {
            let sets = &draft.sets;
            takers.department.extend((sets.department == Some(None)).then_some(place));
            takers.owner.extend((sets.owner == Some(None)).then_some(place));
            takers.priority.extend((sets.priority == Some(None)).then_some(place));
            for tag in &sets.untags {
                takers.tags.entry(tag.clone()).or_default().push(place);
            }
            takers.all_tags.extend(sets.only_tags.then_some(place));
        }
        takers
    }

    /// The rules after `place` that take the effect back, in order.
    fn after(&self, place: usize, effect: &Effect) -> Vec<usize> {
        let mut found: Vec<usize> = match effect {
            Effect::Department(_) => self.department.clone(),
            Effect::Owner(_) => self.owner.clone(),
            Effect::Priority(_) => self.priority.clone(),
            Effect::Tag(tag) => {
                let one = self.tags.get(tag).map_or(&[][..], Vec::as_slice);
                one.iter().chain(&self.all_tags).copied().collect()
            }
            Effect::Notify(_) => Vec::new(),
        };
        found.retain(|taker| *taker > place);
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// The rules that the drafts become, in the order in which these run.
pub(super) fn pieces(
    drafts: &[Draft],
    fires: &[Option<Formula>],
    logic: &mut Logic,
    notes: &mut Vec<Note>,
) -> Vec<Piece> {
    let takers = Takers::of(drafts, fires);
    let (mut pieces, mut steps) = (Vec::new(), 0_usize);
    for (place, (draft, when)) in drafts.iter().zip(fires).enumerate() {
        let Some(when) = when.filter(|when| *when != NEVER) else { continue };
        let shadow = !draft.shadow.is_empty();
        // What is set under one condition stays together.
        let mut found: BTreeMap<(bool, Formula), Piece> = BTreeMap::new();
        for effect in effects(draft) {
            let takers = if shadow { Vec::new() } else { takers.after(place, &effect) };
            let takers: Vec<Formula> =
                takers.into_iter().filter_map(|taker| fires.get(taker).copied().flatten()).collect();
            let (when, shadow) = match except(when, &takers, logic, &mut steps) {
                Some(NEVER) => continue,
                Some(left) => (left, shadow),
                None => {
                    let message = format!(
                        "later rules take {} back under conditions that are too long to say here: it is on trial",
                        effect.described()
                    );
                    draft.note(Severity::Warning, message, notes);
                    (when, true)
                }
            };
            let piece = found.entry((shadow, when));
            piece.or_insert_with(|| Piece::new(place, when, shadow)).take(effect);
        }
        pieces.extend(found.into_values());
    }
    pieces
}

/// What is left of a condition where none of the others holds; `None` when that is too long to say.
fn except(mut when: Formula, takers: &[Formula], logic: &mut Logic, steps: &mut usize) -> Option<Formula> {
    let most = MOST_PARTS.max(logic.size(when));
    for taker in takers {
        let silent = logic.not(*taker);
        when = logic.all(&[when, silent]);
        *steps += 1;
        if logic.size(when) > most || *steps > MOST_STEPS || logic.is_exhausted() {
            return None;
        }
    }
    Some(when)
}

fn effects(draft: &Draft) -> Vec<Effect> {
    let sets = &draft.sets;
    let mut effects = Vec::new();
    effects.extend(sets.department.clone().flatten().map(Effect::Department));
    effects.extend(sets.owner.clone().flatten().map(Effect::Owner));
    effects.extend(sets.priority.flatten().map(Effect::Priority));
    effects.extend(sets.tags.iter().cloned().map(Effect::Tag));
    effects.extend((!sets.notify.is_empty()).then(|| Effect::Notify(sets.notify.clone())));
    effects
}

impl Effect {
    fn described(&self) -> String {
        match self {
            Self::Department(value) => format!("department `{value}`"),
            Self::Owner(value) => format!("owner `{value}`"),
            Self::Priority(value) => format!("priority {value}"),
            Self::Tag(value) => format!("tag `{value}`"),
            Self::Notify(_) => "whom it tells".to_owned(),
        }
    }
}
