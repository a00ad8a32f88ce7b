use std::collections::BTreeMap;

use scrm_core::query::{Document, Query, Uses};
use scrm_core::text::Text;

use super::{Length, Workload, brands};

const SEED: u64 = 5;

/// How many of `n_monitors` hold in a post, on average.
fn matches(workload: Workload, n_monitors: usize, n_posts: usize) -> f64 {
    let queries: Vec<Query> = workload
        .monitors(n_monitors, SEED)
        .map(|(_, source)| Query::parse(&source).query.unwrap_or_else(|| panic!("{source}")))
        .collect();
    let mut found = 0usize;
    for j in 0..n_posts {
        let post = workload.post(j, SEED);
        let text = Text::new(post.text());
        let document = Document::new(&post, &text, &Uses::default());
        found += queries.iter().filter(|query| query.holds(&document, 10_000)).count();
    }
    found as f64 / n_posts as f64
}

#[test]
fn everything_is_made_again_from_its_number() {
    for workload in Workload::ALL {
        assert_eq!(workload.monitor(777, SEED), workload.monitor(777, SEED));
        assert_ne!(workload.monitor(777, SEED), workload.monitor(20_777, SEED), "{workload:?}");
        assert_eq!(workload.post(777, SEED), workload.post(777, SEED));
        assert_ne!(workload.post(777, SEED).text(), workload.post(777, SEED + 1).text());
        assert_eq!(Workload::named(workload.name().get(..2).unwrap()), Some(workload));
    }
    assert_eq!(Workload::W8.monitor(0, SEED), Workload::W8.monitor(9_999, SEED));
}

#[test]
fn texts_are_as_long_as_they_say() {
    for (workload, length) in [
        (Workload::W2, Length::Post),
        (Workload::W7, Length::Post),
        (Workload::W2, Length::Mail),
        (Workload::W2, Length::Transcript),
    ] {
        let n = 150;
        let bytes: usize = (0..n).map(|j| workload.text(length, j, SEED).text().len()).sum();
        let (mean, said) = (bytes / n, length.bytes());
        assert!(mean * 10 > said * 9 && mean * 10 < said * 11, "{workload:?} {length:?}: {mean}");
    }
    let bytes = Workload::W6.monitor(3, SEED).len();
    assert!((8_000..20_000).contains(&bytes), "{bytes}");
}

#[test]
fn two_posts_in_three_name_a_brand_and_the_small_words_dominate() {
    let mut named = 0;
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let known: std::collections::BTreeSet<String> = (0..50_000).map(brands::brand).collect();
    for j in 0..500 {
        let post = Workload::W2.post(j, SEED);
        let text = Text::new(post.text());
        let words: Vec<&str> = (0..text.tokens().len()).filter_map(|i| text.folded_token(i)).collect();
        let pairs = words.windows(2).map(|pair| pair.join(" "));
        let one = words.iter().any(|word| known.contains(*word))
            || pairs.into_iter().any(|pair| known.contains(&pair));
        named += usize::from(one);
        words.into_iter().for_each(|word| *counts.entry(word.to_owned()).or_default() += 1);
    }
    assert!((200..340).contains(&named), "{named}");
    let mut ranks: Vec<(usize, String)> = counts.into_iter().map(|(word, count)| (count, word)).collect();
    ranks.sort_unstable_by(|a, b| b.cmp(a));
    let top: Vec<&str> = ranks.iter().take(12).map(|(_, word)| word.as_str()).collect();
    assert!(["the", "is", "my"].iter().all(|word| top.contains(word)), "{top:?}");
    assert!(ranks.len() > 1_500, "{} words", ranks.len());
}

/// A brand is named in some posts, and some context word stands in about every second of those.
#[test]
fn brands_are_found_about_as_often_as_they_are_named() {
    let each = matches(Workload::W2, 400, 200);
    assert!((0.05..0.45).contains(&each), "{each}");
}

/// 150 of a million: too few of fifteen hundred to count on, so this only says that it is no hundredfold of that.
#[test]
fn five_ordinary_words_hold_in_about_150_of_a_million() {
    let each = matches(Workload::W1, 1_500, 250) * 500.0;
    assert!((40.0..500.0).contains(&each), "{each}");
}

#[test]
fn the_popular_brand_is_popular() {
    let each = matches(Workload::W8, 40, 150) / 40.0;
    assert!((0.02..0.15).contains(&each), "{each}");
}
