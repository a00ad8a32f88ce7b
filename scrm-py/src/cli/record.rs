//! What can be asked of a record, and told to it, from a shell? Who somebody is, who is one person, what is to be done.
//!
//! Read [`profile`] first. Every command names the database; one that is not there is a fault, and none is made.

use std::fmt::Write as _;
use std::path::Path;

use chrono::{DateTime, Utc};
use scrm_core::desk::{Desk, DeskError, ImportKind, Imported, SearchError, SearchOptions};
use scrm_core::engine::Engine;
use scrm_core::model::{
    IdentityKey, IdentityLink, LinkClaim, LinkEvidence, LinkId, MessageType, PersonId, Revocation,
    SentimentLabel, Tenant,
};
use scrm_core::playbook::Playbook;
use scrm_core::record::erase::{EraseOptions, Whom, erase};
use scrm_core::record::export::export;
use scrm_core::record::people::suggest::{SourceTerms, SuggestSettings};
use scrm_core::record::{Profile, ProfileLimits, Store};
use serde::Serialize;
use serde_json::json;

use super::args::{
    Backing, Effects, Erasing, Exporting, Imports, Linking, Profiling, Recorded, Revoking, Searching,
    Suggesting, Told,
};
use super::input;
use super::objects::Objects;
use super::output::{complain, say};
use super::run::{bad_store, now, time};
use super::{Exit, Failure};
use crate::place::{self, AnyStore};

pub(super) fn tenant(args: &Recorded) -> Result<Tenant, Failure> {
    Tenant::new(&args.tenant).map_err(|error| Failure::new(Exit::Usage, format!("--tenant: {error}")))
}

/// The store, which must be there.
pub(super) fn open(args: &Recorded) -> Result<AnyStore, Failure> {
    if !place::is_server(&args.db) && !args.db.exists() {
        let shown = args.db.display();
        return Err(Failure::new(
            Exit::Store,
            format!("there is no database `{shown}`; `scrm run` makes one"),
        ));
    }
    Ok(place::open(&args.db).map_err(|error| bad_store(&error))?.0)
}

/// The store with the engine of a playbook, for what only people of the team may do.
pub(super) fn desk(args: &Recorded, playbook: &Path) -> Result<Desk<AnyStore>, Failure> {
    let tenant = tenant(args)?;
    let faults = |error: String| Failure::new(Exit::Playbook, error);
    let playbook = Playbook::load(playbook).map_err(|error| faults(error.to_string()))?;
    let engine = Engine::compile(&playbook).map_err(|error| faults(error.to_string()))?;
    Ok(Desk::open(engine, open(args)?).for_tenant(tenant))
}

pub(super) fn refused(error: DeskError) -> Failure {
    match error {
        DeskError::Store(error) => bad_store(&error),
        error => Failure::new(Exit::Usage, error.to_string()),
    }
}

/// An account, written `source/native_id`.
fn account(named: &str) -> Result<IdentityKey, Failure> {
    let read = |source: &str, id: &str| {
        serde_json::from_value(json!({ "source": source, "native_id": id }))
            .map_err(|error| error.to_string())
    };
    let key = match named.split_once('/') {
        Some((source, id)) => read(source, id),
        None => Err("it is written `source/native_id`, such as `x/4711`".to_owned()),
    };
    key.map_err(|fault| Failure::new(Exit::Usage, format!("account `{named}`: {fault}")))
}

pub(super) fn moment(told: Option<&String>, flag: &str) -> Result<DateTime<Utc>, Failure> {
    Ok(told.map(|text| time(flag, text)).transpose()?.unwrap_or_else(now))
}

pub(super) fn line(value: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string(value).map_err(|error| Failure::new(Exit::Output, format!("no JSON form: {error}")))
}

pub(super) fn profile(args: &Profiling) -> Result<Exit, Failure> {
    let (account, tenant) = (account(&args.account)?, tenant(&args.record)?);
    let as_of = moment(args.as_of.as_ref(), "--as-of")?;
    let limits = ProfileLimits { recent: args.recent, ..ProfileLimits::default() };
    let mut store = open(&args.record)?;
    let profile = scrm_core::record::profile(&mut store, &tenant, &account, as_of, limits)
        .map_err(|error| bad_store(&error))?;
    if profile.accounts.is_empty() && profile.first_contact.is_none() {
        complain(&format!("the record has nothing of `{account}`"));
    }
    say(&if args.json { line(&profile)? } else { card(&profile) })?;
    Ok(Exit::Done)
}

/// A profile as a person reads it.
fn card(profile: &Profile) -> String {
    let mut page = format!("customer {}\n", profile.customer.id);
    let mut put = |name: &str, what: String| {
        if !what.is_empty() {
            let _ = writeln!(page, "  {name:<12} {what}");
        }
    };
    let day = |at: DateTime<Utc>| at.format("%Y-%m-%d %H:%M").to_string();
    let roles: Vec<_> = profile.customer.roles.iter().map(|role| role.as_str()).collect();
    put("roles", roles.join(", "));
    for seen in &profile.accounts {
        let since = format!("{} to {}", day(seen.first_seen), day(seen.last_seen));
        put("account", tame(&format!("{} ({}), seen {since}", seen.identity.key, seen.identity.label())));
    }
    let contact = profile.first_contact.zip(profile.last_contact);
    put("contact", contact.map_or(String::new(), |(first, last)| format!("{} to {}", day(first), day(last))));
    for tally in &profile.tallies {
        let of = [tally.kind.map(MessageType::as_str), tally.sentiment.map(SentimentLabel::as_str)];
        let of: Vec<_> = of.into_iter().flatten().collect();
        put(
            "messages",
            format!("{} {} {} {}", tally.messages, tally.direction, tally.outcome, of.join(", ")),
        );
    }
    for promise in &profile.promises {
        let due = promise.first_response_due.or(promise.resolution_due);
        let due = due.map_or(String::new(), |due| format!(", due {}", day(due)));
        put("promise", format!("{} ({}){due}", promise.case, promise.status));
    }
    for sum in &profile.value {
        put(
            "value",
            format!(
                "{} bought {}, refunded {}, given {} (smallest unit)",
                sum.currency, sum.bought, sum.refunded, sum.given
            ),
        );
    }
    for consent in &profile.consents {
        let word = if consent.value.granted { "agreed to" } else { "refused" };
        put("consent", tame(&format!("{word} {} ({})", consent.value.purpose, day(consent.value.at))));
    }
    for preference in &profile.preferences {
        put("preference", tame(&format!("{} = {}", preference.value.name, preference.value.value)));
    }
    for link in &profile.links {
        let state = if link.link.revoked.is_some() { ", taken back" } else { "" };
        let (a, b) = link.link.pair();
        put(
            "claim",
            tame(&format!(
                "{} {a} {b} {}{state} {}",
                link.link.claim.as_str(),
                link.link.evidence.as_str(),
                link.id
            )),
        );
    }
    for entry in &profile.history {
        let text: String = entry.message.text().chars().take(100).collect();
        put(
            "message",
            tame(&format!("{} {}  {text}", day(entry.message.times().observed), entry.message.key())),
        );
    }
    page.truncate(page.trim_end().len());
    page
}

/// What people wrote, without anything that steers a terminal.
pub(super) fn tame(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

pub(super) fn link(args: &Linking) -> Result<Exit, Failure> {
    let bad = |fault: String| Failure::new(Exit::Usage, fault);
    let person = PersonId::new(&args.person).map_err(|error| bad(format!("--person: {error}")))?;
    let claim = if args.different { LinkClaim::Different } else { LinkClaim::Same };
    let link = IdentityLink {
        a: account(&args.a)?,
        b: account(&args.b)?,
        claim,
        evidence: LinkEvidence::Human { person },
        at: now(),
        revoked: None,
    };
    let mut desk = desk(&args.record, &args.playbook)?;
    let id = desk.link(link).map_err(refused)?;
    say(id.as_str())?;
    Ok(Exit::Done)
}

pub(super) fn revoke(args: &Revoking) -> Result<Exit, Failure> {
    let bad = |fault: String| Failure::new(Exit::Usage, fault);
    let id = LinkId::new(&args.id).map_err(|error| bad(error.to_string()))?;
    let person = PersonId::new(&args.person).map_err(|error| bad(format!("--person: {error}")))?;
    let mut desk = desk(&args.record, &args.playbook)?;
    let receipt = desk.revoke(&id, Revocation { person: Some(person), at: now() }).map_err(refused)?;
    say(if receipt.appended > 0 { "taken back" } else { "it was taken back before" })?;
    Ok(Exit::Done)
}

pub(super) fn suggest(args: &Suggesting) -> Result<Exit, Failure> {
    let mut settings = SuggestSettings { threshold: args.threshold, ..SuggestSettings::default() };
    settings.policy.across_networks = args.across_networks;
    for source in &args.inference {
        let source = scrm_core::model::Source::new(source)
            .map_err(|error| Failure::new(Exit::Usage, format!("--inference: {error}")))?;
        settings.policy.terms.insert(source, SourceTerms { inference: true });
    }
    let mut desk = desk(&args.record, &args.playbook)?;
    let found = desk.suggest_links_by(&settings).map_err(|error| bad_store(&error))?;
    if args.json {
        say(&line(&found)?)?;
        return Ok(Exit::Done);
    }
    for suggestion in &found.suggestions {
        say(&tame_lines(&suggestion.to_string()))?;
    }
    let (pairs, withheld) = (found.suggestions.len(), found.withheld);
    say(&format!("{pairs} suggested, {} compared, {withheld} withheld between sources", found.compared))?;
    Ok(Exit::Done)
}

fn tame_lines(text: &str) -> String {
    text.lines().map(tame).collect::<Vec<_>>().join("\n")
}

pub(super) fn import_people(args: &Imports, kind: ImportKind) -> Result<Exit, Failure> {
    let mut desk = desk(&args.record, &args.playbook)?;
    let input = input::raw(&args.input)?;
    let name = input.name.clone();
    let mut rows = Objects::new(input, args.format, &args.input)?;
    let imported = desk.import(kind, &name, &mut rows, now()).map_err(|error| bad_store(&error))?;
    if let Some(failure) = rows.failed() {
        return Err(failure);
    }
    say(&if args.json { line(&imported)? } else { told(&imported) })?;
    let none = imported.rows > 0 && imported.malformed == imported.rows;
    Ok(if none { Exit::Input } else { Exit::Done })
}

fn told(imported: &Imported) -> String {
    let Imported { rows, recorded, duplicates, malformed, faults } = imported;
    let mut page = format!(
        "{rows} rows: {recorded} events recorded, {duplicates} there already, {malformed} rows put aside"
    );
    for fault in faults {
        let _ = write!(page, "\n  row {}: {}", fault.line, tame(&fault.fault));
    }
    page
}

pub(super) fn effects(args: &Effects) -> Result<Exit, Failure> {
    let tenant = tenant(&args.record)?;
    let mut store = open(&args.record)?;
    let after = match args.after {
        Some(after) => after,
        None => store.acked(&tenant, &args.consumer).map_err(|error| bad_store(&error))?,
    };
    for effect in store.effects(&tenant, after, args.limit).map_err(|error| bad_store(&error))? {
        say(&line(&effect)?)?;
    }
    Ok(Exit::Done)
}

pub(super) fn ack(args: &Told) -> Result<Exit, Failure> {
    let tenant = tenant(&args.record)?;
    let mut store = open(&args.record)?;
    store.ack(&tenant, &args.consumer, args.seq).map_err(|error| bad_store(&error))?;
    Ok(Exit::Done)
}

pub(super) fn search(args: &Searching) -> Result<Exit, Failure> {
    let instant = |told: &Option<String>, flag| told.as_deref().map(|text| time(flag, text)).transpose();
    let options = SearchOptions {
        limit: args.limit,
        since: instant(&args.since, "--since")?,
        until: instant(&args.until, "--until")?,
        ..SearchOptions::default()
    };
    let mut desk = desk(&args.record, &args.playbook)?;
    let page = desk.search(&args.query, &options).map_err(|error| match error {
        SearchError::Store(error) => bad_store(&error),
        error => Failure::new(Exit::Usage, error.to_string()),
    })?;
    for fault in &page.warnings {
        complain(&format!("{}: {}", fault.code, fault.message));
    }
    for hit in &page.hits {
        let (message, assessment) = (&hit.message, &hit.assessment);
        let at = message.times().observed.format("%Y-%m-%d %H:%M");
        let text: String = message.text().chars().take(120).collect();
        let told = json!({ "message": message, "outcome": assessment.outcome, "type": assessment.classification.kind.value });
        say(&if args.json { told.to_string() } else { tame(&format!("{at} {}  {text}", message.key())) })?;
    }
    if page.next.is_some() {
        complain(&format!("there is more; {} messages were looked at", page.scanned));
    }
    Ok(Exit::Done)
}

pub(super) fn erase_person(args: &Erasing) -> Result<Exit, Failure> {
    let (account, tenant) = (account(&args.account)?, tenant(&args.record)?);
    let mut store = open(&args.record)?;
    if !args.yes {
        let all = export(&mut store, &tenant, &account).map_err(|error| bad_store(&error))?;
        let who: Vec<_> = all.customer.identities.iter().map(|key| tame(&key.to_string())).collect();
        let (events, who) = (all.events.len(), who.join(", "));
        say(&format!("{events} events name {who}; nothing was erased: say --yes to erase"))?;
        return Ok(Exit::Done);
    }
    let whom = if args.only_account { Whom::Accounts([account].into()) } else { Whom::Customer(account) };
    let mut options = EraseOptions::default();
    options.redact_mentions = args.redact_mentions;
    options.known_as = args.known_as.iter().cloned().collect();
    let receipt = erase(&mut store, &tenant, &whom, &options, now()).map_err(|error| bad_store(&error))?;
    say(&line(&receipt)?)?;
    Ok(Exit::Done)
}

pub(super) fn export_person(args: &Exporting) -> Result<Exit, Failure> {
    let (account, tenant) = (account(&args.account)?, tenant(&args.record)?);
    let mut store = open(&args.record)?;
    let all = export(&mut store, &tenant, &account).map_err(|error| bad_store(&error))?;
    say(&line(&all)?)?;
    Ok(Exit::Done)
}

pub(super) fn backup(args: &Backing) -> Result<Exit, Failure> {
    let mut store = open(&args.record)?;
    store.backup_to(&args.to).map_err(|error| bad_store(&error))?;
    say(&format!("copied to {}", args.to.display()))?;
    Ok(Exit::Done)
}
