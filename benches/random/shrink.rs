//! What is the smallest query and the smallest message that still show a difference?

use scrm_core::model::MessageBuilder;
use scrm_core::query::{Pattern, Query, Zone};

/// Makes both smaller, step by step, as long as `shows` says that the difference is still there.
pub(super) fn shrink(
    mut query: Query,
    mut message: MessageBuilder,
    shows: impl Fn(&Query, &MessageBuilder) -> bool,
) -> (Query, MessageBuilder) {
    loop {
        let before = (query.clone(), message.clone());
        for clear in FIELDS {
            let mut less = message.clone();
            clear(&mut less);
            if less != message && shows(&query, &less) {
                message = less;
            }
        }
        let letters: Vec<char> = message.text.chars().collect();
        let less = fewer(letters, |letters| {
            let less = MessageBuilder { text: letters.iter().collect(), ..message.clone() };
            shows(&query, &less)
        });
        message.text = less.into_iter().collect();
        while let Some(smaller) = smaller(&query).into_iter().find(|one| shows(one, &message)) {
            query = smaller;
        }
        if before == (query.clone(), message.clone()) {
            return before;
        }
    }
}

/// Takes away as much of a list as can be taken while `shows` holds: halves, then quarters, down to single things.
pub(super) fn fewer<T: Clone>(mut list: Vec<T>, shows: impl Fn(&[T]) -> bool) -> Vec<T> {
    let mut size = list.len().div_ceil(2);
    while size > 0 {
        let mut from = 0;
        while from < list.len() {
            let to = (from + size).min(list.len());
            let mut less = list.clone();
            less.drain(from..to);
            if shows(&less) {
                list = less;
            } else {
                from = to;
            }
        }
        size = if size == 1 { 0 } else { size.div_ceil(2) };
    }
    list
}

type Clear = fn(&mut MessageBuilder);

const FIELDS: [Clear; 12] = [
    |message| message.spans.clear(),
    |message| message.title = None,
    |message| message.author = None,
    |message| message.participants.clear(),
    |message| message.attachments.clear(),
    |message| message.ext.clear(),
    |message| message.place = None,
    |message| message.language = None,
    |message| message.channel = None,
    |message| message.metrics = Default::default(),
    |message| message.thread = Default::default(),
    |message| message.times.edited = None,
];

/// Queries that are one step smaller.
fn smaller(query: &Query) -> Vec<Query> {
    let mut found: Vec<Query> = query.parts().into_iter().cloned().collect();
    let mut of_parts = |parts: &[Query], make: &dyn Fn(Vec<Query>) -> Query| {
        for at in 0..parts.len() {
            let mut fewer = parts.to_vec();
            let part = fewer.remove(at);
            if fewer.len() > 1 {
                found.push(make(fewer.clone()));
            }
            for one in smaller(&part) {
                let mut changed = fewer.clone();
                changed.insert(at, one);
                found.push(make(changed));
            }
        }
    };
    match query {
        Query::And(parts) => of_parts(parts, &Query::And),
        Query::Or(parts) => of_parts(parts, &Query::Or),
        Query::AtLeast(least, parts) => {
            of_parts(parts, &|parts| {
                Query::AtLeast((*least).min(u32::try_from(parts.len()).unwrap_or(1)), parts)
            });
        }
        Query::Not(part) => found.extend(smaller(part).into_iter().map(|part| Query::Not(Box::new(part)))),
        Query::Near(near) => {
            let with = |change: &dyn Fn(&mut scrm_core::query::Near)| {
                let mut near = near.clone();
                change(&mut near);
                Query::Near(near)
            };
            found.extend(smaller(&near.left).iter().map(|left| with(&|near| near.left = left.clone())));
            found.extend(smaller(&near.right).iter().map(|right| with(&|near| near.right = right.clone())));
            if near.ordered {
                found.push(with(&|near| near.ordered = false));
            }
            if near.negated {
                found.push(with(&|near| near.negated = false));
            }
        }
        Query::Atom(atom) => {
            let with = |pattern| Query::Atom(scrm_core::query::Atom { pattern, ..atom.clone() });
            match &atom.pattern {
                Pattern::Words(words) if words.len() > 1 => {
                    for at in 0..words.len() {
                        let mut words = words.clone();
                        words.remove(at);
                        found.push(with(Pattern::Words(words)));
                    }
                }
                Pattern::Loose { words, slack } if words.len() > 2 => {
                    for at in 0..words.len() {
                        let mut words = words.clone();
                        words.remove(at);
                        found.push(with(Pattern::Loose { words, slack: *slack }));
                    }
                }
                _ => {}
            }
            if atom.zone != Zone::Default {
                found.push(Query::Atom(scrm_core::query::Atom { zone: Zone::Default, ..atom.clone() }));
            }
        }
        Query::Test(_) => {}
    }
    found
}
