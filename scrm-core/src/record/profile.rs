//! What is known of one customer? The view from every side, each part with where it comes from.
//!
//! Read [`Profile`] first. It is computed from a store when it is asked for and kept nowhere.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Entry, InvolvedQuery, Involvement, SeenIdentity, Store, StoreError, Tally};
use crate::model::{
    Assessment, Augmentation, Case, CaseId, CaseStatus, Consent, Customer, Event, Fact, IdentityKey,
    IdentityLink, LinkId, Message, MessageKey, Preference, Relationship, ResponseRecord, Role, Tenant,
    Transaction,
};

/// How much of a profile is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProfileLimits {
    /// The last so many messages, cases and responses; the counts are over all of them.
    pub recent: usize,
    /// At most so many facts, claims and transactions, the newest.
    pub facts: usize,
}

impl Default for ProfileLimits {
    fn default() -> Self {
        Self { recent: 50, facts: 10_000 }
    }
}

/// Something of the record, and the number of the event in the log that says it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sourced<T> {
    /// The number of the event.
    pub seq: u64,
    /// What it says.
    #[serde(flatten)]
    pub value: T,
}

/// A claim with its id.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NamedLink {
    /// What to name when it is taken back.
    pub id: LinkId,
    /// The claim.
    #[serde(flatten)]
    pub link: IdentityLink,
}

/// One message of a customer, or one that names them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// The message.
    pub message: Message,
    /// What was said of it, by the engine and then by people.
    pub assessment: Assessment,
}

/// What was promised and is not done: a case that is not resolved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promise {
    /// The case.
    pub case: CaseId,
    /// Where it stands.
    pub status: CaseStatus,
    /// When the first answer was promised, as long as there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_response_due: Option<DateTime<Utc>>,
    /// When the end was promised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution_due: Option<DateTime<Utc>>,
}

/// How far an author carried at one time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InfluenceAt {
    /// When.
    pub at: DateTime<Utc>,
    /// 0 to 100; see [`Influence`](crate::model::Influence).
    pub score: f32,
    /// The message that it was told of.
    pub message: MessageKey,
}

/// The sum of what was bought, less what was given back, in the smallest unit of one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CurrencyValue {
    /// ISO 4217.
    pub currency: String,
    /// Purchases and subscriptions.
    pub bought: i64,
    /// Refunds.
    pub refunded: i64,
    /// What was given for good will.
    pub given: i64,
}

/// The 360-degree view of one customer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Who: the accounts that are taken for one person or organisation, and their roles as of `now`.
    pub customer: Customer,
    /// The accounts as last seen.
    pub accounts: Vec<SeenIdentity>,
    /// The claims about them, taken back or not.
    pub links: Vec<NamedLink>,
    /// When they first wrote, or were first written to.
    pub first_contact: Option<DateTime<Utc>>,
    /// When they last did.
    pub last_contact: Option<DateTime<Utc>>,
    /// How many messages they wrote, by what they are.
    pub tallies: Vec<Tally>,
    /// Their last messages, and messages that were sent to them, the newest first; each in its current version.
    pub history: Vec<HistoryEntry>,
    /// Their last cases, the one updated last first.
    pub cases: Vec<Case>,
    /// What was promised to them and is not done.
    pub promises: Vec<Promise>,
    /// The last responses to them, the newest first.
    pub responses: Vec<Sourced<ResponseRecord>>,
    /// What they bought and gave back, the newest first. Of one that was reported more than once, the last report.
    pub transactions: Vec<Sourced<Transaction>>,
    /// What that adds up to, by currency.
    pub value: Vec<CurrencyValue>,
    /// What they allowed or refused: the last word on each purpose.
    pub consents: Vec<Sourced<Consent>>,
    /// What they like: the last word on each name, their own before anybody else's.
    pub preferences: Vec<Sourced<Preference>>,
    /// How they stand to others.
    pub relationships: Vec<Sourced<Relationship>>,
    /// What third parties say of them, with provider and licence: the last word of each provider.
    pub augmentations: Vec<Sourced<Augmentation>>,
    /// How far they carried, over the messages in `history`, the newest first.
    pub influence: Vec<InfluenceAt>,
}

/// What the record knows of the customer that an account belongs to, as of `now`.
///
/// ```
/// use scrm_core::model::{IdentityKey, Tenant};
/// use scrm_core::record::{MemoryStore, ProfileLimits, profile};
/// let account: IdentityKey = serde_json::from_str(r#"{"source":"x","native_id":"1"}"#).unwrap();
/// let now = "2026-11-02T08:15:00Z".parse().unwrap();
/// let found = profile(&mut MemoryStore::new(), &Tenant::default(), &account, now, ProfileLimits::default()).unwrap();
/// assert_eq!(found.customer.id.as_str(), "x/1");
/// assert!(found.history.is_empty());
/// ```
///
/// # Errors
/// When the store cannot be read.
pub fn profile(
    store: &mut dyn Store,
    tenant: &Tenant,
    account: &IdentityKey,
    now: DateTime<Utc>,
    limits: ProfileLimits,
) -> Result<Profile, StoreError> {
    let mut customer = store.customer(tenant, account)?;
    let members: Vec<IdentityKey> = customer.identities.iter().cloned().collect();
    let mut accounts = Vec::new();
    for member in &members {
        accounts.extend(store.identity(tenant, member)?);
    }
    let links = store.links(tenant, account)?;
    let links = links.into_iter().map(|link| NamedLink { id: link.id(), link }).collect();
    let tallies = store.tally(tenant, &members)?;
    let history = store.messages_of(tenant, &members, limits.recent)?;
    let history =
        history.into_iter().map(|Entry { message, assessment, .. }| HistoryEntry { message, assessment });
    let history: Vec<_> = history.collect();
    let cases = store.cases_of(tenant, &members, limits.recent)?;
    let mut known = Known::at(now);
    let about = |parts: &[Involvement], limit| InvolvedQuery {
        accounts: members.clone(),
        parts: parts.to_vec(),
        newest_first: true,
        limit,
        ..InvolvedQuery::default()
    };
    let mut responses = Vec::new();
    store.involving(tenant, &about(&[Involvement::Answered], limits.recent), &mut |seq, event| {
        if let Event::Responded { response } = event {
            responses.push(Sourced { seq, value: *response });
        }
        ControlFlow::Continue(())
    })?;
    store.involving(tenant, &about(&[Involvement::Subject], limits.facts), &mut |seq, event| {
        known.add(seq, event);
        ControlFlow::Continue(())
    })?;
    customer.roles = known.roles();
    let seen = history.iter().map(|entry| entry.message.times().observed);
    let times: BTreeSet<_> = tallies.iter().flat_map(|tally| [tally.first, tally.last]).chain(seen).collect();
    let influence = history.iter().filter_map(|entry| influence_at(entry, &members)).collect();
    Ok(Profile {
        accounts,
        links,
        first_contact: times.first().copied(),
        last_contact: times.last().copied(),
        tallies,
        promises: promises(&cases, &responses),
        influence,
        history,
        cases,
        responses,
        value: known.value(),
        transactions: known.transactions.into_values().collect(),
        consents: known.consents.into_values().collect(),
        preferences: known.preferences.into_values().collect(),
        relationships: known.relationships,
        augmentations: known.augmentations.into_values().collect(),
        customer,
    })
}

fn influence_at(entry: &HistoryEntry, members: &[IdentityKey]) -> Option<InfluenceAt> {
    let author = entry.message.author_key()?;
    let influence = entry.assessment.classification.influence.value.as_ref()?;
    members.contains(author).then(|| InfluenceAt {
        at: entry.message.times().observed,
        score: influence.score,
        message: entry.message.key(),
    })
}

fn promises(cases: &[Case], responses: &[Sourced<ResponseRecord>]) -> Vec<Promise> {
    let answered: BTreeSet<&CaseId> = responses
        .iter()
        .filter(|response| response.value.sent.is_some())
        .map(|response| &response.value.case)
        .collect();
    let open = cases.iter().filter(|case| case.status != CaseStatus::Resolved);
    let promise = |case: &Case| Promise {
        case: case.id.clone(),
        status: case.status,
        first_response_due: case.first_response_due.filter(|_| !answered.contains(&case.id)),
        resolution_due: case.resolution_due,
    };
    open.map(promise).collect()
}

/// What is known of somebody, the last word on each matter. Events come newest first.
struct Known {
    now: DateTime<Utc>,
    roles: BTreeMap<Role, (DateTime<Utc>, bool)>,
    transactions: BTreeMap<(std::cmp::Reverse<DateTime<Utc>>, String), Sourced<Transaction>>,
    reported: BTreeSet<String>,
    consents: BTreeMap<String, Sourced<Consent>>,
    preferences: BTreeMap<String, Sourced<Preference>>,
    relationships: Vec<Sourced<Relationship>>,
    augmentations: BTreeMap<String, Sourced<Augmentation>>,
}

impl Known {
    fn at(now: DateTime<Utc>) -> Self {
        Self {
            now,
            roles: BTreeMap::new(),
            transactions: BTreeMap::new(),
            reported: BTreeSet::new(),
            consents: BTreeMap::new(),
            preferences: BTreeMap::new(),
            relationships: Vec::new(),
            augmentations: BTreeMap::new(),
        }
    }

    /// Takes note of an event; what is only true later is not yet so.
    fn add(&mut self, seq: u64, event: Event) {
        match event {
            Event::Transacted { transaction } if transaction.at <= self.now => self.sell(seq, *transaction),
            Event::Noted { fact } if fact.at() <= self.now => self.note(seq, *fact),
            _ => {}
        }
    }

    /// Of a transaction that was reported more than once, the last report.
    fn sell(&mut self, seq: u64, transaction: Transaction) {
        if self.reported.insert(transaction.id.to_string()) {
            let key = (std::cmp::Reverse(transaction.at), transaction.id.to_string());
            self.transactions.insert(key, Sourced { seq, value: transaction });
        }
    }

    fn note(&mut self, seq: u64, fact: Fact) {
        match fact {
            Fact::Account { .. } => {}
            Fact::Role(standing) => {
                let known = self.roles.entry(standing.role).or_insert((standing.at, standing.held));
                if standing.at > known.0 {
                    *known = (standing.at, standing.held);
                }
            }
            Fact::Consent(consent) => {
                let (key, at) = (consent.purpose.clone(), consent.at);
                latest(&mut self.consents, key, Sourced { seq, value: consent }, |known| known.at, at);
            }
            Fact::Preference(preference) => {
                let known = self.preferences.get(&preference.name);
                let rank = |preference: &Preference| (preference.provider.is_none(), preference.at);
                if known.is_none_or(|known| rank(&preference) > rank(&known.value)) {
                    self.preferences.insert(preference.name.clone(), Sourced { seq, value: preference });
                }
            }
            Fact::Relationship(relationship) => {
                self.relationships.push(Sourced { seq, value: relationship });
            }
            Fact::Augmentation(augmentation) => {
                let (key, at) = (augmentation.provider.clone(), augmentation.at);
                let said = Sourced { seq, value: augmentation };
                latest(&mut self.augmentations, key, said, |known| known.at, at);
            }
        }
    }

    fn roles(&self) -> BTreeSet<Role> {
        let held = self.roles.iter().filter(|(_, (_, held))| *held);
        held.map(|(role, _)| *role).collect()
    }

    fn value(&self) -> Vec<CurrencyValue> {
        use crate::model::TransactionKind as K;
        let mut sums: BTreeMap<&str, CurrencyValue> = BTreeMap::new();
        for Sourced { value: transaction, .. } in self.transactions.values() {
            let Some(money) = &transaction.amount else { continue };
            let sum = sums.entry(money.currency()).or_insert_with(|| CurrencyValue {
                currency: money.currency().to_owned(),
                bought: 0,
                refunded: 0,
                given: 0,
            });
            let part = match transaction.kind {
                K::Purchase | K::Subscription => &mut sum.bought,
                K::Refund => &mut sum.refunded,
                K::Incentive => &mut sum.given,
                K::Cancellation => continue,
            };
            *part = part.saturating_add(money.minor());
        }
        sums.into_values().collect()
    }
}

/// Keeps what was said last; of two said at one moment, the one that stands later in the log.
fn latest<T>(
    known: &mut BTreeMap<String, Sourced<T>>,
    key: String,
    said: Sourced<T>,
    when: impl Fn(&T) -> DateTime<Utc>,
    at: DateTime<Utc>,
) {
    if known.get(&key).is_none_or(|known| at > when(&known.value)) {
        known.insert(key, said);
    }
}

/// What a protocol may ask of a customer, as of `now`: roles, consents, and what joins an account to other systems.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standings {
    /// What they are to the company.
    pub roles: BTreeSet<Role>,
    /// What they agreed to, or refused, by purpose.
    pub consents: BTreeMap<String, bool>,
    /// What joins them to entries of other systems, by system.
    pub links: BTreeMap<String, crate::model::LinkState>,
}

/// What a protocol may ask of the customer that an account belongs to, as of `now`; `members` are its accounts.
///
/// # Errors
/// When the store cannot be read.
pub fn standings(
    store: &mut dyn Store,
    tenant: &Tenant,
    account: &IdentityKey,
    members: &BTreeSet<IdentityKey>,
    now: DateTime<Utc>,
) -> Result<Standings, StoreError> {
    let query = InvolvedQuery {
        accounts: members.iter().cloned().collect(),
        parts: vec![Involvement::Subject],
        newest_first: true,
        limit: ProfileLimits::default().facts,
        ..InvolvedQuery::default()
    };
    let mut known = Known::at(now);
    store.involving(tenant, &query, &mut |seq, event| {
        known.add(seq, event);
        ControlFlow::Continue(())
    })?;
    let mut links = BTreeMap::new();
    let claims = if members.len() > 1 { store.links(tenant, account)? } else { Vec::new() };
    for link in claims.iter().filter(|link| link.joins() && link.at <= now) {
        for other in [&link.a, &link.b] {
            if members.contains(other) && other.source != account.source {
                let state = links.entry(other.source.to_string()).or_insert(link.evidence.state());
                *state = link.evidence.state().max(*state);
            }
        }
    }
    let consents = known.consents.iter();
    let consents = consents.map(|(purpose, consent)| (purpose.clone(), consent.value.allows(now))).collect();
    Ok(Standings { roles: known.roles(), consents, links })
}
