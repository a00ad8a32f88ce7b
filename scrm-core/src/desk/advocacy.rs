//! Who speaks for us, and what may we show of it? What came back from responses goes out again, with permission.
//!
//! Read [`Desk::candidates`] first, then [`Desk::permission_ask`] and [`Desk::asset_export`]. Nothing is taken out without a
//! permission that stands at that moment.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Desk, DeskError};
use crate::engage::advocacy::{AdvocacyRefusal, Advocate, Candidate, candidate_of, export};
use crate::engage::{ContentGap, gaps};
use crate::model::{
    Asset, AssetExport, AssetId, AssetKind, AssetUse, Case, CaseId, Direction, Event, FeedbackKind,
    HumanAuthor, IdentityKey, MessageKey, MessageType, Outcome, Permission, PermissionAnswer, PermissionId,
    PermissionState, PermissionStatus, Topic,
};
use crate::record::{Entry, Receipt, Store, StoreError, SubjectKind, SubjectQuery};
use crate::text::fold;

/// What somebody makes of what a customer said or lived through.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct NewAsset {
    /// What it is.
    pub kind: AssetKind,
    /// Whose words or story.
    pub identity: IdentityKey,
    /// The case it leads back to.
    pub case: CaseId,
    /// The message it quotes.
    pub message: Option<MessageKey>,
    /// Its title.
    pub title: Option<String>,
    /// What it says.
    pub text: String,
}

/// An asset, and what may be done with it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AssetState {
    /// It.
    pub asset: Asset,
    /// The uses that a permission allows now; without any it is not taken out.
    pub uses: BTreeSet<AssetUse>,
    /// What it was taken out for. Where no permission stands any more, it must come down there.
    pub exports: Vec<AssetExport>,
}

/// An asset that was taken out to be shown, and by whose leave.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExportedAsset {
    /// It.
    pub asset: Asset,
    /// The use, and the permission for it.
    pub export: AssetExport,
    /// The case it leads back to.
    pub case: Option<Case>,
}

impl<S: Store> Desk<S> {
    /// Who might speak for us: those who praise us, those whose complaint was solved, and those whom the protocol says to
    /// ask. Whoever was asked already is left out, unless what they allowed is over. The latest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn candidates(&mut self, now: DateTime<Utc>) -> Result<Vec<Candidate>, StoreError> {
        let asked: BTreeSet<IdentityKey> = self
            .permissions()?
            .into_values()
            .filter(|state| state.status(now) != Some(PermissionStatus::Expired))
            .filter_map(|state| Some(state.asked?.identity))
            .collect();
        let mut cases: BTreeMap<CaseId, Case> = BTreeMap::new();
        let mut of: BTreeMap<MessageKey, CaseId> = BTreeMap::new();
        self.store.cases(&self.tenant, &mut |case| {
            of.insert(case.first.clone(), case.id.clone());
            cases.insert(case.id.clone(), case);
            ControlFlow::Continue(())
        })?;
        for state in self.all_responses()? {
            let Some(record) = &state.sent else { continue };
            for feedback in &state.feedback {
                if let FeedbackKind::Reply { message } = &feedback.kind {
                    of.insert(message.clone(), record.case.clone());
                }
            }
        }
        let mut found: BTreeMap<IdentityKey, Candidate> = BTreeMap::new();
        let mut types: BTreeMap<MessageKey, Option<MessageType>> = BTreeMap::new();
        let mut answers: Vec<Entry> = Vec::new();
        let mut take = |candidate: Candidate| {
            if !asked.contains(&candidate.identity) {
                let known = found.entry(candidate.identity.clone()).or_insert_with(|| candidate.clone());
                if known.at < candidate.at {
                    *known = candidate;
                }
            }
        };
        self.store.entries(&self.tenant, &mut |entry| {
            let key = entry.message.key();
            let Some(case) = of.get(&key).and_then(|id| cases.get(id)) else {
                candidate_of(&entry.message, &entry.assessment, None).into_iter().for_each(&mut take);
                return ControlFlow::Continue(());
            };
            if case.first == key {
                types.insert(key, entry.assessment.classification.kind.value);
                candidate_of(&entry.message, &entry.assessment, Some((case, None)))
                    .into_iter()
                    .for_each(&mut take);
            } else {
                answers.push(entry);
            }
            ControlFlow::Continue(())
        })?;
        for entry in answers {
            let case = of.get(&entry.message.key()).and_then(|id| cases.get(id));
            let case = case.map(|case| (case, types.get(&case.first).copied().flatten()));
            candidate_of(&entry.message, &entry.assessment, case).into_iter().for_each(&mut take);
        }
        let mut found: Vec<Candidate> = found.into_values().collect();
        found.sort_by(|a, b| {
            (std::cmp::Reverse(a.at), &a.identity).cmp(&(std::cmp::Reverse(b.at), &b.identity))
        });
        Ok(found)
    }

    /// A person asks a customer whether they may be quoted: for what, and where. The asking itself is a response like any
    /// other.
    ///
    /// # Errors
    /// [`DeskError::Advocacy`] when nothing is asked for, or the case is somebody else's.
    pub fn permission_ask(
        &mut self,
        by: &HumanAuthor,
        identity: &IdentityKey,
        case: &CaseId,
        message: Option<MessageKey>,
        uses: BTreeSet<AssetUse>,
        now: DateTime<Utc>,
    ) -> Result<Permission, DeskError> {
        if uses.is_empty() {
            return Err(AdvocacyRefusal::NoUse.into());
        }
        self.check_their_case(identity, case)?;
        let permission = Permission {
            id: PermissionId::asked_of(identity, case, now),
            identity: identity.clone(),
            case: case.clone(),
            message,
            uses,
            person: by.person().clone(),
            at: now,
        };
        let event = Event::PermissionAsked { permission: Box::new(permission.clone()) };
        self.store.commit(&self.tenant, &[event])?;
        Ok(permission)
    }

    /// A person records that the customer said yes: for which of the uses, until when, and where that can be seen.
    /// `None` for the uses means all that were asked.
    ///
    /// # Errors
    /// [`DeskError::Advocacy`] when there is no such permission, or it is over before it begins; when it is given for more
    /// than was asked.
    pub fn permission_grant(
        &mut self,
        by: &HumanAuthor,
        permission: &PermissionId,
        uses: Option<BTreeSet<AssetUse>>,
        until: Option<DateTime<Utc>>,
        evidence: Option<String>,
        now: DateTime<Utc>,
    ) -> Result<Receipt, DeskError> {
        let asked = self.asked(permission)?;
        let uses = uses.unwrap_or(asked.uses);
        if uses.is_empty() {
            return Err(AdvocacyRefusal::NoUse.into());
        }
        if until.is_some_and(|until| until <= now) {
            return Err(AdvocacyRefusal::Over.into());
        }
        self.answer(by, permission, asked.identity, uses, until, evidence, now)
    }

    /// A person records that the customer said no.
    ///
    /// # Errors
    /// [`DeskError::Advocacy`] when there is no such permission.
    pub fn permission_refuse(
        &mut self,
        by: &HumanAuthor,
        permission: &PermissionId,
        now: DateTime<Utc>,
    ) -> Result<Receipt, DeskError> {
        let asked = self.asked(permission)?;
        self.answer(by, permission, asked.identity, BTreeSet::new(), None, None, now)
    }

    #[allow(clippy::too_many_arguments, reason = "each is one field of the answer")]
    fn answer(
        &mut self,
        by: &HumanAuthor,
        permission: &PermissionId,
        identity: IdentityKey,
        uses: BTreeSet<AssetUse>,
        until: Option<DateTime<Utc>>,
        evidence: Option<String>,
        now: DateTime<Utc>,
    ) -> Result<Receipt, DeskError> {
        let (permission, person) = (permission.clone(), by.person().clone());
        let answer = PermissionAnswer { permission, identity, uses, until, evidence, person, at: now };
        Ok(self.store.commit(&self.tenant, &[Event::PermissionAnswered { answer: Box::new(answer) }])?)
    }

    /// Records that the customer took a permission back. From now on it allows nothing; the host is told, as what is shown
    /// must come down.
    ///
    /// # Errors
    /// [`DeskError::Advocacy`] when there is no such permission.
    pub fn permission_withdraw(
        &mut self,
        permission: &PermissionId,
        now: DateTime<Utc>,
    ) -> Result<Receipt, DeskError> {
        let identity = self.asked(permission)?.identity;
        let event = Event::PermissionWithdrawn { permission: permission.clone(), identity, at: now };
        Ok(self.store.commit(&self.tenant, &[event])?)
    }

    /// Every permission that was asked for, by id.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn permissions(&mut self) -> Result<BTreeMap<PermissionId, PermissionState>, StoreError> {
        let mut states: BTreeMap<PermissionId, PermissionState> = BTreeMap::new();
        self.store.about(&self.tenant, &SubjectQuery::all(SubjectKind::Permission), &mut |_, event| {
            let id = match &event {
                Event::PermissionAsked { permission } => permission.id.clone(),
                Event::PermissionAnswered { answer } => answer.permission.clone(),
                Event::PermissionWithdrawn { permission, .. } => permission.clone(),
                _ => return ControlFlow::Continue(()),
            };
            states.entry(id).or_default().apply(&event);
            ControlFlow::Continue(())
        })?;
        Ok(states)
    }

    /// A person makes a testimonial, a quote or a case study of a case. It may be made before the customer allows it, and
    /// is not taken out before.
    ///
    /// # Errors
    /// [`DeskError::Advocacy`] when it says nothing, when the case is somebody else's, or when a quote or testimonial holds
    /// other words than the message that it names.
    pub fn asset_make(
        &mut self,
        by: &HumanAuthor,
        new: NewAsset,
        now: DateTime<Utc>,
    ) -> Result<Asset, DeskError> {
        if new.text.trim().is_empty() {
            return Err(AdvocacyRefusal::Empty.into());
        }
        self.check_their_case(&new.identity, &new.case)?;
        if let Some(key) = new.message.as_ref().filter(|_| new.kind != AssetKind::CaseStudy) {
            let entry = self.store.entry(&self.tenant, key)?;
            let author = entry.as_ref().and_then(|entry| entry.message.author_key().cloned());
            let customer = self.store.customer(&self.tenant, &new.identity)?;
            let theirs = author.is_some_and(|author| customer.identities.contains(&author));
            let holds = entry
                .is_some_and(|entry| in_one_line(entry.message.text()).contains(&in_one_line(&new.text)));
            if !theirs || !holds {
                return Err(AdvocacyRefusal::NotTheirWords(key.clone()).into());
            }
        }
        let asset = Asset {
            id: AssetId::made_of(new.kind, &new.case, now),
            kind: new.kind,
            identity: new.identity,
            case: new.case,
            message: new.message,
            title: new.title,
            text: new.text,
            person: by.person().clone(),
            at: now,
        };
        self.store.commit(&self.tenant, &[Event::AssetMade { asset: Box::new(asset.clone()) }])?;
        Ok(asset)
    }

    /// A person takes an asset out to be shown somewhere. Recorded, so that it can be taken down again.
    ///
    /// # Errors
    /// [`DeskError::Advocacy`] when no permission allows this use now.
    pub fn asset_export(
        &mut self,
        by: &HumanAuthor,
        asset: &AssetId,
        place: impl Into<String>,
        now: DateTime<Utc>,
    ) -> Result<ExportedAsset, DeskError> {
        let found = self.assets(now)?.into_iter().find(|state| state.asset.id == *asset);
        let asset = found.ok_or_else(|| AdvocacyRefusal::NoAsset(asset.clone()))?.asset;
        let used = AssetUse { what: asset.kind, place: place.into() };
        let permissions = self.permissions()?;
        let export = export(&asset, used, permissions.values(), by.person(), now)?;
        self.store.commit(&self.tenant, &[Event::AssetExported { export: Box::new(export.clone()) }])?;
        let case = self.find_case(&asset.case)?;
        Ok(ExportedAsset { asset, export, case })
    }

    /// Every asset with what is allowed of it now and what it was taken out for, in the order of their ids.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn assets(&mut self, now: DateTime<Utc>) -> Result<Vec<AssetState>, StoreError> {
        let mut states: BTreeMap<AssetId, AssetState> = BTreeMap::new();
        self.store.about(&self.tenant, &SubjectQuery::all(SubjectKind::Asset), &mut |_, event| {
            match event {
                Event::AssetMade { asset } => {
                    let state = AssetState { asset: *asset, uses: BTreeSet::new(), exports: Vec::new() };
                    states.insert(state.asset.id.clone(), state);
                }
                Event::AssetExported { export } => {
                    if let Some(state) = states.get_mut(&export.asset) {
                        state.exports.push(*export);
                    }
                }
                _ => {}
            }
            ControlFlow::Continue(())
        })?;
        let permissions = self.permissions()?;
        for state in states.values_mut() {
            let given = permissions.values().filter_map(|permission| permission.answer.as_ref());
            let uses: BTreeSet<AssetUse> = given.flat_map(|answer| answer.uses.iter().cloned()).collect();
            let by = &state.asset.person;
            let allowed =
                |used: &AssetUse| export(&state.asset, used.clone(), permissions.values(), by, now).is_ok();
            state.uses = uses.into_iter().filter(allowed).collect();
        }
        Ok(states.into_values().collect())
    }

    /// Who lets us quote them now, the one whose word goes farthest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn advocates(&mut self, now: DateTime<Utc>) -> Result<Vec<Advocate>, StoreError> {
        let assets = self.assets(now)?;
        let mut found: BTreeMap<IdentityKey, Advocate> = BTreeMap::new();
        for state in self.permissions()?.into_values() {
            let live = state.status(now) == Some(PermissionStatus::Granted);
            let (Some(asked), Some(answer), true) = (state.asked, state.answer, live) else { continue };
            let known = found.entry(asked.identity.clone()).or_insert_with(|| Advocate {
                identity: asked.identity.clone(),
                name: None,
                uses: BTreeSet::new(),
                followers: None,
                assets: Vec::new(),
                exports: 0,
                since: answer.at,
            });
            known.uses.extend(answer.uses);
            known.since = known.since.min(answer.at);
        }
        for advocate in found.values_mut() {
            if let Some(seen) = self.store.identity(&self.tenant, &advocate.identity)? {
                advocate.name = seen.identity.name.or(seen.identity.handle);
                advocate.followers = seen.identity.followers;
            }
            let own = assets.iter().filter(|state| state.asset.identity == advocate.identity);
            for state in own {
                advocate.assets.push(state.asset.id.clone());
                advocate.exports += state.exports.len() as u64;
            }
        }
        let mut found: Vec<Advocate> = found.into_values().collect();
        found.sort_by(|a, b| {
            (std::cmp::Reverse(a.followers), &a.identity).cmp(&(std::cmp::Reverse(b.followers), &b.identity))
        });
        Ok(found)
    }

    /// What people ask for, and how much content there is for it: what is asked most and answered by nothing first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn content_gaps(&mut self) -> Result<Vec<ContentGap>, StoreError> {
        let mut asked: BTreeMap<Topic, u64> = BTreeMap::new();
        self.store.entries(&self.tenant, &mut |entry| {
            let labels = &entry.assessment.classification;
            let is_need = matches!(labels.kind.value, Some(MessageType::Question | MessageType::Request));
            let is_noise = matches!(entry.assessment.outcome, Outcome::Noise(_));
            if is_need && !is_noise && entry.message.direction() == Direction::In {
                for topic in labels.topics.value.iter().flatten() {
                    *asked.entry(topic.clone()).or_default() += 1;
                }
            }
            ControlFlow::Continue(())
        })?;
        Ok(gaps(&self.engine.playbook().replies.contents, &asked))
    }

    fn asked(&mut self, id: &PermissionId) -> Result<Permission, DeskError> {
        let mut state = PermissionState::default();
        let query = SubjectQuery::of(SubjectKind::Permission, id.as_str());
        self.store.about(&self.tenant, &query, &mut |_, event| {
            state.apply(&event);
            ControlFlow::Continue(())
        })?;
        Ok(state.asked.ok_or_else(|| AdvocacyRefusal::NoPermission(id.clone()))?)
    }

    fn check_their_case(&mut self, identity: &IdentityKey, case: &CaseId) -> Result<(), DeskError> {
        let found = self.find_case(case)?.ok_or_else(|| DeskError::NoSuchCase(case.clone()))?;
        let customer = self.store.customer(&self.tenant, identity)?;
        let theirs = found.author.is_some_and(|author| customer.identities.contains(&author));
        if theirs { Ok(()) } else { Err(AdvocacyRefusal::NotTheirCase(case.clone()).into()) }
    }
}

/// A text as it is compared with a quote of it: folded, its spaces single.
fn in_one_line(text: &str) -> String {
    fold(text).split_whitespace().collect::<Vec<_>>().join(" ")
}
