//! Does what is written come back, and does what cannot be stay out? Every type of the model through JSON.
#![allow(clippy::needless_pass_by_value, reason = "json!(..) is handed over as it is")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fail"
)]

#[path = "support/arbitrary.rs"]
mod arbitrary;
#[path = "support/source.rs"]
mod source;

use std::fmt::Debug;

use arbitrary as any;
use proptest::prelude::*;
use scrm_core::model::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, from_value, json, to_string, to_value};

/// A value comes back from JSON text and from a JSON tree, and is written in the same bytes again.
fn comes_back<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) -> Result<(), TestCaseError> {
    let text = to_string(value).unwrap();
    let back: T = match serde_json::from_str(&text) {
        Ok(back) => back,
        Err(error) => return Err(TestCaseError::fail(format!("{error}\nin {text}"))),
    };
    prop_assert_eq!(&back, value);
    prop_assert_eq!(to_string(&back).unwrap(), text);
    let tree: T =
        from_value(to_value(value).unwrap()).map_err(|error| TestCaseError::fail(error.to_string()))?;
    prop_assert_eq!(&tree, value);
    Ok(())
}

/// A failure is shown as small as it gets, and leaves no file behind: it is mended with a row in a table below.
fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 96,
        max_shrink_iters: 20_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// One property per type: name of the test, type, values.
macro_rules! round_trips {
    ($($test:ident: $name:ident $(<$argument:ty>)? = $values:expr;)*) => {
        /// What is tested below.
        const TESTED: &[&str] = &[$(stringify!($name)),*];
        $(proptest! {
            #![proptest_config(config())]
            #[test]
            fn $test(value in $values) {
                comes_back::<$name $(<$argument>)?>(&value)?;
            }
        })*
    };
}

round_trips! {
    action: Action = any::term(Action::ALL);
    action_levels: ActionLevels = any::action_levels();
    advocacy: Advocacy = any::term(Advocacy::ALL);
    approval: Approval = any::approval();
    assessment: Assessment = any::assessment();
    attachment: Attachment = any::attachment();
    axis: Axis<Sentiment> = any::axis(any::sentiment());
    brand: Brand = any::brand();
    assignment: Assignment = any::assignment();
    case: Case = any::case();
    case_change: CaseChange = any::case_change();
    case_mark: CaseMark = any::case_mark();
    claim: Claim = any::claim();
    incident_change: IncidentChange = any::incident_change();
    presence: Presence = any::presence();
    presence_kind: PresenceKind = any::term(PresenceKind::ALL);
    spike: Spike = any::spike();
    waiting: Waiting = any::waiting();
    waiting_on: WaitingOn = any::term(WaitingOn::ALL);
    case_id: CaseId = any::case_id();
    case_status: CaseStatus = any::term(CaseStatus::ALL);
    channel: Channel = any::channel();
    classification: Classification = any::classification();
    conflict: Conflict = any::conflict();
    consent: Consent = any::consent();
    change: Change = any::change();
    granted: Granted = any::granted();
    context: Context = any::context();
    customer: Customer = any::customer();
    customer_id: CustomerId = any::customer_id();
    decision: Decision = any::decision();
    delivery_key: DeliveryKey = any::delivery_key();
    department: Department = any::department();
    direction: Direction = any::term(Direction::ALL);
    escalation: Escalation = any::escalation();
    effect: Effect = any::effect();
    effect_kind: EffectKind = any::effect_kind();
    erased_key: ErasedKey = any::erased_key();
    erasure: Erasure = any::erasure();
    event: Event = any::event();
    evidence: Evidence = any::evidence();
    external_id: ExternalId = any::external_id();
    augmentation: Augmentation = any::augmentation();
    fact: Fact = any::fact();
    link_id: LinkId = any::link_id();
    person_label: PersonLabel = any::person_label();
    standing: Standing = any::standing();
    facets: Facets = any::facets();
    feedback: Feedback = any::feedback();
    feedback_kind: FeedbackKind = any::feedback_kind();
    hit: Hit<Topic> = any::hit(any::topic());
    hits: Hits = any::hits();
    identity: Identity = any::identity();
    identity_key: IdentityKey = any::identity_key();
    identity_link: IdentityLink = any::identity_link();
    incident: Incident = any::incident();
    incident_id: IncidentId = any::incident_id();
    influence: Influence = any::influence();
    influence_part: InfluencePart = any::influence_part();
    labeller: Labeller = any::labeller();
    link_claim: LinkClaim = any::link_claim();
    link_state: LinkState = any::term(LinkState::ALL);
    link_evidence: LinkEvidence = any::link_evidence();
    marked_span: MarkedSpan = any::marked_span();
    message: Message = any::message();
    message_builder: MessageBuilder = any::message_builder();
    message_key: MessageKey = any::message_key();
    message_kind: MessageKind = any::term(MessageKind::ALL);
    message_type: MessageType = any::term(MessageType::ALL);
    metrics: Metrics = any::metrics();
    money: Money = any::money();
    monitor_id: MonitorId = any::monitor_id();
    native_id: NativeId = any::native_id();
    near_miss: NearMiss = any::near_miss();
    noise: Noise = any::noise();
    noise_reason: NoiseReason = any::term(NoiseReason::ALL);
    open_reason: OpenReason = any::term(OpenReason::ALL);
    outcome: Outcome = any::outcome();
    part: Part = any::part();
    participant: Participant = any::participant();
    person_id: PersonId = any::person_id();
    personal_data: PersonalData = any::personal_data();
    place: Place = any::place();
    preference: Preference = any::preference();
    proof: Proof = any::proof();
    record_scope: RecordScope = any::term(RecordScope::ALL);
    relationship: Relationship = any::relationship();
    reply_scale: ReplyScale = any::term(ReplyScale::ALL);
    reply_visibility: ReplyVisibility = any::term(ReplyVisibility::ALL);
    response_id: ResponseId = any::response_id();
    response_record: ResponseRecord = any::response_record();
    response_draft: ResponseDraft = any::response_draft();
    response_state: ResponseState = any::response_state();
    response_status: ResponseStatus = any::term(ResponseStatus::ALL);
    link_rule: LinkRule = any::term(LinkRule::ALL);
    asset_id: AssetId = any::asset_id();
    asset_use: AssetUse = any::asset_use();
    asset_kind: AssetKind = any::term(AssetKind::ALL);
    permission: Permission = any::permission();
    permission_id: PermissionId = any::permission_id();
    permission_answer: PermissionAnswer = any::permission_answer();
    permission_state: PermissionState = any::permission_state();
    permission_status: PermissionStatus = any::term(PermissionStatus::ALL);
    asset: Asset = any::asset();
    asset_export: AssetExport = any::asset_export();
    programme_id: ProgrammeId = any::programme_id();
    programme_scope: ProgrammeScope = any::programme_scope();
    programme_plans: ProgrammePlans = any::programme_plans();
    issue_plan: IssuePlan = any::issue_plan();
    revocation: Revocation = any::revocation();
    role: Role = any::term(Role::ALL);
    rule_id: RuleId = any::rule_id();
    sentiment: Sentiment = any::sentiment();
    sentiment_label: SentimentLabel = any::term(SentimentLabel::ALL);
    sla_clocks: SlaClocks = any::sla_clocks();
    source_id: Source = any::source();
    span: Span = any::span();
    span_kind: SpanKind = any::span_kind();
    target_sentiment: TargetSentiment = any::target();
    tenant: Tenant = any::tenant();
    thread: Thread = any::thread();
    thread_id: ThreadId = any::thread_id();
    thread_ref: ThreadRef = any::thread_ref();
    times: Times = any::times();
    topic: Topic = any::topic();
    transaction: Transaction = any::transaction();
    transaction_id: TransactionId = any::transaction_id();
    transaction_kind: TransactionKind = any::term(TransactionKind::ALL);
    unknown_atom: UnknownAtom = any::unknown_atom();
    version: Version = any::version();
    visibility: Visibility = any::term(&Visibility::ALL);
}

#[test]
fn every_type_that_can_be_read_is_tested() {
    let missing: Vec<_> = source::public_types()
        .into_iter()
        .filter(|found| found.module == "model" && found.is_read && !TESTED.contains(&found.name.as_str()))
        .map(|found| found.name)
        .collect();
    assert!(
        missing.is_empty(),
        "types of the model without a round trip: {missing:?}\nadd a strategy to support/arbitrary.rs, and a line here"
    );
}

proptest! {
    #![proptest_config(config())]

    /// The ids that the engine makes can be read again, and different accounts make different customers.
    #[test]
    fn made_ids_are_ids(a in any::identity_key(), b in any::identity_key(), key in any::message_key()) {
        comes_back(&CaseId::opened_by(&key))?;
        let customers = Customer::view(&[a.clone(), b.clone()], &[]);
        prop_assert_eq!(customers.len(), if a == b { 1 } else { 2 });
        for customer in &customers {
            comes_back(customer)?;
        }
        if let [x, y] = customers.as_slice() {
            prop_assert_ne!(&x.id, &y.id);
        }
    }

    /// Where an account's parts are put together, they cannot be taken for another account's.
    #[test]
    fn no_two_accounts_make_one_customer(parts in proptest::collection::vec("[a/%2F]{1,3}", 3)) {
        let key = |source: String, native_id: String| IdentityKey {
            source: Source::new(source).unwrap(),
            native_id: NativeId::new(native_id).unwrap(),
        };
        let (a, b, c) = (&parts[0], &parts[1], &parts[2]);
        let left = key(format!("{a}/{b}"), c.clone());
        let right = key(a.clone(), format!("{b}/{c}"));
        let customers = Customer::view(&[left, right], &[]);
        prop_assert!(customers.len() == 2 && customers[0].id != customers[1].id, "{:?}", customers);
    }

    /// A message's version does not change on its way through JSON, and neither does what it says.
    #[test]
    fn a_delivery_is_the_same_after_json(message in any::message()) {
        let back: Message = serde_json::from_str(&to_string(&message).unwrap()).unwrap();
        prop_assert_eq!(back.delivery(), message.delivery());
        comes_back(&message.delivery())?;
        for marked in back.spans() {
            prop_assert!(marked.span().of(back.text()).is_some());
        }
    }

    /// Counts and the time of observation are no part of what a message says.
    #[test]
    fn a_redelivery_is_known_again(message in any::message(), metrics in any::metrics(), observed in any::time()) {
        let mut again = message.clone().into_builder();
        again.metrics = metrics;
        again.times.observed = observed;
        prop_assert_eq!(again.build().unwrap().delivery(), message.delivery());
    }
}

/// A message in JSON, changed in some fields; `null` takes a field away.
fn message_with(changes: Value) -> Value {
    let mut message = json!({
        "source": "x", "external_id": "1001", "kind": "post", "visibility": "public",
        "text": "Très déçu 😡", "times": {"observed": "2026-11-02T08:14:09Z"},
    });
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => message.as_object_mut().unwrap().remove(name),
            value => message.as_object_mut().unwrap().insert(name.clone(), value.clone()),
        };
    }
    message
}

fn mark(start: u32, end: u32) -> Value {
    json!({"spans": [{"start": start, "end": end, "kind": "link"}]})
}

/// `Très déçu 😡` has 17 bytes; `è` stands at 2..4 and the emoji at 13..17.
#[test]
fn messages_that_cannot_be_are_refused() {
    let long_id = "x".repeat(1025);
    let cases = [
        // Visibility.
        (
            json!({"kind": "direct_message"}),
            "a message of kind `direct_message` cannot be `public`; at most `direct`",
        ),
        (
            json!({"kind": "direct_message", "visibility": "group"}),
            "a message of kind `direct_message` cannot be `group`; at most `direct`",
        ),
        (json!({"kind": "call"}), "a message of kind `call` cannot be `public`; at most `direct`"),
        (json!({"kind": "email"}), "a message of kind `email` cannot be `public`; at most `group`"),
        (
            json!({"kind": "letter", "visibility": "followers"}),
            "a message of kind `letter` cannot be `followers`; at most `group`",
        ),
        (
            json!({"kind": "note", "visibility": "direct"}),
            "a message of kind `note` cannot be `direct`; at most `internal`",
        ),
        (
            json!({"visibility": "internal"}),
            "direction `in` does not go with visibility `internal`: internal goes with internal only",
        ),
        (
            json!({"direction": "internal"}),
            "direction `internal` does not go with visibility `public`: internal goes with internal only",
        ),
        // Spans.
        (mark(0, 18), "span 0..18 is not inside the text of 17 bytes, or cuts a character"),
        (mark(18, 18), "span 18..18 is not inside the text of 17 bytes, or cuts a character"),
        (mark(3, 6), "span 3..6 is not inside the text of 17 bytes, or cuts a character"),
        (mark(13, 15), "span 13..15 is not inside the text of 17 bytes, or cuts a character"),
        (mark(4, 2), "span 4..2 is not inside the text of 17 bytes, or cuts a character"),
        // Tombstones.
        (
            json!({"times": {"deleted": "2026-11-02T09:00:00Z"}}),
            "a deleted message is a tombstone and has no text",
        ),
        (
            json!({"text": null, "title": "Still here", "times": {"deleted": "2026-11-02T09:00:00Z"}}),
            "a deleted message is a tombstone and has no text",
        ),
        // Ids.
        (json!({"source": ""}), "`source` is empty"),
        (json!({"external_id": " \u{a0}"}), "`external_id` is empty"),
        (json!({"external_id": "10\n01"}), "`external_id` holds a control character"),
        (json!({"external_id": long_id}), "`external_id` is 1025 bytes long, more than the limit of 1024"),
        (json!({"author": {"source": "x", "native_id": ""}}), "`native_id` is empty"),
        (json!({"thread": {"parent": ""}}), "`external_id` is empty"),
        // Places.
        (json!({"place": {"latitude": 90.5, "longitude": 0.0}}), "latitude 90.5 is not between -90 and 90"),
        (
            json!({"place": {"latitude": 1.0, "longitude": -181.0}}),
            "longitude -181 is not between -180 and 180",
        ),
        (json!({"place": {"latitude": 52.1}}), "latitude and longitude stand together"),
        (json!({"place": {"longitude": 5.1}}), "latitude and longitude stand together"),
        (json!({"place": {"country": "nl"}}), "country `nl` is not an ISO 3166 alpha-2 code such as `NL`"),
        (json!({"place": {"country": "NLD"}}), "country `NLD` is not an ISO 3166 alpha-2 code such as `NL`"),
        // Times.
        (json!({"times": {}}), "`times` needs `observed` or `created`"),
        (
            json!({"times": {"observed": "2026-11-02T08:14:09"}}),
            "time `2026-11-02T08:14:09` is not RFC 3339 with its zone, such as `2026-11-02T08:14:00Z`",
        ),
        (json!({"times": null}), "missing field `times`"),
        // Words that are none of the vocabulary, and what every message has.
        (
            json!({"visibility": "secret"}),
            "unknown variant `secret`, expected one of `public`, `unlisted`, `followers`, `group`, `direct`, `internal`",
        ),
        (
            json!({"direction": "sideways"}),
            "unknown variant `sideways`, expected one of `in`, `out`, `internal`",
        ),
        (json!({"kind": null}), "missing field `kind`"),
        (json!({"visibility": null}), "missing field `visibility`"),
        // Sizes.
        (
            json!({"text": "x".repeat(262_145)}),
            "the text is 262145 bytes long, more than the limit of 262144",
        ),
        (
            json!({"attachments": vec![json!({"kind": "image"}); 10_001]}),
            "10001 spans, participants or attachments, more than the limit of 10000",
        ),
    ];
    for (changes, wanted) in cases {
        let refused = from_value::<Message>(message_with(changes.clone()));
        let error = refused.expect_err(&format!("was read: {changes}")).to_string();
        assert_eq!(error, wanted, "{changes}");
    }
}

#[test]
fn messages_at_the_edge_are_read() {
    let cases = [
        json!({}),
        mark(0, 0),
        mark(0, 17),
        mark(2, 4),
        mark(17, 17),
        json!({"kind": "email", "visibility": "group"}),
        json!({"kind": "call", "visibility": "direct", "direction": "out"}),
        json!({"kind": "note", "visibility": "internal", "direction": "internal"}),
        json!({"text": null, "times": {"deleted": "2026-11-02T09:00:00Z"}}),
        json!({"text": null, "attachments": [{"kind": "image"}]}),
        json!({"times": {"created": "2026-11-02T10:14:09.5+02:00"}}),
        json!({"place": {"latitude": -90.0, "longitude": 180.0, "country": "NL"}}),
        json!({"external_id": "x".repeat(1024)}),
        json!({"text": "x".repeat(262_144)}),
        json!({"colour": {"of": ["the", 1, null]}}),
    ];
    for changes in cases {
        let message: Message =
            from_value(message_with(changes.clone())).unwrap_or_else(|e| panic!("{changes}: {e}"));
        comes_back(&message).unwrap();
    }
}

/// Every kind in every circle and direction: what can be built is what the table says, in code as in JSON.
#[test]
fn kinds_visibilities_and_directions_go_together() {
    let widest = |kind: MessageKind| match kind.as_str() {
        "direct_message" | "call" => Visibility::Direct,
        "email" | "letter" => Visibility::Group,
        "note" => Visibility::Internal,
        _ => Visibility::Public,
    };
    for kind in MessageKind::ALL.iter().copied() {
        for seen in Visibility::ALL {
            for direction in Direction::ALL.iter().copied() {
                let can = seen >= widest(kind)
                    && (direction == Direction::Internal) == (seen == Visibility::Internal);
                let tree = message_with(json!({"kind": kind, "visibility": seen, "direction": direction}));
                let read = from_value::<Message>(tree.clone());
                let built = from_value::<MessageBuilder>(tree).unwrap().build();
                assert_eq!(read.is_ok(), can, "{kind} {seen:?} {direction}");
                assert_eq!(built.is_ok(), can, "{kind} {seen:?} {direction}");
                if let Err(error) = built {
                    assert_eq!(error.kind(), MessageErrorKind::Visibility);
                }
            }
        }
    }
}

fn refusal<T: DeserializeOwned + Debug>(tree: Value) -> String {
    let shown = tree.to_string();
    from_value::<T>(tree).expect_err(&format!("was read: {shown}")).to_string()
}

#[test]
fn other_values_that_cannot_be_are_refused() {
    let money = |currency: &str| refusal::<Money>(json!({"minor": 1999, "currency": currency}));
    assert_eq!(money("eur"), "currency `eur` is not an ISO 4217 code such as `EUR`");
    assert_eq!(money("EURO"), "currency `EURO` is not an ISO 4217 code such as `EUR`");
    assert_eq!(money("€"), "currency `€` is not an ISO 4217 code such as `EUR`");
    assert!(refusal::<Money>(json!({"minor": 19.99, "currency": "EUR"})).contains("floating point `19.99`"));
    assert_eq!(refusal::<Span>(json!([5, 2])), "span 5..2 ends before it starts");
    assert!(refusal::<Span>(json!([-1, 2])).contains("integer `-1`"));
    assert_eq!(refusal::<Tenant>(json!("")), "`tenant` is empty");
    assert_eq!(refusal::<Topic>(json!("\t")), "`topic` is empty");
    assert_eq!(refusal::<CustomerId>(json!("a\u{7f}")), "`customer_id` holds a control character");
    assert_eq!(refusal::<Outcome>(json!({"outcome": "noise"})), "missing field `reason`");
    assert!(
        refusal::<Outcome>(json!({"outcome": "open", "reason": "spam"})).contains("unknown variant `spam`")
    );
    assert!(refusal::<Outcome>(json!({"outcome": "lost"})).contains("unknown variant `lost`"));
    assert!(refusal::<Labeller>(json!({"by": "nobody"})).contains("unknown variant `nobody`"));
    assert!(refusal::<LinkEvidence>(json!({"evidence": "human"})).contains("missing field `person`"));
    assert!(refusal::<Event>(json!({"event": "dreamt"})).contains("unknown variant `dreamt`"));
    let event = json!({"event": "case_resolved", "case": "", "at": "2026-11-02T08:14:09Z"});
    assert_eq!(refusal::<Event>(event), "`case_id` is empty");
}

/// Nothing stands twice in the JSON of a message: a further field has a name of its own.
#[test]
fn further_fields_do_not_hide_fields() {
    let message: Message = from_value(message_with(json!({}))).unwrap();
    for name in MessageBuilder::FIELDS {
        let mut builder = message.clone().into_builder();
        builder.ext.insert((*name).to_owned(), json!("x"));
        let error = builder.build().unwrap_err();
        let wanted =
            format!("a further field cannot be called `{name}`: the message has a field of that name");
        assert_eq!((error.kind(), error.to_string()), (MessageErrorKind::Ext, wanted));
    }
    for name in Identity::FIELDS {
        let mut author = Identity::new(Source::new("x").unwrap(), NativeId::new("1").unwrap());
        author.ext.insert((*name).to_owned(), json!("x"));
        let error = message.clone().into_builder().author(author).build().unwrap_err();
        let wanted =
            format!("a further field cannot be called `{name}`: the identity has a field of that name");
        assert_eq!((error.kind(), error.to_string()), (MessageErrorKind::Ext, wanted));
    }
}

proptest! {
    #![proptest_config(config())]

    /// The two lists of names are the fields there are.
    #[test]
    fn every_field_is_known_by_name(message in any::message()) {
        let tree = to_value(&message).unwrap();
        for name in tree.as_object().unwrap().keys().filter(|name| !message.ext().contains_key(*name)) {
            prop_assert!(MessageBuilder::FIELDS.contains(&name.as_str()), "{}", name);
        }
        if let Some(author) = message.author() {
            let tree = to_value(author).unwrap();
            for name in tree.as_object().unwrap().keys().filter(|name| !author.ext.contains_key(*name)) {
                prop_assert!(Identity::FIELDS.contains(&name.as_str()), "{}", name);
            }
        }
    }
}

/// What is absent is unknown and stays absent: nothing that was not said is written.
#[test]
fn absence_is_not_written() {
    let message: Message = from_value(message_with(json!({}))).unwrap();
    let written = to_value(&message).unwrap();
    let names: Vec<_> = written.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, ["direction", "external_id", "kind", "source", "text", "times", "visibility"]);
}
