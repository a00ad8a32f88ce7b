//! A benchmark of edits, made of words of its own; windows; hostile streams.

use super::*;

fn message(id: usize, text: &str, repost_of: Option<&str>, minute: usize) -> Message {
    let json = serde_json::json!({"source": "x", "external_id": id.to_string(), "kind": "post", "visibility": "public",
        "text": text, "thread": {"repost_of": repost_of},
        "times": {"observed": format!("2026-11-02T{:02}:{:02}:00Z", minute / 60, minute % 60)}});
    serde_json::from_value(json).unwrap()
}

fn observe(duplicates: &mut Duplicates, id: usize, text: &str) -> Option<(String, DuplicateKind)> {
    let message = message(id, text, None, 0);
    let found = duplicates.observe(&message, &Text::new(text))?;
    Some((found.of.external_id.to_string(), found.kind))
}

/// Numbers without pattern, the same at every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, n: usize) -> usize {
        self.0 = sketch::mix(self.0);
        (self.0 % n as u64) as usize
    }
}

const WORDS: &str = "the my a your this our parcel train phone bill ticket signal window coffee ladder garden market \
    river orange is was will has came broke stopped arrived waited sold called never again still today late early \
    twice and but because with without under over from to for of north slowly green heavy small new old broken";

fn post(numbers: &mut Numbers, words: usize) -> String {
    let all: Vec<&str> = WORDS.split_whitespace().collect();
    (0..words).map(|_| all[numbers.below(all.len())]).collect::<Vec<_>>().join(" ")
}

/// The post with one of the edits that people and machines make.
fn edited(numbers: &mut Numbers, post: &str) -> String {
    let words: Vec<&str> = post.split(' ').collect();
    match numbers.below(6) {
        0 => format!("{post} #deal{}", numbers.below(9)),
        1 => format!("{post} https://t.example/{}", numbers.below(99)),
        2 => format!("{}…", words[..words.len() - (words.len() / 10).max(1)].join(" ")),
        3 => format!("So true: {post}").replacen(
            "So true: ",
            if words.len() < 9 { "This: " } else { "So true: " },
            1,
        ),
        4 => format!("RT @user{}: {}", numbers.below(99), post.to_uppercase()),
        _ => format!("@brand {} !!", post.replacen(' ', ", ", 2)),
    }
}

#[test]
fn edits_are_found_and_other_posts_are_not() {
    let mut numbers = Numbers(7);
    let mut duplicates = Duplicates::new(DuplicateSettings { window: 4000, ..DuplicateSettings::default() });
    let (mut found, mut right, mut edits) = (0, 0, 0);
    let mut posts: Vec<String> = Vec::new();
    for id in 0..6000 {
        let old = numbers.below(4000) + 1;
        let (text, source) = match posts.len().checked_sub(old) {
            Some(at) if numbers.below(3) == 0 => (edited(&mut numbers, &posts[at]), Some(at)),
            // Half of one post and half of another is neither.
            Some(at) if numbers.below(4) == 0 => {
                let half = posts[at].len() / 2;
                (format!("{}{}", posts[at].get(..half).unwrap(), post(&mut numbers, 8)), None)
            }
            _ => {
                let words = 7 + numbers.below(25);
                (post(&mut numbers, words), None)
            }
        };
        let result = observe(&mut duplicates, id, &text);
        edits += usize::from(source.is_some());
        found += usize::from(result.is_some());
        right += usize::from(result.is_some() && source.is_some());
        // What an edit was made of is an original, so that groups do not drift.
        posts.push(if let Some(at) = source { posts[at].clone() } else { text });
    }
    let (recall, precision) = (right as f64 / edits as f64, right as f64 / found as f64);
    println!("{edits} edits, recall {recall:.4}, precision {precision:.4}");
    assert!(recall >= 0.95 && precision >= 0.98, "recall {recall}, precision {precision}");
}

#[test]
fn what_is_the_same_is_a_table() {
    use DuplicateKind::{Exact, Near};
    let table: &[(&str, &str, Option<DuplicateKind>)] = &[
        ("thank you", "Thank you!", Some(Exact)),
        ("thank you", "@brand thank you #nice https://a.example", Some(Exact)),
        ("RT @a: my train is late", "my train is late", Some(Exact)),
        ("my train is late", "my bus is late", None),
        ("one two three four five", "one two three four five six", None),
        ("one two three four five six seven", "one two three four five six seven eight", Some(Near)),
        ("one two three four five six seven", "seven six five four three two one", None),
        ("#a #b", "#a #b", None),
        ("", "", None),
        ("@brand https://a.example", "@brand https://a.example", None),
        ("また飛行機が遅れています", "また飛行機が遅れています！", Some(Exact)),
    ];
    for (first, second, kind) in table {
        let mut duplicates = Duplicates::new(DuplicateSettings::default());
        assert_eq!(observe(&mut duplicates, 1, first), None);
        let found = observe(&mut duplicates, 2, second);
        assert_eq!(found, kind.map(|kind| ("1".to_owned(), kind)), "{first:?} {second:?}");
    }
}

#[test]
fn reposts_join_the_group_of_their_original() {
    let mut duplicates = Duplicates::new(DuplicateSettings::default());
    let mut see = |id, text: &str, repost_of| {
        let message = message(id, text, repost_of, 0);
        let found = duplicates.observe(&message, &Text::new(text));
        found.map(|found| (found.of.external_id.to_string(), found.kind))
    };
    assert_eq!(see(1, "my parcel never came", None), None);
    assert_eq!(see(2, "my parcel never came", None), Some(("1".to_owned(), DuplicateKind::Exact)));
    assert_eq!(see(3, "", Some("2")), Some(("1".to_owned(), DuplicateKind::Repost)));
    assert_eq!(see(4, "cut sh…", Some("99")), Some(("99".to_owned(), DuplicateKind::Repost)));
    // A newer version of a message repeats nothing.
    assert_eq!(see(1, "my parcel never came", None), None);
}

#[test]
fn what_is_old_is_forgotten() {
    let mut duplicates = Duplicates::new(DuplicateSettings { window: 3, ..DuplicateSettings::default() });
    assert_eq!(observe(&mut duplicates, 0, "first words"), None);
    for id in 1..4 {
        assert_eq!(observe(&mut duplicates, id, &format!("other {id}")), None);
    }
    assert_eq!(observe(&mut duplicates, 5, "first words"), None);

    let age = Some(TimeDelta::minutes(30));
    let mut duplicates = Duplicates::new(DuplicateSettings { age, ..DuplicateSettings::default() });
    let mut see =
        |id, minute| duplicates.observe(&message(id, "first words", None, minute), &Text::new("first words"));
    assert!(see(1, 0).is_none());
    assert!(see(2, 29).is_some());
    assert!(see(3, 90).is_none());
}

#[test]
fn a_hostile_stream_costs_no_more() {
    let mut duplicates = Duplicates::new(DuplicateSettings { window: 1000, ..DuplicateSettings::default() });
    assert!(duplicates.memory() <= 200 * 1000, "{}", duplicates.memory());
    let same = "buy this now and be happy for ever and ever";
    let long = "again and again ".repeat(15_000);
    for id in 0..3000 {
        assert_eq!(observe(&mut duplicates, id, same).is_some(), id > 0);
    }
    for id in 3000..3010 {
        assert_eq!(observe(&mut duplicates, id, &long).is_some(), id > 3000);
    }
    assert_eq!(duplicates.entries.len(), 1000);
    let table = &mut Table::new(16_000, 1000);
    (0..100_000).for_each(|at| table.insert(77, at % 1000));
    assert_eq!(table.find(77).count(), 4);
}
