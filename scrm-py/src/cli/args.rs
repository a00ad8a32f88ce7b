//! Which words does the command line know?

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::measured::{Auditing, Briefing, Forecasting, Measuring};
use super::report::Reporting;

/// Social customer relationship management: listen, classify, route, record, engage, measure.
#[derive(Debug, Parser)]
#[command(name = "scrm", version, about, after_help = EXITS)]
pub(super) struct CommandLine {
    #[command(subcommand)]
    pub command: Command,
}

const EXITS: &str = "Exit status: 0 done, 1 output cannot be written, 2 command line not understood, 3 playbook, monitors, \
topics, mapping or model has faults, 4 input cannot be read, 5 database cannot be used, 6 a protocol is proven wrong, \
130 interrupted";

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Take in messages, assess and record them, and print a brief.
    Run(Box<Run>),
    /// Read a playbook, or a file of monitors, and report every fault in it.
    Check(Check),
    /// Say for each row of a table which monitors match it.
    #[command(after_help = ROWS)]
    Match(Match),
    /// Say for each row of a table what it is: type, sentiment, topics, action needed.
    #[command(after_help = LABELS)]
    Classify(Classify),
    /// Decide on facts by a protocol: one decision for each line of facts.
    #[command(after_help = FACTS)]
    Decide(Decide),
    /// Say of each line of facts why it is decided so, and what little would change it.
    #[command(after_help = FACTS)]
    Explain(Decide),
    /// Say of each line of facts why a rule does not fire, and the smallest change that would make it.
    #[command(after_help = FACTS)]
    WhyNot(WhyNot),
    /// Say of each line of facts what would be decided if some facts were otherwise.
    #[command(after_help = FACTS)]
    WhatIf(WhatIf),
    /// Prove what rules can do together: conflicts, gaps, rules that never decide, each with a witness.
    #[command(after_help = FINDINGS)]
    Analyze(Analyze),
    /// Decide the past by two protocols, and say what differs.
    #[command(after_help = CORPUS)]
    Backtest(Backtest),
    /// Make a protocol of the rules of another tool.
    #[command(after_help = IMPORTS)]
    ImportRules(ImportRules),
    /// Draw the rules, departments or ladders of a protocol.
    Diagram(Diagram),
    /// Say what the record knows of a customer, by any of their accounts.
    #[command(after_help = PROFILES)]
    Profile(Profiling),
    /// Search the record by a query in the language of the monitors, newest first.
    #[command(after_help = SEARCHES)]
    Search(Searching),
    /// Erase a person: what they said and what is known of them goes, what was counted stays; prints a receipt.
    Erase(Erasing),
    /// Print everything that the record knows of a customer, as one JSON object.
    Export(Exporting),
    /// Copy the record into a new file, complete and as of one moment.
    Backup(Backing),
    /// Say that two accounts are one person's, or are not; prints the claim's id.
    Link(Linking),
    /// Take a claim about two accounts back.
    Revoke(Revoking),
    /// Say which accounts may be one person's, with the weight of each field; a person decides.
    SuggestLinks(Suggesting),
    /// Take in the company's own data about its customers: one account per row.
    #[command(after_help = CUSTOMERS)]
    ImportCustomers(Imports),
    /// Take in purchases, refunds and other transactions: one per row.
    #[command(after_help = TRANSACTIONS)]
    ImportTransactions(Imports),
    /// Show the record as one page of HTML with charts, which works offline.
    #[command(after_help = super::report::EXAMPLE)]
    Report(Reporting),
    /// Say of a day what is out of the usual, what waits, whom to answer, and what to do first.
    #[command(after_help = BRIEFS)]
    Brief(Briefing),
    /// Print a measure of the record as a table.
    #[command(after_help = MEASURES)]
    Measure(Measuring),
    /// Say how much work will come to each department, and whether its people can do it.
    #[command(after_help = FORECASTS)]
    Forecast(Forecasting),
    /// Say point by point how social CRM is done: measured from the record, or attested in the playbook.
    #[command(after_help = AUDITS)]
    Audit(Auditing),
    /// Look at a case, or do something with it: claim, release, hand over, wait, resume, resolve, reopen, assign.
    #[command(subcommand)]
    Case(CaseCommand),
    /// Tell what has fallen due: warnings, breaches, rungs; release claims that ran out, and give cases to people.
    #[command(after_help = TICKS)]
    Tick(Ticking),
    /// List the incidents with their cases.
    Incidents(Worked),
    /// Say that somebody of the team is away: they are given nothing.
    Away(Absent),
    /// Say that somebody of the team is back.
    Back(Present),
    /// Say what is to be done: one line of JSON for each effect that the consumer has not dealt with.
    Effects(Effects),
    /// Note that a consumer has dealt with every effect up to a number.
    Ack(Told),
    /// Say how people felt before and after our responses, by issue and by rule.
    Impact(Answers),
    /// List who lets us quote them, and who may be asked.
    Advocates(Answers),
    /// Show the seven steps of a programme.
    Programme(Programmes),
    /// Learn a model from a table of texts with labels, and say how good it is.
    #[command(after_help = EXAMPLES)]
    Train(Box<Train>),
    /// Measure the classifier, or a model, on a table of texts with labels.
    #[command(after_help = EXAMPLES)]
    Evaluate(Box<Evaluate>),
}

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("what").required(true))]
pub(super) struct Check {
    /// The folder of a playbook, or a file of monitors.
    #[arg(group = "what", value_name = "PATH")]
    pub path: Option<PathBuf>,
    /// The folder of the playbook.
    #[arg(long, group = "what", value_name = "DIR")]
    pub playbook: Option<PathBuf>,
    /// A file of monitors by itself, or the folder in which monitors.toml stands.
    #[arg(long, group = "what", value_name = "FILE")]
    pub monitors: Option<PathBuf>,
    /// Print one JSON object instead of text.
    #[arg(long)]
    pub json: bool,
    /// Messages as they come in: say of each monitor in what share of such messages it can be expected at most, by how
    /// often its words stand in these. `-` reads standard input.
    #[arg(long, value_name = "FILE")]
    pub sample: Option<PathBuf>,
    /// The column, or the member of each object, of the sample that has the text.
    #[arg(long, value_name = "NAME", default_value = "text", requires = "sample")]
    pub text_column: String,
    /// How the sample is written [default: by its name: .csv, .tsv, .jsonl, .ndjson].
    #[arg(long, value_enum, requires = "sample")]
    pub format: Option<TableFormat>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum InputFormat {
    /// One JSON object per line, in the model's own form.
    Jsonl,
    /// Rows under a header, read by a mapping.
    Csv,
}

const ROWS: &str = "Each row gives one line of JSON, in the order of the input: {\"row\": 1, \"hits\": [\"monitor-id\", ...]}. \
`row` counts the rows of data from 1; a header and blank lines are not counted. A row that cannot be read gives \
{\"row\": 2, \"error\": \"...\"}, and the others are read on; when none can be read, the exit status is 4.

Columns that are called as fields of a message or as attributes of queries fill them (title, author, channel, kind, \
language, country, followers, created, source, external_id, ...); every other column is an attribute of your own \
(ext.NAME in a query). A row without an id has the source `input` and its number for an id; a row without a time is of \
1970-01-01T00:00:00Z.";

const LABELS: &str = "Each row gives one line of JSON, in the order of the input: {\"row\": 1, \"type\": \"complaint\", \
\"types\": [...], \"sentiment\": {\"label\": \"negative\", \"score\": -0.7, \"confidence\": 0.8}, \"topics\": [...], \
\"action\": \"reply\", \"noise\": null, \"language\": \"en\", \"pii\": [{\"kind\": \"email\", \"start\": 3, \"end\": 9}]}. \
null is unknown; a score lies between -1 and 1, a confidence between 0 and 1, places count code points of the text. \
Each row is judged by itself: no monitor is asked, so none makes it noise that it matches none.

Rows are read as `scrm match` reads them; `scrm match --help` says how.";

const FACTS: &str = "Facts are JSON Lines, one object for each message, with the fields of conditions as keys: \
{\"type\": \"complaint\", \"issue\": \"service.delivery\", \"sentiment\": -0.7, \"influence\": 91, \"seen\": \"public\"}; \
besides them `text`, `pii`, `changed`, `at`, and questions as conditions write them (\"count(issue, \\\"15m\\\")\": 30). What is \
absent is unknown. `id` is no fact, and comes back. A line that cannot be read gives {\"row\": 2, \"error\": \"...\"}, and the \
others are read on; when none can be read, the exit status is 4.

Example: echo '{\"type\": \"question\"}' | scrm decide --protocol examples/playbooks/northwind --input - --json";

const FINDINGS: &str = "The exit status is 6 when a conflict or a gap in a mandatory facet is proven, or another finding that is \
an error; warnings and notes alone end with 0.

Example: scrm analyze examples/playbooks/northwind";

const CORPUS: &str = "The corpus is JSON Lines of facts, as `scrm decide` reads them, with `id`, `at` and, where it is known, what people \
did: {\"outcome\": {\"department\": \"care\", \"first_response\": \"2026-11-02T09:14:00Z\"}}; or of messages in the model's own form, \
which are listened to and classified by the new playbook and replayed in the order in which they were observed. The same \
seed gives the same bytes.

Example: scrm backtest --old care.toml --new care-next.toml --input facts.jsonl --seed 7";

#[derive(Debug, Args)]
pub(super) struct Backtest {
    /// The protocol as it is: a file in which it stands alone, or the folder of a playbook.
    #[arg(long, value_name = "PATH")]
    pub old: PathBuf,
    /// The protocol as it would be.
    #[arg(long, value_name = "PATH")]
    pub new: PathBuf,
    /// The corpus; `-` reads standard input.
    #[arg(long, value_name = "FILE")]
    pub input: PathBuf,
    /// By which the sample of changed cases is drawn.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// Changed cases that are drawn of each sort of message.
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub sample: usize,
    /// The time of facts that have no `at` (RFC 3339) [default: the time of the clock].
    #[arg(long, value_name = "TIME")]
    pub now: Option<String>,
    /// Threads for the work [default: one for each processor]; the result is the same.
    #[arg(long, value_name = "N")]
    pub threads: Option<std::num::NonZeroUsize>,
    /// Print one JSON object instead of text.
    #[arg(long)]
    pub json: bool,
}

const IMPORTS: &str = "What is imported decides as the tool does: an order of rules becomes `overrides`, and conditions on fields of \
the tool become fields of the protocol. What has no counterpart is told on standard error; nothing is dropped in silence.

Example: scrm import-rules --from zendesk --input triggers.json > care.toml; scrm analyze care.toml";

/// Whose rules are imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ImportTool {
    /// Triggers of Zendesk.
    Zendesk,
    /// Automation rules of Chatwoot.
    Chatwoot,
    /// Triggers of Zammad.
    Zammad,
}

#[derive(Debug, Args)]
pub(super) struct ImportRules {
    /// The tool whose rules they are.
    #[arg(long, value_enum, value_name = "TOOL")]
    pub from: ImportTool,
    /// The rules as the tool exports them, in JSON; `-` reads standard input.
    #[arg(long, value_name = "FILE")]
    pub input: PathBuf,
    /// Where the protocol is written [default: standard output].
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Print one JSON object with the protocol and the notes.
    #[arg(long)]
    pub json: bool,
}

/// What is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Drawing {
    /// Rules with what they override, by department.
    Rules,
    /// Departments and the rules that lead to them.
    Departments,
    /// Ladders with their rungs.
    Ladders,
}

/// How it is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum DiagramFormat {
    /// Text for Mermaid.
    Mermaid,
    /// Text for Graphviz.
    Graphviz,
}

#[derive(Debug, Args)]
pub(super) struct Diagram {
    /// A file in which a protocol stands alone, or the folder of a playbook.
    #[arg(value_name = "PATH")]
    pub protocol: PathBuf,
    /// What is drawn.
    #[arg(long, value_enum, default_value_t = Drawing::Rules)]
    pub what: Drawing,
    /// For which program.
    #[arg(long, value_enum, default_value_t = DiagramFormat::Mermaid)]
    pub format: DiagramFormat,
}

/// Which protocol, and which facts.
#[derive(Debug, Args)]
pub(super) struct Facts {
    /// A file in which a protocol stands alone (TOML, or JSON when it ends in .json), or the folder of a playbook.
    #[arg(long, value_name = "PATH")]
    pub protocol: PathBuf,
    /// The facts, one JSON object a line; `-` reads standard input.
    #[arg(long, value_name = "FILE")]
    pub input: PathBuf,
    /// Decide for this time (RFC 3339) where the facts have no `at` [default: the time of the clock].
    #[arg(long, value_name = "TIME")]
    pub now: Option<String>,
    /// Print one JSON object a line instead of text.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Decide {
    #[command(flatten)]
    pub facts: Facts,
}

#[derive(Debug, Args)]
pub(super) struct WhyNot {
    #[command(flatten)]
    pub facts: Facts,
    /// The rule that is asked about.
    #[arg(long, value_name = "ID")]
    pub rule: String,
}

#[derive(Debug, Args)]
pub(super) struct WhatIf {
    #[command(flatten)]
    pub facts: Facts,
    /// A fact that is otherwise: `influence=80`, `type=question`. May be given many times.
    #[arg(long, value_name = "FIELD=VALUE", required = true)]
    pub set: Vec<String>,
}

#[derive(Debug, Args)]
pub(super) struct Analyze {
    /// A file in which a protocol stands alone (TOML, or JSON when it ends in .json), or the folder of a playbook.
    #[arg(value_name = "PATH")]
    pub protocol: PathBuf,
    /// Let every fact be unknown as well.
    #[arg(long)]
    pub unknown: bool,
    /// Analyse the rules in force on this day [default: on every day].
    #[arg(long, value_name = "DATE")]
    pub on: Option<String>,
    /// Steps of the proof; what they do not suffice for is said (P090).
    #[arg(long, value_name = "N")]
    pub budget: Option<u64>,
    /// Print a JSON list of findings instead of text.
    #[arg(long)]
    pub json: bool,
}

/// How reasons are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Explain {
    /// As further members of each line of JSON.
    Json,
    /// As a small table for each row, for people.
    Text,
}

#[derive(Debug, Args)]
pub(super) struct Classify {
    #[command(flatten)]
    pub table: Table,
    /// The topics to look for: a file like the topics.toml of a playbook.
    #[arg(long, value_name = "FILE", conflicts_with = "playbook")]
    pub topics: Option<PathBuf>,
    /// The folder of a playbook, of which the topics, the thresholds and the weights of actions are used.
    #[arg(long, value_name = "DIR")]
    pub playbook: Option<PathBuf>,
    /// The confidence below which an axis is unknown, over the playbook's: `sentiment=0.6`; of type, sentiment, issue (the
    /// topics), action or language. May be given many times.
    #[arg(long, value_name = "AXIS=CONFIDENCE")]
    pub threshold: Vec<String>,
    /// Add why: the confidence of every axis, and its evidence, each piece with its place and its weight; `--explain=text`
    /// prints a small table for each row instead of JSON.
    #[arg(long, value_enum, value_name = "FORM", num_args = 0..=1, require_equals = true, default_missing_value = "json")]
    pub explain: Option<Explain>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum TableFormat {
    /// One JSON object per line: a message in the model's own form, or any object with a text.
    Jsonl,
    /// Rows under a header, with commas between the cells.
    Csv,
    /// Rows under a header, with tabs between the cells.
    Tsv,
}

// The rows, and how they are read. (A doc comment would become the help of each command that has them.)
#[derive(Debug, Args)]
pub(super) struct Table {
    /// The rows; `-` reads standard input.
    #[arg(long, value_name = "FILE")]
    pub input: PathBuf,
    /// The column, or the member of each object, that has the text.
    #[arg(long, value_name = "NAME", default_value = "text")]
    pub text_column: String,
    /// How the input is written [default: by its name: .csv, .tsv, .jsonl, .ndjson]. With `jsonl`, a name that ends in
    /// .csv or .tsv still counts: what comes out is JSON Lines in any case.
    #[arg(long, value_enum)]
    pub format: Option<TableFormat>,
    /// Threads for the work [default: one for each processor].
    #[arg(long, value_name = "N")]
    pub threads: Option<std::num::NonZeroUsize>,
}

#[derive(Debug, Args)]
pub(super) struct Match {
    /// The monitors: a file, or the folder of a playbook.
    #[arg(long, value_name = "FILE")]
    pub monitors: PathBuf,
    #[command(flatten)]
    pub table: Table,
    /// Say where each clause of each query stands, in code points: {"spans": {"monitor-id": [{"clause": "...",
    /// "places": [[start, end], ...], "zone": "title"}]}}; without `zone`, in the row's own text.
    #[arg(long)]
    pub spans: bool,
    /// Say of every row why this monitor matches it, or why not.
    #[arg(long, value_name = "ID")]
    pub explain: Option<String>,
    /// Say at the end, on standard error, how many rows each monitor matched.
    #[arg(long)]
    pub stats: bool,
}

#[derive(Debug, Args)]
pub(super) struct Run {
    /// The folder of the playbook.
    #[arg(long, value_name = "DIR")]
    pub playbook: PathBuf,
    /// The messages; `-` reads standard input.
    #[arg(long, value_name = "FILE")]
    pub input: PathBuf,
    /// The database: a file, made when it is not there, or a server, `postgresql://user@host/database` [default: the
    /// playbook's name with `.db`, here].
    #[arg(long, value_name = "FILE")]
    pub db: Option<PathBuf>,
    /// How the input is written [default: by its name: .csv, .tsv, .jsonl, .ndjson].
    #[arg(long, value_enum)]
    pub format: Option<InputFormat>,
    /// The mapping for CSV [default: the playbook's mapping.toml].
    #[arg(long, value_name = "FILE")]
    pub mapping: Option<PathBuf>,
    /// Fill a field from a CSV column, over the mapping: `text=body`. May be given many times.
    #[arg(long, value_name = "FIELD=COLUMN")]
    pub map: Vec<String>,
    /// Set a field of every CSV row, over the mapping: `source=shop`. May be given many times.
    #[arg(long, value_name = "FIELD=VALUE")]
    pub set: Vec<String>,
    /// How CSV times are written, over the mapping: `%m/%d/%Y %H:%M`.
    #[arg(long, value_name = "FORMAT")]
    pub time_format: Option<String>,
    /// The zone of CSV times that name none, over the mapping: `Europe/Amsterdam`.
    #[arg(long, value_name = "ZONE")]
    pub zone: Option<String>,
    /// The tenant of the database to work for.
    #[arg(long, default_value = "default")]
    pub tenant: String,
    /// Threads for assessing [default: one for each processor].
    #[arg(long, value_name = "N")]
    pub threads: Option<std::num::NonZeroUsize>,
    /// Brief as of this time (RFC 3339) [default: that of the last message].
    #[arg(long, value_name = "TIME")]
    pub as_of: Option<String>,
    /// Print one JSON object instead of text.
    #[arg(long)]
    pub json: bool,
}

const EXAMPLES: &str = "A row without a label belongs to none of them: it teaches what is out of scope. With --any-of, a cell may \
name several labels with `|` between them; in JSON Lines, labels may be a list. With --reply-column, the label is what the first \
reply of an agent gives away: complaint (an apology), compliment (pleasure) or question (an explanation); rows whose reply says \
none of them are left out.";

/// Where texts and their labels are.
#[derive(Debug, Args)]
pub(super) struct Labelled {
    /// The rows; `-` reads standard input.
    #[arg(long, value_name = "FILE")]
    pub input: PathBuf,
    /// The column, or the member of each object, that has the text.
    #[arg(long, value_name = "NAME", default_value = "text")]
    pub text_column: String,
    /// The column, or the member of each object, that has the label.
    #[arg(long, value_name = "NAME", default_value = "label")]
    pub label_column: String,
    /// The column with an agent's first reply, from which the label is taken.
    #[arg(long, value_name = "NAME", conflicts_with = "label_column")]
    pub reply_column: Option<String>,
    /// The column that says how much a row counts [default: each counts 1].
    #[arg(long, value_name = "NAME")]
    pub weight_column: Option<String>,
    /// Take a label for another: `QUE=question`; `ham=` for none. May be given many times.
    #[arg(long, value_name = "LABEL=LABEL")]
    pub map: Vec<String>,
    /// How the input is written [default: by its name: .csv, .tsv, .jsonl, .ndjson].
    #[arg(long, value_enum)]
    pub format: Option<TableFormat>,
}

/// How a model is learned.
#[derive(Debug, Args)]
pub(super) struct Learning {
    /// Each label holds or not, by itself [default: one of them holds].
    #[arg(long)]
    pub any_of: bool,
    /// What a wrong example costs against large weights [default: 0.5].
    #[arg(long, value_name = "NUMBER")]
    pub cost: Option<f32>,
    /// How far rare labels are made up for, from 0 to 1 [default: 0].
    #[arg(long, value_name = "SHARE")]
    pub balance: Option<f32>,
    /// How much more rare n-grams may weigh: a power from 0 to 2 [default: 1].
    #[arg(long, value_name = "POWER")]
    pub rarity: Option<f32>,
    /// How often each row is looked at, at most [default: 30].
    #[arg(long, value_name = "N")]
    pub epochs: Option<usize>,
    /// The share of the rows that is left out to find probabilities [default: 0.2].
    #[arg(long, value_name = "SHARE")]
    pub held_out: Option<f32>,
    /// With --any-of, a label holds from where its F1 is best [default: from probability 0.5].
    #[arg(long, requires = "any_of")]
    pub best_f1: bool,
    /// Words are hashed into 2^N buckets.
    #[arg(long, value_name = "N", default_value_t = 13)]
    pub word_bits: u8,
    /// Characters are hashed into 2^N buckets.
    #[arg(long, value_name = "N", default_value_t = 14)]
    pub char_bits: u8,
    /// The same seed gives the same model.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// Threads for many labels [default: one for each processor]; the model is the same.
    #[arg(long, value_name = "N")]
    pub threads: Option<std::num::NonZeroUsize>,
    /// Put the rows into K parts, and measure on each what is learned from the others.
    #[arg(long, value_name = "K")]
    pub cross_validate: Option<usize>,
    /// In cross-validation, each row goes into a part by itself, also where a text comes twice, as in most published
    /// figures [default: a text is in one part].
    #[arg(long, requires = "cross_validate")]
    pub by_row: bool,
}

#[derive(Debug, Args)]
pub(super) struct Train {
    #[command(flatten)]
    pub rows: Labelled,
    /// What the question is called.
    #[arg(long, value_name = "NAME", default_value = "label")]
    pub task: String,
    /// Where the model is written.
    #[arg(long, value_name = "FILE")]
    pub output: PathBuf,
    /// The name and version that the model signs its labels with [default: the task, `/1`].
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    #[command(flatten)]
    pub learning: Learning,
    /// Print one JSON object instead of text.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Evaluate {
    #[command(flatten)]
    pub rows: Labelled,
    /// What is asked: `sentiment`, `type`, `noise` or `topics` of the classifier, or the file of a model. With
    /// --cross-validate, any name: models are learned from the rows themselves.
    #[arg(long, value_name = "TASK")]
    pub task: String,
    /// The folder of a playbook, for `topics`.
    #[arg(long, value_name = "DIR")]
    pub playbook: Option<PathBuf>,
    #[command(flatten)]
    pub learning: Learning,
    /// Print one JSON object instead of text.
    #[arg(long)]
    pub json: bool,
}

const BRIEFS: &str = "Example: scrm brief --db record.db --playbook my-playbook --day 2026-11-02";

const MEASURES: &str = "Example: scrm measure share_of_voice --db record.db --playbook my-playbook --from 2026-11-01 --format csv";

const FORECASTS: &str =
    "Example: scrm forecast --db record.db --playbook my-playbook --from 2026-11-09 --growth 1.5";

const AUDITS: &str = "Example: scrm audit --db record.db --playbook my-playbook --last audit-2025.json";
const TICKS: &str = "Call it every minute or so; each thing is told once, however often and by however many it is called. \
`scrm effects` says what must be done.";

/// Which record, by which playbook.
#[derive(Debug, Args)]
pub(super) struct Worked {
    #[command(flatten)]
    pub record: Recorded,
    /// The folder of the playbook.
    #[arg(long, value_name = "DIR")]
    pub playbook: PathBuf,
    /// When it happens (RFC 3339) [default: now].
    #[arg(long, value_name = "TIME")]
    pub now: Option<String>,
    /// Print JSON instead of text.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Ticking {
    #[command(flatten)]
    pub on: Worked,
}

/// Which case, and who acts.
#[derive(Debug, Args)]
pub(super) struct Acting {
    /// The case.
    #[arg(value_name = "CASE")]
    pub case: String,
    #[command(flatten)]
    pub on: Worked,
    /// Who does it: an id of team.toml.
    #[arg(long, value_name = "ID")]
    pub person: String,
}

#[derive(Debug, Subcommand)]
pub(super) enum CaseCommand {
    /// List the cases: those that are open, or with --all every one.
    List {
        #[command(flatten)]
        on: Worked,
        /// Those that came to their end, too.
        #[arg(long)]
        all: bool,
    },
    /// Show a case, its clocks, and what happened to it.
    Show {
        /// The case.
        #[arg(value_name = "CASE")]
        case: String,
        #[command(flatten)]
        on: Worked,
    },
    /// Take a case to answer it; who has it is told when somebody else does.
    Claim(Acting),
    /// Let a case go that was claimed.
    Release(Acting),
    /// Give a case to another department, or to a person of it.
    HandOver {
        #[command(flatten)]
        acting: Acting,
        /// To which department.
        #[arg(long, value_name = "ID")]
        department: String,
        /// To whom of it.
        #[arg(long, value_name = "ID")]
        to: Option<String>,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Say that it is somebody else's turn.
    Wait {
        #[command(flatten)]
        acting: Acting,
        /// Whose.
        #[arg(long, value_parser = ["customer", "third_party", "hold"])]
        on: String,
        /// Why.
        #[arg(long, value_name = "TEXT", default_value = "")]
        reason: String,
    },
    /// Say that work goes on.
    Resume(Acting),
    /// Say that the matter is done with.
    Resolve(Acting),
    /// Say that the matter was not done with after all.
    Reopen {
        #[command(flatten)]
        acting: Acting,
        /// Why.
        #[arg(long, value_name = "TEXT", default_value = "")]
        reason: String,
    },
    /// Give a case to somebody: to whom --to says, or else to whoever the playbook finds.
    Assign {
        /// The case.
        #[arg(value_name = "CASE")]
        case: String,
        #[command(flatten)]
        on: Worked,
        /// To whom.
        #[arg(long, value_name = "ID", requires = "person")]
        to: Option<String>,
        /// Who says so.
        #[arg(long, value_name = "ID", requires = "to")]
        person: Option<String>,
    },
}

#[derive(Debug, Args)]
pub(super) struct Absent {
    /// Who: an id of team.toml.
    #[arg(value_name = "ID")]
    pub person: String,
    #[command(flatten)]
    pub on: Worked,
    /// Until when (RFC 3339) [default: until they are back].
    #[arg(long, value_name = "TIME")]
    pub until: Option<String>,
    /// They have left the team.
    #[arg(long, conflicts_with = "until")]
    pub for_good: bool,
}

#[derive(Debug, Args)]
pub(super) struct Present {
    /// Who: an id of team.toml.
    #[arg(value_name = "ID")]
    pub person: String,
    #[command(flatten)]
    pub on: Worked,
}

const PROFILES: &str = "Example: scrm profile --db record.db x/4711";

const SEARCHES: &str =
    "Example: scrm search --db record.db --playbook my-playbook 'refund NEAR/5 late -competitor'";

const CUSTOMERS: &str = "Columns (or members of each line of JSON): source, native_id, and of these what is known: name, handle, bio, \
location, url, email, phone, email_confirmed, phone_confirmed, roles (customer;fan), consent.NAME (true or false), preference.NAME, \
same_as (source/native_id;...), at (RFC 3339). Every other column is kept with the account. Doing it again adds nothing; rows that \
cannot be used are put aside.";

const TRANSACTIONS: &str = "Columns (or members of each line of JSON): id, source, native_id, kind (purchase, refund, subscription, \
cancellation, incentive), at (RFC 3339), and where known amount (19.99) with currency (EUR), and message (source/external_id). Doing \
it again adds nothing; rows that cannot be used are put aside.";

/// Which record.
#[derive(Debug, Args)]
pub(super) struct Recorded {
    /// The database: a file, or a server, `postgresql://user@host/database`.
    #[arg(long, value_name = "FILE")]
    pub db: PathBuf,
    /// The tenant of the database.
    #[arg(long, default_value = "default")]
    pub tenant: String,
}

/// A record whose answers are asked about.
#[derive(Debug, Args)]
pub(super) struct Answers {
    #[command(flatten)]
    pub record: Recorded,
    /// The folder of the playbook.
    #[arg(long, value_name = "DIR")]
    pub playbook: PathBuf,
    /// As of this time (RFC 3339) [default: now].
    #[arg(long, value_name = "TIME")]
    pub as_of: Option<String>,
    /// Print one JSON object instead of text.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Programmes {
    /// The programme's id.
    #[arg(value_name = "ID")]
    pub id: String,
    #[command(flatten)]
    pub answers: Answers,
}

#[derive(Debug, Args)]
pub(super) struct Profiling {
    /// Any account of the customer.
    #[arg(value_name = "SOURCE/NATIVE_ID")]
    pub account: String,
    #[command(flatten)]
    pub record: Recorded,
    /// As of this time (RFC 3339) [default: now].
    #[arg(long, value_name = "TIME")]
    pub as_of: Option<String>,
    /// How many messages, cases and responses are listed.
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub recent: usize,
    /// Print one JSON object instead of text.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Linking {
    /// One account.
    #[arg(value_name = "SOURCE/NATIVE_ID")]
    pub a: String,
    /// The other.
    #[arg(value_name = "SOURCE/NATIVE_ID")]
    pub b: String,
    #[command(flatten)]
    pub record: Recorded,
    /// The folder of the playbook, whose team the person belongs to.
    #[arg(long, value_name = "DIR")]
    pub playbook: PathBuf,
    /// Who says so: an id of team.toml.
    #[arg(long, value_name = "ID")]
    pub person: String,
    /// They are not one person's: this beats every claim that they are, but a person's later one.
    #[arg(long)]
    pub different: bool,
}

#[derive(Debug, Args)]
pub(super) struct Revoking {
    /// The claim, as `link` printed it and `profile` lists it.
    #[arg(value_name = "LINK")]
    pub id: String,
    #[command(flatten)]
    pub record: Recorded,
    /// The folder of the playbook, whose team the person belongs to.
    #[arg(long, value_name = "DIR")]
    pub playbook: PathBuf,
    /// Who takes it back: an id of team.toml.
    #[arg(long, value_name = "ID")]
    pub person: String,
}

#[derive(Debug, Args)]
pub(super) struct Suggesting {
    #[command(flatten)]
    pub record: Recorded,
    /// The folder of the playbook.
    #[arg(long, value_name = "DIR")]
    pub playbook: PathBuf,
    /// Compare accounts of different sources by more than confirmed keys, where both sources are named with --inference.
    #[arg(long)]
    pub across_networks: bool,
    /// A source whose terms allow that who somebody is elsewhere is inferred from its accounts. May be given many times.
    #[arg(long, value_name = "SOURCE")]
    pub inference: Vec<String>,
    /// The least probability.
    #[arg(long, value_name = "P", default_value_t = 0.5)]
    pub threshold: f64,
    /// Print one JSON object instead of text.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Imports {
    #[command(flatten)]
    pub record: Recorded,
    /// The folder of the playbook.
    #[arg(long, value_name = "DIR")]
    pub playbook: PathBuf,
    /// The rows; `-` reads standard input.
    #[arg(long, value_name = "FILE")]
    pub input: PathBuf,
    /// How the input is written [default: by its name: .csv, .tsv, .jsonl, .ndjson].
    #[arg(long, value_enum)]
    pub format: Option<TableFormat>,
    /// Print one JSON object instead of text.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Effects {
    #[command(flatten)]
    pub record: Recorded,
    /// Whose turn it is: each consumer is told of every effect until it has dealt with it (`ack`).
    #[arg(long, value_name = "NAME", default_value = "default")]
    pub consumer: String,
    /// From events after this number [default: after the last that the consumer has dealt with].
    #[arg(long, value_name = "N")]
    pub after: Option<u64>,
    /// At most so many.
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub limit: usize,
}

#[derive(Debug, Args)]
pub(super) struct Told {
    /// The number of the last effect that was dealt with.
    #[arg(value_name = "N")]
    pub seq: u64,
    #[command(flatten)]
    pub record: Recorded,
    /// Who dealt with it.
    #[arg(long, value_name = "NAME", default_value = "default")]
    pub consumer: String,
}

#[derive(Debug, Args)]
pub(super) struct Searching {
    /// The query.
    #[arg(value_name = "QUERY", allow_hyphen_values = true)]
    pub query: String,
    #[command(flatten)]
    pub record: Recorded,
    /// The folder of the playbook, whose lists and named queries may be used.
    #[arg(long, value_name = "DIR")]
    pub playbook: PathBuf,
    /// At most so many messages.
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub limit: usize,
    /// Only messages observed at or after this time (RFC 3339).
    #[arg(long, value_name = "TIME")]
    pub since: Option<String>,
    /// Only messages observed before this time (RFC 3339).
    #[arg(long, value_name = "TIME")]
    pub until: Option<String>,
    /// Print one JSON object for each message instead of text.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Erasing {
    /// Any account of the customer.
    #[arg(value_name = "SOURCE/NATIVE_ID")]
    pub account: String,
    #[command(flatten)]
    pub record: Recorded,
    /// This account alone, and not the others of the same customer.
    #[arg(long)]
    pub only_account: bool,
    /// Block their names out of what other people said to or of them.
    #[arg(long)]
    pub redact_mentions: bool,
    /// What they are called besides: a handle, an address, a number. May be given many times.
    #[arg(long, value_name = "NAME")]
    pub known_as: Vec<String>,
    /// Erase: without this, it is only said what would go.
    #[arg(long)]
    pub yes: bool,
}

#[derive(Debug, Args)]
pub(super) struct Exporting {
    /// Any account of the customer.
    #[arg(value_name = "SOURCE/NATIVE_ID")]
    pub account: String,
    #[command(flatten)]
    pub record: Recorded,
}

#[derive(Debug, Args)]
pub(super) struct Backing {
    /// The new file.
    #[arg(value_name = "FILE")]
    pub to: PathBuf,
    #[command(flatten)]
    pub record: Recorded,
}
