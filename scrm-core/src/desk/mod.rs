//! What becomes of messages that come in? The engine joined to a store: messages in, receipts out, everything on record.
//!
//! Read [`Desk::receive`] first. A receipt is given when the store has made the group durable, and not before; a
//! delivery that was captured before has no second effect.

mod advocacy;
mod before;
mod cases;
mod clocks;
mod counts;
mod feedback;
mod group;
mod import;
mod incidents;
mod influence;
mod ingest;
mod measured;
mod people;
mod privacy;
mod programme;
#[cfg(feature = "report")]
mod report;
mod responses;
mod search;
mod team;
mod tick;
mod trace;
mod upkeep;

use std::ops::ControlFlow;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use advocacy::{AssetState, ExportedAsset, NewAsset};
pub use counts::Captures;
pub use import::{ImportKind, Imported};
pub use influence::InfluenceFailure;
pub use ingest::{Fault, IngestError, Ingested, Progress};
pub use people::DeskError;
#[cfg(feature = "report")]
pub use report::ReportQuery;
pub use responses::{COMPARED, ResponseCheck};
pub use search::{SearchError, SearchHit, SearchOptions, SearchPage};
pub use tick::Ticked;
pub use upkeep::Replayed;

use crate::engage::CasePolicy;
use crate::engine::Engine;
use crate::listen::Duplicates;
use crate::measure::{Measures, Overview, OverviewTally};
use crate::model::{CaseId, DeliveryKey, HostWord, HumanAuthor, Message, Outcome, PersonId, Tenant};
use crate::record::people::suggest::SuggestSettings;
use crate::record::{Seen, Store, StoreError};

use influence::Reach;

/// How often something is decided again when what it was decided on changes meanwhile. The last time it is said.
const ATTEMPTS: usize = 8;

/// What became of one delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Received {
    /// Which delivery.
    #[serde(flatten)]
    pub delivery: DeliveryKey,
    /// Whether it was new, an edit of a message that was there, or there already.
    pub seen: Seen,
    /// How it ended; absent for a duplicate, whose outcome stands in the record.
    #[serde(flatten)]
    pub outcome: Option<Outcome>,
    /// The case it opened or joined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseId>,
    /// Whether it opened that case.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub opened: bool,
}

/// A person who is not of the team.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no person of the team; add them to `team.toml`")]
pub struct NotOfTheTeam(PersonId);

/// An engine at work on a store, for one tenant.
#[derive(Debug)]
pub struct Desk<S> {
    engine: Engine,
    store: S,
    tenant: Tenant,
    policy: CasePolicy,
    /// What may be inferred between sources, and how accounts are compared.
    links: SuggestSettings,
    /// Who turns to whom, as far as the log was read; absent until somebody asks.
    reach: Option<Reach>,
    /// What is measured, as far as the log was read; absent until somebody asks.
    measured: Option<Measures>,
    /// What was taken in last, for queries that ask for `is:duplicate`; absent until it is needed.
    memory: Option<Duplicates>,
}

impl<S: Store> Desk<S> {
    /// Joins an engine to a store, for the tenant `default`.
    ///
    /// ```
    /// use scrm_core::desk::Desk;
    /// use scrm_core::engine::Engine;
    /// use scrm_core::model::Message;
    /// use scrm_core::playbook::Playbook;
    /// use scrm_core::record::MemoryStore;
    /// # let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    /// let playbook = Playbook::load(format!("{root}/examples/playbooks/northwind")).unwrap();
    /// let mut desk = Desk::open(Engine::compile(&playbook).unwrap(), MemoryStore::new());
    /// let message: Message = serde_json::from_str(r#"{"source":"x","external_id":"1","kind":"post",
    ///     "visibility":"public","text":"@northwind how do I cancel?","times":{"created":"2026-11-02T08:14:00Z"}}"#).unwrap();
    /// let now = "2026-11-02T08:15:00Z".parse().unwrap();
    /// let first = desk.receive(vec![message.clone()], now).unwrap();
    /// let again = desk.receive(vec![message], now).unwrap();
    /// assert!(first[0].case.is_some());
    /// assert_eq!(again[0].outcome, None, "a delivery has one effect");
    /// ```
    pub fn open(engine: Engine, store: S) -> Self {
        let policy = engine.playbook().engage.cases.clone();
        Self {
            engine,
            store,
            tenant: Tenant::default(),
            policy,
            links: SuggestSettings::default(),
            reach: None,
            measured: None,
            memory: None,
        }
    }

    /// The same desk for another tenant of the store.
    #[must_use]
    pub fn for_tenant(mut self, tenant: Tenant) -> Self {
        (self.tenant, self.memory, self.reach, self.measured) = (tenant, None, None, None);
        self
    }

    /// The same desk with another policy for cases.
    #[must_use]
    pub fn with_cases(mut self, policy: CasePolicy) -> Self {
        self.policy = policy;
        self
    }

    /// The same desk with other settings for links between accounts: what is compared, and what may be inferred between
    /// sources. As it comes, nothing is inferred between them.
    #[must_use]
    pub fn with_links(mut self, links: SuggestSettings) -> Self {
        self.links = links;
        self
    }

    /// Takes messages in: assesses them, opens cases, and records everything in groups, each durable as a whole.
    ///
    /// Messages are taken in the order in which they were observed; the receipts stand in the order of the call. Each
    /// is decided for the time it was observed, or for `now` when that is earlier: a replay of last week decides as
    /// last week would have.
    ///
    /// Where a query of the playbook asks for `is:duplicate`, it holds in what says the same as a message taken in
    /// before, among the last [`duplicates`](crate::model::Limits::duplicates) of the tenant. A desk that was just opened
    /// reads them from its store, in the order of their observation.
    ///
    /// # Errors
    /// When the store fails. Groups that were recorded before stay recorded, and the same call may simply be made again.
    pub fn receive(
        &mut self,
        messages: Vec<Message>,
        now: DateTime<Utc>,
    ) -> Result<Vec<Received>, StoreError> {
        let size = self.engine.playbook().limits().group.max(1);
        let mut order: Vec<usize> = (0..messages.len()).collect();
        order.sort_by_cached_key(|at| messages.get(*at).map(group::order));
        let mut slots: Vec<Option<Message>> = messages.into_iter().map(Some).collect();
        let mut receipts: Vec<Option<Received>> = vec![None; slots.len()];
        for places in order.chunks(size) {
            let group: Vec<Message> = places.iter().filter_map(|at| slots.get_mut(*at)?.take()).collect();
            let received = self.receive_group(group, Vec::new(), now)?;
            for (at, receipt) in places.iter().zip(received) {
                if let Some(slot) = receipts.get_mut(*at) {
                    *slot = Some(receipt);
                }
            }
        }
        Ok(receipts.into_iter().flatten().collect())
    }

    /// A person of the team at the keyboard, on the host's word. Only such a one writes a response.
    ///
    /// # Errors
    /// When nobody of the team has this id.
    pub fn human(&self, person: &PersonId, word: HostWord) -> Result<HumanAuthor, NotOfTheTeam> {
        if self.engine.playbook().team.people.contains_key(person) {
            Ok(HumanAuthor::mint(person.clone(), word))
        } else {
            Err(NotOfTheTeam(person.clone()))
        }
    }

    /// The whole record on one page, as of `now`, or as of the last message when `None`. For one day there is
    /// [`brief`](Self::brief).
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn overview(&mut self, now: Option<DateTime<Utc>>) -> Result<Overview, StoreError> {
        let playbook = self.engine.playbook();
        let calendar = playbook.calendars.default_calendar().clone();
        let mut measures = OverviewTally::new(calendar.tz());
        self.store.entries(&self.tenant, &mut |entry| {
            measures.entry(&entry);
            ControlFlow::Continue(())
        })?;
        self.store.cases(&self.tenant, &mut |case| {
            measures.case(&case);
            ControlFlow::Continue(())
        })?;
        let names = |brand: &str| {
            playbook.monitors.brands.get(brand).map_or_else(|| brand.to_owned(), |brand| brand.name.clone())
        };
        Ok(measures.overview(now, &names))
    }

    /// The engine.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The store.
    pub fn store(&mut self) -> &mut S {
        &mut self.store
    }

    /// The tenant.
    pub fn tenant(&self) -> &Tenant {
        &self.tenant
    }
}

#[cfg(test)]
mod tests;
