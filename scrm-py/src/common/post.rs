//! How does a row of any table, or a text by itself, become a message? By the names of its columns.
//!
//! Read [`Columns`] first, for rows of cells; [`read_json`] reads objects in the same way, and [`said`] makes a message
//! of nothing but a text.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use scrm_core::diagnostic::did_you_mean;
use scrm_core::model::{
    Channel, Direction, ExternalId, Identity, Limits, Message, MessageBuilder, MessageKind, Metrics,
    NativeId, Place, Source, ThreadRef, Times, Version, Visibility,
};
use scrm_core::query::{Uses, Zone};
use serde_json::{Map, Number, Value};

/// The source of what names none.
const SOURCE: &str = "input";

/// What a column fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Text,
    Title,
    Id,
    Version,
    Source,
    Channel,
    Kind,
    Visibility,
    Direction,
    Language,
    Created,
    Edited,
    Observed,
    Country,
    Conversation,
    Parent,
    Quoted,
    RepostOf,
    Likes,
    Reposts,
    Replies,
    Quotes,
    Views,
    NativeId,
    Handle,
    Name,
    Bio,
    Verified,
    Bot,
    Followers,
    Following,
    Posts,
}

/// The names by which columns fill a field: those of the model, those of mappings, and those of queries.
const NAMES: &[(&str, Field)] = &[
    ("title", Field::Title),
    ("subject", Field::Title),
    ("id", Field::Id),
    ("external_id", Field::Id),
    ("version", Field::Version),
    ("source", Field::Source),
    ("channel", Field::Channel),
    ("kind", Field::Kind),
    ("visibility", Field::Visibility),
    ("direction", Field::Direction),
    ("language", Field::Language),
    ("lang", Field::Language),
    ("created", Field::Created),
    ("created_at", Field::Created),
    ("date", Field::Created),
    ("edited", Field::Edited),
    ("observed", Field::Observed),
    ("country", Field::Country),
    ("place.country", Field::Country),
    ("conversation", Field::Conversation),
    ("thread.id", Field::Conversation),
    ("thread.parent", Field::Parent),
    ("thread.quoted", Field::Quoted),
    ("repost_of", Field::RepostOf),
    ("thread.repost_of", Field::RepostOf),
    ("likes", Field::Likes),
    ("metrics.likes", Field::Likes),
    ("reposts", Field::Reposts),
    ("metrics.reposts", Field::Reposts),
    ("replies", Field::Replies),
    ("metrics.replies", Field::Replies),
    ("quotes", Field::Quotes),
    ("metrics.quotes", Field::Quotes),
    ("views", Field::Views),
    ("metrics.views", Field::Views),
    ("native_id", Field::NativeId),
    ("author.native_id", Field::NativeId),
    ("author", Field::Handle),
    ("handle", Field::Handle),
    ("author.handle", Field::Handle),
    ("author.name", Field::Name),
    ("bio", Field::Bio),
    ("author.bio", Field::Bio),
    ("verified", Field::Verified),
    ("author.verified", Field::Verified),
    ("bot", Field::Bot),
    ("author.bot", Field::Bot),
    ("followers", Field::Followers),
    ("author.followers", Field::Followers),
    ("following", Field::Following),
    ("author.following", Field::Following),
    ("posts", Field::Posts),
    ("author.posts", Field::Posts),
];

/// The columns of a table.
#[derive(Debug)]
pub(crate) struct Columns {
    columns: Vec<Column>,
    limits: Limits,
}

#[derive(Debug)]
struct Column {
    name: String,
    field: Option<Field>,
    /// What it is called among the message's further fields.
    ext: String,
    /// Whether a query looks for its words, so that a number in it is a word, too.
    words: bool,
}

/// A message, and the columns whose cells could not be read as what their names say.
pub(crate) struct Filled {
    pub message: Message,
    pub odd: Vec<String>,
}

impl Columns {
    /// Reads a header; `text` is the column with the messages' text. `uses` says what the queries look at.
    ///
    /// # Errors
    /// When there is no such column.
    pub(crate) fn new(header: &[String], text: &str, uses: &Uses, limits: &Limits) -> Result<Self, String> {
        let mut taken = false;
        let mut column = |name: &String| {
            let is_text = !taken && name.trim() == text;
            taken |= is_text;
            Column {
                field: if is_text { Some(Field::Text) } else { field_of(name) },
                ext: further(name.trim()),
                words: uses.zones.contains(&Zone::Own(name.trim().into())),
                name: name.trim().to_owned(),
            }
        };
        let columns = header.iter().map(&mut column).collect();
        if taken {
            return Ok(Self { columns, limits: limits.clone() });
        }
        Err(format!("the header has no column {}", absent(text, header.iter().map(String::as_str))))
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.columns.len()
    }

    /// The message of the row of that number.
    ///
    /// # Errors
    /// When no message can be made of it, and why.
    pub(crate) fn message(&self, cells: &[&str], row: u64) -> Result<Filled, String> {
        let mut post = Post::new(row);
        for (column, cell) in self.columns.iter().zip(cells) {
            if cell.trim().is_empty() && column.field != Some(Field::Text) {
                continue;
            }
            if let Some(field) = column.field {
                if post.fill(field, cell) {
                    continue;
                }
                post.odd.push(column.name.clone());
            }
            post.further.insert(column.ext.clone(), column.value(cell));
        }
        post.build(&self.limits)
    }
}

impl Column {
    /// A cell as a further field: a number when it is one, unless a query looks for its words.
    fn value(&self, cell: &str) -> Value {
        let number = || {
            let cell = cell.trim();
            let whole = cell.parse::<i64>().ok().map(Number::from);
            whole.or_else(|| cell.parse().ok().and_then(Number::from_f64)).map(Value::Number)
        };
        let looks =
            cell.trim_start().starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.'));
        let number = if self.words || !looks { None } else { number() };
        number.unwrap_or_else(|| Value::String(cell.to_owned()))
    }
}

/// Reads a message from a JSON object: the model's own form, or any object with a text.
///
/// # Errors
/// When no message can be made of it, and why.
pub(crate) fn read_json(json: &[u8], text: &str, row: u64, limits: &Limits) -> Result<Filled, String> {
    let object = match serde_json::from_slice(json) {
        Ok(Value::Object(object)) => object,
        Ok(_) => return Err("it is no JSON object".to_owned()),
        Err(error) => return Err(plain(&error)),
    };
    let own = ["source", "external_id", "kind", "visibility", "times"];
    if own.iter().all(|name| object.contains_key(*name)) && (text == "text" || !object.contains_key(text)) {
        let builder: MessageBuilder =
            serde_json::from_value(Value::Object(object)).map_err(|error| error.to_string())?;
        let message = builder.build_within(limits).map_err(|error| error.to_string())?;
        return Ok(Filled { message, odd: Vec::new() });
    }
    match object.get(text) {
        Some(Value::String(_)) => {}
        Some(Value::Null) => return Err(format!("`{text}` is null, not a text")),
        Some(_) => return Err(format!("`{text}` is not a text")),
        None => return Err(format!("there is no {}", absent(text, object.keys().map(String::as_str)))),
    }
    let mut post = Post::new(row);
    for (name, value) in object {
        post.take(&name, value, text);
    }
    post.build(limits)
}

/// A message of nothing but a text: a public post.
///
/// # Errors
/// When the text is too long.
pub(crate) fn said(text: String, row: u64, limits: &Limits) -> Result<Message, String> {
    let mut post = Post::new(row);
    post.text = text;
    post.build(limits).map(|filled| filled.message)
}

/// What the JSON reader says, with the column but not the line: each line is read by itself.
fn plain(error: &serde_json::Error) -> String {
    let said = error.to_string();
    let said = said.rsplit_once(" at line ").map_or(said.as_str(), |(what, _)| what);
    let half = if said.contains("surrogate") || said.contains("hex escape") {
        ": half a character is no text"
    } else {
        ""
    };
    format!("not JSON: {said}{half} (column {})", error.column())
}

fn absent<'a>(text: &str, names: impl Iterator<Item = &'a str> + Clone) -> String {
    let there: Vec<&str> = names.clone().take(20).collect();
    match did_you_mean(text, names) {
        Some(near) => format!("`{text}`; did you mean `{near}`?"),
        None => format!("`{text}`; there are: {}", there.join(", ")),
    }
}

fn field_of(name: &str) -> Option<Field> {
    let name = name.trim();
    NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, field)| *field)
}

/// A name that no field of the model has.
fn further(name: &str) -> String {
    if MessageBuilder::FIELDS.contains(&name) { format!("{name}_column") } else { name.to_owned() }
}

/// A message in the making, of which everything may be absent.
struct Post {
    row: u64,
    text: String,
    title: Option<String>,
    id: Option<ExternalId>,
    version: Option<Version>,
    source: Option<Source>,
    channel: Option<Channel>,
    kind: MessageKind,
    visibility: Option<Visibility>,
    direction: Option<Direction>,
    language: Option<String>,
    created: Option<DateTime<Utc>>,
    edited: Option<DateTime<Utc>>,
    observed: Option<DateTime<Utc>>,
    place: Option<Place>,
    thread: ThreadRef,
    metrics: Metrics,
    author: Map<String, Value>,
    /// Parts in the model's own form.
    parts: BTreeMap<&'static str, Value>,
    further: BTreeMap<String, Value>,
    odd: Vec<String>,
}

impl Post {
    fn new(row: u64) -> Self {
        Self {
            row,
            text: String::new(),
            title: None,
            id: None,
            version: None,
            source: None,
            channel: None,
            kind: MessageKind::Post,
            visibility: None,
            direction: None,
            language: None,
            created: None,
            edited: None,
            observed: None,
            place: None,
            thread: ThreadRef::default(),
            metrics: Metrics::default(),
            author: Map::new(),
            parts: BTreeMap::new(),
            further: BTreeMap::new(),
            odd: Vec::new(),
        }
    }

    /// Fills a field from a cell that is not empty; says whether it could.
    fn fill(&mut self, field: Field, cell: &str) -> bool {
        let trimmed = cell.trim();
        match field {
            Field::Text => put(&mut self.text, Some(cell.to_owned())),
            Field::Title => put(&mut self.title, Some(Some(cell.to_owned()))),
            Field::Id => put(&mut self.id, ExternalId::new(trimmed).ok().map(Some)),
            Field::Version => put(&mut self.version, Version::new(trimmed).ok().map(Some)),
            Field::Source => put(&mut self.source, Source::new(trimmed).ok().map(Some)),
            Field::Channel => put(&mut self.channel, Channel::new(trimmed).ok().map(Some)),
            Field::Kind => put(&mut self.kind, MessageKind::parse(&trimmed.to_ascii_lowercase())),
            Field::Visibility => {
                let known = Visibility::ALL.iter().find(|one| one.as_str().eq_ignore_ascii_case(trimmed));
                put(&mut self.visibility, known.map(|one| Some(*one)))
            }
            Field::Direction => {
                let known = Direction::ALL.iter().find(|one| one.as_str().eq_ignore_ascii_case(trimmed));
                put(&mut self.direction, known.map(|one| Some(*one)))
            }
            Field::Language => put(&mut self.language, Some(Some(trimmed.to_owned()))),
            Field::Created => put(&mut self.created, instant(trimmed).map(Some)),
            Field::Edited => put(&mut self.edited, instant(trimmed).map(Some)),
            Field::Observed => put(&mut self.observed, instant(trimmed).map(Some)),
            Field::Country => {
                let code = trimmed.to_ascii_uppercase();
                let fits = code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase());
                let place = self.place.take().unwrap_or_default();
                self.place = Some(Place { country: fits.then_some(code), ..place });
                fits
            }
            Field::Conversation => put(&mut self.thread.id, Some(Some(trimmed.to_owned()))),
            Field::Parent => put(&mut self.thread.parent, ExternalId::new(trimmed).ok().map(Some)),
            Field::Quoted => put(&mut self.thread.quoted, ExternalId::new(trimmed).ok().map(Some)),
            Field::RepostOf => put(&mut self.thread.repost_of, ExternalId::new(trimmed).ok().map(Some)),
            Field::Likes => put(&mut self.metrics.likes, count(trimmed).map(Some)),
            Field::Reposts => put(&mut self.metrics.reposts, count(trimmed).map(Some)),
            Field::Replies => put(&mut self.metrics.replies, count(trimmed).map(Some)),
            Field::Quotes => put(&mut self.metrics.quotes, count(trimmed).map(Some)),
            Field::Views => put(&mut self.metrics.views, count(trimmed).map(Some)),
            Field::NativeId => self.of_author("native_id", Some(trimmed.into())),
            Field::Handle => self.of_author("handle", Some(trimmed.trim_start_matches('@').into())),
            Field::Name => self.of_author("name", Some(cell.into())),
            Field::Bio => self.of_author("bio", Some(cell.into())),
            Field::Verified => self.of_author("verified", flag(trimmed)),
            Field::Bot => self.of_author("bot", flag(trimmed)),
            Field::Followers => self.of_author("followers", count(trimmed).map(Value::from)),
            Field::Following => self.of_author("following", count(trimmed).map(Value::from)),
            Field::Posts => self.of_author("posts", count(trimmed).map(Value::from)),
        }
    }

    fn of_author(&mut self, name: &str, value: Option<Value>) -> bool {
        let Some(value) = value else { return false };
        self.author.insert(name.to_owned(), value);
        true
    }

    /// Takes in one member of an object.
    fn take(&mut self, name: &str, value: Value, text: &str) {
        let field = if name == text { Some(Field::Text) } else { field_of(name) };
        let filled = match (&value, field) {
            (Value::Null, _) => true,
            (Value::String(cell), Some(Field::Text)) => self.fill(Field::Text, cell),
            (Value::String(cell), Some(_)) if cell.trim().is_empty() => true,
            (Value::String(cell), Some(field)) => self.fill(field, cell),
            (Value::Number(number), Some(field)) => self.fill(field, &number.to_string()),
            (Value::Bool(flag), Some(field)) => self.fill(field, if *flag { "true" } else { "false" }),
            (Value::Object(object), _) if name == "author" => {
                self.author.extend(object.clone());
                true
            }
            (Value::Object(_) | Value::Array(_), _) => {
                let part = MessageBuilder::FIELDS.iter().find(|field| **field == name);
                part.is_some_and(|part| self.parts.insert(part, value.clone()).is_none())
            }
            _ => false,
        };
        if filled {
            return;
        }
        if field.is_some() {
            self.odd.push(name.to_owned());
        }
        self.further.insert(further(name), value);
    }

    fn build(mut self, limits: &Limits) -> Result<Filled, String> {
        let row = self.row.to_string();
        let id = |fault: scrm_core::model::IdError| fault.to_string();
        let source = match self.source.take() {
            Some(source) => source,
            None => Source::new(SOURCE).map_err(id)?,
        };
        let external_id = match self.id.take() {
            Some(external_id) => external_id,
            None => ExternalId::new(&row).map_err(id)?,
        };
        let author = self.author(&source, &row)?;
        let note = self.kind.widest() == Visibility::Internal;
        let (inside, outside) = (Visibility::Internal, self.kind.widest());
        let direction = self.direction.unwrap_or(if note { Direction::Internal } else { Direction::In });
        let widest = if direction == Direction::Internal { inside } else { outside };
        let observed = self.observed.or(self.edited).or(self.created).unwrap_or(DateTime::UNIX_EPOCH);
        let times = Times { created: self.created, edited: self.edited, ..Times::observed(observed) };
        let builder = MessageBuilder {
            source,
            external_id,
            version: self.version.take(),
            channel: self.channel.take(),
            kind: self.kind,
            direction,
            visibility: self.visibility.unwrap_or(widest),
            author,
            participants: self.part("participants")?.unwrap_or_default(),
            title: self.title.take(),
            spans: self.part("spans")?.unwrap_or_default(),
            language: self.language.take(),
            times: self.part("times")?.unwrap_or(times),
            thread: self.part("thread")?.unwrap_or(self.thread.clone()),
            place: self.part("place")?.or(self.place.take()),
            metrics: self.part("metrics")?.unwrap_or(self.metrics.clone()),
            attachments: self.part("attachments")?.unwrap_or_default(),
            text: self.text,
            ext: self.further,
        };
        let message = builder.build_within(limits).map_err(|error| error.to_string())?;
        Ok(Filled { message, odd: self.odd })
    }

    /// A part that was given in the model's own form.
    fn part<T: serde::de::DeserializeOwned>(&mut self, name: &str) -> Result<Option<T>, String> {
        let part = self.parts.remove(name).map(serde_json::from_value).transpose();
        part.map_err(|error| format!("`{name}`: {error}"))
    }

    /// Who wrote it, when anything is said of them; who has no id is known by the handle or the name, else by the row.
    fn author(&mut self, source: &Source, row: &str) -> Result<Option<Identity>, String> {
        if self.author.is_empty() {
            return Ok(None);
        }
        let mut author = std::mem::take(&mut self.author);
        author.insert("source".to_owned(), source.as_str().into());
        let known =
            |name: &str| author.get(name).and_then(Value::as_str).filter(|id| NativeId::new(id).is_ok());
        let native_id = known("native_id").or(known("handle")).or(known("name")).unwrap_or(row).to_owned();
        author.insert("native_id".to_owned(), native_id.into());
        let author = serde_json::from_value(Value::Object(author));
        author.map(Some).map_err(|error| format!("`author`: {error}"))
    }
}

fn put<T>(place: &mut T, value: Option<T>) -> bool {
    let Some(value) = value else { return false };
    *place = value;
    true
}

/// A time with its zone, or a day, which is that of UTC.
fn instant(cell: &str) -> Option<DateTime<Utc>> {
    if let Ok(time) = DateTime::parse_from_rfc3339(cell) {
        return Some(time.to_utc());
    }
    let day = cell.parse::<chrono::NaiveDate>().ok()?;
    Some(day.and_time(chrono::NaiveTime::MIN).and_utc())
}

fn count(cell: &str) -> Option<u64> {
    cell.strip_suffix(".0").unwrap_or(cell).parse().ok()
}

fn flag(cell: &str) -> Option<Value> {
    let is = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(cell));
    if is(&["true", "yes", "1", "t", "y"]) {
        return Some(Value::Bool(true));
    }
    is(&["false", "no", "0", "f", "n"]).then_some(Value::Bool(false))
}
