//! Is a person who was erased in any byte of any file? Canaries in every field of every event, then a search of the bytes.
//!
//! `erase --interactions 10000` fills a record with so many interactions of one person and as many of others, erases the
//! person, and looks for each canary in the record, its log, its shared memory, its ledger and a backup: as UTF-8, in lower
//! case, composed otherwise, escaped as in JSON, in UTF-16, base64 and hexadecimal. Before, every canary must be found.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Instant;

use aho_corasick::AhoCorasick;
use chrono::{DateTime, Duration, Utc};
use scrm_core::model::*;
use scrm_core::record::erase::{EraseOptions, ErasureReceipt, Whom, erase};
use scrm_core::record::{Scrub, SqliteStore, Store};

/// Runs with `--interactions` (10,000) in `--folder` (a new one beside the system's temporary files), and ends with one
/// line of figures.
pub fn run(words: impl Iterator<Item = String>) -> Result<String, String> {
    let words: Vec<String> = words.collect();
    let word = |name: &str| {
        let place = words.iter().position(|word| word == name);
        place.and_then(|place| words.get(place + 1).cloned())
    };
    let interactions = word("--interactions").and_then(|word| word.parse().ok()).unwrap_or(10_000);
    let folder = match word("--folder") {
        Some(folder) => folder.into(),
        None => std::env::temp_dir().join(format!("erase-{}", std::process::id())),
    };
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).map_err(told)?;
    let outcome = search(&folder, interactions);
    let _ = std::fs::remove_dir_all(&folder);
    outcome
}

fn told(error: impl std::fmt::Display) -> String {
    error.to_string()
}

fn search(folder: &Path, interactions: u64) -> Result<String, String> {
    let path = folder.join("record.db");
    let mut store = SqliteStore::open(&path).map_err(told)?;
    fill(&mut store, interactions)?;
    let canaries = canaries();
    let needles = needles(&canaries);
    drop(store);
    let missing =
        &canaries.iter().map(String::as_str).collect::<BTreeSet<_>>() - &found_in(folder, &needles)?;
    if !missing.is_empty() {
        return Err(format!("these canaries were never in the record: {missing:?}"));
    }
    let mut store = SqliteStore::open(&path).map_err(told)?;
    let before = store.totals(&tenant()).map_err(told)?;
    let started = Instant::now();
    let receipt = forget(&mut store)?;
    let seconds = started.elapsed().as_secs_f64();
    if receipt.state != Scrub::Done {
        return Err(format!("the receipt says {:?}", receipt.state));
    }
    let after = store.totals(&tenant()).map_err(told)?;
    if before != after {
        return Err(format!("the totals were {before:?} and are {after:?}"));
    }
    store.backup_to(folder.join("after.db")).map_err(told)?;
    // Once while the record is in use, once closed.
    let left = found_in(folder, &needles)?;
    if !left.is_empty() {
        return Err(format!("found after the receipt: {left:?}"));
    }
    drop(store);
    let left = found_in(folder, &needles)?;
    if !left.is_empty() {
        return Err(format!("found in the closed record: {left:?}"));
    }
    let bytes: u64 = files(folder)?.iter().map(|(_, bytes)| bytes.len() as u64).sum();
    Ok(format!(
        "erase: {} interactions of one person and as many of others, {} events changed, {seconds:.2} s; {} canaries in {} \
         forms, 0 found in {:.1} MiB",
        receipt.counts.versions,
        changed(&receipt),
        canaries.len(),
        needles.0.patterns_len() / canaries.len(),
        bytes as f64 / 1_048_576.0
    ))
}

fn changed(receipt: &ErasureReceipt) -> u64 {
    let counts = &receipt.counts;
    counts.versions
        + counts.answers
        + counts.participations
        + counts.cases
        + counts.responses
        + counts.permissions
        + counts.assets
        + counts.facts
        + counts.transactions
        + counts.links
        + counts.labels
        + counts.quarantined
}

/// Erases the customer with both accounts, and blocks the name out of what others said.
pub fn forget(store: &mut dyn Store) -> Result<ErasureReceipt, String> {
    let options = EraseOptions::default().redact_mentions();
    erase(store, &tenant(), &Whom::Customer(person(0).key), &options, time(999_999)).map_err(told)
}

pub fn tenant() -> Tenant {
    Tenant::new("acme").unwrap()
}

fn time(minute: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap() + Duration::minutes(minute)
}

/// Every place in which something of the person can stand.
const PLACES: [&str; 39] = [
    "id",
    "handle",
    "name",
    "bio",
    "location",
    "url",
    "more",
    "text",
    "title",
    "ext",
    "field",
    "place",
    "attachment",
    "link",
    "thread",
    "message",
    "version",
    "edited",
    "quoted",
    "cue",
    "proof",
    "near",
    "oldhandle",
    "mailid",
    "mailname",
    "aside",
    "response",
    "noted",
    "consent",
    "preference",
    "augmented",
    "transaction",
    "answer",
    "conversation",
    "draft",
    "reason",
    "evidence",
    "asset",
    "assettitle",
];

/// A word that is nowhere else: with letters that can be composed in two ways, in two cases. It ends in its place too,
/// because an index keeps of each word only what the word before it does not begin with.
fn canary(place: &str) -> String {
    format!("Zq{place}ﬁéK{place}")
}

pub fn canaries() -> Vec<String> {
    PLACES.iter().map(|place| canary(place)).collect()
}

fn person(source: usize) -> Identity {
    let (name, id) = [("x", "id"), ("mail", "mailid")][source];
    let mut identity = Identity::new(Source::new(name).unwrap(), NativeId::new(canary(id)).unwrap());
    if source == 1 {
        identity.name = Some(canary("mailname"));
        return identity;
    }
    identity.handle = Some(canary("handle"));
    identity.name = Some(canary("name"));
    identity.bio = Some(canary("bio"));
    identity.location = Some(canary("location"));
    identity.url = Some(format!("https://example.com/{}", canary("url")));
    identity.followers = Some(1_234_567);
    identity.ext.insert("more".to_owned(), serde_json::json!({ "deep": [canary("more")] }));
    identity
}

fn other(number: u64) -> Identity {
    let id = NativeId::new(format!("other-{}", number % 97)).unwrap();
    Identity { name: Some(format!("Other {}", number % 97)), ..Identity::new(Source::new("x").unwrap(), id) }
}

/// Fills a record: `interactions` messages of the person, as many of others, and everything else once.
pub fn fill(store: &mut dyn Store, interactions: u64) -> Result<(), String> {
    let mut group = special();
    for number in 0..interactions {
        group.push(said(number, number.is_multiple_of(3)));
        group.push(reply(number));
        if group.len() > 900 {
            store.commit(&tenant(), &std::mem::take(&mut group)).map_err(told)?;
        }
    }
    store.commit(&tenant(), &group).map_err(told)?;
    Ok(())
}

fn id_of(number: u64) -> ExternalId {
    ExternalId::new(format!("{}{number}", canary("message"))).unwrap()
}

fn start(source: &str, id: ExternalId, minute: i64) -> MessageBuilder {
    let (kind, seen) = (MessageKind::Post, Visibility::Public);
    Message::builder(Source::new(source).unwrap(), id, kind, seen, Times::created(time(minute)))
}

/// What the person says, on one source or the other.
fn said(number: u64, by_mail: bool) -> Event {
    let mut builder = start(if by_mail { "mail" } else { "x" }, id_of(number), number as i64);
    builder.author = Some(person(usize::from(by_mail)));
    builder.version = Some(Version::new(canary("version")).unwrap());
    builder.title = Some(canary("title"));
    builder.text = format!("{} is late, number {number}. {}", canary("text"), canary("quoted"));
    let (from, to) = (builder.text.find(&canary("quoted")).unwrap(), builder.text.len());
    let mark = |kind, value| MarkedSpan { start: from as u32, end: to as u32, kind, value };
    builder.spans = vec![mark(SpanKind::Quoted, None), mark(SpanKind::Link, Some(canary("link")))];
    builder.thread.id = Some(canary("thread"));
    builder.place = Some(Place { name: Some(canary("place")), ..Place::default() });
    let (name, url) = (Some(canary("attachment")), None);
    builder.attachments = vec![Attachment { kind: "image".to_owned(), name, url }];
    builder.ext.insert(canary("field"), serde_json::json!(canary("ext")));
    captured(builder)
}

fn captured(builder: MessageBuilder) -> Event {
    let message = Box::new(builder.build().unwrap());
    let assessment = Box::new(assessed(&message));
    Event::Captured { message, assessment }
}

/// What the engine says, quoting the message wherever it can.
fn assessed(message: &Message) -> Assessment {
    let theirs =
        message.author().is_some_and(|author| author.key == person(0).key || author.key == person(1).key);
    let (cue, value, near) = if theirs {
        (canary("cue"), canary("proof"), canary("near"))
    } else {
        ("word".to_owned(), "value".to_owned(), "near".to_owned())
    };
    let rule = RuleId::new("complaints").unwrap();
    let evidence = || vec![Evidence::at(cue.clone(), Span::new(0, 2), 0.5)];
    let atom = "type is complaint".to_owned();
    let classification = Classification {
        kind: Axis::new(MessageType::Complaint, 0.8, evidence()),
        types: vec![MessageType::Complaint],
        topics: Axis::new(vec![Topic::new("service.delay").unwrap()], 0.9, evidence()),
        sentiment: Axis::new(Sentiment { label: SentimentLabel::Negative, score: -0.5 }, 0.7, evidence()),
        targets: Vec::new(),
        action: Axis::new(Action::Reply, 0.9, evidence()),
        levels: None,
        influence: Axis::unknown(),
        noise: None,
        personal_data: Vec::new(),
        language: Axis::new("en".to_owned(), 0.9, Vec::new()),
        labeller: Labeller::Machine { model: "test".to_owned() },
    };
    let decision = Decision {
        rules: "sha256:0".to_owned(),
        at: time(0),
        facets: Facets { notify: ["lead".to_owned()].into(), ..Facets::default() },
        by: [].into(),
        fired: vec![rule.clone()],
        due: None,
        escalations: Vec::new(),
        proof: vec![Proof {
            rule: rule.clone(),
            atom: atom.clone(),
            value,
            confidence: None,
            spans: Vec::new(),
        }],
        conflicts: Vec::new(),
        gaps: Vec::new(),
        review: Vec::new(),
        unknown: Vec::new(),
        near: vec![NearMiss { rule, atom, value: near }],
        shadow: Vec::new(),
        subject_to: Vec::new(),
    };
    Assessment { hits: Hits::default(), classification, decision: Some(decision), outcome: Outcome::Decided }
}

/// Somebody else answers the person and names them.
fn reply(number: u64) -> Event {
    let mut builder = start("x", ExternalId::new(format!("reply-{number}")).unwrap(), number as i64);
    builder.author = Some(other(number));
    builder.text = format!("number {number}: ask @{} 🙂 there", canary("handle"));
    let (from, to) = (builder.text.find('@').unwrap(), builder.text.find(" 🙂").unwrap());
    let value = Some(canary("id"));
    builder.spans.push(MarkedSpan { start: from as u32, end: to as u32, kind: SpanKind::Mention, value });
    if !number.is_multiple_of(3) {
        builder.thread.parent = Some(id_of(number));
        builder.thread.id = Some(id_of(number).as_str().to_owned());
        builder.thread.quoted = Some(id_of(number));
    }
    builder.participants.push(Participant { identity: person(0), part: Part::Mentioned });
    captured(builder)
}

/// One of everything else.
fn special() -> Vec<Event> {
    let key = MessageKey { source: Source::new("x").unwrap(), external_id: id_of(1) };
    let account = person(0).key;
    let mut first = start("x", id_of(1), 0);
    let mut before = person(0);
    before.handle = Some(canary("oldhandle"));
    first.author = Some(before);
    first.version = Some(Version::new("v0").unwrap());
    first.text = canary("edited");
    // No author: the platform says no more than that it is gone.
    let mut gone = start("x", id_of(1), 5);
    gone.times.deleted = Some(time(5));
    gone.ext.insert("raw".to_owned(), serde_json::json!(canary("ext")));
    let thread = |name: &str| Thread { source: key.source.clone(), id: ThreadId::new(canary(name)).unwrap() };
    let case = Case {
        author: Some(account.clone()),
        thread: Some(thread("thread")),
        also_in: [thread("other thread")].into(),
        priority: 2,
        ..Case::new(key.clone(), time(1))
    };
    let moved = |minute: i64, change: CaseChange| Event::CaseChanged {
        case: case.id.clone(),
        at: time(minute),
        by: PersonId::new("mia").ok(),
        change: Box::new(change),
    };
    let waiting = CaseChange::Waiting { on: WaitingOn::ThirdParty, reason: canary("waiting") };
    let department = Department::new("care").unwrap();
    let handed = CaseChange::HandedOver { department, person: None, reason: canary("handed over") };
    let elsewhere =
        MessageKey { source: key.source.clone(), external_id: ExternalId::new("reply-2").unwrap() };
    let thread = Some(Thread { source: key.source.clone(), id: ThreadId::new(id_of(2).as_str()).unwrap() });
    let theirs = Case {
        id: CaseId::opened_by(&elsewhere),
        first: elsewhere,
        author: Some(other(2).key),
        thread,
        ..case.clone()
    };
    let response = ResponseRecord {
        id: ResponseId::new("r1").unwrap(),
        case: case.id.clone(),
        to: Some(key.clone()),
        scale: ReplyScale::Micro,
        visibility: ReplyVisibility::Private,
        author: PersonId::new("mia").unwrap(),
        vouched: "session".to_owned(),
        text: format!("Dear {}", canary("response")),
        approvals: Vec::new(),
        sent: Some(time(2)),
    };
    let mia = PersonId::new("mia").unwrap();
    let draft = ResponseDraft {
        id: ResponseId::new("r2").unwrap(),
        case: case.id.clone(),
        edition: 1,
        to: Some(key.clone()),
        scale: ReplyScale::Micro,
        visibility: ReplyVisibility::Private,
        source: None,
        author: mia.clone(),
        vouched: "session".to_owned(),
        text: format!("Dear {}", canary("draft")),
        approve: BTreeSet::new(),
        reason: Some(format!("{} asked for it", canary("reason"))),
        canned: None,
        unfilled: BTreeSet::new(),
        at: time(2),
    };
    let used = AssetUse { what: AssetKind::Quote, place: "website".to_owned() };
    let permission = Permission {
        id: PermissionId::new("p1").unwrap(),
        identity: account.clone(),
        case: case.id.clone(),
        message: Some(key.clone()),
        uses: [used.clone()].into(),
        person: mia.clone(),
        at: time(5),
    };
    let granted = PermissionAnswer {
        permission: permission.id.clone(),
        identity: account.clone(),
        uses: [used.clone()].into(),
        until: None,
        evidence: Some(canary("evidence")),
        person: mia.clone(),
        at: time(6),
    };
    let asset = Asset {
        id: AssetId::new("a1").unwrap(),
        kind: AssetKind::Quote,
        identity: account.clone(),
        case: case.id.clone(),
        message: Some(key.clone()),
        title: Some(canary("assettitle")),
        text: format!("{} loves it", canary("asset")),
        person: mia.clone(),
        at: time(7),
    };
    let export = AssetExport {
        asset: asset.id.clone(),
        identity: account.clone(),
        permission: permission.id.clone(),
        used,
        person: mia.clone(),
        at: time(8),
    };
    let scope = ProgrammeScope {
        id: ProgrammeId::new("s").unwrap(),
        brand: None,
        from: time(0),
        until: None,
        person: mia.clone(),
        at: time(1),
    };
    let plan = IssuePlan {
        programme: scope.id.clone(),
        issue: Topic::new("service.delay").unwrap(),
        owner: mia.clone(),
        path: format!("call {} and ask", canary("handle")),
        raised_by: Some(key.clone()),
        person: mia,
        at: time(2),
    };
    let mut answer = start("x", ExternalId::new("ours-1").unwrap(), 3);
    answer.direction = Direction::Out;
    answer.text = format!("Dear {}", canary("answer"));
    answer.participants = vec![Participant { identity: person(0), part: Part::To }];
    answer.thread.id = Some(canary("id"));
    let mut whispered = start("x", ExternalId::new(canary("conversation")).unwrap(), 4);
    whispered.author = Some(person(0));
    let noted = |fact| Event::Noted { fact: Box::new(fact) };
    let mut known = person(0);
    known.ext.insert("crm".to_owned(), serde_json::json!(canary("noted")));
    let mut label = PersonLabel::new(key.clone(), PersonId::new("kim").unwrap(), time(6));
    label.kind = Some(MessageType::Question);
    let link = IdentityLink {
        a: account.clone(),
        b: person(1).key,
        claim: LinkClaim::Same,
        evidence: LinkEvidence::Authenticated,
        at: time(1),
        revoked: None,
    };
    let apart = IdentityLink { b: other(3).key, claim: LinkClaim::Different, ..link.clone() };
    let aside = |record, raw: &str| Event::Quarantined {
        input: "posts.jsonl".to_owned(),
        record,
        fault: format!("unknown kind near {raw}"),
        raw: format!("{{\"user\": \"{}\", \"text\": \"{}\"", canary("id"), raw),
    };
    vec![
        aside(1, &canary("aside")),
        aside(2, &canary("aside")),
        Event::Released { quarantined: 2 },
        captured(first),
        captured(gone),
        captured(whispered),
        Event::CaseOpened { case: Box::new(case.clone()) },
        Event::CaseOpened { case: Box::new(theirs.clone()) },
        Event::CaseJoined { case: Box::new(theirs), message: key.clone() },
        Event::Responded { response: Box::new(response) },
        captured(answer),
        Event::Drafted { draft: Box::new(draft) },
        Event::Published {
            response: ResponseId::new("r1").unwrap(),
            message: MessageKey {
                source: Source::new("x").unwrap(),
                external_id: ExternalId::new("ours-1").unwrap(),
            },
            by: LinkRule::SameText,
            at: time(3),
        },
        Event::FedBack {
            feedback: Feedback {
                response: ResponseId::new("r1").unwrap(),
                kind: FeedbackKind::Reply { message: key.clone() },
                at: time(4),
            },
        },
        Event::PermissionAsked { permission: Box::new(permission) },
        Event::PermissionAnswered { answer: Box::new(granted) },
        Event::AssetMade { asset: Box::new(asset) },
        Event::AssetExported { export: Box::new(export) },
        Event::PermissionWithdrawn {
            permission: PermissionId::new("p1").unwrap(),
            identity: account.clone(),
            at: time(9),
        },
        Event::ProgrammeBegun { scope: Box::new(scope) },
        Event::ProgrammePlanned { plan: Box::new(plan) },
        noted(Fact::Account { identity: Box::new(known), at: time(1) }),
        noted(Fact::Consent(Consent {
            identity: account.clone(),
            purpose: "marketing".to_owned(),
            granted: true,
            at: time(1),
            until: None,
            evidence: Some(canary("consent")),
        })),
        noted(Fact::Preference(Preference {
            identity: account.clone(),
            name: "channel".to_owned(),
            value: canary("preference"),
            provider: None,
            at: time(1),
        })),
        noted(Fact::Relationship(Relationship {
            from: other(1).key,
            to: account.clone(),
            kind: "follows".to_owned(),
            at: time(1),
        })),
        noted(Fact::Augmentation(Augmentation {
            identity: account.clone(),
            provider: "broker".to_owned(),
            licence: "none".to_owned(),
            at: time(1),
            values: [("job".to_owned(), serde_json::json!(canary("augmented")))].into(),
        })),
        Event::Transacted {
            transaction: Box::new(Transaction {
                id: TransactionId::new(canary("transaction")).unwrap(),
                identity: account,
                kind: TransactionKind::Purchase,
                amount: None,
                at: time(1),
                message: Some(key),
            }),
        },
        Event::Labelled { label: Box::new(label) },
        Event::Linked { link: Box::new(link) },
        Event::Linked { link: Box::new(apart.clone()) },
        Event::LinkRevoked { link: Box::new(apart), revocation: Revocation { person: None, at: time(2) } },
        moved(7, waiting),
        moved(8, handed),
        Event::CaseResolved { case: case.id.clone(), at: time(9), by: None },
    ]
}

/// The place that a canary is named after.
fn place(canary: &str) -> &str {
    canary.split('K').nth(1).unwrap_or_default()
}

/// What is searched for, and which canary each pattern is of.
pub struct Needles(AhoCorasick, Vec<usize>, Vec<String>);

pub fn needles(canaries: &[String]) -> Needles {
    let mut patterns: Vec<Vec<u8>> = Vec::new();
    let mut of = Vec::new();
    for (number, canary) in canaries.iter().enumerate() {
        let forms = [
            canary.clone(),
            canary.to_lowercase(),
            canary.to_uppercase(),
            canary.replace('ﬁ', "fi"),
            canary.replace('ﬁ', "fi").to_lowercase(),
            canary.replace('ﬁ', "fi").replace('é', "e").to_lowercase(),
            canary.replace('é', "e\u{301}"),
            canary.replace('é', "e\u{301}").replace('ﬁ', "fi"),
            canary
                .chars()
                .map(|c| if c.is_ascii() { c.to_string() } else { format!("\\u{:04x}", c as u32) })
                .collect(),
        ];
        let mut all: BTreeSet<Vec<u8>> = forms.iter().map(|form| form.as_bytes().to_vec()).collect();
        // What an index keeps of a word after one that begins alike.
        let ends = all.iter().filter_map(|form| form.get(2 + place(canary).len()..)).map(<[u8]>::to_vec);
        all.extend(ends.collect::<Vec<_>>());
        let units: Vec<u16> = canary.encode_utf16().collect();
        all.insert(units.iter().flat_map(|unit| unit.to_le_bytes()).collect());
        all.insert(units.iter().flat_map(|unit| unit.to_be_bytes()).collect());
        all.insert(canary.bytes().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect());
        all.insert(canary.bytes().flat_map(|byte| format!("{byte:02X}").into_bytes()).collect());
        all.extend((0..3).map(|shift| base64(canary.as_bytes(), shift)));
        of.extend(all.iter().map(|_| number));
        patterns.extend(all);
    }
    Needles(AhoCorasick::new(patterns).unwrap(), of, canaries.to_vec())
}

/// The middle of what base64 makes of the bytes when `shift` others stand before them: what does not depend on neighbours.
fn base64(bytes: &[u8], shift: usize) -> Vec<u8> {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits: Vec<u8> = bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)).collect();
    let skip = [0, 4, 2][shift];
    let whole = bits.get(skip..).unwrap_or_default().chunks_exact(6);
    whole.map(|six| LETTERS[six.iter().fold(0, |sum, bit| sum << 1 | usize::from(*bit))]).collect()
}

fn files(folder: &Path) -> Result<Vec<(String, Vec<u8>)>, String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(told)? {
        let path = entry.map_err(told)?.path();
        found.push((path.display().to_string(), std::fs::read(&path).map_err(told)?));
    }
    Ok(found)
}

/// The canaries that are in any file of a folder.
pub fn found_in<'a>(folder: &Path, needles: &'a Needles) -> Result<BTreeSet<&'a str>, String> {
    let mut found = BTreeSet::new();
    for (_, bytes) in files(folder)? {
        for hit in needles.0.find_overlapping_iter(&bytes) {
            found.insert(needles.2[needles.1[hit.pattern().as_usize()]].as_str());
        }
    }
    Ok(found)
}

/// The canaries in anything that a store can be asked.
pub fn found_in_answers<'a>(
    store: &mut dyn Store,
    needles: &'a Needles,
) -> Result<BTreeSet<&'a str>, String> {
    let mut text = String::new();
    let mut visit = |_, event: Event| {
        text.push_str(&serde_json::to_string(&event).unwrap_or_default());
        ControlFlow::Continue(())
    };
    store.log(&tenant(), 0, &mut visit).map_err(told)?;
    let hits = needles.0.find_overlapping_iter(&text);
    Ok(hits.map(|hit| needles.2[needles.1[hit.pattern().as_usize()]].as_str()).collect())
}
