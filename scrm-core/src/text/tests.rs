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
        let source: String = source.chars().filter(|c| is_settled(*c) && !matches!(c, '\u{2018}' | '\u{2019}' | '\u{2bc}' | '\u{13A0}'..='\u{13FF}' | '\u{AB70}'..='\u{ABBF}')).collect();
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
        prop_assert_eq!(text.folded().matches(DELIMITER).count(), text.tokens().len() + 1);
    }

    #[test]
    fn folding_twice_is_folding_once(source in "\\PC{0,40}") {
        prop_assert_eq!(fold(&fold(&source)), fold(&source));
    }
}
