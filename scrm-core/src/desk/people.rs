//! What do people of the team do with the record? They label, note, link, look somebody up.
//!
//! Read [`Desk::profile`] first. Whoever acts is a person of the team; what they do is an event of the log.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use chrono::{DateTime, Utc};

use super::{Desk, NotOfTheTeam};
use crate::engage::advocacy::AdvocacyRefusal;
use crate::engage::{Refusal, ResponseRefusal, may_answer};
use crate::model::{
    CaseId, Department, Event, Fact, Identity, IdentityKey, IdentityLink, LinkEvidence, LinkId, PersonId,
    PersonLabel, Response, ResponseError, ResponseRecord, Revocation, Transaction,
};
use crate::record::people::suggest::{AccountProfile, ContactPoint, SuggestSettings, Suggestions, suggest};
use crate::record::{CommitOptions, Profile, ProfileLimits, Receipt, Store, StoreError, profile};

/// Why a desk does not do what it was asked. Nothing was recorded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeskError {
    /// The store failed, or refused the event.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Whoever acts is not of the team.
    #[error(transparent)]
    NotOfTheTeam(#[from] NotOfTheTeam),
    /// The response cannot be sent.
    #[error(transparent)]
    Response(#[from] ResponseError),
    /// The case does not allow it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// What a person wants to write, agree to or send is refused.
    #[error(transparent)]
    ResponseRefused(#[from] ResponseRefusal),
    /// What a person wants to do with somebody's words is refused.
    #[error(transparent)]
    Advocacy(#[from] AdvocacyRefusal),
    /// There is no such case.
    #[error("the record has no case `{0}`")]
    NoSuchCase(CaseId),
    /// There is no such department.
    #[error("`{0}` is no department of the team; add it to `team.toml`")]
    NoSuchDepartment(Department),
    /// There is no such canned text.
    #[error("`replies.toml` has no canned text `{0}`")]
    NoCanned(String),
    /// A programme that is not there, or a step of it that is not due.
    #[error("{0}")]
    Programme(String),
    /// Feedback that says nothing.
    #[error("a mark is from 0 to its best one, which is greater than 0, and not {score} of {best}")]
    Mark {
        /// The mark.
        score: u8,
        /// The best one.
        best: u8,
    },
    /// There is no such claim.
    #[error("the record has no claim `{0}`")]
    NoSuchLink(LinkId),
    /// A machine's guess between two sources whose terms, or the host, do not allow it.
    #[error(
        "`{a}` and `{b}` are of different sources, and between those nothing is inferred; a person may say so, or the \
         host allows it for sources whose terms do"
    )]
    NotAllowed {
        /// One account.
        a: IdentityKey,
        /// The other.
        b: IdentityKey,
    },
    /// A machine's guess is a suggestion; only a verified key or a person makes it a claim.
    #[error("a guess is no claim; a person says so (`human`), or a verified key does")]
    Guess,
}

impl<S: Store> Desk<S> {
    /// Records a person's word on a message: it beats the machine's, and is kept to learn from.
    ///
    /// # Errors
    /// When the person is not of the team, the record has no such message, or the label says nothing.
    pub fn label(&mut self, label: PersonLabel) -> Result<Receipt, DeskError> {
        self.check_person(&label.person)?;
        Ok(self.store.commit(&self.tenant, &[Event::Labelled { label: Box::new(label) }])?)
    }

    /// Records what became known of people. A fact that is there word for word has no second effect.
    ///
    /// # Errors
    /// When the store fails.
    pub fn note(&mut self, facts: Vec<Fact>) -> Result<Receipt, StoreError> {
        let events: Vec<_> = facts.into_iter().map(|fact| Event::Noted { fact: Box::new(fact) }).collect();
        self.store.commit(&self.tenant, &events)
    }

    /// Records what was bought, paid and given back. The same said twice is one.
    ///
    /// # Errors
    /// When the store fails.
    pub fn transact(&mut self, transactions: Vec<Transaction>) -> Result<Receipt, StoreError> {
        let event = |transaction| Event::Transacted { transaction: Box::new(transaction) };
        let events: Vec<_> = transactions.into_iter().map(event).collect();
        self.store.commit(&self.tenant, &events)
    }

    /// Records a claim that two accounts are one person's, or are not. What a model guesses is only a suggestion
    /// ([`suggest_links`](Self::suggest_links)): a claim needs a verified key or a person of the team.
    ///
    /// # Errors
    /// When it is a machine's guess, names one account twice, or the person is not of the team.
    pub fn link(&mut self, link: IdentityLink) -> Result<LinkId, DeskError> {
        match &link.evidence {
            LinkEvidence::Human { person } => self.check_person(person)?,
            LinkEvidence::Probabilistic { .. }
                if !self.links.policy.allows(&link.a.source, &link.b.source) =>
            {
                return Err(DeskError::NotAllowed { a: link.a, b: link.b });
            }
            LinkEvidence::Probabilistic { .. } => return Err(DeskError::Guess),
            _ => {}
        }
        let id = link.id();
        self.store.commit(&self.tenant, &[Event::Linked { link: Box::new(link) }])?;
        Ok(id)
    }

    /// Takes a claim back. Who belongs together is then exactly what it would be had the claim never been made; what was
    /// recorded in between stays with the account that it was recorded of.
    ///
    /// # Errors
    /// When there is no such claim, or the person is not of the team.
    pub fn revoke(&mut self, id: &LinkId, revocation: Revocation) -> Result<Receipt, DeskError> {
        if let Some(person) = &revocation.person {
            self.check_person(person)?;
        }
        let found = self.store.link(&self.tenant, id)?;
        let link = found.ok_or_else(|| DeskError::NoSuchLink(id.clone()))?;
        let link = Box::new(IdentityLink { revoked: None, ..link });
        Ok(self.store.commit(&self.tenant, &[Event::LinkRevoked { link, revocation }])?)
    }

    /// Which accounts of the record may be one person's, with the weight of each field; a person decides. Pairs that
    /// some claim speaks of already are left out.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn suggest_links(&mut self) -> Result<Suggestions, StoreError> {
        let settings = self.links.clone();
        self.suggest_links_by(&settings)
    }

    /// The same by other settings than the desk's own.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn suggest_links_by(&mut self, settings: &SuggestSettings) -> Result<Suggestions, StoreError> {
        let mut accounts: BTreeMap<IdentityKey, AccountProfile> = BTreeMap::new();
        let mut claimed: BTreeSet<(IdentityKey, IdentityKey)> = BTreeSet::new();
        self.store.log(&self.tenant, 0, &mut |_, event| {
            match event {
                Event::Captured { message, assessment } => {
                    if let Some(author) = message.author() {
                        let account = told_of(&mut accounts, author);
                        let language = assessment.classification.language.value;
                        account.language = language.or(account.language.take());
                    }
                }
                Event::Noted { fact } => {
                    if let Fact::Account { identity, .. } = *fact {
                        told_of(&mut accounts, &identity);
                    }
                }
                Event::Linked { link } => {
                    let (a, b) = link.pair();
                    claimed.insert((a.clone(), b.clone()));
                }
                Event::LinkRevoked { link, .. } => {
                    let (a, b) = link.pair();
                    claimed.remove(&(a.clone(), b.clone()));
                }
                _ => {}
            }
            ControlFlow::Continue(())
        })?;
        let accounts: Vec<_> = accounts.into_values().collect();
        let mut found = suggest(&accounts, settings);
        found.suggestions.retain(|pair| {
            let (a, b) = if pair.a <= pair.b { (&pair.a, &pair.b) } else { (&pair.b, &pair.a) };
            !claimed.contains(&(a.clone(), b.clone()))
        });
        Ok(found)
    }

    /// What the record knows of the customer that an account belongs to, as of `now`: the view from every side.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn profile(
        &mut self,
        account: &IdentityKey,
        now: DateTime<Utc>,
        limits: ProfileLimits,
    ) -> Result<Profile, StoreError> {
        profile(&mut self.store, &self.tenant, account, now, limits)
    }

    /// Sends a response that a person wrote, as far as the record goes: it is on record as sent at `at`, and its case
    /// waits for the customer. Publishing it is the host's part.
    ///
    /// # Errors
    /// When approvals are missing, when it would tell in public what is known from a private message alone, when the record
    /// has no such case, somebody else is answering it or acts on it just now
    /// ([`StoreErrorKind::Stale`](crate::record::StoreErrorKind::Stale)), or the store fails; the draft stays as it was.
    pub fn respond(&mut self, response: &Response, at: DateTime<Utc>) -> Result<ResponseRecord, DeskError> {
        let record = response.send(at)?;
        let known = self.known(&record.case)?;
        if let Err(refusal) = may_answer(&known.case, &record.author, at) {
            return Err(DeskError::Refused(self.with_draft(&record.case, refusal)?));
        }
        let matter = self.matter(&record.case)?;
        self.check_leaks(&matter, &record.text, record.visibility)?;
        let sent = Event::Responded { response: Box::new(record.clone()) };
        let unchanged = vec![(record.case.clone(), known.revision)];
        let options = CommitOptions { unchanged, ..CommitOptions::default() };
        self.store.commit_with(&self.tenant, &[sent], &options)?;
        Ok(record)
    }

    pub(super) fn check_person(&self, person: &PersonId) -> Result<(), NotOfTheTeam> {
        if self.engine.playbook().team.people.contains_key(person) {
            Ok(())
        } else {
            Err(NotOfTheTeam(person.clone()))
        }
    }
}

/// An account as it was last told of, with the addresses and numbers that its further fields name.
fn told_of<'a>(
    accounts: &'a mut BTreeMap<IdentityKey, AccountProfile>,
    identity: &Identity,
) -> &'a mut AccountProfile {
    let account =
        accounts.entry(identity.key.clone()).or_insert_with(|| AccountProfile::new(identity.clone()));
    let points = |name: &str| {
        let confirmed = identity.ext.get(&format!("{name}_confirmed")).and_then(serde_json::Value::as_bool);
        let value = identity.ext.get(name)?.as_str()?.to_owned();
        Some(ContactPoint { value, confirmed: confirmed.unwrap_or(false) })
    };
    for (found, known) in [(points("email"), &mut account.emails), (points("phone"), &mut account.phones)] {
        if let Some(point) = found {
            known.retain(|other| other.value != point.value);
            known.push(point);
        }
    }
    account.identity = identity.clone();
    account
}
