//! Is the praise meant? `Thanks for losing my bag`, `Great, another delay`, `Love how you keep me on hold`.
//!
//! Three patterns, each a good word with something bad close behind; anything else is taken at its word.

use super::mood::Part;
use super::role::Role;
use super::words::{CLAUSE, QUESTION, Reading, RoleHit};

/// Words between `thanks for` and what is bad.
const ARTICLES: &[&str] =
    &["the", "my", "our", "your", "a", "an", "all", "this", "that", "such", "yet", "so"];

/// Turns the weights of praise that mocks; says whether there was any. `parts` are those of this reading.
pub(super) fn turn(reading: &Reading<'_>, parts: &mut [Part]) -> bool {
    let mut any = false;
    for hit in reading.roles.iter().filter(|hit| hit.weight > 0.0) {
        let mocks = match hit.role {
            Role::MockThanks => thanks(reading, parts, hit),
            Role::MockGreat => great(reading, parts, hit),
            Role::MockLove => love(reading, parts, hit),
            _ => false,
        };
        if mocks {
            any = true;
            // Up to here nothing was turned, so what is good in the opener is the opener.
            for part in parts
                .iter_mut()
                .filter(|part| part.first >= hit.first && part.first < hit.end() && part.weight > 0.0)
            {
                part.weight = -part.weight;
                part.note = "mocking ";
            }
        }
    }
    any
}

/// How bad the items `from..to` are: the sum of their parts, and of stings.
fn net(reading: &Reading<'_>, parts: &[Part], from: usize, to: usize) -> f32 {
    let start = parts.partition_point(|part| part.first < from);
    let words: f32 =
        parts.iter().skip(start).take_while(|part| part.first < to).map(|part| part.weight).sum();
    let stings = reading
        .roles_from(from, to)
        .filter(|hit| hit.role == Role::Sting && !reading.is_negated(hit.first))
        .map(|hit| hit.weight)
        .fold(0.0, f32::max);
    words - stings
}

/// `thanks for` and at once something bad.
fn thanks(reading: &Reading<'_>, parts: &[Part], hit: &RoleHit) -> bool {
    let ends = reading.items.get(hit.end() - 1).is_none_or(|item| item.is(CLAUSE));
    if ends || !reading.words_at(hit.end(), 1).eq_ignore_ascii_case("for") {
        return false;
    }
    let mut next = hit.end() + 1;
    while ARTICLES.iter().any(|article| reading.words_at(next, 1).eq_ignore_ascii_case(article))
        && next < hit.end() + 3
    {
        next += 1;
    }
    let end = reading.sentence_end(next, 1);
    net(reading, parts, next, end) <= -0.9
}

/// Praise by itself, and behind it something bad.
fn great(reading: &Reading<'_>, parts: &[Part], hit: &RoleHit) -> bool {
    let stops = reading.items.get(hit.end() - 1).is_some_and(|item| item.is(CLAUSE) && !item.is(QUESTION));
    let stung = reading.has_role(hit.end(), Role::Sting);
    if !reading.begins_clause(hit.first) || !(stops || stung) {
        return false;
    }
    let end = reading.sentence_end(hit.end(), 7);
    net(reading, parts, hit.end(), end) <= -1.0
}

/// `love how`, `so glad`, and something bad in the same sentence.
fn love(reading: &Reading<'_>, parts: &[Part], hit: &RoleHit) -> bool {
    let end = reading.sentence_end(hit.end(), 8);
    !reading.is_negated(hit.first)
        && !reading.items.get(hit.end() - 1).is_none_or(|item| item.is(CLAUSE))
        && net(reading, parts, hit.end(), end) <= -1.5
}
