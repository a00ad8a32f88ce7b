//! How is it written? How long, with how many figures, capitals and links, and how and of whom it asks, as numbers.
//!
//! Read [`Form`] first. A linear model sees the n-grams of a text and not how they stand to each other: that a question
//! is put to somebody, ends the text or goes on behind the mark, is quoted or passed on. Its numbers stand beside what the
//! encoder and the rules found.

use super::units::{BANG, CASH, DOTS, EMAIL, HASHTAG, NUM, QUESTION, URL, USER, Unit, Units, hash};
use crate::model::Span;

/// What a word is for a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Wh,
    Auxiliary,
    You,
    Me,
}

const WH: [&str; 13] = [
    "what", "why", "how", "who", "where", "when", "which", "whose", "whats", "what's", "who's", "how's",
    "where's",
];
const AUXILIARIES: [&str; 21] = [
    "is", "are", "do", "does", "did", "can", "could", "will", "would", "have", "has", "was", "were",
    "should", "am", "any", "anyone", "isn't", "don't", "didn't", "aren't",
];
const YOU: [&str; 7] = ["you", "your", "u", "ur", "yours", "you're", "ya"];
const ME: [&str; 8] = ["i", "my", "me", "we", "our", "i'm", "us", "im"];
const PASSED_ON: u64 = hash("rt");

/// From how many bytes on a text is long, and very long.
const LONG: f32 = 100.0;
const VERY_LONG: f32 = 140.0;

/// What was counted in the author's own words.
#[derive(Debug, Default)]
pub(super) struct Form {
    units: f32,
    bytes: f32,
    letters: f32,
    capitals: f32,
    digits: f32,
    /// The most digits in a row.
    longest: f32,
    numbers: f32,
    prices: f32,
    links: f32,
    mentions: f32,
    hashtags: f32,
    bangs: f32,
    sentences: f32,
    you: f32,
    me: f32,
    quoted: bool,
    /// Begins with a mention; begins with `RT`; ends with a link.
    to_somebody: bool,
    passed_on: bool,
    link_last: bool,
    marks: f32,
    many_marks: bool,
    /// Words before the last question mark, and behind it.
    before: f32,
    behind: f32,
    /// Of the first word, of the first word of any sentence, of any word.
    first: Option<Class>,
    wh_first: bool,
    auxiliary_first: bool,
    any_wh: bool,
}

impl Form {
    /// How many numbers there are.
    pub(super) const SIGNALS: usize = 50;

    /// Counts what stands in the texts together.
    pub(super) fn new(texts: &[Units<'_>]) -> Self {
        let mut form = Self::default();
        for units in texts {
            form.read(units);
        }
        form
    }

    fn read(&mut self, units: &Units<'_>) {
        let source = units.text().source();
        let bytes = source.as_bytes();
        let (mut end, mut tag, mut begins) = (0, Span::new(0, 0), true);
        self.sentences += 1.0;
        for (at, unit) in units.units().iter().enumerate() {
            let gap = bytes.get(end..unit.span.start()).unwrap_or_default();
            if gap.len() > 1 {
                self.quoted |= gap.contains(&b'"')
                    || (!gap.is_ascii()
                        && source.get(end..unit.span.start()).is_some_and(|gap| gap.contains(['“', '”'])));
                let stops = gap.iter().any(|byte| matches!(byte, b'.' | b':' | b'\n'));
                begins |= self.ends(stops, begins);
            }
            end = end.max(unit.span.end());
            self.units += 1.0;
            let sign = unit.sign();
            self.to_somebody |= at == 0 && sign == Some(USER);
            self.passed_on |= at == 0 && unit.hash == PASSED_ON;
            self.link_last = sign == Some(URL);
            match sign {
                Some(HASHTAG) => tag = unit.span,
                Some(sign @ BANG..=DOTS) => {
                    begins |= self.ends(true, begins);
                    self.mark(sign);
                }
                Some(_) => {}
                None => {
                    let counts = !unit.span.overlaps(tag) && unit.hash != PASSED_ON;
                    self.word(unit, begins && counts);
                    begins &= !counts;
                }
            }
            // The words of a hashtag are written once.
            if sign.is_some() || !unit.span.overlaps(tag) {
                self.spelling(source, unit, sign);
            }
        }
    }

    /// Counts one more sentence where one ends that has words; says whether a new one begins.
    fn ends(&mut self, ends: bool, begins: bool) -> bool {
        self.sentences += f32::from(u8::from(ends && !begins));
        ends
    }

    fn mark(&mut self, sign: u8) {
        match sign {
            QUESTION..DOTS => {
                self.marks += 1.0;
                self.many_marks |= sign != QUESTION;
                self.before += self.behind;
                self.behind = 0.0;
            }
            BANG..QUESTION => self.bangs += 1.0,
            _ => {}
        }
    }

    fn word(&mut self, unit: &Unit, begins: bool) {
        let class = CLASSES.of(unit.hash);
        if self.before + self.behind == 0.0 {
            self.first = class;
        }
        self.behind += 1.0;
        self.any_wh |= class == Some(Class::Wh);
        self.you += f32::from(u8::from(class == Some(Class::You)));
        self.me += f32::from(u8::from(class == Some(Class::Me)));
        self.wh_first |= begins && class == Some(Class::Wh);
        self.auxiliary_first |= begins && class == Some(Class::Auxiliary);
    }

    /// Counts how a unit is written, and what kind of thing it stands for.
    #[inline]
    fn spelling(&mut self, source: &str, unit: &Unit, sign: Option<u8>) {
        match sign {
            Some(URL) => self.links += 1.0,
            Some(USER) => self.mentions += 1.0,
            Some(HASHTAG) => self.hashtags += 1.0,
            Some(NUM) => {
                self.numbers += 1.0;
                let before = source.get(..unit.span.start()).and_then(|before| before.chars().next_back());
                self.prices += f32::from(u8::from(matches!(before, Some('£' | '$' | '€'))));
            }
            Some(EMAIL | CASH) | None => {}
            // The others stand where a word does that was counted.
            Some(_) => return,
        }
        let bytes = source.as_bytes().get(unit.span.start()..unit.span.end()).unwrap_or_default();
        let kinds = bytes
            .iter()
            .take(usize::from(u16::MAX))
            .fold(0_u64, |sum, byte| sum.wrapping_add(KINDS.get(usize::from(*byte)).copied().unwrap_or(0)));
        let of = |kind: u64| (kinds / kind % COUNT) as f32;
        self.bytes += bytes.len() as f32 + 1.0;
        self.letters += of(LETTER);
        self.capitals += of(CAPITAL);
        if kinds >= DIGIT {
            self.digits += of(DIGIT);
            let runs = bytes.split(|byte| !byte.is_ascii_digit()).map(<[u8]>::len);
            self.longest = self.longest.max(runs.max().unwrap_or(0) as f32);
        }
    }

    /// The numbers: those that anything may have, then those of a question.
    pub(super) fn signals(&self) -> [f32; Self::SIGNALS] {
        let is = |holds: bool| f32::from(u8::from(holds));
        let share = |part: f32, whole: f32| part / whole.max(1.0);
        let (asks, to_somebody, quoted) = (is(self.marks > 0.0), is(self.to_somebody), is(self.quoted));
        let (wh_first, auxiliary_first) = (is(self.wh_first), is(self.auxiliary_first));
        let capitals = share(self.capitals, self.letters);
        let sentences = self.sentences.max(1.0).ln();
        [
            self.bytes.max(1.0).ln(),
            self.units.max(1.0).ln(),
            share(self.digits, self.bytes),
            self.longest.min(12.0),
            capitals,
            self.numbers.min(6.0),
            self.links.min(4.0),
            self.prices.min(4.0),
            to_somebody,
            self.mentions.min(4.0),
            self.hashtags.min(4.0),
            self.bangs.min(4.0),
            share(self.letters, self.units),
            is(self.passed_on),
            quoted,
            self.you.min(4.0),
            self.me.min(4.0),
            sentences,
            is(self.bytes > LONG),
            is(self.bytes > VERY_LONG),
            asks,
            self.marks.min(3.0),
            asks * is(self.behind == 0.0),
            asks * (self.behind / 5.0).min(2.0),
            asks * self.before.max(1.0).ln(),
            asks * to_somebody,
            asks * is(self.passed_on),
            asks * self.you.min(2.0),
            asks * quoted,
            is(self.many_marks),
            wh_first,
            auxiliary_first,
            is(self.first == Some(Class::Wh)),
            is(self.first == Some(Class::Auxiliary)),
            asks * wh_first,
            asks * auxiliary_first,
            asks * is(self.any_wh),
            asks * is(self.link_last),
            to_somebody * wh_first,
            to_somebody * auxiliary_first,
            asks * self.hashtags.min(4.0),
            asks * self.bangs.min(4.0),
            asks * sentences,
            asks * capitals,
            asks * self.me.min(1.0),
            asks * self.you.min(1.0),
            asks * is(self.bytes > LONG),
            asks * self.mentions.min(4.0),
            (1.0 - asks) * wh_first.max(auxiliary_first),
            (1.0 - asks) * to_somebody,
        ]
    }
}

/// Three counts side by side in one number, each less than [`COUNT`].
const COUNT: u64 = 1 << 16;
const LETTER: u64 = 1;
const CAPITAL: u64 = COUNT;
const DIGIT: u64 = COUNT * COUNT;
/// What each byte adds to them.
static KINDS: [u64; 256] = kinds();

#[expect(
    clippy::indexing_slicing,
    reason = "computed when compiling, where a slip is an error of the compiler"
)]
const fn kinds() -> [u64; 256] {
    let mut kinds = [0; 256];
    let mut byte: u8 = 0;
    while byte < 128 {
        kinds[byte as usize] = match byte {
            b'A'..=b'Z' => LETTER + CAPITAL,
            b'a'..=b'z' => LETTER,
            b'0'..=b'9' => DIGIT,
            _ => 0,
        };
        byte += 1;
    }
    kinds
}

const SLOTS: usize = 256;
static CLASSES: Classes = Classes(classes());

/// The hashes of the words that have a class, by their lowest bits.
struct Classes([(u64, Option<Class>); SLOTS]);

impl Classes {
    #[inline]
    fn of(&self, hash: u64) -> Option<Class> {
        let mut at = hash as usize % SLOTS;
        loop {
            match self.0.get(at) {
                Some((known, class)) if *known == hash => return *class,
                Some((_, Some(_))) => at = (at + 1) % SLOTS,
                _ => return None,
            }
        }
    }
}

#[expect(
    clippy::indexing_slicing,
    reason = "computed when compiling, where a slip is an error of the compiler"
)]
const fn classes() -> [(u64, Option<Class>); SLOTS] {
    const LISTS: [(&[&str], Class); 4] =
        [(&WH, Class::Wh), (&AUXILIARIES, Class::Auxiliary), (&YOU, Class::You), (&ME, Class::Me)];
    let mut slots = [(0, None); SLOTS];
    let mut list = 0;
    while list < LISTS.len() {
        let mut at = 0;
        while at < LISTS[list].0.len() {
            let hash = hash(LISTS[list].0[at]);
            let mut slot = hash as usize % SLOTS;
            while slots[slot].1.is_some() {
                slot = (slot + 1) % SLOTS;
            }
            slots[slot] = (hash, Some(LISTS[list].1));
            at += 1;
        }
        list += 1;
    }
    slots
}
