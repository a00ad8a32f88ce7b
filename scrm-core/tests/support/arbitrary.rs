//! What can there be? Well-made values of every type of the model, for property tests.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use scrm_core::model::*;
use serde_json::Value;

/// A strategy whose type is hidden, so that the large ones stay quick to compile.
pub(crate) type Any<T> = BoxedStrategy<T>;

/// Text as people write it: many scripts, marks that join, directions that turn, and whatever else a `String` can hold.
pub(crate) fn text() -> Any<String> {
    let phrases = select(vec![
        "Where is my parcel?? 📦",
        "Ik heb al drie weken géén verbinding…",
        "サポートに電話しても誰も出ません",
        "خدمة العملاء سيئة جدا ١٢٣",
        "мой заказ так и не пришёл 😡",
        "मेरा फ़ोन काम नहीं कर रहा है",
        "e\u{301}te\u{301} 👩‍👩‍👧‍👦 🇳🇱 \u{202e}abc\u{202c}",
        "ﬃ ẞ İ ı \u{0}\t\r\n\"\\ \u{feff}\u{10ffff}",
    ]);
    prop_oneof![phrases.prop_map(str::to_owned), "[ -~]{0,60}", "\\PC{0,30}", any::<String>()].boxed()
}

/// A short word, never empty.
pub(crate) fn word() -> Any<String> {
    prop_oneof!["[a-z][a-z0-9_.-]{0,12}", "\\PC{1,8}".prop_filter("blank", |text| !text.trim().is_empty())]
        .boxed()
}

/// The text of an id: short, in any script, or as long as may be.
fn id_text() -> Any<String> {
    let longest = Limits::DEFAULT.id_bytes;
    prop_oneof![
        6 => word(),
        2 => "[A-Za-z0-9@:/+=. -]{0,30}[a-z0-9]",
        1 => Just("x".repeat(longest)),
        1 => Just("é".repeat(longest / 2)),
    ]
    .boxed()
}

macro_rules! ids {
    ($($name:ident: $type:ident),* $(,)?) => {$(
        /// An id.
        pub(crate) fn $name() -> Any<$type> {
            id_text().prop_map(|text| $type::new(text).unwrap()).boxed()
        }
    )*};
}

ids! {
    tenant: Tenant, source: Source, channel: Channel, external_id: ExternalId, native_id: NativeId,
    version: Version, thread_id: ThreadId, customer_id: CustomerId, case_id: CaseId, incident_id: IncidentId,
    monitor_id: MonitorId, brand: Brand, topic: Topic, rule_id: RuleId, department: Department,
    person_id: PersonId, response_id: ResponseId, transaction_id: TransactionId, link_id: LinkId,
    permission_id: PermissionId, asset_id: AssetId, programme_id: ProgrammeId,
}

/// A moment, to the nanosecond; leap seconds and far years too.
pub(crate) fn time() -> Any<DateTime<Utc>> {
    let usual = (1_000_000_000_i64..2_500_000_000, 0_u32..1_000_000_000);
    let whole = (1_000_000_000_i64..2_500_000_000, Just(0_u32));
    let far = (-62_135_596_800_i64..253_402_300_800, 0_u32..1_000_000_000);
    let leap = Just((1_483_228_799_i64, 1_500_000_000_u32));
    prop_oneof![4 => usual, 4 => whole, 1 => far, 1 => leap]
        .prop_map(|(seconds, nanos)| DateTime::from_timestamp(seconds, nanos).unwrap())
        .boxed()
}

fn confidence() -> Any<f32> {
    prop_oneof![Just(0.0_f32), Just(1.0), 0.0_f32..1.0].boxed()
}

fn weight() -> Any<f32> {
    prop_oneof![-10.0_f32..10.0, proptest::num::f32::NORMAL].boxed()
}

/// One of a closed vocabulary.
pub(crate) fn term<T: Copy + std::fmt::Debug + 'static>(all: &'static [T]) -> Any<T> {
    select(all).boxed()
}

/// Any JSON, three levels deep.
fn json() -> Any<Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (proptest::num::f64::NORMAL | proptest::num::f64::ZERO).prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        let object = btree_map(text(), inner.clone(), 0..4);
        prop_oneof![
            vec(inner, 0..4).prop_map(Value::from),
            object.prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
    .boxed()
}

/// What a payload had beyond the model: names that the model does not have.
fn ext() -> Any<Ext> {
    let name = prop_oneof!["x_[a-z]{1,8}", "\\PC{1,12}".prop_map(|text| format!("x {text}"))];
    btree_map(name, json(), 0..3).boxed()
}

/// A stretch of some text.
pub(crate) fn span() -> Any<Span> {
    (0_usize..5000, 0_usize..5000).prop_map(|(a, b)| Span::new(a, b)).boxed()
}

/// What a marked stretch is.
pub(crate) fn span_kind() -> Any<SpanKind> {
    use SpanKind as S;
    select(vec![S::Quoted, S::Reposted, S::Agent, S::Speaker, S::Link, S::Mention, S::Hashtag]).boxed()
}

/// A marked stretch of `text`, on character boundaries; its ends and its whole as often as its middle.
fn marked_span_of(text: &str) -> Any<MarkedSpan> {
    let boundaries: Vec<u32> =
        (0..=text.len()).filter(|at| text.is_char_boundary(*at)).map(|at| at.try_into().unwrap()).collect();
    (select(boundaries.clone()), select(boundaries), span_kind(), option::of(self::text()))
        .prop_map(|(a, b, kind, value)| MarkedSpan { start: a.min(b), end: a.max(b), kind, value })
        .boxed()
}

/// A marked stretch by itself.
pub(crate) fn marked_span() -> Any<MarkedSpan> {
    text().prop_flat_map(|text| marked_span_of(&text)).boxed()
}

/// The key of an account.
pub(crate) fn identity_key() -> Any<IdentityKey> {
    (source(), native_id()).prop_map(|(source, native_id)| IdentityKey { source, native_id }).boxed()
}

/// An account.
pub(crate) fn identity() -> Any<Identity> {
    let words =
        (option::of(word()), option::of(text()), option::of(text()), option::of(text()), option::of(word()));
    let flags = (option::of(any::<bool>()), option::of(any::<bool>()));
    let counts = (option::of(any::<u64>()), option::of(0_u64..1000), option::of(0_u64..1000));
    (identity_key(), words, flags, counts, option::of(time()), ext())
        .prop_map(|(key, words, flags, counts, created, ext)| {
            let (handle, name, bio, location, url) = words;
            let ((verified, bot), (followers, following, posts)) = (flags, counts);
            Identity {
                key,
                handle,
                name,
                bio,
                location,
                url,
                verified,
                bot,
                followers,
                following,
                posts,
                created,
                ext,
            }
        })
        .boxed()
}

/// What somebody has to do with a message.
pub(crate) fn part() -> Any<Part> {
    select(vec![Part::To, Part::Cc, Part::Mentioned, Part::Speaker, Part::Reposted]).boxed()
}

/// Somebody besides the author.
pub(crate) fn participant() -> Any<Participant> {
    (identity(), part()).prop_map(|(identity, part)| Participant { identity, part }).boxed()
}

/// A place on the globe.
pub(crate) fn place() -> Any<Place> {
    let point = option::of((-90.0_f64..=90.0, -180.0_f64..=180.0));
    (option::of(text()), option::of("[A-Z]{2}"), point)
        .prop_map(|(name, country, point)| {
            let (latitude, longitude) = point.unzip();
            Place { name, country, latitude, longitude }
        })
        .boxed()
}

/// What a platform counted.
pub(crate) fn metrics() -> Any<Metrics> {
    let count = || option::of(any::<u64>());
    (count(), count(), count(), count(), count())
        .prop_map(|(likes, reposts, replies, quotes, views)| Metrics {
            likes,
            reposts,
            replies,
            quotes,
            views,
        })
        .boxed()
}

/// Something that came with a message.
pub(crate) fn attachment() -> Any<Attachment> {
    (word(), option::of(text()), option::of(text()))
        .prop_map(|(kind, name, url)| Attachment { kind, name, url })
        .boxed()
}

/// How a message hangs together with others.
pub(crate) fn thread_ref() -> Any<ThreadRef> {
    (option::of(word()), option::of(external_id()), option::of(external_id()), option::of(external_id()))
        .prop_map(|(id, parent, quoted, repost_of)| ThreadRef { id, parent, quoted, repost_of })
        .boxed()
}

/// Times of a message that stands.
fn standing_times() -> Any<Times> {
    (option::of(time()), option::of(time()), option::of(time()), time())
        .prop_map(|(created, declared, edited, observed)| Times {
            created,
            declared,
            edited,
            deleted: None,
            observed,
        })
        .boxed()
}

/// Times of any message.
pub(crate) fn times() -> Any<Times> {
    (standing_times(), option::of(time())).prop_map(|(times, deleted)| Times { deleted, ..times }).boxed()
}

/// A kind, a visibility that it can have, and a direction that goes with it.
fn kind_and_circle() -> Any<(MessageKind, Visibility, Direction)> {
    (term(MessageKind::ALL), any::<bool>())
        .prop_flat_map(|(kind, out)| {
            let circles: Vec<_> = Visibility::ALL.into_iter().filter(|seen| *seen >= kind.widest()).collect();
            let direction = if out { Direction::Out } else { Direction::In };
            (Just(kind), select(circles), Just(direction))
        })
        .prop_map(|(kind, seen, direction)| {
            (kind, seen, if seen == Visibility::Internal { Direction::Internal } else { direction })
        })
        .boxed()
}

/// The text, the marked stretches of it, a title and the times: or none of the words, on a tombstone.
fn words_and_times() -> Any<(String, Vec<MarkedSpan>, Option<String>, Times)> {
    let standing = text().prop_flat_map(|text| {
        let spans = vec(marked_span_of(&text), 0..4);
        (Just(text), spans, option::of(self::text()), standing_times())
    });
    let tombstone = (standing_times(), time()).prop_map(|(times, deleted)| {
        (String::new(), Vec::new(), None, Times { deleted: Some(deleted), ..times })
    });
    prop_oneof![5 => standing, 1 => tombstone].boxed()
}

/// A message in the making that can be made.
pub(crate) fn message_builder() -> Any<MessageBuilder> {
    let names = (source(), external_id(), option::of(version()), option::of(channel()));
    let people = (option::of(identity()), vec(participant(), 0..3));
    let rest = (option::of("[a-z]{2}(-[A-Z]{2})?"), thread_ref(), option::of(place()), metrics());
    let more = (vec(attachment(), 0..3), ext());
    (names, kind_and_circle(), words_and_times(), people, rest, more)
        .prop_map(|(names, circle, words, people, rest, more)| {
            let (source, external_id, version, channel) = names;
            let (kind, visibility, direction) = circle;
            let (text, spans, title, times) = words;
            let builder = Message::builder(source, external_id, kind, visibility, times);
            let (author, participants) = people;
            let (language, thread, place, metrics) = rest;
            let (attachments, ext) = more;
            MessageBuilder {
                version,
                channel,
                direction,
                author,
                participants,
                title,
                text,
                spans,
                language,
                thread,
                place,
                metrics,
                attachments,
                ext,
                ..builder
            }
        })
        .boxed()
}

/// A message.
pub(crate) fn message() -> Any<Message> {
    message_builder().prop_map(|builder| builder.build().unwrap()).boxed()
}

/// The key of a message.
pub(crate) fn message_key() -> Any<MessageKey> {
    (source(), external_id()).prop_map(|(source, external_id)| MessageKey { source, external_id }).boxed()
}

/// The key of a delivery.
pub(crate) fn delivery_key() -> Any<DeliveryKey> {
    (message_key(), version()).prop_map(|(message, version)| DeliveryKey { message, version }).boxed()
}

/// What listening found, in one query.
pub(crate) fn hit<Id: std::fmt::Debug + 'static>(id: Any<Id>) -> Any<Hit<Id>> {
    (id, vec(span(), 0..4)).prop_map(|(id, spans)| Hit { id, spans }).boxed()
}

/// What listening found.
pub(crate) fn hits() -> Any<Hits> {
    (
        vec(hit(monitor_id()), 0..3),
        vec(brand(), 0..3),
        vec(hit(brand()), 0..3),
        vec(hit(topic()), 0..3),
        prop_oneof![Just(0), any::<u32>()],
        prop_oneof![Just(0), any::<u64>()],
    )
        .prop_map(|(monitors, brands, named, topics, truncated, version)| Hits {
            version,
            monitors,
            brands,
            named,
            topics,
            truncated,
        })
        .boxed()
}

/// A reason.
pub(crate) fn evidence() -> Any<Evidence> {
    (text(), option::of(span()), weight())
        .prop_map(|(cue, span, weight)| Evidence { cue, span, weight })
        .boxed()
}

/// A value with its confidence.
pub(crate) fn axis<T: std::fmt::Debug + 'static>(value: Any<T>) -> Any<Axis<T>> {
    (option::of(value), confidence(), vec(evidence(), 0..3))
        .prop_map(|(value, confidence, evidence)| Axis { value, confidence, evidence })
        .boxed()
}

/// A sentiment.
pub(crate) fn sentiment() -> Any<Sentiment> {
    (term(SentimentLabel::ALL), -1.0_f32..=1.0).prop_map(|(label, score)| Sentiment { label, score }).boxed()
}

/// A part of an influence.
pub(crate) fn influence_part() -> Any<InfluencePart> {
    (word(), any::<u64>(), weight())
        .prop_map(|(name, count, points)| InfluencePart { name, count, points })
        .boxed()
}

/// An influence.
pub(crate) fn influence() -> Any<Influence> {
    (0.0_f32..=100.0, vec(influence_part(), 0..4))
        .prop_map(|(score, parts)| Influence { score, parts })
        .boxed()
}

/// That something is noise.
pub(crate) fn noise() -> Any<Noise> {
    (term(NoiseReason::ALL), confidence(), vec(evidence(), 0..3))
        .prop_map(|(reason, confidence, evidence)| Noise { reason, confidence, evidence })
        .boxed()
}

/// Levels of action.
pub(crate) fn action_levels() -> Any<ActionLevels> {
    (0.0_f32..=1.0, 0.0_f32..=1.0, 0.0_f32..=1.0)
        .prop_map(|(reply, urgent, escalate)| ActionLevels { reply, urgent, escalate })
        .boxed()
}

/// Sentiment towards a brand.
pub(crate) fn target() -> Any<TargetSentiment> {
    (brand(), sentiment(), 0.0_f32..=1.0)
        .prop_map(|(brand, Sentiment { label, score }, confidence)| TargetSentiment {
            brand,
            label,
            score,
            confidence,
        })
        .boxed()
}

/// Personal data.
pub(crate) fn personal_data() -> Any<PersonalData> {
    (word(), span()).prop_map(|(kind, span)| PersonalData { kind, span }).boxed()
}

/// Who says so.
pub(crate) fn labeller() -> Any<Labeller> {
    prop_oneof![
        text().prop_map(|model| Labeller::Machine { model }),
        (person_id(), time()).prop_map(|(person, at)| Labeller::Person { person, at }),
    ]
    .boxed()
}

/// A classification.
pub(crate) fn classification() -> Any<Classification> {
    let types =
        (axis(term(MessageType::ALL)), vec(term(MessageType::ALL), 0..4), axis(vec(topic(), 1..3).boxed()));
    let scores = (axis(sentiment()), vec(target(), 0..3), axis(term(Action::ALL)), axis(influence()));
    let rest = (
        option::of(action_levels()),
        option::of(noise()),
        vec(personal_data(), 0..3),
        axis(word()),
        labeller(),
    );
    (types, scores, rest)
        .prop_map(|((kind, types, topics), (sentiment, targets, action, influence), rest)| {
            let (levels, noise, personal_data, language, labeller) = rest;
            Classification {
                kind,
                types,
                topics,
                sentiment,
                targets,
                action,
                levels,
                influence,
                noise,
                personal_data,
                language,
                labeller,
            }
        })
        .boxed()
}

/// Facets.
pub(crate) fn facets() -> Any<Facets> {
    let set = || btree_set(word(), 0..3);
    let laws = (
        option::of(department()),
        option::of(term(ReplyVisibility::ALL)),
        option::of(term(ReplyScale::ALL)),
        option::of(1_u8..=5),
        option::of(term(Advocacy::ALL)),
        any::<bool>(),
        option::of(term(RecordScope::ALL)),
    );
    let sets = (set(), btree_map(word(), 1_u8..10, 0..3), set(), set(), set(), set());
    let names = (option::of(word()), option::of(word()), option::of(word()));
    (laws, sets, names)
        .prop_map(|(laws, sets, (owner, incident, incentive))| {
            let (department, visibility, respond, priority, advocacy, hold, record) = laws;
            let (sla, escalate, skills, tags, approve, notify) = sets;
            Facets {
                department,
                visibility,
                respond,
                priority,
                sla,
                escalate,
                skills,
                tags,
                approve,
                notify,
                owner,
                incident,
                incentive,
                advocacy,
                hold,
                record,
            }
        })
        .boxed()
}

/// Service levels' clocks.
pub(crate) fn sla_clocks() -> Any<SlaClocks> {
    (option::of(time()), option::of(time()))
        .prop_map(|(first_response, resolution)| SlaClocks { first_response, resolution })
        .boxed()
}

/// A rung.
pub(crate) fn escalation() -> Any<Escalation> {
    (word(), 1_u8..10, word(), word(), time())
        .prop_map(|(ladder, rung, to, mode, at)| Escalation { ladder, rung, to, mode, at })
        .boxed()
}

/// What made a condition hold.
pub(crate) fn proof() -> Any<Proof> {
    (rule_id(), text(), text(), option::of(confidence()), vec(span(), 0..3))
        .prop_map(|(rule, atom, value, confidence, spans)| Proof { rule, atom, value, confidence, spans })
        .boxed()
}

/// A conflict.
pub(crate) fn conflict() -> Any<Conflict> {
    (word(), rules_by_name()).prop_map(|(facet, values)| Conflict { facet, values }).boxed()
}

fn rules_by_name() -> Any<BTreeMap<String, Vec<RuleId>>> {
    btree_map(word(), vec(rule_id(), 1..3), 0..3).boxed()
}

/// A rule that nearly fired.
pub(crate) fn near_miss() -> Any<NearMiss> {
    (rule_id(), text(), text()).prop_map(|(rule, atom, value)| NearMiss { rule, atom, value }).boxed()
}

/// A condition without an answer.
pub(crate) fn unknown_atom() -> Any<UnknownAtom> {
    (rule_id(), text(), word()).prop_map(|(rule, atom, then)| UnknownAtom { rule, atom, then }).boxed()
}

/// A decision.
pub(crate) fn decision() -> Any<Decision> {
    let what = (word(), time(), facets(), rules_by_name(), option::of(sla_clocks()), vec(escalation(), 0..2));
    let what = (what, vec(rule_id(), 0..3));
    let why = (vec(proof(), 0..2), vec(conflict(), 0..2), vec(word(), 0..2), vec(rule_id(), 0..2));
    let else_ = (vec(unknown_atom(), 0..2), vec(near_miss(), 0..2), vec(rule_id(), 0..2), vec(word(), 0..2));
    (what, why, else_)
        .prop_map(|(what, why, (unknown, near, shadow, subject_to))| {
            let ((rules, at, facets, by, due, escalations), fired) = what;
            let (proof, conflicts, gaps, review) = why;
            Decision {
                rules,
                at,
                facets,
                by,
                fired,
                due,
                escalations,
                proof,
                conflicts,
                gaps,
                review,
                unknown,
                near,
                shadow,
                subject_to,
            }
        })
        .boxed()
}

/// How a message ends.
pub(crate) fn outcome() -> Any<Outcome> {
    prop_oneof![
        term(NoiseReason::ALL).prop_map(Outcome::Noise),
        Just(Outcome::Decided),
        term(OpenReason::ALL).prop_map(Outcome::Open),
    ]
    .boxed()
}

/// An assessment.
pub(crate) fn assessment() -> Any<Assessment> {
    (hits(), classification(), option::of(decision()), outcome())
        .prop_map(|(hits, classification, decision, outcome)| Assessment {
            hits,
            classification,
            decision,
            outcome,
        })
        .boxed()
}

/// A field that an event changed.
pub(crate) fn change() -> Any<Change> {
    ("[a-z.]{1,8}", option::of("[a-z]{0,8}"), option::of("[a-z]{0,8}"))
        .prop_map(|(field, from, to)| Change { field, from, to })
        .boxed()
}

/// How often an incentive was given.
pub(crate) fn granted() -> Any<Granted> {
    (option::of(any::<u64>()), option::of(any::<u64>()))
        .prop_map(|(in_period, to_customer)| Granted { in_period, to_customer })
        .boxed()
}

/// What went before.
pub(crate) fn context() -> Any<Context> {
    let customer = option::of(vec((time(), any::<bool>()), 0..4));
    let known = (
        option::of(btree_set(term(Role::ALL), 0..3)),
        btree_map("[a-z]{1,8}", any::<bool>(), 0..3),
        btree_map("[a-z]{1,8}", term(LinkState::ALL), 0..3),
        option::of(vec(change(), 0..3)),
        btree_map("[a-z]{1,8}", granted(), 0..3),
        ext(),
    );
    (option::of(time()), option::of(vec(time(), 0..4)), customer, known)
        .prop_map(|(now, mut issue, mut customer, (roles, consents, links, changes, granted, fields))| {
            // Oldest first, as the type says; what is read in another order is put in order.
            issue.iter_mut().for_each(|times| times.sort());
            customer.iter_mut().for_each(|contacts| contacts.sort());
            Context { now, issue, customer, roles, consents, links, changes, granted, fields }
        })
        .boxed()
}

/// A thread.
pub(crate) fn thread() -> Any<Thread> {
    (source(), thread_id()).prop_map(|(source, id)| Thread { source, id }).boxed()
}

/// A case.
pub(crate) fn case() -> Any<Case> {
    let names =
        (case_id(), term(CaseStatus::ALL), message_key(), option::of(identity_key()), option::of(thread()));
    let about =
        (option::of(brand()), option::of(topic()), option::of(department()), option::of(incident_id()));
    let how = (option::of(term(ReplyVisibility::ALL)), 1_u8..=5, any::<u32>());
    let when = (time(), time(), option::of(time()), option::of(time()));
    let needs = (
        option::of(time()),
        option::of(channel()),
        btree_set(thread(), 0..3),
        btree_map(word(), time(), 0..3),
        btree_set(word(), 0..3),
        option::of(word()),
        vec(escalation(), 0..2),
    );
    let work = (
        option::of(assignment()),
        option::of(claim()),
        option::of(waiting()),
        any::<u32>(),
        option::of(time()),
        option::of(time()),
        any::<u32>(),
        btree_set(case_mark(), 0..3),
    );
    (names, about, how, when, needs.boxed(), work.boxed())
        .prop_map(|(names, about, how, when, needs, work)| {
            let (id, status, first, author, thread) = names;
            let (brand, issue, department, incident) = about;
            let (visibility, priority, messages) = how;
            let (opened, updated, first_response_due, resolution_due) = when;
            let (created, channel, also_in, sla, skills, owner, escalations) = needs;
            let (assigned, claim, waiting, hops, answered, resolved, reopened, told) = work;
            Case {
                id,
                status,
                first,
                author,
                thread,
                brand,
                issue,
                department,
                visibility,
                priority,
                incident,
                opened,
                updated,
                first_response_due,
                resolution_due,
                messages,
                created,
                channel,
                also_in,
                sla,
                skills,
                owner,
                escalations,
                assigned,
                claim,
                waiting,
                hops,
                answered,
                resolved,
                reopened,
                told,
            }
        })
        .boxed()
}

/// An incident.
pub(crate) fn incident() -> Any<Incident> {
    let found = (option::of(topic()), option::of(spike()));
    (incident_id(), time(), vec(case_id(), 0..3), option::of(time()), found)
        .prop_map(|(id, opened, cases, closed, (issue, spike))| Incident {
            id,
            opened,
            cases,
            closed,
            issue,
            spike,
        })
        .boxed()
}

/// What was counted.
pub(crate) fn spike() -> Any<Spike> {
    (any::<u64>(), word(), any::<u64>(), word())
        .prop_map(|(count, window, before, baseline)| Spike { count, window, before, baseline })
        .boxed()
}

/// What happened to an incident.
pub(crate) fn incident_change() -> Any<IncidentChange> {
    prop_oneof![
        (option::of(topic()), option::of(spike()), option::of(person_id()))
            .prop_map(|(issue, spike, by)| IncidentChange::Opened { issue, spike, by }),
        option::of(person_id()).prop_map(|by| IncidentChange::Closed { by }),
    ]
    .boxed()
}

/// What is said of somebody's presence.
pub(crate) fn presence() -> Any<Presence> {
    (person_id(), term(PresenceKind::ALL), time(), option::of(time()))
        .prop_map(|(person, presence, from, until)| Presence { person, presence, from, until })
        .boxed()
}

/// A claim.
pub(crate) fn claim() -> Any<Claim> {
    (person_id(), time(), option::of(time()))
        .prop_map(|(person, since, until)| Claim { person, since, until })
        .boxed()
}

/// Who was given a case.
pub(crate) fn assignment() -> Any<Assignment> {
    prop_oneof![
        (person_id(), time()).prop_map(|(person, at)| Assignment::Person { person, at }),
        (word(), time()).prop_map(|(queue, at)| Assignment::Queue { queue, at }),
        (text(), time()).prop_map(|(reason, at)| Assignment::Unassigned { reason, at }),
    ]
    .boxed()
}

/// Whose turn it is.
pub(crate) fn waiting() -> Any<Waiting> {
    (term(WaitingOn::ALL), text(), time())
        .prop_map(|(on, reason, since)| Waiting { on, reason, since })
        .boxed()
}

/// What clocks and ladders told.
pub(crate) fn case_mark() -> Any<CaseMark> {
    prop_oneof![
        (word(), word(), word()).prop_map(|(sla, clock, before)| CaseMark::Warning { sla, clock, before }),
        (word(), word()).prop_map(|(sla, clock)| CaseMark::Breach { sla, clock }),
        (word(), any::<u8>(), time()).prop_map(|(ladder, rung, at)| CaseMark::Rung { ladder, rung, at }),
    ]
    .boxed()
}

/// What happened to a case.
pub(crate) fn case_change() -> Any<CaseChange> {
    let to = || option::of(word());
    prop_oneof![
        claim().prop_map(|claim| CaseChange::Claimed { claim }),
        (claim(), any::<bool>()).prop_map(|(claim, expired)| CaseChange::Released { claim, expired }),
        assignment().prop_map(|to| CaseChange::Assigned { to }),
        (department(), option::of(person_id()), text())
            .prop_map(|(department, person, reason)| CaseChange::HandedOver { department, person, reason }),
        (term(WaitingOn::ALL), text()).prop_map(|(on, reason)| CaseChange::Waiting { on, reason }),
        Just(CaseChange::Resumed),
        (text(), option::of(message_key()))
            .prop_map(|(reason, message)| CaseChange::Reopened { reason, message }),
        (word(), word(), word(), time(), to()).prop_map(|(sla, clock, before, due, to)| CaseChange::Warned {
            sla,
            clock,
            before,
            due,
            to
        }),
        (word(), word(), time(), to()).prop_map(|(sla, clock, due, to)| CaseChange::Breached {
            sla,
            clock,
            due,
            to
        }),
        escalation().prop_map(|escalation| CaseChange::Escalated { escalation }),
        incident_id().prop_map(|incident| CaseChange::JoinedIncident { incident }),
    ]
    .boxed()
}

/// An approval.
pub(crate) fn approval() -> Any<Approval> {
    (word(), person_id(), time()).prop_map(|(of, person, at)| Approval { of, person, at }).boxed()
}

/// What was sent.
pub(crate) fn response_record() -> Any<ResponseRecord> {
    let names = (response_id(), case_id(), option::of(message_key()), person_id(), word());
    let how = (select(vec![ReplyScale::Micro, ReplyScale::Macro]), term(ReplyVisibility::ALL));
    (names, how, text(), vec(approval(), 0..3), option::of(time()))
        .prop_map(|((id, case, to, author, vouched), (scale, visibility), text, approvals, sent)| {
            ResponseRecord { id, case, to, scale, visibility, author, vouched, text, approvals, sent }
        })
        .boxed()
}

/// What came back.
pub(crate) fn feedback_kind() -> Any<FeedbackKind> {
    prop_oneof![
        message_key().prop_map(|message| FeedbackKind::Reply { message }),
        (any::<u8>(), any::<u8>()).prop_map(|(score, best)| FeedbackKind::Csat { score, best }),
        Just(FeedbackKind::Silence),
    ]
    .boxed()
}

/// Feedback.
pub(crate) fn feedback() -> Any<Feedback> {
    (response_id(), feedback_kind(), time())
        .prop_map(|(response, kind, at)| Feedback { response, kind, at })
        .boxed()
}

/// What a claim says.
pub(crate) fn link_claim() -> Any<LinkClaim> {
    select(vec![LinkClaim::Same, LinkClaim::Different]).boxed()
}

/// What a claim stands on.
pub(crate) fn link_evidence() -> Any<LinkEvidence> {
    prop_oneof![
        Just(LinkEvidence::Authenticated),
        Just(LinkEvidence::Declared),
        Just(LinkEvidence::Deterministic),
        confidence().prop_map(|score| LinkEvidence::Probabilistic { score }),
        person_id().prop_map(|person| LinkEvidence::Human { person }),
    ]
    .boxed()
}

/// That a claim was taken back.
pub(crate) fn revocation() -> Any<Revocation> {
    (option::of(person_id()), time()).prop_map(|(person, at)| Revocation { person, at }).boxed()
}

/// A claim.
pub(crate) fn identity_link() -> Any<IdentityLink> {
    (identity_key(), identity_key(), link_claim(), link_evidence(), time(), option::of(revocation()))
        .prop_map(|(a, b, claim, evidence, at, revoked)| IdentityLink { a, b, claim, evidence, at, revoked })
        .boxed()
}

/// A customer.
pub(crate) fn customer() -> Any<Customer> {
    (customer_id(), btree_set(identity_key(), 1..4), btree_set(term(Role::ALL), 0..4))
        .prop_map(|(id, identities, roles)| Customer { id, identities, roles })
        .boxed()
}

/// An amount.
pub(crate) fn money() -> Any<Money> {
    (any::<i64>(), "[A-Z]{3}").prop_map(|(minor, currency)| Money::new(minor, currency).unwrap()).boxed()
}

/// A transaction.
pub(crate) fn transaction() -> Any<Transaction> {
    let rest = (option::of(money()), time(), option::of(message_key()));
    (transaction_id(), identity_key(), term(TransactionKind::ALL), rest)
        .prop_map(|(id, identity, kind, (amount, at, message))| Transaction {
            id,
            identity,
            kind,
            amount,
            at,
            message,
        })
        .boxed()
}

/// A consent.
pub(crate) fn consent() -> Any<Consent> {
    (identity_key(), word(), any::<bool>(), time(), option::of(time()), option::of(text()))
        .prop_map(|(identity, purpose, granted, at, until, evidence)| Consent {
            identity,
            purpose,
            granted,
            at,
            until,
            evidence,
        })
        .boxed()
}

/// A preference.
pub(crate) fn preference() -> Any<Preference> {
    (identity_key(), word(), text(), option::of(word()), time())
        .prop_map(|(identity, name, value, provider, at)| Preference { identity, name, value, provider, at })
        .boxed()
}

/// How one account stands to another.
pub(crate) fn relationship() -> Any<Relationship> {
    (identity_key(), identity_key(), word(), time())
        .prop_map(|(from, to, kind, at)| Relationship { from, to, kind, at })
        .boxed()
}

/// A person's word on a message.
pub(crate) fn person_label() -> Any<PersonLabel> {
    let said = (
        option::of(term(MessageType::ALL)),
        option::of(vec(topic(), 0..3)),
        option::of(term(SentimentLabel::ALL)),
        option::of(term(Action::ALL)),
        option::of(term(NoiseReason::ALL)),
        any::<bool>(),
    );
    (message_key(), person_id(), time(), said)
        .prop_map(|(message, person, at, (kind, topics, sentiment, action, noise, not_noise))| PersonLabel {
            message,
            person,
            at,
            kind,
            topics,
            sentiment,
            action,
            noise,
            not_noise,
        })
        .boxed()
}

/// What somebody is to the company.
pub(crate) fn standing() -> Any<Standing> {
    (identity_key(), term(Role::ALL), any::<bool>(), time())
        .prop_map(|(identity, role, held, at)| Standing { identity, role, held, at })
        .boxed()
}

/// What a third party says.
pub(crate) fn augmentation() -> Any<Augmentation> {
    (identity_key(), text(), text(), time(), ext())
        .prop_map(|(identity, provider, licence, at, values)| Augmentation {
            identity,
            provider,
            licence,
            at,
            values,
        })
        .boxed()
}

/// Something that is known of an account.
pub(crate) fn fact() -> Any<Fact> {
    prop_oneof![
        (identity(), time()).prop_map(|(identity, at)| Fact::Account { identity: Box::new(identity), at }),
        standing().prop_map(Fact::Role),
        consent().prop_map(Fact::Consent),
        preference().prop_map(Fact::Preference),
        relationship().prop_map(Fact::Relationship),
        augmentation().prop_map(Fact::Augmentation),
    ]
    .boxed()
}

/// What is left of an account that was erased.
pub(crate) fn erased_key() -> Any<ErasedKey> {
    identity_key().prop_map(|key| ErasedKey::of_identity(&key)).boxed()
}

/// An entry of the ledger of erasures.
pub(crate) fn erasure() -> Any<Erasure> {
    (vec(erased_key(), 0..3), time()).prop_map(|(identities, at)| Erasure { identities, at }).boxed()
}

/// An edition of a response.
pub(crate) fn response_draft() -> Any<ResponseDraft> {
    let way =
        (term(ReplyScale::ALL), term(ReplyVisibility::ALL), option::of(source()), option::of(message_key()));
    let words =
        (text(), btree_set(word(), 0..3), option::of(text()), option::of(word()), btree_set(word(), 0..3));
    let who = (response_id(), case_id(), any::<u32>(), person_id(), text(), time());
    (who, way, words)
        .prop_map(|(who, way, words)| {
            let ((id, case, edition, author, vouched, at), (scale, visibility, source, to)) = (who, way);
            let (text, approve, reason, canned, unfilled) = words;
            ResponseDraft {
                id,
                case,
                edition,
                to,
                scale,
                visibility,
                source,
                author,
                vouched,
                text,
                approve,
                reason,
                canned,
                unfilled,
                at,
            }
        })
        .boxed()
}

/// How far a response is.
pub(crate) fn response_state() -> Any<ResponseState> {
    vec(answer(), 0..6).prop_map(|events| ResponseState::of(&events)).boxed()
}

/// One use of somebody's words.
pub(crate) fn asset_use() -> Any<AssetUse> {
    (term(AssetKind::ALL), word()).prop_map(|(what, place)| AssetUse { what, place }).boxed()
}

/// A question whether somebody may be quoted.
pub(crate) fn permission() -> Any<Permission> {
    let of = (permission_id(), identity_key(), case_id(), option::of(message_key()));
    (of, btree_set(asset_use(), 0..3), person_id(), time())
        .prop_map(|((id, identity, case, message), uses, person, at)| Permission {
            id,
            identity,
            case,
            message,
            uses,
            person,
            at,
        })
        .boxed()
}

/// What they said.
pub(crate) fn permission_answer() -> Any<PermissionAnswer> {
    let of = (permission_id(), identity_key(), option::of(time()), option::of(text()));
    (of, btree_set(asset_use(), 0..3), person_id(), time())
        .prop_map(|((permission, identity, until, evidence), uses, person, at)| PermissionAnswer {
            permission,
            identity,
            uses,
            until,
            evidence,
            person,
            at,
        })
        .boxed()
}

/// What came of the question.
pub(crate) fn permission_state() -> Any<PermissionState> {
    (option::of(permission()), option::of(permission_answer()), option::of(time()))
        .prop_map(|(asked, answer, withdrawn)| PermissionState { asked, answer, withdrawn })
        .boxed()
}

/// Something to show.
pub(crate) fn asset() -> Any<Asset> {
    let of = (asset_id(), term(AssetKind::ALL), identity_key(), case_id(), option::of(message_key()));
    (of, option::of(text()), text(), person_id(), time())
        .prop_map(|((id, kind, identity, case, message), title, text, person, at)| Asset {
            id,
            kind,
            identity,
            case,
            message,
            title,
            text,
            person,
            at,
        })
        .boxed()
}

/// That it was taken out.
pub(crate) fn asset_export() -> Any<AssetExport> {
    (asset_id(), identity_key(), permission_id(), asset_use(), person_id(), time())
        .prop_map(|(asset, identity, permission, used, person, at)| AssetExport {
            asset,
            identity,
            permission,
            used,
            person,
            at,
        })
        .boxed()
}

/// What a programme is over.
pub(crate) fn programme_scope() -> Any<ProgrammeScope> {
    (programme_id(), option::of(brand()), time(), option::of(time()), person_id(), time())
        .prop_map(|(id, brand, from, until, person, at)| ProgrammeScope {
            id,
            brand,
            from,
            until,
            person,
            at,
        })
        .boxed()
}

/// How an issue is resolved.
pub(crate) fn issue_plan() -> Any<IssuePlan> {
    (programme_id(), topic(), person_id(), text(), option::of(message_key()), person_id(), time())
        .prop_map(|(programme, issue, owner, path, raised_by, person, at)| IssuePlan {
            programme,
            issue,
            owner,
            path,
            raised_by,
            person,
            at,
        })
        .boxed()
}

/// What people planned.
pub(crate) fn programme_plans() -> Any<ProgrammePlans> {
    (option::of(programme_scope()), vec(issue_plan(), 0..3), option::of((time(), person_id())))
        .prop_map(|(scope, plans, activated)| {
            let plans = plans.into_iter().map(|plan| (plan.issue.clone(), plan)).collect();
            ProgrammePlans { scope, plans, activated }
        })
        .boxed()
}

/// A step of an answer, of a permission or of a programme.
fn answer() -> Any<Event> {
    prop_oneof![
        response_draft().prop_map(|draft| Event::Drafted { draft: Box::new(draft) }),
        (response_id(), any::<u32>(), word(), person_id(), time()).prop_map(
            |(response, edition, of, person, at)| {
                Event::Approved { response, edition, approval: Approval { of, person, at } }
            }
        ),
        (response_id(), person_id(), time()).prop_map(|(response, person, at)| Event::Discarded {
            response,
            person,
            at
        }),
        (response_id(), message_key(), term(LinkRule::ALL), time())
            .prop_map(|(response, message, by, at)| Event::Published { response, message, by, at }),
        feedback().prop_map(|feedback| Event::FedBack { feedback }),
        permission().prop_map(|permission| Event::PermissionAsked { permission: Box::new(permission) }),
        permission_answer().prop_map(|answer| Event::PermissionAnswered { answer: Box::new(answer) }),
        (permission_id(), identity_key(), time())
            .prop_map(|(permission, identity, at)| Event::PermissionWithdrawn { permission, identity, at }),
        asset().prop_map(|asset| Event::AssetMade { asset: Box::new(asset) }),
        asset_export().prop_map(|export| Event::AssetExported { export: Box::new(export) }),
        programme_scope().prop_map(|scope| Event::ProgrammeBegun { scope: Box::new(scope) }),
        issue_plan().prop_map(|plan| Event::ProgrammePlanned { plan: Box::new(plan) }),
        (programme_id(), person_id(), time()).prop_map(|(programme, person, at)| Event::ProgrammeActivated {
            programme,
            person,
            at
        }),
    ]
    .boxed()
}

/// What the host is told of.
pub(crate) fn effect() -> Any<Effect> {
    let told = (any::<u64>(), event()).prop_filter_map("no effect", |(seq, event)| event.effect(seq));
    let notify = (any::<u64>(), message_key(), btree_set(word(), 1..3))
        .prop_map(|(seq, message, whom)| Effect { seq, kind: EffectKind::Notify { message, whom } });
    prop_oneof![told, notify].boxed()
}

/// What the host is to do.
pub(crate) fn effect_kind() -> Any<EffectKind> {
    effect().prop_map(|effect| effect.kind).boxed()
}

/// Something that happened.
pub(crate) fn event() -> Any<Event> {
    prop_oneof![
        answer(),
        any::<u64>().prop_map(|quarantined| Event::Released { quarantined }),
        person_label().prop_map(|label| Event::Labelled { label: Box::new(label) }),
        fact().prop_map(|fact| Event::Noted { fact: Box::new(fact) }),
        transaction().prop_map(|transaction| Event::Transacted { transaction: Box::new(transaction) }),
        identity_link().prop_map(|link| Event::Linked { link: Box::new(link) }),
        (identity_link(), revocation())
            .prop_map(|(link, revocation)| Event::LinkRevoked { link: Box::new(link), revocation }),
        erasure().prop_map(|erasure| Event::Erased { erasure }),
        word().prop_map(|was| Event::Forgotten { was }),
        (message(), assessment()).prop_map(|(message, assessment)| Event::Captured {
            message: Box::new(message),
            assessment: Box::new(assessment)
        }),
        (text(), any::<u64>(), text(), text()).prop_map(|(input, record, fault, raw)| Event::Quarantined {
            input,
            record,
            fault,
            raw
        }),
        case().prop_map(|case| Event::CaseOpened { case: Box::new(case) }),
        (case(), message_key())
            .prop_map(|(case, message)| Event::CaseJoined { case: Box::new(case), message }),
        response_record().prop_map(|response| Event::Responded { response: Box::new(response) }),
        (case_id(), time(), option::of(person_id())).prop_map(|(case, at, by)| Event::CaseResolved {
            case,
            at,
            by
        }),
        (case_id(), time(), option::of(person_id()), case_change())
            .prop_map(|(case, at, by, change)| Event::CaseChanged { case, at, by, change: Box::new(change) }),
        (incident_id(), time(), incident_change()).prop_map(|(incident, at, change)| {
            Event::IncidentChanged { incident, at, change: Box::new(change) }
        }),
        presence().prop_map(|presence| Event::PresenceChanged { presence }),
    ]
    .boxed()
}
