//! Tables of tokens, and folding against an independent implementation.

use proptest::prelude::*;

use super::{DELIMITER, Text, TokenKind, fold};

fn tokens(source: &str) -> Vec<(String, TokenKind)> {
    let text = Text::new(source);
    let folded = (0..text.tokens().len()).map(|i| text.folded_token(i).unwrap().to_owned());
    folded.zip(text.tokens().iter().map(|token| token.kind)).collect()
}

#[test]
fn texts_are_cut_into_tokens() {
    use TokenKind::{Cashtag, Email, Emoji, Emoticon, Hashtag, Mention, Number, Url, Word};
    let table: &[(&str, &[(&str, TokenKind)])] = &[
        ("", &[]),
        (" \t\n.,!?", &[]),
        ("Where's my parcel?!", &[("where", Word), ("my", Word), ("parcel", Word)]),
        ("don’t DON'T", &[("don't", Word), ("don't", Word)]),
        ("Microsoft's Surface", &[("microsoft", Word), ("surface", Word)]),
        (
            "coca-cola 24/7 3.5 1,000.",
            &[
                ("coca", Word),
                ("cola", Word),
                ("24", Number),
                ("7", Number),
                ("3.5", Number),
                ("1,000", Number),
            ],
        ),
        (
            "@VirginAmerica #SeatGate $DAL",
            &[("virginamerica", Mention), ("seatgate", Hashtag), ("dal", Cashtag)],
        ),
        (
            "#1 $20 a@b me@x",
            &[("1", Number), ("20", Number), ("a", Word), ("b", Word), ("me", Word), ("x", Word)],
        ),
        ("(@united): ok", &[("united", Mention), ("ok", Word)]),
        (
            "see https://t.co/aB1). www.Example.com!",
            &[("see", Word), ("https://t.co/ab1", Url), ("www.example.com", Url)],
        ),
        ("mail Mira.K+x@Example.co.uk.", &[("mail", Word), ("mira.k+x@example.co.uk", Email)]),
        (
            "no :( yes:) <3 http://x.example/:)",
            &[
                ("no", Word),
                (":(", Emoticon),
                ("yes", Word),
                (":)", Emoticon),
                ("<3", Emoticon),
                ("http://x.example/", Url),
                (":)", Emoticon),
            ],
        ),
        (
            "👍🏽👍 ❤️❤ 🇳🇱🇩🇪 👩‍🚀",
            &[
                ("👍", Emoji),
                ("👍", Emoji),
                ("❤", Emoji),
                ("❤", Emoji),
                ("🇳🇱", Emoji),
                ("🇩🇪", Emoji),
                ("👩‍🚀", Emoji),
            ],
        ),
        ("電波が悪い", &[("電", Word), ("波", Word), ("が", Word), ("悪", Word), ("い", Word)]),
        ("нет СВЯЗИ", &[("нет", Word), ("связи", Word)]),
        ("الشبكة لا تعمل", &[("الشبكة", Word), ("لا", Word), ("تعمل", Word)]),
        ("İstanbul ışık", &[("i\u{307}stanbul", Word), ("ışık", Word)]),
        ("e\u{301}te\u{301} ÉTÉ", &[("été", Word), ("été", Word)]),
        ("a\0b", &[("a", Word), ("b", Word)]),
    ];
    for (source, expected) in table {
        let expected: Vec<_> = expected.iter().map(|(folded, kind)| ((*folded).to_owned(), *kind)).collect();
        assert_eq!(tokens(source), expected, "{source:?}");
    }
}

#[test]
fn what_stands_between_is_kept() {
    let text = Text::new("Late again?! Refund, now...");
    assert_eq!((0..4).map(|i| text.after(i)).collect::<Vec<_>>(), [" ", "?! ", ", ", "..."]);
    assert_eq!(text.after(99), "");
}

/// Letters that changed their folding after the version of Unicode the independent implementation knows, and the
/// dotless i, which is kept on purpose.
fn is_settled(c: char) -> bool {
    caseless::default_case_fold_str(&c.to_string()) != c.to_string() || c.to_lowercase().eq([c])
}

proptest! {
    #[test]
    fn folding_agrees_with_an_independent_one(source in "\\PC{0,40}") {
        use unicode_normalization::UnicodeNormalization;
        let source: String = source.chars().filter(|c| is_settled(*c) && !super::letter::is_invisible(*c) && !matches!(c, '\u{2018}' | '\u{2019}' | '\u{2bc}' | '\u{13A0}'..='\u{13FF}' | '\u{AB70}'..='\u{ABBF}')).collect();
        let nfkc: String = source.nfkc().collect();
        let other: String = caseless::default_case_fold_str(&nfkc).nfkc().collect();
        prop_assert_eq!(fold(&source), other);
    }

    #[test]
    fn tokens_lie_in_order_on_boundaries(source in "[\\PC \\t\\n@#$:/.'’😡👍🏽é電]{0,60}") {
        let text = Text::new(&source);
        let mut end = 0;
        for (i, token) in text.tokens().iter().enumerate() {
            prop_assert!(token.span.start() >= end);
            prop_assert!(token.span.of(&source).is_some_and(|raw| !raw.is_empty()));
            let folded = text.folded_token(i).unwrap();
            prop_assert!(!folded.is_empty() && !folded.contains(DELIMITER));
            end = token.span.end();
        }
        prop_assert_eq!(text.delimited().matches(DELIMITER).count(), text.tokens().len() + 1);
    }

    #[test]
    fn folding_twice_is_folding_once(source in "\\PC{0,40}") {
        prop_assert_eq!(fold(&fold(&source)), fold(&source));
    }
}

/// As [`Text::new`], by the grammar alone.
fn plainly(source: &str) -> Text<'_> {
    let mut text = Text::before_scan(source);
    super::scan::scan_plainly(&mut text);
    text
}

#[test]
fn what_nobody_sees_hides_no_word() {
    let table = [
        ("no\u{AD}rth no\u{200B}rth no\u{2060}rth no\u{FEFF}rth", "north north north north"),
        ("\u{FEFF}Late \u{202E}again\u{202C}! \u{200F}so\u{200E}", "late again so"),
        ("n\u{34F}o\u{FE0F}r\u{E0041}th nor\u{200D}th nor\u{200C}th", "north north north"),
        ("don\u{AD}'\u{200B}t Micro\u{200B}soft\u{2019}\u{AD}s", "don't microsoft"),
        ("1\u{200B},0\u{AD}00 #Cli\u{200B}mate @\u{2068}north\u{AD}wind\u{2069}", "1,000 climate northwind"),
        // Where the non-joiner stands between Arabic letters, a space might as well.
        ("می\u{200C}خواهم", "می خواهم"),
        ("क्\u{200D}ष", "क्ष"),
        ("a\u{200B}@b", "a b"),
        ("\u{2067}#جاستا\u{2069}محمد", "جاستا محمد"),
        ("\u{AD}\u{200B}\u{202E}", ""),
        ("葛\u{E0100}", "葛"),
    ];
    for (source, expected) in table {
        let found: Vec<String> = tokens(source).into_iter().map(|(folded, _)| folded).collect();
        assert_eq!(found.join(" "), expected, "{source:?}");
    }
    let text = Text::new("\u{202A}no\u{AD}rth\u{202C}!");
    assert_eq!(text.source_token(0), Some("no\u{AD}rth"));
    // A mention that its writer broke on purpose is none.
    assert_eq!(Text::new("@\u{200B}north").tokens()[0].kind, TokenKind::Word);
}

#[test]
fn wide_signs_are_signs() {
    let expected = [("遅延".to_owned(), TokenKind::Hashtag), ("northwind".to_owned(), TokenKind::Mention)];
    assert_eq!(tokens("＃遅延 ＠NorthWind"), expected);
}

/// Each would take minutes if any step were quadratic.
#[test]
fn hostile_texts_take_no_longer() {
    let pieces = [
        "a",
        "@",
        "'",
        ":(",
        ":",
        "a'",
        "a.",
        "a@",
        "a@b",
        "a@1.",
        "www.",
        "www.)",
        "http://",
        "#",
        "#a",
        "$",
        "1,",
        "-",
        "<",
        "a\u{AD}",
        "\u{AD}",
        "\u{200D}",
        "\u{300}",
        "e\u{301}",
        "電",
        "電\u{3099}",
        "👍\u{200D}",
        "👍",
        "🇳",
        "\u{FE0F}",
        "'s",
        "a-",
        "a'\u{200B}",
        "@\u{2068}",
        "!a",
        "é!",
        "a.b@",
        "é.1@x",
        "\u{3000}",
        "\u{1F}",
    ];
    for piece in pieces {
        let source = piece.repeat(300_000 / piece.len());
        let text = Text::new(&source);
        assert!(text.folded().len() <= 3 * source.len() + 2, "{piece:?}");
    }
}

/// Pieces that texts are made of, those that look like others among them.
fn pieces() -> impl Strategy<Value = String> {
    let ascii =
        "[a-zA-Z_]{1,4}|[0-9]{1,3}|[#@$'.,!?:;()\"/+%&*<>=^|~-]{1,3}|[\\t\\n \\x00-\\x1f\\x7f]{1,2}| ";
    let known = prop::sample::select(vec![
        "xD",
        "XD",
        "D:",
        ":)",
        ":-(",
        ":'(",
        "<3",
        "</3",
        "-_-",
        "^_^",
        ":/",
        "http://",
        "https://",
        "www.",
        "t.co/a1",
        "'s",
        "'S",
        "n't",
        "a@b.co",
        "me.x+1@Example.org",
        "@user",
        "#tag",
        "$DAL",
        "3.5",
        "1,000",
        "...",
        " \"",
        "RT ",
    ]);
    let wide = prop::sample::select(vec![
        "é",
        "É",
        "ж",
        "Ж",
        "ß",
        "İ",
        "電",
        "が",
        "ー",
        "ไ",
        "ไม่",
        "क्ष",
        "ي",
        "가",
        "’",
        "’s",
        "“",
        "…",
        "\u{3000}",
        "\u{a0}",
        "\u{85}",
        "＃",
        "＠",
        "ｗ",
        "１",
        "👍🏽",
        "❤️",
        "👩‍🚀",
        "🇳🇱",
        "\u{301}",
        "\u{ad}",
        "\u{200b}",
        "\u{200c}",
        "\u{200d}",
        "\u{feff}",
        "\u{202e}",
        "—",
        "¿",
    ]);
    let piece = prop_oneof![6 => ascii, 3 => known.clone().prop_map(str::to_owned), 1 => wide.prop_map(str::to_owned)];
    let plain = prop_oneof![2 => ascii, 1 => known.prop_map(str::to_owned)];
    let join = |pieces: Vec<String>| pieces.concat();
    prop_oneof![
        prop::collection::vec(piece, 0..12).prop_map(join),
        prop::collection::vec(plain, 0..12).prop_map(join)
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40_000))]

    #[test]
    fn the_fast_pass_agrees_with_the_grammar(source in pieces()) {
        let all = |text: &Text<'_>| {
            let folded = (0..text.tokens().len()).map(|i| text.folded_token(i).map(str::to_owned));
            let tokens = text.tokens().iter().map(|token| (token.span, token.kind));
            tokens.zip(folded).collect::<Vec<_>>()
        };
        prop_assert_eq!(all(&Text::new(&source)), all(&plainly(&source)));
    }
}
