//! Which messages, assessments and cases do the tests of the stores use?

use chrono::{DateTime, Duration, Utc};

use crate::model::*;

pub(in crate::record) fn tenant() -> Tenant {
    Tenant::new("acme").unwrap()
}

/// So many minutes after eight o'clock on a Monday.
pub(in crate::record) fn at(minute: i64) -> DateTime<Utc> {
    "2026-11-02T08:00:00Z".parse::<DateTime<Utc>>().unwrap() + Duration::minutes(minute)
}

/// One delivery in the making.
#[derive(Debug, Clone)]
pub(in crate::record) struct Sketch {
    pub(in crate::record) source: &'static str,
    pub(in crate::record) id: String,
    pub(in crate::record) version: String,
    pub(in crate::record) author: Option<String>,
    pub(in crate::record) minute: i64,
    pub(in crate::record) deleted: bool,
    pub(in crate::record) outgoing: bool,
    pub(in crate::record) issue: Option<&'static str>,
    pub(in crate::record) outcome: Outcome,
}

/// A decided complaint of Ana's about delay, first version.
#[allow(clippy::needless_pass_by_value, reason = "numbers and names read alike")]
pub(in crate::record) fn said(id: impl ToString, minute: i64) -> Sketch {
    Sketch {
        source: "x",
        id: id.to_string(),
        version: "v1".to_owned(),
        author: Some("ana".to_owned()),
        minute,
        deleted: false,
        outgoing: false,
        issue: Some("service.delay"),
        outcome: Outcome::Decided,
    }
}

impl Sketch {
    pub(in crate::record) fn version(self, version: &str) -> Self {
        Self { version: version.to_owned(), ..self }
    }

    pub(in crate::record) fn by(self, author: &str) -> Self {
        Self { author: Some(author.to_owned()), ..self }
    }

    pub(in crate::record) fn on(self, source: &'static str) -> Self {
        Self { source, ..self }
    }

    pub(in crate::record) fn about(self, issue: &'static str) -> Self {
        Self { issue: Some(issue), ..self }
    }

    pub(in crate::record) fn ends(self, outcome: Outcome) -> Self {
        Self { outcome, ..self }
    }

    pub(in crate::record) fn deleted(self) -> Self {
        Self { deleted: true, ..self }
    }

    pub(in crate::record) fn outgoing(self) -> Self {
        Self { outgoing: true, ..self }
    }

    pub(in crate::record) fn message(&self) -> Message {
        let mut times = Times::created(at(self.minute));
        times.deleted = self.deleted.then(|| at(self.minute));
        let source = Source::new(self.source).unwrap();
        let id = ExternalId::new(&self.id).unwrap();
        let mut builder = Message::builder(source.clone(), id, MessageKind::Post, Visibility::Public, times);
        builder.version = Some(Version::new(&self.version).unwrap());
        builder.direction = if self.outgoing { Direction::Out } else { Direction::In };
        if let Some(author) = &self.author {
            builder = builder.author(account(&source, author, self.minute.unsigned_abs()));
        }
        if !self.deleted {
            builder = builder.text(format!("{} {}: where is my parcel? #late", self.id, self.version));
        }
        builder.ext.insert("rank".to_owned(), serde_json::json!(0.1 + 0.2));
        builder.build().unwrap()
    }

    pub(in crate::record) fn key(&self) -> DeliveryKey {
        self.message().delivery()
    }

    pub(in crate::record) fn assessment(&self) -> Box<Assessment> {
        Box::new(assessment(self.issue, self.outcome))
    }

    pub(in crate::record) fn captured(&self) -> Event {
        Event::Captured { message: Box::new(self.message()), assessment: self.assessment() }
    }
}

fn account(source: &Source, name: &str, followers: u64) -> Identity {
    let mut identity = Identity::new(source.clone(), NativeId::new(name).unwrap());
    identity.handle = Some(format!("{name}_says"));
    identity.followers = Some(followers);
    identity.verified = Some(false);
    identity
}

/// What an engine would say: as large as it really is.
fn assessment(issue: Option<&str>, outcome: Outcome) -> Assessment {
    let word = |cue: &str, start| Evidence::at(cue, Span::new(start, start + 4), 0.72);
    let topic = |name| Topic::new(name).unwrap();
    let classification = Classification {
        kind: Axis::new(
            MessageType::Complaint,
            0.83,
            vec![word("word \"where\"", 1), word("question mark", 20)],
        ),
        types: vec![MessageType::Complaint, MessageType::Question],
        topics: match issue {
            Some(name) => Axis::new(vec![topic(name)], 0.9, vec![word("topic word \"parcel\"", 12)]),
            None => Axis::unknown(),
        },
        sentiment: Axis::new(
            Sentiment { label: SentimentLabel::Negative, score: -0.45 },
            0.7,
            vec![word("word \"late\"", 22)],
        ),
        action: Axis::new(Action::Reply, 0.8, vec![Evidence::of("a complaint asks for a reply", 1.0)]),
        influence: Axis::new(
            Influence {
                score: 12.5,
                parts: vec![InfluencePart { name: "followers".to_owned(), count: 120, points: 12.5 }],
            },
            1.0,
            Vec::new(),
        ),
        noise: None,
        targets: Vec::new(),
        levels: None,
        personal_data: Vec::new(),
        language: Axis::new("en".to_owned(), 0.99, Vec::new()),
        labeller: Labeller::Machine { model: "lexicon en 1".to_owned() },
    };
    let monitor = Hit { id: MonitorId::new("parcels").unwrap(), spans: vec![Span::new(12, 18)] };
    let hits = Hits {
        version: 1,
        monitors: vec![monitor],
        brands: vec![Brand::new("acme").unwrap()],
        named: Vec::new(),
        topics: issue.map(|name| Hit { id: topic(name), spans: Vec::new() }).into_iter().collect(),
        truncated: 0,
    };
    let decision = (!matches!(outcome, Outcome::Noise(_))).then(decision);
    Assessment { hits, classification, decision, outcome }
}

fn decision() -> Decision {
    let rule = |name| RuleId::new(name).unwrap();
    let facets = Facets {
        department: Some(Department::new("customer_care").unwrap()),
        visibility: Some(ReplyVisibility::PublicThenPrivate),
        respond: Some(ReplyScale::Micro),
        priority: Some(2),
        sla: ["answer within the hour".to_owned()].into(),
        skills: ["parcels".to_owned()].into(),
        incident: Some("late_parcels".to_owned()),
        ..Facets::default()
    };
    let by = [("department", "complaints"), ("priority", "complaints"), ("respond", "everybody")];
    let proof = |atom: &str, value: &str| Proof {
        rule: rule("complaints"),
        atom: atom.to_owned(),
        value: value.to_owned(),
        confidence: Some(0.83),
        spans: vec![Span::new(1, 5)],
    };
    Decision {
        rules: "sha256:00112233445566778899aabbccddeeff".to_owned(),
        at: at(0),
        facets,
        by: by.into_iter().map(|(facet, name)| (facet.to_owned(), vec![rule(name)])).collect(),
        fired: vec![rule("service-complaint")],
        due: Some(SlaClocks { first_response: Some(at(60)), resolution: None }),
        escalations: Vec::new(),
        proof: vec![
            proof("type is complaint", "complaint"),
            proof("issue under \"service\"", "service.delay"),
        ],
        conflicts: Vec::new(),
        gaps: Vec::new(),
        review: Vec::new(),
        unknown: Vec::new(),
        near: Vec::new(),
        shadow: Vec::new(),
        subject_to: Vec::new(),
    }
}

/// The case that a message opens.
pub(in crate::record) fn case_of(sketch: &Sketch) -> Case {
    let message = sketch.message();
    Case {
        author: message.author_key().cloned(),
        thread: Some(Thread { source: message.source().clone(), id: ThreadId::new(&sketch.id).unwrap() }),
        department: Some(Department::new("customer_care").unwrap()),
        priority: 2,
        incident: Some(IncidentId::new("late_parcels").unwrap()),
        ..Case::new(message.key(), at(sketch.minute))
    }
}

pub(in crate::record) fn opened(case: &Case) -> Event {
    Event::CaseOpened { case: Box::new(case.clone()) }
}

/// The case after one message more.
pub(in crate::record) fn joined(case: &Case, sketch: &Sketch) -> Event {
    let case = Case { messages: case.messages + 1, updated: at(sketch.minute), ..case.clone() };
    Event::CaseJoined { case: Box::new(case), message: sketch.message().key() }
}

pub(in crate::record) fn responded(id: &str, case: &Case, minute: i64) -> Event {
    let response = ResponseRecord {
        id: ResponseId::new(id).unwrap(),
        case: case.id.clone(),
        to: Some(case.first.clone()),
        scale: ReplyScale::Micro,
        visibility: ReplyVisibility::Public,
        author: PersonId::new("mia").unwrap(),
        vouched: "session 12".to_owned(),
        text: "it is on its way".to_owned(),
        approvals: Vec::new(),
        sent: Some(at(minute)),
    };
    Event::Responded { response: Box::new(response) }
}

pub(in crate::record) fn resolved(case: &Case, minute: i64) -> Event {
    Event::CaseResolved { case: case.id.clone(), at: at(minute), by: None }
}

pub(in crate::record) fn quarantined(record: u64, raw: &str) -> Event {
    let fault = "expected `,` or `}`".to_owned();
    Event::Quarantined { input: "posts.jsonl".to_owned(), record, fault, raw: raw.to_owned() }
}
