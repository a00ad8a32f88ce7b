//! What is measured? The one place where the benchmarks of listening touch the listener.

use scrm_core::listen::{self, Change, Listener, LiveListener, Monitor};
use scrm_core::model::{Limits, Message, MonitorId};
use scrm_core::query::{Document, Index, Query};
use scrm_core::text::Text;

use crate::random::Matcher;
use crate::random::live::Subject;

/// What came of a message, or of many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Found {
    /// Monitors that hold.
    pub matches: u64,
    /// Places that hits point to.
    pub spans: u64,
}

impl Found {
    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { matches: self.matches + other.matches, spans: self.spans + other.spans }
    }
}

/// Reads one query; `None` when it is not understood.
pub fn parse(source: &str) -> Option<Query> {
    Query::parse(source).query
}

fn monitor(id: &str, query: Query) -> Option<Monitor> {
    Some(Monitor::new(MonitorId::new(id).ok()?, query))
}

/// Makes monitors ready, ids with queries in source form; `None` when one of them is not understood.
pub fn build(monitors: impl Iterator<Item = (String, String)>) -> Option<Listener> {
    let mut builder = Listener::builder(&Limits::DEFAULT);
    for (id, source) in monitors {
        builder.add(&monitor(&id, parse(&source)?)?).ok()?;
    }
    builder.build().ok()
}

/// The whole stage for one message: cutting, looking up, evaluating, and the places of what holds.
pub fn scan(listener: &Listener, message: &Message) -> Found {
    let text = Text::new(message.text());
    let document = Document::new(message, &text, listener.uses());
    let heard = listener.hear(&document);
    let spans = heard.matches.iter().map(|found| found.places().len() as u64).sum();
    Found { matches: heard.matches.len() as u64, spans }
}

/// Monitors that are looked at for one message.
pub fn candidates(listener: &Listener, message: &Message) -> u64 {
    let text = Text::new(message.text());
    listener.candidates(&Document::new(message, &text, listener.uses())) as u64
}

/// The ids of the monitors that hold, sorted.
pub fn ids(listener: &Listener, message: &Message) -> Vec<String> {
    let text = Text::new(message.text());
    let document = Document::new(message, &text, listener.uses());
    listener.matches(&document).into_iter().map(str::to_owned).collect()
}

/// Adds a monitor, in the place of the one of that id; the next scan sees it.
pub fn add(live: &LiveListener, id: &str, query: &Query) -> bool {
    let put = monitor(id, query.clone()).map(|monitor| Change::Put(Box::new(monitor)));
    put.is_some_and(|put| live.apply([put]).is_ok())
}

/// Takes a monitor away; the next scan does not see it.
pub fn remove(live: &LiveListener, id: &str) -> bool {
    live.apply([Change::Remove(id.to_owned())]).is_ok()
}

/// Runs one query over past messages: how many it holds in.
pub fn backtest<'m>(query: &Query, messages: impl Iterator<Item = &'m Message>) -> u64 {
    listen::backtest(query, messages, &Limits::DEFAULT).map_or(0, |test| test.matched.len() as u64)
}

/// The index as what is held to the plain evaluator.
pub fn matcher(queries: &[Query]) -> Matcher {
    let mut builder = Index::builder(&Limits::DEFAULT);
    let numbers: Vec<Option<u32>> = queries.iter().map(|query| builder.add(query).ok()).collect();
    let index = builder.build().ok();
    Box::new(move |document| {
        let found = index.as_ref().map(|index| index.scan(document).matches()).unwrap_or_default();
        let holds = |number: &Option<u32>| number.is_some_and(|number| found.binary_search(&number).is_ok());
        numbers.iter().enumerate().filter(|(_, number)| holds(number)).map(|(at, _)| at).collect()
    })
}

/// A live listener as what is held to the plain evaluator; it maintains itself now and then.
#[derive(Debug)]
pub struct Live {
    listener: LiveListener,
    shown: usize,
}

/// A live listener without monitors.
#[allow(clippy::panic, reason = "a listener of nothing needs nothing")]
pub fn live() -> Live {
    match Listener::builder(&Limits::DEFAULT).build() {
        Ok(listener) => Live { listener: LiveListener::new(listener), shown: 0 },
        Err(error) => panic!("a listener without monitors cannot be made: {error}"),
    }
}

impl Subject for Live {
    fn matches(&mut self, message: &Message) -> Vec<String> {
        self.shown += 1;
        if self.shown.is_multiple_of(7) {
            let _ = self.listener.maintain(self.shown % 50);
        }
        let listener = self.listener.snapshot();
        // What is read back from bytes says the same.
        let read = self.shown.is_multiple_of(50).then(|| listener.to_bytes());
        let listener =
            read.and_then(|bytes| Listener::from_bytes(&bytes, &Limits::DEFAULT).ok()).unwrap_or(listener);
        ids(&listener, message)
    }

    fn add(&mut self, id: &str, query: &Query) {
        add(&self.listener, id, query);
    }

    fn remove(&mut self, id: &str) {
        remove(&self.listener, id);
    }

    fn pause(&mut self, id: &str) {
        let _ = self.listener.apply([Change::Pause(id.to_owned())]);
    }

    fn resume(&mut self, id: &str) {
        let _ = self.listener.apply([Change::Resume(id.to_owned())]);
    }
}
