//! Which words clash? Few of them, in many spellings and scripts, so that queries and texts made of them often meet.

use scrm_core::query::{Form, Word};
use scrm_core::text::{Text, TokenKind};

use crate::dice::Dice;

/// Words as people write them; what stands side by side here is nearly the same.
const RAW: &[&str] = &[
    "lost",
    "Lost",
    "LOST",
    "bag",
    "bags",
    "bag's",
    "baggage",
    "lost-bag",
    "lost bag",
    "a",
    "b",
    "is",
    "my",
    "the",
    "resume",
    "résumé",
    "RÉSUMÉ",
    "re\u{301}sume\u{301}",
    "resumed",
    "straße",
    "STRASSE",
    "STRAẞE",
    "İstanbul",
    "istanbul",
    "ıstanbul",
    "fine",
    "ﬁne",
    "office",
    "oﬃce",
    "ΟΔΟΣ",
    "οδος",
    "οδός",
    "ёлка",
    "елка",
    "мой",
    "МОЙ",
    "電波",
    "電",
    "波",
    "電気",
    "朝から電波",
    "デンパ",
    "でんぱ",
    "ﾃﾞﾝﾊﾟ",
    "か",
    "が",
    "ไทย",
    "ที่นี่",
    "ไท",
    "كتاب",
    "كِتَاب",
    "שלום",
    "שָׁלוֹם",
    "한국",
    "नमस्ते",
    "👍",
    "👍🏽",
    "👎",
    "👨‍👩‍👧",
    "👨",
    "🇳🇱",
    "🇳",
    "❤",
    "❤️",
    "💙",
    ":(",
    ":)",
    "<3",
    ":(:(",
    "#ClimateAction",
    "#climateaction",
    "climate",
    "action",
    "climateaction",
    "ClimateAction",
    "#Fail",
    "fail",
    "#on_hold",
    "on_hold",
    "hold",
    "#BBC2026",
    "2026",
    "bbc",
    "#NorthWindFail",
    "#電波",
    "#Résumé",
    "＃fail",
    "@northwind",
    "@NorthWind",
    "northwind",
    "Northwind's",
    "northwind's",
    "NORTHWIND’S",
    "$DAL",
    "$dal",
    "dal",
    "coca-cola",
    "Coca Cola",
    "cola",
    "don't",
    "DON’T",
    "dont",
    "C++",
    "C",
    "AT&T",
    "at&t",
    "AT",
    "t",
    "BT",
    "bt",
    "https://shop.example/lost-bag",
    "https://northwind.example",
    "www.shop.example/bag?id=7",
    "shop",
    "example",
    "ann@shop.example",
    "1,000",
    "1000",
    "1",
    "3.5",
    "$20",
    "ORD-1234",
    "ord-12",
    "ord",
    "colour",
    "color",
    "ａｃｔｉｏｎ",
    "½",
    "x\u{301}y",
    "snake_case",
    "▶️",
    "1️⃣",
    "re\u{AD}sume",
    "O'Neil",
    "it's",
    "s",
    "a.b",
    "e.g.",
];

/// What may stand between two words; mostly a space.
const BETWEEN: &[&str] = &[
    " ",
    " ",
    " ",
    " ",
    " ",
    " ",
    " ",
    " ",
    ", ",
    ". ",
    "! ",
    "? ",
    "\n",
    "\n\n",
    "\r\n \r\n",
    "-",
    "…",
    "。",
    "'",
    "/",
    "",
    "\u{A0}",
    " (",
    ") ",
    ".",
    " \u{200B}",
    "; ",
    "… ",
];

/// One word as written.
pub(super) fn raw(dice: &mut Dice) -> &'static str {
    dice.pick(RAW)
}

/// What may stand between words.
pub(super) fn between(dice: &mut Dice) -> &'static str {
    dice.pick(BETWEEN)
}

/// So many words as written, with what stands between them.
pub(super) fn text(n: usize, dice: &mut Dice) -> String {
    let mut text = String::new();
    for at in 0..n {
        if at > 0 {
            text.push_str(between(dice));
        }
        text.push_str(raw(dice));
    }
    text
}

/// What a query that holds `raw` looks for: cut and folded as texts are. Empty when nothing in it is a token.
pub(super) fn cut(raw: &str) -> Vec<Word> {
    let text = Text::new(raw);
    let word = |(index, token): (usize, &scrm_core::text::Token)| {
        let form = match token.kind {
            TokenKind::Hashtag => Form::Hashtag,
            TokenKind::Mention => Form::Mention,
            TokenKind::Cashtag => Form::Cashtag,
            _ => Form::Plain,
        };
        Some(Word { form, text: text.folded_token(index)?.into(), glob: false })
    };
    text.tokens().iter().enumerate().filter_map(word).collect()
}

/// At least one word, at most about `most` written ones.
pub(super) fn words(most: usize, dice: &mut Dice) -> Vec<Word> {
    loop {
        let n = 1 + dice.below(most);
        let mut words: Vec<Word> = (0..n).flat_map(|_| cut(raw(dice))).collect();
        if words.is_empty() {
            continue;
        }
        if dice.percent(12) {
            let accented = |word: &mut Word| {
                if word.form == Form::Plain {
                    word.form = Form::Accented;
                }
            };
            words.iter_mut().for_each(accented);
        }
        if dice.percent(25) {
            let at = dice.below(words.len());
            if let Some(word) = words.get_mut(at) {
                word.text = wild(&word.text, dice).into();
                word.glob = true;
            }
        }
        return words;
    }
}

/// A word of which some part may be anything.
fn wild(word: &str, dice: &mut Dice) -> String {
    let letters: Vec<char> = word.chars().collect();
    let (from, to) = (dice.below(letters.len()), dice.below(letters.len() + 1));
    let (from, to) = (from.min(to), from.max(to));
    let part =
        |range: std::ops::Range<usize>| letters.get(range).unwrap_or_default().iter().collect::<String>();
    match dice.below(7) {
        0 | 1 => format!("{}*", part(0..to.max(1))),
        2 => format!("*{}", part(from.min(letters.len() - 1)..letters.len())),
        3 => format!("*{}*", part(from..(from + 2).min(letters.len()))),
        4 => format!("{}?{}", part(0..from), part((from + 1).min(letters.len())..letters.len())),
        5 => format!("{}*{}", part(0..from), part(to..letters.len())),
        _ => format!("{}?*{}", part(0..from), part((from + 1).max(to).min(letters.len())..letters.len())),
    }
}
