//! Whose word carries far, by what the record knows? The graph of who turns to whom, kept up to date as the log grows.
//!
//! Read [`Desk::influence`] first. An edit is the same message, so it counts once; spam and bots turn to nobody.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use chrono::{DateTime, NaiveDate, Utc};

use super::Desk;
use crate::model::{Event, IdentityKey, MessageKey, NoiseReason, Outcome, Part};
use crate::record::people::influence::{
    InfluenceError, InfluenceLimits, InfluenceSettings, InfluenceSnapshot, Interaction, InteractionGraph,
    InteractionKind,
};
use crate::record::{Store, StoreError};

/// Why there is no snapshot of influence.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InfluenceFailure {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There are more accounts or interactions than the graph may hold.
    #[error(transparent)]
    Graph(#[from] InfluenceError),
}

/// The graph as far as the log was read.
#[derive(Debug)]
pub(super) struct Reach {
    read: u64,
    /// The number of the last erasure that happened before anything was read.
    clean: u64,
    graph: InteractionGraph,
    known: BTreeSet<MessageKey>,
    /// Who turned to a message that is not on record yet.
    waiting: BTreeMap<MessageKey, Vec<Turn>>,
}

/// Somebody turns to somebody, or to whoever wrote a message.
#[derive(Debug, Clone)]
struct Turn {
    from: IdentityKey,
    kind: InteractionKind,
    at: DateTime<Utc>,
}

/// What one message says of who turns to whom.
struct Told {
    key: MessageKey,
    author: IdentityKey,
    followers: Option<u64>,
    at: DateTime<Utc>,
    messages: Vec<(MessageKey, InteractionKind)>,
    accounts: Vec<(IdentityKey, InteractionKind)>,
}

/// Events that are read before what they say is looked up.
const STEP: usize = 4096;

impl Reach {
    fn new(limits: InfluenceLimits) -> Self {
        Self {
            read: 0,
            clean: 0,
            graph: InteractionGraph::new(limits),
            known: BTreeSet::new(),
            waiting: BTreeMap::new(),
        }
    }

    fn add(&mut self, turn: Turn, to: IdentityKey) -> Result<(), InfluenceError> {
        let Turn { from, kind, at } = turn;
        self.graph.add(&Interaction { from, to, kind, at, weight: 1 })
    }
}

impl<S: Store> Desk<S> {
    /// The influence of every account of the record as of a day (UTC): reach, replies and reposts received, and a rank in
    /// the graph of who turns to whom, every part visible
    /// ([the formula](crate::record::people::influence)).
    ///
    /// The desk reads the log once and then only what was added since; an erasure makes it begin anew.
    ///
    /// # Errors
    /// When the store cannot be read, or the graph would be larger than [`InfluenceLimits`] allow.
    pub fn influence(
        &mut self,
        as_of: NaiveDate,
        settings: &InfluenceSettings,
    ) -> Result<InfluenceSnapshot, InfluenceFailure> {
        let mut reach = self.reach.take().unwrap_or_else(|| Reach::new(InfluenceLimits::default()));
        while self.read_on(&mut reach)? {}
        let snapshot = reach.graph.snapshot(as_of, settings);
        self.reach = Some(reach);
        Ok(snapshot)
    }

    /// Reads some more of the log; whether there may be more of it.
    fn read_on(&mut self, reach: &mut Reach) -> Result<bool, InfluenceFailure> {
        let mut told = Vec::new();
        let mut events = 0;
        let (mut read, mut erased) = (reach.read, 0);
        self.store.log(&self.tenant, reach.read, &mut |seq, event| {
            (read, events) = (seq, events + 1);
            if matches!(event, Event::Erased { .. }) {
                erased = seq;
            }
            told.extend(told_by(event));
            if events < STEP { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        if erased > reach.clean && reach.read > 0 {
            *reach = Reach { clean: erased, ..Reach::new(InfluenceLimits::default()) };
            return Ok(true);
        }
        for message in told {
            self.turn(reach, message)?;
        }
        reach.read = read;
        Ok(events == STEP)
    }

    fn turn(&mut self, reach: &mut Reach, told: Told) -> Result<(), InfluenceFailure> {
        let Told { key, author, followers, at, messages, accounts } = told;
        if let Some(followers) = followers {
            reach.graph.followers(&author, followers, at.date_naive())?;
        }
        if !reach.known.insert(key.clone()) {
            return Ok(());
        }
        for turn in reach.waiting.remove(&key).unwrap_or_default() {
            reach.add(turn, author.clone())?;
        }
        for (to, kind) in accounts {
            reach.add(Turn { from: author.clone(), kind, at }, to)?;
        }
        for (to, kind) in messages {
            let turn = Turn { from: author.clone(), kind, at };
            match self.store.entry(&self.tenant, &to)?.map(|entry| entry.message.author_key().cloned()) {
                Some(Some(to)) => reach.add(turn, to)?,
                Some(None) => {}
                None => reach.waiting.entry(to).or_default().push(turn),
            }
        }
        Ok(())
    }
}

/// What a message says of who turns to whom; nothing when nobody wrote it, or a machine did.
fn told_by(event: Event) -> Option<Told> {
    let Event::Captured { message, assessment } = event else { return None };
    if matches!(assessment.outcome, Outcome::Noise(NoiseReason::Spam | NoiseReason::Bot)) {
        return None;
    }
    let author = message.author()?;
    let thread = message.thread();
    let there = |id: &Option<crate::model::ExternalId>, kind| {
        let external_id = id.clone()?;
        Some((MessageKey { source: message.source().clone(), external_id }, kind))
    };
    let messages = [
        there(&thread.parent, InteractionKind::Reply),
        there(&thread.repost_of, InteractionKind::Repost),
        there(&thread.quoted, InteractionKind::Repost),
    ];
    let account = |participant: &crate::model::Participant| {
        (participant.part == Part::Mentioned)
            .then(|| (participant.identity.key.clone(), InteractionKind::Mention))
    };
    Some(Told {
        key: message.key(),
        author: author.key.clone(),
        followers: author.followers,
        at: message.times().observed,
        messages: messages.into_iter().flatten().collect(),
        accounts: message.participants().iter().filter_map(account).collect(),
    })
}
