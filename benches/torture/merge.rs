//! Does the record keep its laws, whatever people say, edit, join, part, and whoever is forgotten in between? A machine of
//! random steps, held against a plain model of sets.
//!
//! After every erasure nothing of the person is found in anything that the store can be asked, the totals are those of the
//! model, and the log replays to the same state. `merge --ops 1000000` runs a million steps; the tests run some thousands.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use aho_corasick::AhoCorasick;
use chrono::{DateTime, Duration, Utc};
use scrm_core::model::*;
use scrm_core::record::erase::retention::{Authors, Retention, retain};
use scrm_core::record::erase::{EraseOptions, Whom, erase};
use scrm_core::record::{HistoryQuery, InvolvedQuery, MemoryStore, Seen, SqliteStore, Store, Totals};

/// Runs `--ops` steps from `--seed` on, and ends with one line of figures.
pub fn run(words: impl Iterator<Item = String>) -> Result<String, String> {
    let words: Vec<String> = words.collect();
    let number = |name: &str, default: u64| {
        let place = words.iter().position(|word| word == name);
        place.and_then(|place| words.get(place + 1)?.parse().ok()).unwrap_or(default)
    };
    let (ops, seed) = (number("--ops", 10_000), number("--seed", 1));
    let started = Instant::now();
    let episodes = ops.div_ceil(STEPS);
    let next = AtomicU64::new(0);
    // Episodes know nothing of each other: as many at a time as there are processors.
    let lane = || {
        let mut erased = 0;
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= episodes {
                return Ok(erased);
            }
            let (steps, replays) = ((ops - number * STEPS).min(STEPS), number.is_multiple_of(8));
            erased += episode(seed.wrapping_mul(1_000_003) + number, steps, replays)
                .map_err(|fault| format!("seed {seed}, episode {number}: {fault}"))?;
        }
    };
    let lanes = thread::available_parallelism().map_or(1, usize::from);
    let erased: Result<Vec<u64>, String> = thread::scope(|scope| {
        let lanes: Vec<_> = (0..lanes).map(|_| scope.spawn(lane)).collect();
        lanes.into_iter().map(|lane| lane.join().unwrap_or_else(|_| Err("a lane ended".to_owned()))).collect()
    });
    let erased: u64 = erased?.into_iter().sum();
    let seconds = started.elapsed().as_secs_f64();
    Ok(format!(
        "merge: {ops} steps in {episodes} records on two stores each, {erased} erasures, 0 violations; {:.0} steps/s",
        ops as f64 / seconds
    ))
}

/// Steps on one record, before a new one is begun.
const STEPS: u64 = 250;

/// Runs so many steps on two stores alike, and says how many erasures were among them.
pub fn episode(seed: u64, steps: u64, replays: bool) -> Result<u64, String> {
    let mut memory = MemoryStore::new();
    let mut sqlite = SqliteStore::open_in_memory().map_err(|error| error.to_string())?;
    let mut model = Model::new(seed);
    for step in 0..steps {
        let context = |fault: String| format!("step {step}: {fault}");
        model.step(&mut [&mut memory, &mut sqlite], replays).map_err(context)?;
    }
    let dumps = [dump(&mut memory), dump(&mut sqlite)];
    same("memory", &dumps[0], "sqlite", &dumps[1])?;
    same("replayed", &dump(&mut *replay(&mut memory)?), "kept", &dumps[0])?;
    Ok(model.erasures)
}

/// What must be so, as sets.
struct Model {
    dice: u64,
    clock: i64,
    /// Messages by number: whose they are, and how each version ends, by its rank.
    messages: BTreeMap<u64, Said>,
    /// Claims that stand.
    links: BTreeSet<(usize, usize, i64)>,
    quarantined: BTreeSet<u64>,
    cases: BTreeMap<u64, bool>,
    responses: u64,
    erasures: u64,
    /// Whether names are blocked out of what others said: in the whole record, because once a person is taken out of the
    /// participants, nothing leads to what is said of them.
    redact: bool,
}

#[derive(Default, Clone)]
struct Said {
    by: usize,
    versions: BTreeMap<(bool, i64, String), Outcome>,
    erased: bool,
}

const PEOPLE: usize = 6;
const SOURCES: [&str; 2] = ["x", "mail"];

/// One account: every string of it is found nowhere else.
fn account(person: usize) -> Identity {
    let source = Source::new(SOURCES[person % 2]).unwrap();
    let mut identity = Identity::new(source, NativeId::new(format!("zid{person}q")).unwrap());
    identity.handle = Some(format!("zhandle{person}q"));
    identity.name = Some(format!("Zname {person} Ümläut"));
    identity.bio = Some(format!("zbio{person}q"));
    identity.followers = Some(1000 + person as u64);
    identity
}

fn message_id(number: u64) -> ExternalId {
    ExternalId::new(format!("zmsg{number}q")).unwrap()
}

fn source_of(person: usize) -> Source {
    account(person).key.source
}

fn tenant() -> Tenant {
    Tenant::new("acme").unwrap()
}

fn time(minute: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap() + Duration::minutes(minute)
}

impl Model {
    fn new(seed: u64) -> Self {
        Self {
            dice: seed.wrapping_add(0x9E37_79B9_7F4A_7C15),
            clock: 0,
            messages: BTreeMap::new(),
            links: BTreeSet::new(),
            quarantined: BTreeSet::new(),
            cases: BTreeMap::new(),
            responses: 0,
            erasures: 0,
            redact: seed.is_multiple_of(2),
        }
    }

    /// SplitMix64.
    fn roll(&mut self, sides: u64) -> u64 {
        self.dice = self.dice.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.dice;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % sides
    }

    fn person(&mut self) -> usize {
        self.roll(PEOPLE as u64) as usize
    }

    fn some_message(&mut self) -> Option<u64> {
        let count = self.messages.len() as u64;
        if count == 0 {
            return None;
        }
        let number = self.roll(count);
        self.messages.keys().nth(number as usize).copied()
    }

    fn step(&mut self, stores: &mut [&mut dyn Store; 2], replays: bool) -> Result<(), String> {
        self.clock += 1;
        match self.roll(100) {
            0..45 => self.say(stores),
            45..52 => self.again(stores),
            52..62 => self.claim(stores),
            62..68 => self.label(stores),
            68..76 => self.note(stores),
            76..86 => self.case(stores),
            86..91 => self.put_aside(stores),
            91..94 => self.grow_old(stores),
            _ => self.forget(stores, replays),
        }?;
        self.check_totals(stores)
    }

    fn commit(
        &self,
        stores: &mut [&mut dyn Store; 2],
        events: &[Event],
        appended: u64,
    ) -> Result<(), String> {
        for store in stores {
            let receipt = store.commit(&tenant(), events).map_err(|error| error.to_string())?;
            if receipt.appended != appended {
                return Err(format!("{} of {appended} appended: {events:?}", receipt.appended));
            }
        }
        Ok(())
    }

    /// A message, or another version of one.
    fn say(&mut self, stores: &mut [&mut dyn Store; 2]) -> Result<(), String> {
        let edits = self.roll(4) == 0;
        let known = if edits { self.some_message() } else { None };
        let number = known.unwrap_or(self.messages.len() as u64);
        let by = match known {
            Some(number) => self.messages[&number].by,
            None => self.person(),
        };
        let other = self.person();
        let tombstone = self.roll(12) == 0;
        let reply =
            self.some_message().filter(|reply| *reply != number && self.messages[reply].by % 2 == by % 2);
        let answer = self.roll(8) == 0;
        let mut times = Times::created(time(self.clock - self.roll(3) as i64));
        times.deleted = tombstone.then_some(times.observed);
        let (kind, visibility) = (MessageKind::Post, Visibility::Public);
        let mut builder =
            Message::builder(source_of(by), message_id(number), kind, visibility, times.clone());
        let version = format!("v{}", self.clock);
        builder.version = Some(Version::new(&version).unwrap());
        // A tombstone comes without its author.
        builder.author = (!tombstone).then(|| account(by));
        builder.direction = if answer && !edits { Direction::Out } else { Direction::In };
        if !tombstone {
            builder.text = format!("zsaid{by}q of the parcel, @{} ü!", account(other).handle.unwrap());
            let start = builder.text.find('@').unwrap() as u32;
            let end = builder.text.find(" ü").unwrap() as u32;
            let value = Some(account(other).key.native_id.as_str().to_owned());
            builder.spans.push(MarkedSpan { start, end, kind: SpanKind::Mention, value });
            builder.title = Some(format!("ztitle{by}q"));
        }
        if !tombstone {
            builder.ext.insert("raw".to_owned(), serde_json::json!({ "who": account(by).handle }));
        }
        if other != by && !tombstone {
            let mut identity = account(other);
            identity.key.source = source_of(other);
            builder.participants.push(Participant { identity, part: Part::Mentioned });
        }
        if let Some(reply) = reply {
            builder.thread.parent = Some(message_id(reply));
            builder.thread.id = Some(message_id(reply).as_str().to_owned());
        }
        let message = builder.build().map_err(|error| error.to_string())?;
        let outcome = match self.roll(3) {
            0 => Outcome::Noise(NoiseReason::Spam),
            1 => Outcome::Open(OpenReason::Gap),
            _ => Outcome::Decided,
        };
        let assessment = assess(message.text(), outcome, by);
        let rank = (tombstone, times.observed.timestamp_micros(), version);
        let said = self.messages.entry(number).or_insert_with(|| Said { by, ..Said::default() });
        let is_new = !said.erased;
        if is_new {
            said.versions.insert(rank, outcome);
        }
        let event = Event::Captured { message: Box::new(message), assessment: Box::new(assessment) };
        self.commit(stores, &[event], u64::from(is_new))
    }

    /// The first version of a message is delivered again, in other words.
    fn again(&mut self, stores: &mut [&mut dyn Store; 2]) -> Result<(), String> {
        let Some(number) = self.some_message() else { return Ok(()) };
        let said = self.messages[&number].clone();
        let Some((_, _, version)) = said.versions.keys().next() else { return Ok(()) };
        let message = MessageKey { source: source_of(said.by), external_id: message_id(number) };
        let key = DeliveryKey { message, version: Version::new(version).unwrap() };
        for store in stores {
            let seen =
                store.seen(&tenant(), std::slice::from_ref(&key)).map_err(|error| error.to_string())?;
            if seen != [Seen::Duplicate] {
                return Err(format!("{key:?} is {seen:?}"));
            }
        }
        Ok(())
    }

    fn claim(&mut self, stores: &mut [&mut dyn Store; 2]) -> Result<(), String> {
        let revoke = self.roll(3) == 0;
        if revoke && !self.links.is_empty() {
            let place = self.roll(self.links.len() as u64) as usize;
            let claim = *self.links.iter().nth(place).unwrap();
            self.links.remove(&claim);
            let revocation = Revocation { person: None, at: time(self.clock) };
            let link = Box::new(link(claim));
            self.commit(stores, &[Event::LinkRevoked { link, revocation }], 1)?;
        } else {
            let (a, b) = (self.person(), self.person());
            if a == b {
                return Ok(());
            }
            let claim = (a, b, self.clock);
            self.links.insert(claim);
            self.commit(stores, &[Event::Linked { link: Box::new(link(claim)) }], 1)?;
        }
        self.check_customers(stores)
    }

    fn label(&mut self, stores: &mut [&mut dyn Store; 2]) -> Result<(), String> {
        let Some(number) = self.some_message() else { return Ok(()) };
        let said = &self.messages[&number];
        let mut message = MessageKey { source: source_of(said.by), external_id: message_id(number) };
        if said.erased {
            message = message.erased();
        }
        let mut label = PersonLabel::new(message, PersonId::new("kim").unwrap(), time(self.clock));
        label.kind = Some(MessageType::Question);
        self.commit(stores, &[Event::Labelled { label: Box::new(label) }], 1)
    }

    fn note(&mut self, stores: &mut [&mut dyn Store; 2]) -> Result<(), String> {
        let (person, other, at) = (self.person(), self.person(), time(self.clock));
        let key = account(person).key;
        let fact = match self.roll(5) {
            0 => Fact::Account { identity: Box::new(account(person)), at },
            1 => Fact::Preference(Preference {
                identity: key,
                name: "channel".to_owned(),
                value: format!("zvalue{person}q"),
                provider: None,
                at,
            }),
            2 => Fact::Relationship(Relationship {
                from: key,
                to: account(other).key,
                kind: "follows".to_owned(),
                at,
            }),
            3 => {
                let transaction = Transaction {
                    id: TransactionId::new(format!("zbuy{person}q{}", self.clock)).unwrap(),
                    identity: key,
                    kind: TransactionKind::Purchase,
                    amount: None,
                    at,
                    message: None,
                };
                return self.commit(stores, &[Event::Transacted { transaction: Box::new(transaction) }], 1);
            }
            _ => Fact::Consent(Consent {
                identity: key,
                purpose: "marketing".to_owned(),
                granted: true,
                at,
                until: None,
                evidence: Some(format!("zproof{person}q")),
            }),
        };
        self.commit(stores, &[Event::Noted { fact: Box::new(fact) }], 1)
    }

    /// A case is opened, joined, answered or ended.
    fn case(&mut self, stores: &mut [&mut dyn Store; 2]) -> Result<(), String> {
        let Some(number) = self.some_message() else { return Ok(()) };
        let said = self.messages[&number].clone();
        // Nor of one of which only the end is known: who wrote it is not.
        if said.erased || said.versions.keys().all(|(tombstone, ..)| *tombstone) {
            return Ok(());
        }
        let first = MessageKey { source: source_of(said.by), external_id: message_id(number) };
        let id = CaseId::opened_by(&first);
        match (self.cases.get(&number).copied(), self.roll(4)) {
            (None, _) | (Some(_), 0) => {
                let joins = self.some_message().filter(|joins| !self.messages[joins].erased);
                let thread = joins.map(|joins| Thread {
                    source: source_of(self.messages[&joins].by),
                    id: ThreadId::new(message_id(joins).as_str()).unwrap(),
                });
                let case = Box::new(Case {
                    id,
                    author: Some(account(said.by).key),
                    thread,
                    priority: 2,
                    ..Case::new(first, time(self.clock))
                });
                self.cases.insert(number, true);
                let event = match joins {
                    Some(joins) => {
                        let source = source_of(self.messages[&joins].by);
                        Event::CaseJoined {
                            case,
                            message: MessageKey { source, external_id: message_id(joins) },
                        }
                    }
                    None => Event::CaseOpened { case },
                };
                self.commit(stores, &[event], 1)
            }
            (Some(open), 1) => {
                self.cases.insert(number, false);
                let event = Event::CaseResolved { case: id, at: time(self.clock), by: None };
                self.commit(stores, &[event], u64::from(open))
            }
            (Some(_), _) => {
                self.responses += 1;
                let response = ResponseRecord {
                    id: ResponseId::new(format!("r{}", self.responses)).unwrap(),
                    case: id,
                    to: Some(first),
                    scale: ReplyScale::Micro,
                    visibility: ReplyVisibility::Public,
                    author: PersonId::new("mia").unwrap(),
                    vouched: "session".to_owned(),
                    text: format!("dear zname {}q, zhandle{}q", said.by, said.by),
                    approvals: Vec::new(),
                    sent: Some(time(self.clock)),
                };
                self.commit(stores, &[Event::Responded { response: Box::new(response) }], 1)
            }
        }
    }

    fn put_aside(&mut self, stores: &mut [&mut dyn Store; 2]) -> Result<(), String> {
        let record = self.roll(20);
        let person = (record % PEOPLE as u64) as usize;
        let raw = format!("{{\"author\": \"{}\", \"text\": zsaid{person}q", account(person).key.native_id);
        let event = Event::Quarantined { input: "a.jsonl".to_owned(), record, fault: "no".to_owned(), raw };
        let is_new = self.quarantined.insert(record);
        self.commit(stores, &[event], u64::from(is_new))
    }

    fn grow_old(&mut self, stores: &mut [&mut dyn Store; 2]) -> Result<(), String> {
        let (now, keep) = (time(self.clock), Duration::minutes(120));
        let source = Source::new(SOURCES[self.roll(2) as usize]).unwrap();
        let rule = Retention { source: source.clone(), keep, authors: Authors::Everybody };
        let limit = 1 + self.roll(6) as usize;
        let (before, mut told) = ((now - keep).timestamp_micros(), Vec::new());
        let mut old: Vec<(i64, String, u64)> = Vec::new();
        for (number, said) in &self.messages {
            let Some((rank, _)) = said.versions.last_key_value() else { continue };
            if source_of(said.by) == source && !said.erased && rank.1 < before {
                old.push((rank.1, message_id(*number).as_str().to_owned(), *number));
            }
        }
        old.sort();
        for store in stores.iter_mut() {
            told.push(retain(*store, &tenant(), &rule, limit, now).map_err(|error| error.to_string())?);
        }
        let expected = old.len().min(limit) as u64;
        if told.iter().any(|told| told.messages != expected) {
            return Err(format!("{told:?} instead of {expected} old messages"));
        }
        let mut ids = Vec::new();
        for (_, id, number) in old.into_iter().take(limit) {
            self.messages.entry(number).and_modify(|said| said.erased = true);
            ids.push(id);
        }
        if ids.is_empty() {
            return Ok(());
        }
        stores.iter_mut().try_for_each(|store| absent(&dump(*store), &ids))
    }

    fn members(&self, person: usize) -> BTreeSet<usize> {
        let mut members = BTreeSet::from([person]);
        loop {
            let joined = self.links.iter().filter(|(a, b, _)| members.contains(a) || members.contains(b));
            let more: BTreeSet<usize> = joined.flat_map(|(a, b, _)| [*a, *b]).collect();
            if more.is_subset(&members) {
                return members;
            }
            members.extend(more);
        }
    }

    fn check_customers(&self, stores: &mut [&mut dyn Store; 2]) -> Result<(), String> {
        for person in 0..PEOPLE {
            let wanted: BTreeSet<IdentityKey> =
                self.members(person).into_iter().map(|member| account(member).key).collect();
            for store in stores.iter_mut() {
                let customer =
                    store.customer(&tenant(), &account(person).key).map_err(|error| error.to_string())?;
                if customer.identities != wanted {
                    return Err(format!(
                        "customer of {person}: {:?} instead of {wanted:?}",
                        customer.identities
                    ));
                }
            }
        }
        Ok(())
    }

    fn forget(&mut self, stores: &mut [&mut dyn Store; 2], replays: bool) -> Result<(), String> {
        let person = self.person();
        let (whole, redact) = (self.roll(2) == 0, self.redact);
        let gone = if whole { self.members(person) } else { BTreeSet::from([person]) };
        let whom = if whole {
            Whom::Customer(account(person).key)
        } else {
            Whom::Accounts(BTreeSet::from([account(person).key]))
        };
        let options =
            if redact { EraseOptions::default().redact_mentions() } else { EraseOptions::default() };
        let mut receipts = Vec::new();
        for store in stores.iter_mut() {
            let receipt = erase(*store, &tenant(), &whom, &options, time(self.clock));
            receipts.push(receipt.map_err(|error| error.to_string())?);
        }
        if receipts[0] != receipts[1] {
            return Err(format!("{:?} and {:?}", receipts[0], receipts[1]));
        }
        self.erasures += 1;
        self.links.retain(|(a, b, _)| !gone.contains(a) && !gone.contains(b));
        let mut ids = Vec::new();
        for (number, said) in &mut self.messages {
            if gone.contains(&said.by)
                && !said.erased
                && said.versions.keys().any(|(tombstone, ..)| !tombstone)
            {
                said.erased = true;
                ids.push(message_id(*number));
            }
        }
        self.check_customers(stores)?;
        let (mut needles, mut handles) = (Vec::new(), Vec::new());
        for person in &gone {
            for what in ["zid", "zbio", "zsaid", "ztitle", "zvalue", "zbuy", "zproof"] {
                needles.push(format!("{what}{person}q"));
            }
            needles.push(account(*person).name.unwrap());
            handles.push(account(*person).handle.unwrap());
        }
        needles.extend(ids.iter().map(|id| format!("\"{id}\"")));
        if redact {
            needles.append(&mut handles);
        }
        for store in stores.iter_mut() {
            let dumped = dump(*store);
            absent(&dumped, &needles)?;
            // What others said stays, unless it is blocked out; else it is told. Of places that name them only in words,
            // nothing else is left.
            for handle in &handles {
                absent(&dumped.replace(&format!("@{handle}"), ""), std::slice::from_ref(handle))?;
            }
            if replays {
                same("replayed", &dump(&mut *replay(*store)?), "kept", &dumped)?;
            }
        }
        Ok(())
    }

    fn check_totals(&self, stores: &mut [&mut dyn Store; 2]) -> Result<(), String> {
        let mut wanted = Totals::default();
        for said in self.messages.values() {
            let Some(current) = said.versions.values().next_back() else { continue };
            wanted.messages += 1;
            match current {
                Outcome::Noise(_) => wanted.noise += 1,
                Outcome::Decided => wanted.decided += 1,
                Outcome::Open(_) => wanted.open += 1,
            }
            for outcome in said.versions.values() {
                wanted.versions += 1;
                match outcome {
                    Outcome::Noise(_) => wanted.deliveries_noise += 1,
                    Outcome::Decided => wanted.deliveries_decided += 1,
                    Outcome::Open(_) => wanted.deliveries_open += 1,
                }
            }
        }
        wanted.cases_open = self.cases.values().filter(|open| **open).count() as u64;
        wanted.quarantined = self.quarantined.len() as u64;
        for store in stores.iter_mut() {
            let totals = store.totals(&tenant()).map_err(|error| error.to_string())?;
            if totals != wanted {
                return Err(format!("{totals:?} instead of {wanted:?}"));
            }
        }
        Ok(())
    }
}

fn link((a, b, minute): (usize, usize, i64)) -> IdentityLink {
    IdentityLink {
        a: account(a).key,
        b: account(b).key,
        claim: LinkClaim::Same,
        evidence: LinkEvidence::Authenticated,
        at: time(minute),
        revoked: None,
    }
}

/// What an engine would say, with the message's own words as evidence.
fn assess(text: &str, outcome: Outcome, by: usize) -> Assessment {
    let quote = || {
        vec![Evidence::at(format!("word \"{}\"", text.get(..8).unwrap_or_default()), Span::new(0, 5), 0.5)]
    };
    let mut classification = Classification {
        kind: Axis::new(MessageType::Complaint, 0.8, quote()),
        types: vec![MessageType::Complaint],
        topics: Axis::new(vec![Topic::new("service.delay").unwrap()], 0.9, quote()),
        sentiment: Axis::unknown(),
        targets: Vec::new(),
        action: Axis::unknown(),
        levels: None,
        influence: Axis::new(
            Influence {
                score: 12.5,
                parts: vec![InfluencePart {
                    name: "followers".to_owned(),
                    count: 1000 + by as u64,
                    points: 1.0,
                }],
            },
            1.0,
            Vec::new(),
        ),
        noise: None,
        personal_data: Vec::new(),
        language: Axis::unknown(),
        labeller: Labeller::Machine { model: "test".to_owned() },
    };
    if text.is_empty() {
        classification.kind.evidence.clear();
        classification.topics.evidence.clear();
    }
    Assessment { hits: Hits::default(), classification, decision: None, outcome }
}

/// Everything that a store can be asked.
fn dump(store: &mut dyn Store) -> String {
    let tenant = tenant();
    let mut lines: Vec<String> = Vec::new();
    let mut add = |what: &str, value: serde_json::Value| lines.push(format!("{what} {value}"));
    store
        .entries(&tenant, &mut |entry| {
            add("entry", serde_json::json!([entry.message, entry.assessment, entry.versions]));
            ControlFlow::Continue(())
        })
        .unwrap();
    store
        .cases(&tenant, &mut |case| {
            add("case", serde_json::json!(case));
            ControlFlow::Continue(())
        })
        .unwrap();
    store
        .quarantined(&tenant, &mut |record| {
            add("quarantined", serde_json::json!(record));
            ControlFlow::Continue(())
        })
        .unwrap();
    store
        .log(&tenant, 0, &mut |seq, event| {
            add("log", serde_json::json!([seq, event]));
            ControlFlow::Continue(())
        })
        .unwrap();
    add("totals", serde_json::json!(store.totals(&tenant).unwrap()));
    add("effects", serde_json::json!(store.effects(&tenant, 0, usize::MAX).unwrap()));
    let accounts: Vec<IdentityKey> = (0..PEOPLE).map(|person| account(person).key).collect();
    let query = HistoryQuery {
        authors: accounts.clone(),
        issues: vec![Topic::new("service.delay").unwrap()],
        since: DateTime::UNIX_EPOCH,
    };
    lines.push(format!("{:?}", store.history(&tenant, &query).unwrap()));
    for (person, key) in accounts.iter().enumerate() {
        let one = std::slice::from_ref(key);
        let query = InvolvedQuery { accounts: one.to_vec(), ..InvolvedQuery::default() };
        let mut involved = Vec::new();
        store
            .involving(&tenant, &query, &mut |seq, _| {
                involved.push(seq);
                ControlFlow::Continue(())
            })
            .unwrap();
        let customer = store.customer(&tenant, key).unwrap();
        lines.push(format!("involved {person}: {involved:?}"));
        lines.push(format!("joined {person}: {}", customer.identities.len()));
        lines.push(format!("links {person}: {}", serde_json::json!(store.links(&tenant, key).unwrap())));
        lines
            .push(format!("identity {person}: {}", serde_json::json!(store.identity(&tenant, key).unwrap())));
        lines.push(format!("tally {person}: {:?}", store.tally(&tenant, one).unwrap()));
    }
    lines.join("\n")
}

/// The same log in a new record.
fn replay(store: &mut dyn Store) -> Result<Box<dyn Store>, String> {
    let mut log = Vec::new();
    let mut visit = |_, event| {
        log.push(event);
        ControlFlow::Continue(())
    };
    store.log(&tenant(), 0, &mut visit).map_err(|error| error.to_string())?;
    let mut replayed = MemoryStore::new();
    for group in log.chunks(64) {
        let receipt = replayed.commit(&tenant(), group).map_err(|error| error.to_string())?;
        if receipt.appended != group.len() as u64 {
            return Err(format!("{} of {} events were appended again", receipt.appended, group.len()));
        }
    }
    Ok(Box::new(replayed))
}

/// All of them in one pass.
fn absent(dumped: &str, needles: &[String]) -> Result<(), String> {
    let search = AhoCorasick::new(needles).map_err(|error| error.to_string())?;
    let Some(found) = search.find(dumped) else { return Ok(()) };
    let needle = &needles[found.pattern().as_usize()];
    let line = dumped.lines().find(|line| line.contains(needle)).unwrap_or_default();
    Err(format!("`{needle}` is left in: {line}"))
}

fn same(a: &str, left: &str, b: &str, right: &str) -> Result<(), String> {
    if left == right {
        return Ok(());
    }
    let differs = left.lines().zip(right.lines()).find(|(left, right)| left != right);
    let (left, right) = differs.unwrap_or_default();
    Err(format!("{a} and {b} differ:\n{left}\n{right}"))
}
