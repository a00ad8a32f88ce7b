//! Can every public type go to another thread, and be looked at from several? The compiler says so for each that is
//! listed, and a test says when one is not listed.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice, reason = "a test may fail")]
#![allow(unused_parens, reason = "a type of many parts is handed to the macro as one")]

#[path = "support/source.rs"]
mod source;

use source::{File, public_types, public_types_of};

const fn send_sync<T: Send + Sync>() {}
const fn send<T: Send>() {}

/// Lists types by module: the name as it stands in the module, with a stand-in for each type or lifetime it takes.
macro_rules! send_sync {
    ($($module:ident { $($($name:ident)::+ $(<$($argument:tt),+>)?),* $(,)? })*) => {
        const SEND_SYNC: &[(&str, &str)] = &[$($((stringify!($module), stringify!($($name)::+)),)*)*];
        $($(const _: () = send_sync::<scrm_core::$module::$($name)::+ $(<$($argument),+>)?>();)*)*
    };
}

/// The same for types that one thread has at a time, each with the reason.
macro_rules! send_only {
    ($($module:ident { $($($name:ident)::+ $(<$($argument:tt),+>)? = $reason:literal),* $(,)? })*) => {
        const SEND_ONLY: &[(&str, &str, &str)] =
            &[$($((stringify!($module), stringify!($($name)::+), $reason),)*)*];
        $($(const _: () = send::<scrm_core::$module::$($name)::+ $(<$($argument),+>)?>();)*)*
    };
}

send_sync! {
    calendar {
        Away, Calendar, Calendars, Closure, DepartmentEntry, IcalError, IcalFault, Opening, OpeningError, Period, PeriodError,
        Person, Team,
    }
    channels {
        Clock, Format, InputError, InputErrorKind, Malformed, Mapping, Record, Records<(&'static [u8])>,
    }
    classify {
        Classifier, Contribution, Encoded, Encoder, EncoderError, Explained, Features, Model, ModelError, Models, ModelsError,
        Prediction, Settings, Shares, Task, TaskKind, Thresholds, Unit, Units<'static>,
    }
    desk {
        AssetState, ExportedAsset, NewAsset, ResponseCheck, Captures, Desk<(scrm_core::record::MemoryStore)>, DeskError, Fault, ImportKind, Imported, InfluenceFailure, IngestError, Ingested,
        NotOfTheTeam, Progress, Received, Replayed, SearchError, SearchHit, SearchOptions, SearchPage, Ticked,
    }
    diagnostic {
        Diagnostic, Document, Faults, Node, Report, Severity, Sources, Text, Value,
    }
    engage {
        AssignBy, AssignPolicy, CasePolicy, EngageSettings, Seat, SpikePolicy, Wanted, Canned, CannedPart, Content, ContentGap, Filled, KnownWords, Leak, LeakKind, LeakPart, LintFinding, LintKind,
        Refusal, Replies, ResponseRefusal, SaidText<'static>,
        advocacy::Advocate, advocacy::AdvocacyRefusal, advocacy::Candidate, advocacy::CandidateReason,
        programme::DayOfIssues, programme::Feeling, programme::FirstRaiser, programme::IssueOfDay, programme::Programme,
        programme::Step, programme::StepName, programme::Survey, responses::Allowed, responses::NewDraft,
    }
    engine {
        CompileError, Engine, Reading,
    }
    learn {
        Answer, ClassReport, Example, Examples, Folds, Report, TrainError, Trained, Trainer, weak::WeakLabel,
    }
    listen {
        Backtest, Change, Clause, ClauseSpan, Counters, Diff, Duplicate, DuplicateKind, DuplicateSettings, Duplicates,
        Explanation, Heard<'static>, ListenError, Listener, ListenerBuilder, LiveListener, Maintenance, Match<'static>,
        Miss, Monitor, MonitorCost, Monitors, Overlap, Profile, TopicEntry, Topics, WatchedBrand,
    }
    measure {
        Attestation, Attestations, Audit, AuditArea, AuditBasis, AuditChanges, AuditFacts, AuditPoint, PointChange, PointResult,
        Advice, AnswerFirst, Brief, BriefBalance, BriefIssue, BriefQuery, BriefSpike, BriefVoice, Cell, CellType, CitedMessage, Column,
        Company<'static>, Compared, ComparedSentiment, Day, DepartmentDay, DepartmentForecast, Forecast, ForecastQuery, HourForecast,
        KeyWord, Decisions, Influencer, Issue, Days, Frame, Measure, Measures, NetSentiment, NoiseCount, OpenCount, Overview, OverviewTally, RowError, ShareOfVoice, Table, SuggestedTopic, Volume,
        Impact, ImpactEffect, ImpactTable, ResponseOutcome,
        Waiting, WaitingCase,
    }
    model {
        Action, ActionLevels, ActionWeights, Advocacy, Approval, Assessment, Assignment, Attachment, Axis<u8>, Brand, Case, CaseChange, CaseId, CaseMark, CaseStatus, Channel,
        Claim, IncidentChange, Presence, PresenceKind, Spike, Waiting, WaitingOn,
        Change, Classification, Conflict, Consent, Context, Customer, CustomerId, Decision, DeliveryKey, Department,
        Direction, Escalation, Event, Evidence, ExternalId, Facets, Feedback, FeedbackKind, Granted, Hit<u8>, Hits, HostWord,
        HumanAuthor, IdError, Identity, IdentityKey, IdentityLink, Augmentation, Effect, EffectKind, ErasedKey, Erasure, Fact, LinkId, PersonLabel, Standing, Incident, IncidentId, Influence, InfluencePart,
        Labeller, Limits, LinkClaim, LinkEvidence, LinkState, MarkedSpan, Message, MessageBuilder, MessageError,
        MessageErrorKind, MessageKey, MessageKind, MessageType, Metrics, Money, MoneyError, MonitorId, NativeId,
        NearMiss, Noise, NoiseReason, OpenReason, Outcome, Part, Participant, PersonId, PersonalData, Place,
        Preference, Proof, RecordScope, Relationship, ReplyScale, ReplyVisibility, Response, ResponseError,
        Asset, AssetExport, AssetId, AssetKind, AssetUse, IssuePlan, LinkRule, Permission, PermissionAnswer, PermissionId,
        PermissionState, PermissionStatus, ProgrammeId, ProgrammePlans, ProgrammeScope, ResponseDraft, ResponseState,
        ResponseStatus, Verdict, ResponseId, ResponseRecord, Revocation, Role, RuleId, Sentiment, SentimentLabel, SlaClocks, Source, Span,
        SpanError, SpanKind, TargetSentiment, Tenant, Thread, ThreadId, ThreadRef, Times, TimesError, Topic, Transaction,
        TransactionId, TransactionKind, UnknownAtom, Version, Visibility,
    }
    playbook {
        Playbook, PlaybookError,
    }
    query {
        Atom, Attribute, ClausePlace, Condition, Dialect, Document<'static>, Form, Index, IndexBuilder, IndexError, Names, Near, Parsed,
        Pattern, Place, Query, QueryFault, Reach, Regex, Scan<'static>, Sort, Test, Uses, Word, Zone, ZoneText<'static>,
    }
    record {
        CandidateQuery, CaseAt, CaseQuery, CommitOptions, DueCase, DueQuery, Entry, History, HistoryQuery, InvolvedQuery, Involvement, MemoryStore, NextDue, OlderQuery, Position, Quarantined,
        Receipt, Rewrite, Rewritten, Scrub, Seen, Terms,
        CurrencyValue, HistoryEntry, InfluenceAt, NamedLink, Profile, ProfileLimits, Promise, Sourced<u8>, Standings,
        SeenIdentity, SqliteOptions, SubjectKind, SubjectQuery, Staff, StoreError, StoreErrorKind, Tally, Totals,
        people::Customers, people::CustomersChange,
        people::influence::AccountInfluence, people::influence::InfluenceError, people::influence::InfluenceLimits,
        people::influence::InfluenceSettings, people::influence::InfluenceSnapshot, people::influence::Interaction,
        people::influence::InteractionGraph, people::influence::InteractionKind, people::influence::Received,
        people::influence::ScorePart, people::influence::ScorePartName,
        people::suggest::AccountProfile, people::suggest::BlockKind, people::suggest::ContactPoint, people::suggest::Field,
        people::suggest::FieldWeight, people::suggest::LinkPolicy, people::suggest::MatchLevel, people::suggest::SkipReason,
        people::suggest::SkippedBlock, people::suggest::SourceTerms, people::suggest::SuggestLimits,
        people::suggest::SuggestSettings, people::suggest::Suggestion, people::suggest::SuggestionFlag,
        people::suggest::Suggestions, people::suggest::Weight, people::suggest::Weights, people::suggest::WeightsError,
        erase::EraseOptions, erase::ErasureCounts, erase::ErasureReceipt, erase::Mention, erase::Quote, erase::Whom,
        erase::retention::Authors, erase::retention::Retained, erase::retention::Retention, export::Export,
    }
    route {
        Agreement, Analysis, AskedVisibility, Axes, Backtest, BacktestCase, Backtester<'static>, Both<u64>, Budget, Cap,
        ChangedCase, ChangedFacet, ClassifiedMessage, Climb, Clock, ClockEvent, ClockName, ClockState, Completeness,
        Condition, DeclaredField, DeclaredKind, DepartmentLoad, DepartmentPair, Domain, Example, Explanation,
        Facet, FacetChange, FacetCounts, FacetExplained, FacetSet, FailingAtom, Finding, Given, Grade, HourLoad, HourWork,
        HumanOutcome, Incentive, Ladder, Load, Mode, MutationScore, NearExplained, Needs, NoSuchRule, OnUnknown, Pause,
        Period, PeriodError, PlainDecision, Protocol, ProtocolVersion, Replay<'static>, Router, Rule, RuleCounts,
        RunningClock, Rung, Settings, ShadowRule, Sla, Stratum, Subject, Survivor, ValueChange, Vocabulary, WhatIf, WhyNot,
        Work, Inquiry<'static>,
        condition::Atom, condition::AxisName, condition::ClockTime, condition::Comparison, condition::ConditionError,
        condition::ConditionFault, condition::Counter, condition::Field, condition::Kind, condition::Quantity,
        condition::Range, condition::Truth, condition::Values,
        diagram::What, import::ImportError, import::ImportErrorKind, import::Imported, import::Note,
        import::Severity, import::Tool,
    }
    text {
        Frequencies, FrequenciesError, Text<'static>, Token, TokenKind,
    }
}

send_only! {
    diagnostic {
        Table<'static> = "a reader over one authored file, which notes the keys it was asked for",
    }
    record {
        PostgresStore = "one connection to a server; each thread opens its own",
        SqliteStore = "one connection to a file; each thread opens its own",
    }
}

/// Types of the feature `report`, which are not there without it.
const OF_REPORT: [(&str, &str); 5] = [
    ("desk", "ReportQuery"),
    ("report", "Chart"),
    ("report", "Report"),
    ("report", "Size"),
    ("report", "Svg"),
];
#[cfg(feature = "report")]
const _: () = {
    use scrm_core::{desk, report};
    send_sync::<(desk::ReportQuery, report::Chart, report::Report, report::Size, report::Svg)>();
};

#[test]
fn every_public_type_is_listed() {
    let lists = SEND_SYNC
        .iter()
        .copied()
        .chain(OF_REPORT)
        .chain(SEND_ONLY.iter().map(|(module, name, _)| (*module, *name)));
    let listed: Vec<_> =
        lists.map(|(module, path)| (module, path.rsplit(':').next().unwrap().trim())).collect();
    let is_listed = |module: &str, name: &str| listed.contains(&(module, name));
    let missing: Vec<_> = public_types()
        .into_iter()
        .filter(|found| !is_listed(&found.module, &found.name))
        .map(|found| format!("  {} {{ {} }}", found.module, found.name))
        .collect();
    assert!(
        missing.is_empty(),
        "public types that scrm-core/tests/send_sync.rs does not list; add to its `send_sync!`:\n{}",
        missing.join("\n")
    );
}

#[test]
fn types_are_found_in_every_form() {
    let code = "/// pub struct No;\n#[derive(Debug, Deserialize)]\npub struct A<'a>(&'a str);\npub enum B { X }\n\
                pub(crate) struct C; struct D;\nterms! {\n /// Doc.\n E { X = \"x\", Y = \"y\", }\n F { Z = \"z\", } }\n\
                ids! {\n G = \"g\";\n /// Doc.\n H = \"h\";\n}\nmacro_rules! m { () => { pub struct $name; } }\n\
                #[cfg(test)] mod tests { pub struct I; }";
    let found = public_types_of(&File::made_up("model/made_up.rs", code));
    let names: Vec<_> = found.iter().map(|t| (t.name.as_str(), t.is_read)).collect();
    let wanted = [("A", true), ("B", false), ("E", true), ("F", true), ("G", true), ("H", true)];
    assert_eq!(names, wanted);
    assert!(found.iter().all(|t| t.module == "model"));
}
