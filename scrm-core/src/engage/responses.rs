//! What may a person write, agree to and send? Each command on a response: an event, or the reason why not.
//!
//! Read [`draft`] first. Pure: the state comes in, `now` is an argument. A person writes every response; a machine has no
//! [`HumanAuthor`].

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::leak::Leak;
use crate::calendar::Person;
use crate::model::{
    Approval, Case, Event, HumanAuthor, MessageKey, PersonId, ReplyScale, ReplyVisibility, ResponseDraft,
    ResponseId, ResponseRecord, ResponseState, Source, Visibility,
};

/// What the decisions on a case's messages allow, all taken together.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Allowed {
    /// To whom; `None` when no rule says so.
    pub scale: Option<ReplyScale>,
    /// Where.
    pub visibility: Option<ReplyVisibility>,
    /// The sources on which the customer spoke: they chose them.
    pub sources: BTreeSet<Source>,
    /// Who must agree.
    pub approve: BTreeSet<String>,
    /// Whether nothing may be sent for now.
    pub hold: bool,
}

/// What somebody wants to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDraft {
    /// The message it answers.
    pub to: Option<MessageKey>,
    /// To one person or to everyone.
    pub scale: ReplyScale,
    /// Where; absent, as decided.
    pub visibility: Option<ReplyVisibility>,
    /// On which source; absent, where the customer spoke.
    pub source: Option<Source>,
    /// What it says.
    pub text: String,
    /// Why it goes another way than was decided.
    pub reason: Option<String>,
    /// The canned text it began as.
    pub canned: Option<String>,
    /// Placeholders that nobody has filled in.
    pub unfilled: BTreeSet<String>,
}

impl NewDraft {
    /// A text to one person, the way that was decided.
    pub fn micro(text: impl Into<String>) -> Self {
        Self {
            to: None,
            scale: ReplyScale::Micro,
            visibility: None,
            source: None,
            text: text.into(),
            reason: None,
            canned: None,
            unfilled: BTreeSet::new(),
        }
    }

    /// A text to everyone, the way that was decided.
    pub fn to_everyone(text: impl Into<String>) -> Self {
        Self { scale: ReplyScale::Macro, ..Self::micro(text) }
    }
}

/// Why a command on a response is refused. Nothing was recorded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ResponseRefusal {
    /// It says nothing.
    #[error("a response has a text")]
    Empty,
    /// It is longer than a message may be.
    #[error("the text has {0} bytes, more than a message may have")]
    TooLong(usize),
    /// A response has one scale.
    #[error("a response is `micro` or `macro`, not `{0}`")]
    Scale(ReplyScale),
    /// The decision asks for another way, and no reason is given for this one.
    #[error("{0} is not what was decided ({1}); give the reason why it goes that way")]
    NotDecided(String, String),
    /// What was decided as private is never made public.
    #[error("what was decided to be answered in private is not answered in public, whatever the reason")]
    Private,
    /// Somebody else writes an answer to this case already.
    #[error("`{}` writes an answer to this case already; read their draft, and go on with it", .0.author)]
    DraftedBefore(Box<ResponseDraft>),
    /// There is no such response, or it is no draft.
    #[error("`{0}` is no draft: it was sent or let go, or never was one")]
    NoDraft(ResponseId),
    /// The draft was changed since it was read.
    #[error("edition {read} was read, and the last one is {last}")]
    Stale {
        /// Which edition was read.
        read: u32,
        /// Which one is the last.
        last: u32,
    },
    /// Nobody approves what they wrote themselves.
    #[error("`{0}` wrote this, and somebody else approves it")]
    OwnWork(PersonId),
    /// Nobody asked for this approval.
    #[error("no approval by `{0}` is asked for")]
    NotAsked(String),
    /// Somebody who is not called for approves.
    #[error("`{person}` is not `{of}`")]
    NotInRole {
        /// Who.
        person: PersonId,
        /// As what.
        of: String,
    },
    /// Approvals are missing.
    #[error("not approved by {}", list(.0))]
    Unapproved(BTreeSet<String>),
    /// Placeholders of the canned text stand in it still.
    #[error("nobody has filled in {}", list(.0))]
    Unfilled(BTreeSet<String>),
    /// The decision says that nothing is sent for now.
    #[error("the protocol holds all responses to this case for now")]
    Hold,
    /// It would tell its audience what is known from a private message alone.
    #[error("it would tell in public what is known from a private message alone ({} places)", .0.len())]
    Leaks(Vec<Leak>),
    /// A programme is begun, and its sixth step is not complete.
    #[error("nobody is spoken to first before the programme `{0}` is active")]
    Locked(String),
}

fn list(names: &BTreeSet<String>) -> String {
    names.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}

/// Who will see a response: whatever is answered in public, and be it only the first sentence, everybody does.
pub fn audience(visibility: ReplyVisibility) -> Visibility {
    match visibility {
        ReplyVisibility::Private => Visibility::Direct,
        ReplyVisibility::Public | ReplyVisibility::PublicThenPrivate => Visibility::Public,
    }
}

/// A person begins a response to a case. `open` are the drafts of it that nobody sent or let go.
///
/// # Errors
/// When it says nothing, goes another way than was decided without a reason, makes public what was decided as private, or
/// when somebody else writes one to the same person already.
pub fn draft(
    author: &HumanAuthor,
    case: &Case,
    allowed: &Allowed,
    open: &[ResponseState],
    new: NewDraft,
    now: DateTime<Utc>,
) -> Result<ResponseDraft, ResponseRefusal> {
    check_text(&new.text)?;
    if !matches!(new.scale, ReplyScale::Micro | ReplyScale::Macro) {
        return Err(ResponseRefusal::Scale(new.scale));
    }
    let theirs = |state: &ResponseState| {
        let draft = state.draft.as_ref().filter(|_| state.is_open())?;
        (draft.scale == new.scale && draft.author != *author.person()).then(|| Box::new(draft.clone()))
    };
    if let Some(before) = open.iter().find_map(theirs) {
        return Err(ResponseRefusal::DraftedBefore(before));
    }
    let visibility = new.visibility.or(allowed.visibility).unwrap_or(match new.scale {
        ReplyScale::Macro => ReplyVisibility::Public,
        _ => ReplyVisibility::Private,
    });
    if allowed.visibility == Some(ReplyVisibility::Private)
        && visibility != ReplyVisibility::Private
        && new.scale == ReplyScale::Micro
    {
        return Err(ResponseRefusal::Private);
    }
    let reason = new.reason.filter(|reason| !reason.trim().is_empty());
    if reason.is_none() {
        if let Some(decided) =
            allowed.visibility.filter(|decided| *decided != visibility && new.scale == ReplyScale::Micro)
        {
            return Err(ResponseRefusal::NotDecided(visibility.to_string(), decided.to_string()));
        }
        if let Some(decided) = allowed.scale.filter(|decided| decided.join(new.scale) != *decided) {
            return Err(ResponseRefusal::NotDecided(new.scale.to_string(), decided.to_string()));
        }
        if let Some(source) = new.source.as_ref().filter(|source| !allowed.sources.contains(*source)) {
            let chosen: Vec<&str> = allowed.sources.iter().map(Source::as_str).collect();
            return Err(ResponseRefusal::NotDecided(source.to_string(), chosen.join(", ")));
        }
    }
    let source = new.source.or_else(|| new.to.as_ref().map(|to| to.source.clone()));
    let only = || allowed.sources.first().filter(|_| allowed.sources.len() == 1).cloned();
    Ok(ResponseDraft {
        id: ResponseId::drafted_by(author.person(), &case.id, now),
        case: case.id.clone(),
        edition: 1,
        source: source.or_else(only),
        to: new.to,
        scale: new.scale,
        visibility,
        author: author.person().clone(),
        vouched: author.vouched().to_owned(),
        text: new.text,
        approve: allowed.approve.clone(),
        reason,
        canned: new.canned,
        unfilled: new.unfilled,
        at: now,
    })
}

/// A person writes a draft anew, their own or somebody else's: the next edition, to which nobody has agreed yet.
///
/// # Errors
/// When it is no draft, says nothing, or was changed since `edition` was read.
pub fn revise(
    author: &HumanAuthor,
    id: &ResponseId,
    state: &ResponseState,
    edition: u32,
    text: String,
    allowed: &Allowed,
    now: DateTime<Utc>,
) -> Result<ResponseDraft, ResponseRefusal> {
    let last = last_edition(id, state, Some(edition))?;
    check_text(&text)?;
    let unfilled =
        last.unfilled.iter().filter(|name| text.contains(&format!("{{{name}}}"))).cloned().collect();
    Ok(ResponseDraft {
        edition: last.edition.saturating_add(1),
        author: author.person().clone(),
        vouched: author.vouched().to_owned(),
        text,
        approve: last.approve.union(&allowed.approve).cloned().collect(),
        unfilled,
        at: now,
        ..last.clone()
    })
}

/// A person agrees to the edition of a draft that they read, as what they are called for.
///
/// # Errors
/// When it is no draft, was changed since, was written by them, or when they are not who was asked.
pub fn approve(
    by: &HumanAuthor,
    who: &Person,
    id: &ResponseId,
    state: &ResponseState,
    edition: u32,
    of: &str,
    now: DateTime<Utc>,
) -> Result<Event, ResponseRefusal> {
    let last = last_edition(id, state, Some(edition))?;
    if !last.approve.contains(of) {
        return Err(ResponseRefusal::NotAsked(of.to_owned()));
    }
    if state.authors.contains(by.person()) {
        return Err(ResponseRefusal::OwnWork(by.person().clone()));
    }
    if !is_called(who, of) {
        return Err(ResponseRefusal::NotInRole { person: by.person().clone(), of: of.to_owned() });
    }
    let approval = Approval { of: of.to_owned(), person: by.person().clone(), at: now };
    Ok(Event::Approved { response: id.clone(), edition: last.edition, approval })
}

/// Whether a person is whom a facet names: a department of theirs, a role, or themself (`team:…`, `role:…`, `person:…`).
pub fn is_called(person: &Person, name: &str) -> bool {
    match name.split_once(':') {
        Some(("team", name)) => person.departments.contains(name),
        Some(("role", name)) => person.roles.contains(name),
        Some(("person", name)) => person.id == name,
        _ => person.departments.contains(name) || person.roles.contains(name) || person.id == name,
    }
}

/// A person lets a draft go.
///
/// # Errors
/// When it is no draft.
pub fn discard(
    by: &HumanAuthor,
    id: &ResponseId,
    state: &ResponseState,
    now: DateTime<Utc>,
) -> Result<Event, ResponseRefusal> {
    last_edition(id, state, None)?;
    Ok(Event::Discarded { response: id.clone(), person: by.person().clone(), at: now })
}

/// What is sent of a draft: its last edition, with those who agreed to it.
///
/// # Errors
/// When it is no draft, when approvals or values are missing, or while the decision holds everything.
pub fn send(
    id: &ResponseId,
    state: &ResponseState,
    allowed: &Allowed,
    now: DateTime<Utc>,
) -> Result<ResponseRecord, ResponseRefusal> {
    let last = last_edition(id, state, None)?;
    if allowed.hold {
        return Err(ResponseRefusal::Hold);
    }
    if !last.unfilled.is_empty() {
        return Err(ResponseRefusal::Unfilled(last.unfilled.clone()));
    }
    // What was decided since it was written counts as well.
    let given = |of: &&String| !state.approvals.iter().any(|approval| approval.of == **of);
    let missing: BTreeSet<String> = last.approve.union(&allowed.approve).filter(given).cloned().collect();
    if !missing.is_empty() {
        return Err(ResponseRefusal::Unapproved(missing));
    }
    Ok(ResponseRecord {
        id: last.id.clone(),
        case: last.case.clone(),
        to: last.to.clone(),
        scale: last.scale,
        visibility: last.visibility,
        author: last.author.clone(),
        vouched: last.vouched.clone(),
        text: last.text.clone(),
        approvals: state.approvals.clone(),
        sent: Some(now),
    })
}

/// The edition that a command is on: the last one, which must be the one that was read.
fn last_edition<'a>(
    id: &ResponseId,
    state: &'a ResponseState,
    read: Option<u32>,
) -> Result<&'a ResponseDraft, ResponseRefusal> {
    let draft = state.draft.as_ref().filter(|_| state.is_open());
    let draft = draft.ok_or_else(|| ResponseRefusal::NoDraft(id.clone()))?;
    match read.filter(|read| *read != draft.edition) {
        Some(read) => Err(ResponseRefusal::Stale { read, last: draft.edition }),
        None => Ok(draft),
    }
}

fn check_text(text: &str) -> Result<(), ResponseRefusal> {
    let most = crate::model::Limits::DEFAULT.text_bytes;
    if text.trim().is_empty() {
        Err(ResponseRefusal::Empty)
    } else if text.len() > most {
        Err(ResponseRefusal::TooLong(text.len()))
    } else {
        Ok(())
    }
}
