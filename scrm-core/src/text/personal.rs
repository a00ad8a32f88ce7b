//! Where does a text tell who somebody is? E-mail addresses, telephone numbers, payment cards, bank accounts.
//!
//! One pass over the tokens and one over the runs of digits; no regular expression. Cards and accounts count only
//! when their check digits hold, and a telephone number only when it looks like one or is called one.

use super::{Text, TokenKind};
use crate::model::{PersonalData, Span};

/// Finds personal data in a text, in order of place; what is found does not overlap.
///
/// ```
/// use scrm_core::text::{Text, personal_data};
/// let source = "mail mira@example.org or call +31 20 794 0800, card 4111 1111 1111 1111";
/// let found: Vec<_> = personal_data(&Text::new(source))
///     .into_iter()
///     .map(|data| (data.kind, data.span.of(source).unwrap()))
///     .collect();
/// assert_eq!(found, [
///     ("email".to_owned(), "mira@example.org"),
///     ("phone".to_owned(), "+31 20 794 0800"),
///     ("card".to_owned(), "4111 1111 1111 1111"),
/// ]);
/// ```
pub fn personal_data(text: &Text<'_>) -> Vec<PersonalData> {
    let mut found: Vec<PersonalData> = Vec::new();
    for token in text.tokens() {
        if token.kind == TokenKind::Email {
            found.push(PersonalData { kind: "email".to_owned(), span: token.span });
        }
    }
    if text.source().bytes().filter(u8::is_ascii_digit).count() >= 8 {
        let taken: Vec<Span> = text
            .tokens()
            .iter()
            .filter(|token| matches!(token.kind, TokenKind::Url | TokenKind::Email | TokenKind::Mention))
            .map(|token| token.span)
            .collect();
        let accounts = accounts(text.source(), &taken);
        numbers(text.source(), &taken, &accounts, &mut found);
        found.extend(accounts.into_iter().map(|span| PersonalData { kind: "iban".to_owned(), span }));
        found.sort_by_key(|data| (data.span.start(), data.span.end()));
    }
    found
}

/// Whether a stretch shares a byte with one of `spans`, which are in order and apart.
fn touches(span: Span, spans: &[Span]) -> bool {
    let next = spans.partition_point(|taken| taken.end() <= span.start());
    spans.get(next).is_some_and(|taken| taken.overlaps(span))
}

/// Most digits and letters an IBAN has (ISO 13616).
const IBAN_MOST: usize = 34;
/// Fewest, in Norway.
const IBAN_LEAST: usize = 15;

/// IBANs: two letters, two digits, then groups of letters and digits; the rest of the division by 97 is 1.
fn accounts(source: &str, taken: &[Span]) -> Vec<Span> {
    let bytes = source.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(head) = bytes.get(at..at + 4) {
        let begins =
            at == 0 || !bytes.get(at - 1).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte > 127);
        let shaped = matches!(head, [a, b, c, d] if a.is_ascii_alphabetic() && b.is_ascii_alphabetic()
            && c.is_ascii_digit() && d.is_ascii_digit());
        match (begins && shaped).then(|| iban(bytes, at)).flatten() {
            Some(end) if !touches(Span::new(at, end), taken) => {
                found.push(Span::new(at, end));
                at = end;
            }
            _ => at += 1,
        }
    }
    found
}

/// The end of the IBAN that starts at `at`: the longest stretch, ending where a group ends, whose check holds.
fn iban(bytes: &[u8], at: usize) -> Option<usize> {
    let mut letters: Vec<u8> = Vec::with_capacity(IBAN_MOST);
    let mut end = None;
    let mut place = at;
    while let Some(byte) = bytes.get(place).copied() {
        if byte.is_ascii_alphanumeric() && letters.len() < IBAN_MOST {
            letters.push(byte.to_ascii_uppercase());
        } else if !matches!(byte, b' ' | b'-') || !bytes.get(place + 1).is_some_and(u8::is_ascii_alphanumeric)
        {
            break;
        }
        place += 1;
        let closes = !bytes.get(place).is_some_and(u8::is_ascii_alphanumeric);
        if closes && byte.is_ascii_alphanumeric() && letters.len() >= IBAN_LEAST && mod97(&letters) == 1 {
            end = Some(place);
        }
    }
    end
}

/// ISO 7064 MOD 97-10 over the letters with the first four moved to the end.
fn mod97(letters: &[u8]) -> u32 {
    let turned = letters.iter().skip(4).chain(letters.iter().take(4));
    turned.fold(0, |rest, byte| match byte {
        b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
        _ => (rest * 100 + u32::from(byte - b'A') + 10) % 97,
    })
}

/// A run of digits with single separators between its groups.
struct Run {
    span: Span,
    digits: Vec<u8>,
    groups: usize,
    longest: usize,
    plus: bool,
    brackets: bool,
    dots: bool,
    slashes: bool,
    spaces: bool,
    dashes: bool,
}

/// Telephone numbers and payment cards.
fn numbers(source: &str, taken: &[Span], accounts: &[Span], found: &mut Vec<PersonalData>) {
    let mut at = 0;
    while at < source.len() {
        let Some(run) = run(source, at) else { break };
        at = run.span.end().max(at + 1);
        if touches(run.span, taken) || touches(run.span, accounts) {
            continue;
        }
        let kind = if is_card(&run) {
            "card"
        } else if is_phone(&run, source) {
            "phone"
        } else {
            continue;
        };
        found.push(PersonalData { kind: kind.to_owned(), span: run.span });
    }
}

/// The next run of digits at or after `from`: digits, `+` or `(` in front, single separators between.
fn run(source: &str, from: usize) -> Option<Run> {
    let bytes = source.as_bytes();
    let first = from + bytes.get(from..)?.iter().position(u8::is_ascii_digit)?;
    let mut run = Run {
        span: Span::new(first, first),
        digits: Vec::new(),
        groups: 1,
        longest: 0,
        plus: false,
        brackets: false,
        dots: false,
        slashes: false,
        spaces: false,
        dashes: false,
    };
    let mut start = first;
    for _ in 0..2 {
        match start.checked_sub(1).and_then(|before| bytes.get(before)) {
            Some(b'+') => run.plus = true,
            Some(b'(') => run.brackets = true,
            _ => break,
        }
        start -= 1;
    }
    let mut group = 0;
    let mut place = first;
    let mut end = first;
    while let Some(byte) = bytes.get(place).copied() {
        if byte.is_ascii_digit() {
            if group == 0 && place > first {
                run.groups += 1;
            }
            group += 1;
            run.longest = run.longest.max(group);
            run.digits.push(byte - b'0');
            end = place + 1;
        } else {
            let separators = bytes.get(end..=place).map_or(0, <[u8]>::len);
            let bracket = matches!(byte, b'(' | b')');
            if separators > if run.brackets || bracket { 3 } else { 1 } {
                break;
            }
            match byte {
                b' ' => run.spaces = true,
                b'-' => run.dashes = true,
                b'.' => run.dots = true,
                b'/' => run.slashes = true,
                b'(' | b')' => run.brackets = true,
                _ => break,
            }
            group = 0;
        }
        place += 1;
    }
    // A run that a letter touches is a code, not a number.
    let glued = bytes.get(end).is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b':')
        || start.checked_sub(1).and_then(|before| bytes.get(before)).is_some_and(|byte| {
            byte.is_ascii_alphabetic()
                || matches!(byte, b'#' | b'$' | b'_' | b':')
                || *byte > 127 && !run.plus
        });
    run.span = Span::new(start, end);
    if glued {
        run.digits.clear();
    }
    Some(run)
}

/// 13 to 19 digits in one group or in groups of up to six, a first digit in use, and Luhn's check (ISO/IEC 7812).
fn is_card(run: &Run) -> bool {
    let n = run.digits.len();
    let first = run.digits.first().copied().unwrap_or_default();
    (13..=19).contains(&n)
        && !run.plus
        && !(run.dots || run.slashes || run.brackets)
        && matches!(first, 2..=6)
        && (run.groups == 1 || (run.groups >= 3 && run.longest <= 6))
        && luhn(&run.digits)
}

fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| match (place % 2, u32::from(*digit)) {
            (1, digit) if digit > 4 => 2 * digit - 9,
            (1, digit) => 2 * digit,
            (_, digit) => digit,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Words before a number that say what it is, folded.
const CALLED: &[&str] = &[
    "phone",
    "tel",
    "telephone",
    "call",
    "mobile",
    "cell",
    "ring",
    "text",
    "whatsapp",
    "number",
    "fax",
    "contact",
    "telefoon",
    "bel",
    "mobiel",
    "telefon",
    "handy",
    "téléphone",
    "portable",
    "teléfono",
    "móvil",
    "celular",
    "telefone",
    "telefono",
    "cellulare",
];

/// Words that say that a number is something else.
const OTHERWISE: &[&str] = &[
    "order",
    "ticket",
    "booking",
    "ref",
    "reference",
    "tracking",
    "case",
    "flight",
    "invoice",
    "account",
    "pnr",
    "confirmation",
    "serial",
    "imei",
    "model",
    "parcel",
    "id",
    "bestelling",
    "bestellung",
    "commande",
    "pedido",
];

/// 8 to 15 digits (ITU-T E.164) that begin with `+` or `00`, are written in groups as numbers are, or are called one.
fn is_phone(run: &Run, source: &str) -> bool {
    let n = run.digits.len();
    if !(8..=15).contains(&n) || run.slashes && run.groups == 3 || is_date(run) {
        return false;
    }
    let international = run.plus || run.digits.starts_with(&[0, 0]);
    if international {
        return true;
    }
    let before = source.get(..run.span.start()).unwrap_or_default();
    let mut words = before.rsplit(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).take(4);
    let near: Vec<String> =
        words.by_ref().map(|word| if word.len() > 32 { String::new() } else { super::fold(word) }).collect();
    let says = |list: &[&str]| near.iter().position(|word| list.contains(&word.as_str()));
    match (says(CALLED), says(OTHERWISE)) {
        (Some(called), Some(otherwise)) => called < otherwise && otherwise > 1,
        (Some(_), None) => true,
        (None, Some(_)) => false,
        (None, None) => {
            let grouped =
                run.groups >= 2 && run.longest <= 8 && (run.spaces || run.dashes || run.dots || run.brackets);
            let national = run.digits.first() == Some(&0) && (9..=11).contains(&n);
            // North America: three, three and four.
            let american = n == 10 && run.groups == 3 && run.longest == 4;
            (grouped && national)
                || american
                || (national && run.groups == 1 && n >= 10)
                || (grouped && run.brackets)
        }
    }
}

/// Eight digits that read as a day (`2026-11-02`, `02.11.2026`, `20261102`), or two times in a row.
fn is_date(run: &Run) -> bool {
    let number = |from: usize, to: usize| {
        run.digits
            .get(from..to)
            .map(|digits| digits.iter().fold(0_u32, |n, digit| n * 10 + u32::from(*digit)))
    };
    let day = |n: Option<u32>| n.is_some_and(|n| (1..=31).contains(&n));
    let month = |n: Option<u32>| n.is_some_and(|n| (1..=12).contains(&n));
    let year = |n: Option<u32>| n.is_some_and(|n| (1900..=2100).contains(&n));
    let iso = year(number(0, 4)) && month(number(4, 6)) && day(number(6, 8));
    let local = year(number(4, 8))
        && ((day(number(0, 2)) && month(number(2, 4))) || (month(number(0, 2)) && day(number(2, 4))));
    let span_of_years = run.groups == 2 && run.longest == 4 && year(number(0, 4)) && year(number(4, 8));
    run.digits.len() == 8 && (iso || local || span_of_years)
        || run.digits.len() > 8 && run.groups >= 3 && !run.plus && iso
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(source: &str, expected: &[(&str, &str)]) {
        let text = Text::new(source);
        let found = personal_data(&text);
        let found: Vec<(&str, &str)> =
            found.iter().map(|data| (data.kind.as_str(), data.span.of(source).unwrap())).collect();
        assert_eq!(found, expected, "{source}");
    }

    #[test]
    fn personal_data_is_found_exactly() {
        check("write to Mira.K+shop@example.co.uk.", &[("email", "Mira.K+shop@example.co.uk")]);
        check("call me on 06-12345678 please", &[("phone", "06-12345678")]);
        check("(020) 794 0800 is my line", &[("phone", "(020) 794 0800")]);
        check("ring 555-010-4477 now", &[("phone", "555-010-4477")]);
        check("+44 (0)20 7946 0018!", &[("phone", "+44 (0)20 7946 0018")]);
        check("my cell 5550104477", &[("phone", "5550104477")]);
        check("0031 20 794 0800", &[("phone", "0031 20 794 0800")]);
        check("card 5500-0000-0000-0004 was charged", &[("card", "5500-0000-0000-0004")]);
        check("4111111111111111", &[("card", "4111111111111111")]);
        check("IBAN NL91 ABNA 0417 1643 00 thanks", &[("iban", "NL91 ABNA 0417 1643 00")]);
        check("to DE89370400440532013000.", &[("iban", "DE89370400440532013000")]);
        check("gb82 west 1234 5698 7654 32", &[("iban", "gb82 west 1234 5698 7654 32")]);
    }

    #[test]
    fn other_numbers_are_left_alone() {
        for source in [
            "order 12345678901 is late",
            "booking ref 555-010-4477",
            "2026-11-02 and 02.11.2026 and 02/11/2026",
            "from 10:15 to 11:45 on 20261102",
            "4111 1111 1111 1112",
            "DE89370400440532013001",
            "flight 1234 gate 12 seat 14",
            "https://example.org/status/12345678901234567",
            "@user12345678 #12345678",
            "$1,000,000.00 and 1.000.000,00",
            "tracking 00340434161094042557x",
            "1998-2014 guarantee",
        ] {
            check(source, &[]);
        }
    }

    #[test]
    fn long_runs_cost_little() {
        let digits = "1 ".repeat(50_000);
        assert!(personal_data(&Text::new(&digits)).is_empty());
        let ibans = "NL91 ".repeat(20_000);
        assert!(personal_data(&Text::new(&ibans)).is_empty());
    }

    proptest! {
        #[test]
        fn spans_lie_inside(source in "[\\PC0-9 +().@a-z/-]{0,80}") {
            let mut end = 0;
            for data in personal_data(&Text::new(&source)) {
                prop_assert!(data.span.of(&source).is_some_and(|raw| !raw.is_empty()));
                prop_assert!(data.span.start() >= end);
                end = data.span.end();
            }
        }
    }
}
