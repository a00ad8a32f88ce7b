//! How are many messages matched at once? In their order, so that each may repeat one before it, on so many threads.
//!
//! Read [`Listener::scan_all`] first. What a message repeats is found before the threads begin, so their number shows
//! in nothing; it is looked for only when some query asks for `is:duplicate`.

use std::num::NonZeroUsize;

use super::{DuplicateSettings, Duplicates, Listener};
use crate::model::{Hits, Message};
use crate::query::Document;
use crate::text::Text;

impl Listener {
    /// The monitors and topics that each message concerns, in their order, on so many threads; the same for any number.
    ///
    /// `is:duplicate` holds in a message that says what one before it said, among the last
    /// [`duplicates`](crate::model::Limits::duplicates).
    pub fn scan_all(&self, messages: &[Message], threads: NonZeroUsize) -> Vec<Hits> {
        let repeats = self.duplicates().map(|mut memory| memory.observe_all(messages)).unwrap_or_default();
        let all = |from: usize, messages: &[Message]| -> Vec<Hits> {
            let repeats = repeats.iter().copied().skip(from).chain(std::iter::repeat(false));
            let each = messages.iter().zip(repeats);
            each.map(|(message, repeat)| self.scan_repeat(message, repeat)).collect()
        };
        let share = messages.len().div_ceil(threads.get()).max(1);
        std::thread::scope(|scope| {
            let mut shares = (0..).step_by(share).zip(messages.chunks(share));
            let own = shares.next().unwrap_or_default();
            let all = &all;
            let others: Vec<_> =
                shares.map(|(from, share)| (from, share, scope.spawn(move || all(from, share)))).collect();
            let mut hits = all(own.0, own.1);
            // What a thread did not bring back is done again: nothing is lost.
            let rest = others
                .into_iter()
                .flat_map(|(from, share, other)| other.join().unwrap_or_else(|_| all(from, share)));
            hits.extend(rest);
            hits
        })
    }

    /// The monitors and topics that a message concerns of which it is known whether it repeats another.
    fn scan_repeat(&self, message: &Message, repeat: bool) -> Hits {
        let text = Text::new(message.text());
        self.hits(&Document::new(message, &text, self.uses()).duplicate(repeat))
    }

    /// What remembers messages for `is:duplicate`, with the window of the limits; `None` when no query asks for that,
    /// and nothing need be remembered.
    ///
    /// ```
    /// use scrm_core::listen::{Listener, Monitor};
    /// use scrm_core::model::{Limits, MonitorId};
    /// use scrm_core::query::Query;
    /// let listener = |query: &str| {
    ///     let mut builder = Listener::builder(&Limits::DEFAULT);
    ///     builder.add(&Monitor::new(MonitorId::new("m").unwrap(), Query::parse(query).query.unwrap())).unwrap();
    ///     builder.build().unwrap()
    /// };
    /// assert!(listener("refund -is:duplicate").duplicates().is_some());
    /// assert!(listener("refund -is:repost").duplicates().is_none());
    /// ```
    pub fn duplicates(&self) -> Option<Duplicates> {
        let window = self.0.limits.duplicates;
        self.0
            .asks_duplicate
            .then(|| Duplicates::new(DuplicateSettings { window, ..DuplicateSettings::default() }))
    }
}

impl Duplicates {
    /// Takes note of messages in this order, and says of each whether it repeats an earlier one.
    pub fn observe_all<'m>(&mut self, messages: impl IntoIterator<Item = &'m Message>) -> Vec<bool> {
        let each = messages.into_iter();
        each.map(|message| self.observe(message, &Text::new(message.text())).is_some()).collect()
    }
}
