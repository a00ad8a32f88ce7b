//! Sums against counting one by one; pieces against the whole, in any order.

use proptest::prelude::*;

use super::people::EXACT;
use super::*;

fn account(number: u64) -> u64 {
    hashed("x", &number.to_string())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn pieces_are_the_whole(seconds in prop::collection::vec((0u64..40, 0i64..1_000_000, 0usize..4), 0..80)) {
        let mut whole = (Counts::default(), People::default(), Quantiles::default(), Sample::default());
        let mut pieces = vec![whole.clone(); 4];
        for (key, seconds, piece) in &seconds {
            let message: MessageKey =
                serde_json::from_value(serde_json::json!({"source": "x", "external_id": key.to_string()})).unwrap();
            for part in [&mut whole, &mut pieces[*piece]] {
                part.0.change(*key, Change::Add);
                part.1.change(account(*key), Change::Add);
                part.2.change(*seconds, Change::Add);
                part.3.change(&message, Change::Add);
            }
        }
        for order in [[0, 1, 2, 3], [3, 1, 0, 2]] {
            let mut joined = (Counts::default(), People::default(), Quantiles::default(), Sample::default());
            for piece in order {
                joined.0.join(&pieces[piece].0);
                joined.1.join(&pieces[piece].1);
                joined.2.join(&pieces[piece].2);
                joined.3.join(&pieces[piece].3);
            }
            prop_assert_eq!(&joined, &whole);
        }
        let kept = serde_json::to_string(&whole).unwrap();
        prop_assert_eq!(&serde_json::from_str::<(Counts<u64>, People, Quantiles, Sample)>(&kept).unwrap(), &whole);
    }

    #[test]
    fn what_goes_leaves_what_was(before in prop::collection::vec(0u64..9, 0..30), more in prop::collection::vec(0u64..9, 0..30)) {
        let add = |parts: &mut (Counts<u64>, People, Quantiles), numbers: &[u64], change| {
            for number in numbers {
                parts.0.change(*number, change);
                parts.1.change(account(*number), change);
                parts.2.change(i64::try_from(number * number * 7).unwrap(), change);
            }
        };
        let mut parts = Default::default();
        add(&mut parts, &before, Change::Add);
        let kept = parts.clone();
        add(&mut parts, &more, Change::Add);
        add(&mut parts, &more, Change::Take);
        prop_assert_eq!(parts, kept);
    }

    #[test]
    fn quantiles_are_within_one_in_a_hundred(mut seconds in prop::collection::vec(0i64..10_000_000, 1..200), q in 0.0f64..=1.0) {
        let mut quantiles = Quantiles::default();
        seconds.iter().for_each(|seconds| quantiles.change(*seconds, Change::Add));
        seconds.sort_unstable();
        let place = (q * (seconds.len() - 1) as f64).floor() as usize;
        let (found, exact) = (quantiles.at(q).unwrap() as f64, seconds[place] as f64);
        prop_assert!((found - exact).abs() <= exact * 0.0101 + 0.5, "{found} against {exact}");
    }
}

#[test]
fn beyond_the_limit_people_are_estimated_in_any_order() {
    // Numbers as a hash gives them, without its cost.
    let account = |number: u64| {
        let z = (number + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    };
    let many = EXACT as u64 * 3;
    let (mut whole, mut even, mut odd) = (People::default(), People::default(), People::default());
    for number in 0..many {
        whole.change(account(number), Change::Add);
        whole.change(account(number), Change::Add);
        if number % 2 == 0 { &mut even } else { &mut odd }.change(account(number), Change::Add);
    }
    assert!(whole.is_estimate());
    let share = whole.count() as f64 / many as f64;
    assert!((share - 1.0).abs() < 4.0 * 0.0081, "{share}");
    let mut joined = odd.clone();
    joined.join(&even);
    even.join(&odd);
    assert_eq!((&joined, &even), (&whole, &whole));
    assert_eq!(serde_json::from_str::<People>(&serde_json::to_string(&whole).unwrap()).unwrap(), whole);
}

#[test]
fn a_sample_is_of_all_and_not_of_the_first() {
    let key = |number: u32| -> MessageKey {
        serde_json::from_value(serde_json::json!({"source": "x", "external_id": number.to_string()})).unwrap()
    };
    // Of a thousand messages, how often each half is drawn when the sample is drawn of many such thousands.
    let mut late = 0;
    for round in 0..40 {
        let mut sample = Sample::default();
        (0..1000).for_each(|number| sample.change(&key(round * 1000 + number), Change::Add));
        late += sample
            .messages()
            .filter(|key| key.external_id.as_str().parse::<u32>().unwrap() % 1000 >= 500)
            .count();
    }
    // 320 draws of a fair coin: 160, give or take 9.
    assert!((120..200).contains(&late), "{late}");
}
