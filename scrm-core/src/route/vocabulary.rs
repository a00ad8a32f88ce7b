//! Which names may a protocol use? What the other files of the playbook define.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::condition::DeclaredField;

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
    /// Topics that must never be spoken of in public.
    pub sensitive: BTreeSet<String>,
    /// Calendars.
    pub calendars: BTreeSet<String>,
    /// Fields of the caller's own, by name.
    pub fields: BTreeMap<String, Arc<DeclaredField>>,
    /// Whether any name is taken as it comes where none of its sort is defined: of a protocol that stands alone.
    pub open: bool,
}

impl Vocabulary {
    /// Whether one of the sets of names above has this one, or takes any.
    pub(super) fn knows(&self, names: &BTreeSet<String>, name: &str) -> bool {
        names.contains(name) || (self.open && names.is_empty())
    }

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
        self.knows(&self.topics, topic)
            || self.topics.range(topic.to_owned()..).take_while(|entry| entry.starts_with(topic)).any(below)
    }
}
