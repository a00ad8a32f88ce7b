//! Which language is it? First by script, then, for Latin letters, by two witnesses that must agree.
//!
//! A first, honest guess for routing and for choosing a lexicon. The witnesses are small words and typical letters, and
//! `whichlang`, a linear model over pieces of words. Where they disagree and the model does not say the same of both
//! halves of the text, nothing is said: a wrong language costs more than none.

use std::sync::LazyLock;

use super::{Text, TokenKind};

/// Tokens that are looked at; a longer text is judged by its beginning.
const MOST_TOKENS: usize = 400;

/// Bytes that the model is shown.
const MOST_BYTES: usize = 512;

/// Languages written in Latin letters; the order decides between equals.
const LATIN: [&str; 10] = ["en", "es", "fr", "de", "nl", "pt", "it", "tr", "pl", "sv"];

/// Small words of each language of [`LATIN`], folded.
const SMALL_WORDS: [&str; 10] = [
    "the and is are was were you your i to of for in on with that this it my me we they not have has had be been \
     will would can can't don't just do does did what when why how at from by as if but or so no all about out up \
     get got an he she his her our their there who which than then them i'm you're it's im dont u ur thanks please \
     still never again any some more here now only because should could into over",
    "el la los las un una y de que en es por para con no se lo le me mi tu su del al como más pero ya si sí está \
     están este esta eso esto muy hay son fue ser tengo tiene porque cuando qué todo todos también hoy yo te nos \
     ustedes les sin sobre ha han vez otra otro nadie hace soy mis desde hasta hola gracias quiero puedo nada bien mejor aquí nunca cómo",
    "le la les un une des et de du en est sont pas que qui pour dans sur avec ne je tu il elle nous vous ils on ce \
     cette ces mon ma mes votre vos notre au aux plus mais ou où si tout tous très bien merci bonjour c'est j'ai \
     n'est qu'il d'un d'une être avoir fait faire ça sans depuis toujours jamais suis avez quand comment y",
    "der die das und ist sind nicht ein eine einen einem einer ich du er sie es wir ihr mit für auf von zu den dem \
     des im in am an auch als aber wie was wenn noch nur so hat habe haben bin war wird kann mir mich mein meine \
     bei nach aus oder dass man schon sehr euch uns keine kein mal warum hallo danke bitte immer heute gibt vom zum",
    "de het een en van is ik je niet dat die in op te zijn voor met maar wat er ook aan om als ze we wij jullie \
     heb heeft hebben hij nog naar bij uit dan zo mijn deze dit al kan wel geen nu hoe wordt was door over meer \
     waar u jij moet weer gaat komt hier hebt ben mij goed waarom bedankt hallo graag sinds",
    "o a os as um uma e de que em do da dos das no na nos nas para pra com não se por mais mas ele ela eu você \
     vocês meu minha seu sua é está estão foi ser tem tenho isso isto esse essa este muito já quando como também \
     só sem até aqui hoje todo tudo bem obrigado obrigada vou ao aos à pelo pela nunca porque nem ninguém nada diz até mesmo agora aí lá né gente fazer faz",
    "il lo la i gli le un una e di che è in non per con si mi ti ci da del della dei delle al alla ma come sono \
     ho hai ha abbiamo anche più se questo questa mio mia nel nella sul o io tu lui lei noi voi loro quando perché \
     cosa molto tutto tutti bene grazie ciao sempre mai solo ancora oggi fatto essere avete dal",
    "bir ve bu da de için ile çok ne mi mı mu mü değil var yok ben sen o biz siz onlar ama gibi daha en kadar \
     olarak olan sonra şey her şu ki nasıl neden benim bana beni sana seni hiç artık böyle lütfen merhaba iyi oldu \
     olsun evet hayır teşekkürler teşekkür bugün zaman hala",
    "i w na z do nie to jest się że jak po co o za od ale dla tak czy już ma są był była by tylko jestem mam mnie \
     mi ja ty on ona my wy przez przy bardzo dzień dobry dziękuję proszę kiedy dlaczego gdzie ten ta te tego może \
     jeszcze też u tym dziś",
    "och att det som en ett på är av för med den till i inte om har de jag du han hon vi ni men var så från kan när \
     nu ska vad hur mig dig min din mitt ditt mycket bara också eller här där varför tack hej bra idag alla vara \
     fått får aldrig igen",
];

/// What one letter says of each language of [`LATIN`]: letters, languages, weight.
const LETTERS: &[(&str, &[&str], f32)] = &[
    ("ñ", &["es"], 2.0),
    ("ãõ", &["pt"], 2.0),
    ("ğış", &["tr"], 1.5),
    ("łąęśźżćń", &["pl"], 1.5),
    ("å", &["sv"], 1.5),
    ("ä", &["de", "sv"], 0.9),
    ("ö", &["de", "sv", "tr"], 0.7),
    ("ü", &["de", "tr"], 0.9),
    ("ç", &["fr", "pt", "tr"], 0.6),
    ("è", &["fr", "it"], 0.8),
    ("àù", &["fr", "it"], 0.6),
    ("ìò", &["it"], 1.5),
    ("êâôîûœ", &["fr"], 0.7),
    ("êâô", &["pt"], 0.7),
    ("é", &["fr", "es", "pt"], 0.3),
    ("áíóú", &["es", "pt"], 0.7),
    ("ë", &["nl", "fr"], 0.5),
];

/// The language of a text (ISO 639-1) and how sure that is, 0 to 1; `None` when nothing speaks for any.
///
/// Mentions, hashtags, links, addresses and pictures are left aside.
///
/// ```
/// use scrm_core::text::{Text, detect};
/// let language = |text| detect(&Text::new(text)).map(|(language, _)| language);
/// assert_eq!(language("Where is my parcel? It was due on Monday"), Some("en"));
/// assert_eq!(language("Waar blijft mijn pakket? Het is er nog niet"), Some("nl"));
/// assert_eq!(language("電波が悪い"), Some("ja"));
/// assert_eq!(language("@united #fail https://x.example"), None);
/// ```
pub fn detect(text: &Text<'_>) -> Option<(&'static str, f32)> {
    let mut latin = Latin::default();
    let mut scripts = Scripts::default();
    for word in words(text) {
        if word.is_ascii() {
            scripts.latin += 1;
        } else {
            latin.letters(word);
            scripts.count(word);
        }
        latin.word(word);
    }
    scripts.language().or_else(|| agreed(&latin, text, scripts.latin))
}

/// The words that are looked at, folded.
fn words<'t>(text: &'t Text<'_>) -> impl Iterator<Item = &'t str> {
    let tokens = text.tokens().iter().take(MOST_TOKENS).filter(|token| token.kind == TokenKind::Word);
    tokens.filter_map(|token| token.folded.of(text.folded()))
}

/// What both witnesses say, or what the model says of the whole and of both halves.
fn agreed(latin: &Latin, text: &Text<'_>, n_words: usize) -> Option<(&'static str, f32)> {
    let voted = latin.language(n_words);
    // Where so much speaks for one language, the model has never said another.
    if let Some((name, confidence)) = voted.filter(|(_, confidence)| n_words >= LONG && *confidence >= PLAIN)
    {
        return Some((name, (0.4 + 0.6 * confidence).min(0.98)));
    }
    let words = Words::of(text);
    let model = model(&words.joined);
    match voted {
        Some((name, confidence)) if name == model => {
            let sure = if n_words < 4 { confidence } else { 0.4 + 0.6 * confidence };
            return Some((name, sure.min(0.98)));
        }
        // The model does not know it, and so cannot agree.
        Some(("pl", confidence)) if confidence > 0.5 => return voted,
        _ => {}
    }
    // One word is no witness. Small words stand in every longer text of a language, even where another has more.
    let backed = n_words >= LEAST && (n_words < SHORT || latin.score(model) > 0.0);
    let (first, second) = words.halves()?;
    (backed && self::model(first) == model && self::model(second) == model)
        .then(|| (model, 0.4 + 0.01 * n_words.min(20) as f32))
}

/// Words from which on the model's word alone counts, and those from which on a small one must be among them.
const LEAST: usize = 3;
const SHORT: usize = 5;
/// Words from which on, and the confidence with which, the small words need no second witness.
const LONG: usize = 8;
const PLAIN: f32 = 0.85;

/// What the linear model says; it always says something.
fn model(words: &str) -> &'static str {
    use whichlang::Lang;
    match whichlang::detect_language(words) {
        Lang::Ara => "ar",
        Lang::Cmn => "zh",
        Lang::Deu => "de",
        Lang::Eng => "en",
        Lang::Fra => "fr",
        Lang::Hin => "hi",
        Lang::Ita => "it",
        Lang::Jpn => "ja",
        Lang::Kor => "ko",
        Lang::Nld => "nl",
        Lang::Por => "pt",
        Lang::Rus => "ru",
        Lang::Spa => "es",
        Lang::Swe => "sv",
        Lang::Tur => "tr",
        Lang::Vie => "vi",
    }
}

/// The first words of a text, side by side.
#[derive(Default)]
struct Words {
    joined: String,
    /// Where each begins.
    starts: Vec<usize>,
}

impl Words {
    fn of(text: &Text<'_>) -> Self {
        let longest = text.folded().len().saturating_add(text.tokens().len()).min(MOST_BYTES);
        let most = text.tokens().len().min(MOST_TOKENS);
        let mut all = Self { joined: String::with_capacity(longest), starts: Vec::with_capacity(most) };
        words(text).for_each(|word| all.push(word));
        all
    }

    fn push(&mut self, word: &str) {
        if self.joined.len() + word.len() >= MOST_BYTES {
            return;
        }
        if !self.joined.is_empty() {
            self.joined.push(' ');
        }
        self.starts.push(self.joined.len());
        self.joined.push_str(word);
    }

    fn halves(&self) -> Option<(&str, &str)> {
        let middle = *self.starts.get(self.starts.len() / 2).filter(|middle| **middle > 0)?;
        self.joined.split_at_checked(middle)
    }
}

/// Votes for the languages of [`LATIN`].
#[derive(Default)]
struct Latin([f32; 10]);

impl Latin {
    fn word(&mut self, word: &str) {
        let Some(mut languages) = pack(word.as_bytes()).and_then(|key| TABLE.languages(key)) else { return };
        // A word that many languages share says little for each.
        let weight = 1.0 / f32::from(u16::try_from(languages.count_ones()).unwrap_or(1));
        while languages != 0 {
            if let Some(score) = self.0.get_mut(languages.trailing_zeros() as usize) {
                *score += weight;
            }
            languages &= languages - 1;
        }
    }

    fn letters(&mut self, word: &str) {
        for c in word.chars().filter(|c| ('\u{80}'..'\u{250}').contains(c)) {
            for (_, languages, weight) in LETTERS.iter().filter(|(letters, _, _)| letters.contains(c)) {
                for (score, name) in self.0.iter_mut().zip(LATIN) {
                    if languages.contains(&name) {
                        *score += weight;
                    }
                }
            }
        }
    }

    /// How much speaks for a language.
    fn score(&self, name: &str) -> f32 {
        self.0.iter().zip(LATIN).find(|(_, known)| *known == name).map_or(0.0, |(score, _)| *score)
    }

    /// `(1 - (second/best)²) · (1 - e^(-best/1.6))`: how far ahead the best is, and on how much it stands; a long text
    /// of which few words are known is of some other language.
    fn language(&self, words: usize) -> Option<(&'static str, f32)> {
        let mut best = (0, 0.0_f32);
        let mut second = 0.0_f32;
        for (at, score) in self.0.iter().copied().enumerate() {
            if score > best.1 {
                second = best.1;
                best = (at, score);
            } else if score > second {
                second = score;
            }
        }
        let name = LATIN.get(best.0).filter(|_| best.1 > 0.0)?;
        let share = best.1 / (words.max(1) as f32);
        let known = (share / 0.12).min(1.0);
        let confidence = (1.0 - (second / best.1).powi(2)) * (1.0 - (-best.1 / 1.6).exp()) * known;
        Some((name, confidence.min(0.98)))
    }
}

/// The small words as numbers, each with the set of its languages, in order.
static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table: Vec<(u128, u16)> = Vec::with_capacity(1024);
    for (bit, words) in SMALL_WORDS.iter().enumerate() {
        table.extend(words.split_whitespace().filter_map(|word| Some((pack(word.as_bytes())?, 1 << bit))));
    }
    table.sort_unstable();
    table.dedup_by(|later, kept| {
        let same = later.0 == kept.0;
        if same {
            kept.1 |= later.1;
        }
        same
    });
    Table::new(&table)
});

/// Small words with the set of their languages, open-addressed; 0 is free.
struct Table(Vec<(u128, u16)>);

impl Table {
    /// At most half of it is taken.
    fn new(words: &[(u128, u16)]) -> Self {
        let mut slots = vec![(0, 0); (words.len() * 2).next_power_of_two().max(2)];
        for (key, languages) in words {
            let mut at = Self::home(*key, slots.len());
            while slots.get(at).is_some_and(|(known, _)| *known != 0) {
                at = (at + 1) & (slots.len() - 1);
            }
            if let Some(slot) = slots.get_mut(at) {
                *slot = (*key, *languages);
            }
        }
        Self(slots)
    }

    #[allow(clippy::cast_possible_truncation, reason = "a hash")]
    fn home(key: u128, slots: usize) -> usize {
        let mixed = (key as u64 ^ (key >> 64) as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (mixed >> 40) as usize & (slots - 1)
    }

    fn languages(&self, key: u128) -> Option<u16> {
        let mut at = Self::home(key, self.0.len());
        loop {
            match self.0.get(at) {
                Some((known, languages)) if *known == key && key != 0 => return Some(*languages),
                Some((0, _)) | None => return None,
                Some(_) => at = (at + 1) & (self.0.len() - 1),
            }
        }
    }
}

/// A word of at most 16 bytes as one number, so that comparing words is comparing numbers.
fn pack(word: &[u8]) -> Option<u128> {
    let eight = |part: &[u8]| part.iter().fold(0_u64, |packed, byte| packed << 8 | u64::from(*byte));
    match word.len() {
        0..=8 => Some(u128::from(eight(word))),
        9..=16 => {
            let (first, rest) = word.split_at_checked(8)?;
            Some(u128::from(eight(first)) << (8 * rest.len()) | u128::from(eight(rest)))
        }
        _ => None,
    }
}

/// How many words (in scripts without spaces: characters) stand in each script.
#[derive(Default)]
struct Scripts {
    latin: usize,
    han: usize,
    kana: usize,
    hangul: usize,
    cyrillic: usize,
    ukrainian: usize,
    arabic: usize,
    persian: usize,
    hebrew: usize,
    greek: usize,
    thai: usize,
    devanagari: usize,
}

impl Scripts {
    fn count(&mut self, word: &str) {
        let Some(first) = word.chars().next() else { return };
        match first {
            '\u{3041}'..='\u{30FF}' | '\u{31F0}'..='\u{31FF}' => self.kana += 1,
            '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}' => self.han += 1,
            '\u{AC00}'..='\u{D7AF}' | '\u{1100}'..='\u{11FF}' => self.hangul += 1,
            '\u{0400}'..='\u{052F}' => {
                self.cyrillic += 1;
                self.ukrainian += usize::from(word.contains(['і', 'ї', 'є', 'ґ']));
            }
            '\u{0600}'..='\u{06FF}' | '\u{0750}'..='\u{077F}' => {
                self.arabic += 1;
                self.persian += usize::from(word.contains(['پ', 'چ', 'ژ', 'گ', 'ک', 'ی']));
            }
            '\u{0590}'..='\u{05FF}' => self.hebrew += 1,
            '\u{0370}'..='\u{03FF}' => self.greek += 1,
            '\u{0E00}'..='\u{0E7F}' => self.thai += 1,
            '\u{0900}'..='\u{097F}' => self.devanagari += 1,
            _ => self.latin += 1,
        }
    }

    /// The language of the most frequent script other than Latin, if it holds at least as much as Latin.
    fn language(&self) -> Option<(&'static str, f32)> {
        let east = self.han + self.kana;
        let cyrillic = if self.ukrainian * 4 >= self.cyrillic { "uk" } else { "ru" };
        let arabic = if self.persian * 3 >= self.arabic { "fa" } else { "ar" };
        let candidates = [
            // Characters stand here for words, and a word has about two.
            (if self.kana > 0 { "ja" } else { "zh" }, east.div_ceil(2)),
            ("ko", self.hangul),
            (cyrillic, self.cyrillic),
            (arabic, self.arabic),
            ("he", self.hebrew),
            ("el", self.greek),
            ("th", self.thai.div_ceil(3)),
            ("hi", self.devanagari),
        ];
        let (name, words) =
            candidates.into_iter().reduce(|best, next| if next.1 > best.1 { next } else { best })?;
        if words == 0 || words < self.latin {
            return None;
        }
        let share = words as f32 / (words + self.latin) as f32;
        Some((name, share * (0.95 - 0.35 / words as f32)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_told_apart() {
        let table = [
            ("en", "my flight was delayed again and nobody told us anything"),
            ("nl", "mijn vlucht is alweer vertraagd en niemand zegt ons iets, wat een service"),
            ("de", "mein Flug ist schon wieder verspätet und niemand sagt uns etwas"),
            ("fr", "mon vol est encore en retard et personne ne nous dit rien"),
            ("es", "mi vuelo se ha retrasado otra vez y nadie nos dice nada"),
            ("pt", "meu voo está atrasado de novo e ninguém nos diz nada"),
            ("it", "il mio volo è di nuovo in ritardo e nessuno ci dice nulla"),
            ("tr", "uçağım yine gecikti ve kimse bize bir şey söylemiyor"),
            ("pl", "mój lot jest znowu opóźniony i nikt nam nic nie mówi"),
            ("sv", "mitt flyg är försenat igen och ingen säger något till oss"),
            ("ru", "мой рейс снова задержали и никто ничего не говорит"),
            ("uk", "мій рейс знову затримали і ніхто нічого не каже"),
            ("ar", "تأخرت رحلتي مرة أخرى ولا أحد يخبرنا بشيء"),
            ("he", "הטיסה שלי שוב מתעכבת"),
            ("el", "η πτήση μου καθυστερεί πάλι"),
            ("th", "เที่ยวบินล่าช้าอีกแล้ว"),
            ("hi", "मेरी उड़ान फिर से देर से है"),
            ("ko", "비행기가 또 늦었어요"),
            ("ja", "また飛行機が遅れています"),
            ("zh", "我的航班又延误了"),
        ];
        for (language, source) in table {
            let found = detect(&Text::new(source));
            assert_eq!(found.map(|(name, _)| name), Some(language), "{source}");
            assert!(found.is_some_and(|(_, confidence)| confidence > 0.4), "{source}: {found:?}");
        }
    }

    #[test]
    fn little_to_go_by_is_said() {
        for source in ["", "12 34", "@brand #delay", "xyzzy", "😡"] {
            assert_eq!(detect(&Text::new(source)), None, "{source}");
        }
        assert!(detect(&Text::new("de trein")).is_none_or(|(_, confidence)| confidence < 0.5));
        assert_eq!(detect(&Text::new("sooooo goooood")), None);
    }
}
