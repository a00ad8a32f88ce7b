//! What is an event about, besides people and messages? Responses, permissions, assets, programmes: asked for by name.
//!
//! Read [`SubjectQuery`] first. What such a thing is follows from its events alone; a store keeps where they stand.

use serde::{Deserialize, Serialize};

use super::error::Fault;
use super::fold::Ledger;
use crate::model::{Event, PermissionState, ProgrammePlans, ResponseState, Verdict, terms};

terms! {
    /// What sort of thing an event is about.
    SubjectKind {
        /// A case, in events on the responses to it.
        Case = "case",
        /// One response, from its first draft on.
        Response = "response",
        /// Responses that were sent; they have no id.
        Sent = "sent",
        /// One permission.
        Permission = "permission",
        /// One asset.
        Asset = "asset",
        /// One programme.
        Programme = "programme",
    }
}

/// Which events are asked for by what they are about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectQuery {
    /// What sort of thing.
    pub kind: SubjectKind,
    /// Which one; absent means all of the sort, those of one thing together and in the order of the log.
    pub id: Option<String>,
    /// From the last one backwards, where one thing is asked for.
    pub newest_first: bool,
    /// At most so many; 0 means all.
    pub limit: usize,
}

impl SubjectQuery {
    /// Everything on one thing, in the order of the log.
    pub fn of(kind: SubjectKind, id: impl Into<String>) -> Self {
        Self { kind, id: Some(id.into()), newest_first: false, limit: 0 }
    }

    /// Everything on all things of a sort.
    pub fn all(kind: SubjectKind) -> Self {
        Self { kind, id: None, newest_first: false, limit: 0 }
    }

    /// The responses that were sent last, the last one first.
    pub fn last_sent(limit: usize) -> Self {
        Self { kind: SubjectKind::Sent, id: Some(String::new()), newest_first: true, limit }
    }
}

/// One thing that an event is about.
pub(super) type Subject = (SubjectKind, String);

/// What an event is about.
pub(super) fn subjects(event: &Event) -> Vec<Subject> {
    let one = |kind: SubjectKind, id: &str| vec![(kind, id.to_owned())];
    match event {
        Event::Drafted { draft } => vec![
            (SubjectKind::Response, draft.id.as_str().to_owned()),
            (SubjectKind::Case, draft.case.as_str().to_owned()),
        ],
        Event::Responded { response } => {
            let mut found = vec![
                (SubjectKind::Response, response.id.as_str().to_owned()),
                (SubjectKind::Case, response.case.as_str().to_owned()),
            ];
            found.extend(response.sent.map(|_| (SubjectKind::Sent, String::new())));
            found
        }
        Event::Approved { response, .. }
        | Event::Discarded { response, .. }
        | Event::Published { response, .. } => one(SubjectKind::Response, response.as_str()),
        Event::FedBack { feedback } => one(SubjectKind::Response, feedback.response.as_str()),
        Event::PermissionAsked { permission } => one(SubjectKind::Permission, permission.id.as_str()),
        Event::PermissionAnswered { answer } => one(SubjectKind::Permission, answer.permission.as_str()),
        Event::PermissionWithdrawn { permission, .. } => one(SubjectKind::Permission, permission.as_str()),
        Event::AssetMade { asset } => one(SubjectKind::Asset, asset.id.as_str()),
        Event::AssetExported { export } => one(SubjectKind::Asset, export.asset.as_str()),
        Event::ProgrammeBegun { scope } => one(SubjectKind::Programme, scope.id.as_str()),
        Event::ProgrammePlanned { plan } => one(SubjectKind::Programme, plan.programme.as_str()),
        Event::ProgrammeActivated { programme, .. } => one(SubjectKind::Programme, programme.as_str()),
        _ => Vec::new(),
    }
}

/// Whether an event may follow those on the same thing that are there.
pub(super) fn judge(ledger: &mut dyn Ledger, event: &Event) -> Result<Verdict, Fault> {
    let Some(subject) = subjects(event).into_iter().next() else { return Ok(Verdict::New) };
    let before = ledger.about(&subject)?;
    Ok(match subject.0 {
        SubjectKind::Response => ResponseState::of(&before).judge(event),
        SubjectKind::Permission => PermissionState::of(&before).judge(event),
        SubjectKind::Programme => ProgrammePlans::of(&before).judge(event),
        SubjectKind::Asset => judge_asset(&before, event),
        SubjectKind::Case | SubjectKind::Sent => Verdict::New,
    })
}

/// An asset is made once, and taken out after that.
fn judge_asset(before: &[Event], event: &Event) -> Verdict {
    if before.contains(event) {
        return Verdict::Duplicate;
    }
    match (event, before.is_empty()) {
        (Event::AssetMade { .. }, false) => Verdict::Refused("another asset has this id".to_owned()),
        (Event::AssetExported { .. }, true) => Verdict::Refused("the record has no such asset".to_owned()),
        _ => Verdict::New,
    }
}
