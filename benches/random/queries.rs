//! What may a query be? Trees of every node there is, small, of words that clash.

use std::sync::LazyLock;

use scrm_core::model::{Limits, Span};
use scrm_core::query::{Atom, Attribute, Condition, Near, Pattern, Query, Reach, Regex, Sort, Test, Zone};

use super::messages::{NAMES, TIMES};
use super::words;
use crate::dice::Dice;
use crate::invalid;

const EXPRESSIONS: &[&str] = &[
    r"ord-\d{4}",
    r"colou?r",
    r"\bbag\b",
    r"lost|bag",
    r"b.g",
    r"lost\s+bag",
    r"^lost",
    r"bag$",
    r"\p{Han}+",
    r"#\w+",
    r"[α-ω]+",
    r"(?-i:BT)",
    r"a*",
    r"cl.*n",
    r"@\w+",
    r"résum.",
    r"\d+",
    r"👍.?",
    r"c\+\+",
    r"bags?",
];

/// Compiled once: that takes longer than all else here.
static COMPILED: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let compiled = EXPRESSIONS.iter().map(|source| Regex::new(source, Limits::DEFAULT.regex_bytes));
    compiled.map(|one| one.unwrap_or_else(|error| invalid(&error))).collect()
});

const LITERALS: &[&str] = &[
    "AT&T",
    "C++",
    "BT",
    "résumé",
    "resume",
    "lost",
    "bag's",
    "👍🏽",
    "👍",
    "電波",
    "Northwind's",
    "lost-bag",
    "coca-cola",
    "Coca Cola",
    "#Fail",
    "#ClimateAction",
    "is my",
    "+",
    "ORD-1234",
    "DON’T",
    "1,000",
    "❤️",
    "❤",
    "bag, lost",
];

/// The own attributes that random messages have.
pub(super) const OWN: [&str; 3] = ["shop", "shop.city", "tags"];

/// What random queries may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    /// `is:duplicate`, which depends on what came before.
    pub duplicates: bool,
    /// Zones and attributes; without them only what a text alone can answer.
    pub besides: bool,
}

/// A random query; the deeper, the larger.
pub fn query(depth: usize, scope: Scope, dice: &mut Dice) -> Query {
    let roll = if depth == 0 { 0 } else { dice.below(100) };
    let parts = |least: usize, dice: &mut Dice| -> Vec<Query> {
        let n = least + dice.below(3);
        (0..n).map(|_| query(depth - 1, scope, dice)).collect()
    };
    match roll {
        0..20 if scope.besides && dice.percent(22) => Query::Test(test(scope, dice)),
        0..20 => Query::Atom(atom(scope, dice)),
        20..44 => Query::And(parts(2, dice)),
        44..62 => Query::Or(parts(2, dice)),
        62..68 => Query::Not(Box::new(query(depth - 1, scope, dice))),
        68..76 => {
            let parts = parts(2, dice);
            let least = 1 + dice.below(parts.len());
            Query::AtLeast(u32::try_from(least).unwrap_or(1), parts)
        }
        _ => near(depth, scope, dice),
    }
}

fn near(depth: usize, scope: Scope, dice: &mut Dice) -> Query {
    let reach = match dice.below(10) {
        0..7 => Reach::Words(dice.pick(&[0, 0, 1, 1, 2, 3, 5, 10, 1_000, u32::MAX])),
        7 | 8 => Reach::Sentence,
        _ => Reach::Paragraph,
    };
    // Both sides of most of them look in one zone, or they would hardly ever hold.
    let zone = if dice.percent(85) { Some(zone(scope, dice)) } else { None };
    let left = operand(depth.saturating_sub(1), scope, zone.as_ref(), dice);
    let right = operand(depth.saturating_sub(1), scope, zone.as_ref(), dice);
    Query::Near(Box::new(Near { left, right, reach, ordered: dice.percent(35), negated: dice.percent(20) }))
}

/// What may stand near another: atoms, OR and NEAR.
fn operand(depth: usize, scope: Scope, zone: Option<&Zone>, dice: &mut Dice) -> Query {
    match if depth == 0 { 0 } else { dice.below(10) } {
        0..5 => {
            let mut atom = atom(scope, dice);
            if let Some(zone) = zone {
                atom.zone = zone.clone();
            }
            Query::Atom(atom)
        }
        5..8 => Query::Or((0..2 + dice.below(3)).map(|_| operand(depth - 1, scope, zone, dice)).collect()),
        _ => near(depth - 1, scope, dice),
    }
}

fn atom(scope: Scope, dice: &mut Dice) -> Atom {
    let pattern = match dice.below(20) {
        0..12 => Pattern::Words(words::words(if dice.percent(30) { 3 } else { 1 }, dice)),
        12..15 => {
            let mut words = words::words(3, dice);
            while words.len() < 2 {
                words.extend(words::words(1, dice));
            }
            words.truncate(Query::LOOSE_WORDS);
            Pattern::Loose { words, slack: dice.pick(&[0, 1, 2, 3, 8, 1_000, u32::MAX]) }
        }
        15..18 => Pattern::Exact(dice.pick(LITERALS).into()),
        _ => Pattern::Regex(dice.pick(&COMPILED)),
    };
    Atom { zone: zone(scope, dice), pattern, span: Span::new(0, 0) }
}

fn zone(scope: Scope, dice: &mut Dice) -> Zone {
    if !scope.besides || dice.percent(65) {
        return Zone::Default;
    }
    match dice.below(12) {
        0..3 => Zone::Body,
        9..12 => Zone::Own(dice.pick(&OWN).into()),
        _ => dice.pick(&Zone::NAMED),
    }
}

fn test(scope: Scope, dice: &mut Dice) -> Test {
    let attribute =
        if dice.percent(8) { Attribute::Own("price".into()) } else { dice.pick(&Attribute::NAMED) };
    let condition = match attribute.sort() {
        Sort::Name => Condition::Is(name(&attribute, scope, dice).into()),
        // Numbers of one's own count in billionths.
        Sort::Number if matches!(attribute, Attribute::Own(_)) => {
            between(&[0, 1, 5, 7, 10, 30, 50, 100, 1_000], 1_000_000_000, dice)
        }
        Sort::Number => between(&[0, 1, 5, 7, 10, 30, 50, 100, 1_000], 1, dice),
        Sort::Time => between(&TIMES, 1, dice),
    };
    Test { attribute, condition, span: Span::new(0, 0) }
}

fn between(values: &[i64], unit: i128, dice: &mut Dice) -> Condition {
    let [a, b] = [dice.pick(values), dice.pick(values)].map(|value| i128::from(value) * unit);
    match dice.below(4) {
        0 => Condition::Between(Some(a), None),
        1 => Condition::Between(None, Some(a)),
        2 => Condition::Between(Some(a), Some(a)),
        _ => Condition::Between(Some(a.min(b)), Some(a.max(b))),
    }
}

/// A value, folded as a parser leaves it.
fn name(attribute: &Attribute, scope: Scope, dice: &mut Dice) -> String {
    let drawn = match attribute {
        Attribute::Has => dice.pick(&Attribute::HAS),
        Attribute::Is => {
            let what = dice.pick(&Attribute::IS);
            if what == "duplicate" && !scope.duplicates { "reply" } else { what }
        }
        Attribute::Source => dice.pick(&["x", "mail", "forum"]),
        Attribute::Channel => dice.pick(&["x", "email", "forum", "phone"]),
        Attribute::Kind => dice.pick(&["post", "comment", "review", "email"]),
        Attribute::Lang => dice.pick(&["en", "en-GB", "ja", "zh", "nl", "ru", "ar"]),
        Attribute::Country => dice.pick(&["NL", "GB", "JP"]),
        Attribute::Site => {
            dice.pick(&["shop.example", "example", "northwind.example", "www.shop.example", "shop"])
        }
        Attribute::Conversation => dice.pick(&["t1", "t2", "T3"]),
        _ => dice.pick(&NAMES),
    };
    scrm_core::text::fold(drawn)
}
