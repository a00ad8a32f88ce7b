//! What does a rule of another tool say? The form that every tool's export is read into, in the order in which they run.

use std::collections::BTreeSet;

use super::logic::Formula;
use super::{Note, Severity};

/// One rule of another tool.
#[derive(Debug)]
pub(super) struct Draft {
    /// Its name there.
    pub(super) title: String,
    /// When it fires; `None` when nothing of its condition can be said.
    pub(super) when: Option<Formula>,
    /// Why it cannot decide here, in its own words; it is imported on trial.
    pub(super) shadow: Vec<String>,
    /// What it changes that rules after it can see.
    pub(super) writes: Vec<(String, Write)>,
    /// What it sets here.
    pub(super) sets: Sets,
}

/// What a rule does to a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Write {
    /// It has this value now.
    Set(String),
    /// It has some value now, which only the other tool knows.
    Some,
    /// It has no value now.
    Clear,
    /// It has this value too.
    Add(String),
    /// It has this value no more.
    Remove(String),
    /// It has these values and no others.
    Replace(BTreeSet<String>),
}

/// What a rule sets, as facets. An inner `None` takes back what rules before it set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sets {
    pub(super) department: Option<Option<String>>,
    pub(super) owner: Option<Option<String>>,
    pub(super) priority: Option<Option<u8>>,
    pub(super) tags: BTreeSet<String>,
    /// Tags of rules before it that it takes back.
    pub(super) untags: BTreeSet<String>,
    /// It takes back every tag of the rules before it.
    pub(super) only_tags: bool,
    pub(super) notify: BTreeSet<String>,
}

impl Draft {
    pub(super) fn new(title: String) -> Self {
        Self { title, when: None, shadow: Vec::new(), writes: Vec::new(), sets: Sets::default() }
    }

    /// It cannot decide here, because of this.
    pub(super) fn doubt(&mut self, why: String, notes: &mut Vec<Note>) {
        notes.push(Note { rule: self.title.clone(), severity: Severity::Warning, message: why.clone() });
        self.shadow.push(why);
    }

    /// Something to know about it.
    pub(super) fn note(&self, severity: Severity, message: String, notes: &mut Vec<Note>) {
        notes.push(Note { rule: self.title.clone(), severity, message });
    }
}

impl Sets {
    /// One more tag, which an earlier action of the same rule may have taken away.
    pub(super) fn tag(&mut self, tag: &str) {
        self.untags.remove(tag);
        self.tags.insert(tag.to_owned());
    }

    /// One tag less.
    pub(super) fn untag(&mut self, tag: &str) {
        self.tags.remove(tag);
        self.untags.insert(tag.to_owned());
    }

    /// These tags and no others.
    pub(super) fn retag(&mut self, tags: BTreeSet<String>) {
        self.tags = tags;
        self.untags.clear();
        self.only_tags = true;
    }

    /// Whether it sets or takes back nothing.
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
