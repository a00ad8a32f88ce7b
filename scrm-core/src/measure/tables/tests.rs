//! Tables against counting by hand; parts against the whole, in any order; what goes against what came; words against a
//! brute-force log-likelihood.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::measure::words::log_likelihood;
use crate::measure::{Cell, CellType};
use crate::model::{Case, CaseId, Context, Event};
use crate::record::Entry;
use crate::testing;

/// Messages of four days, assessed once.
static ENTRIES: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    let engine = testing::engine();
    let texts = [
        "@northwind no signal in Utrecht, this is terrible",
        "@northwind no signal again, awful",
        "@northwind where is my refund? awful service",
        "@northwind thank you, great staff!",
        "@halden is great, love it",
        "lovely weather",
        "@northwind the loyalty card stopped working",
    ];
    let entry = |number: usize| {
        let text = texts[number % texts.len()];
        let (author, day, hour) = (number % 11, 1 + number % 4, number * 5 % 24);
        let message = testing::message(&format!(
            r#""external_id":"{number}","text":"{text}","author":{{"source":"x","native_id":"u{author}","location":"{}","followers":{author}}},
            "place":{{"name":"Delft","country":"NL"}},"metrics":{{"views":{number}}},"times":{{"created":"2026-11-0{day}T{hour:02}:00:00Z"}}"#,
            ["Delft", "delft ", "Rome"][number % 3],
        ));
        Entry { assessment: engine.assess(&message, &Context::default()), message, versions: 1 }
    };
    (0..56).map(entry).collect()
});

/// What a desk would tell of a message and its case: opened, and perhaps answered and resolved.
fn feed(measures: &mut Measures, number: usize) {
    let entry = &ENTRIES[number];
    let seq = number as u64 * 10;
    let captured = Event::Captured {
        message: Box::new(entry.message.clone()),
        assessment: Box::new(entry.assessment.clone()),
    };
    measures.event(seq, &captured);
    measures.add(entry);
    if number.is_multiple_of(3) {
        let at = entry.message.times().observed;
        let mut case = Case::new(entry.message.key(), at);
        case.first_response_due = Some(at + chrono::Duration::hours(2));
        case.department = Some(crate::model::Department::new(["care", "billing"][number % 2]).unwrap());
        let id: CaseId = case.id.clone();
        measures.event(seq + 1, &Event::CaseOpened { case: Box::new(case) });
        if number.is_multiple_of(2) {
            let response = serde_json::from_value(serde_json::json!({
                "id": format!("r{number}"), "case": id, "scale": "micro", "visibility": "public", "author": "ada",
                "vouched": "a test", "text": "Sorry!", "sent": at + chrono::Duration::minutes(number as i64 * 7),
            }));
            measures.event(seq + 2, &Event::Responded { response: Box::new(response.unwrap()) });
        }
        if number.is_multiple_of(4) {
            let at = at + chrono::Duration::hours(30);
            measures.event(seq + 3, &Event::CaseResolved { case: id, at, by: None });
        }
    }
}

fn measured(numbers: impl IntoIterator<Item = usize>) -> Measures {
    let mut measures = Measures::new(chrono_tz::Europe::Amsterdam);
    numbers.into_iter().for_each(|number| feed(&mut measures, number));
    measures
}

fn frame() -> Frame {
    let mut monitors: BTreeSet<MonitorId> =
        testing::engine().playbook().monitors.monitors.keys().cloned().collect();
    monitors.insert(MonitorId::new("never").unwrap());
    Frame { monitors, hourly_cost: 30.0, ..Frame::default() }
}

fn comparable(mut measures: Measures) -> Measures {
    // The message that was captured last is of no use after it.
    measures.join(&Measures::new(chrono_tz::Europe::Amsterdam));
    measures
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn parts_are_the_whole_in_any_order(parts in prop::collection::vec(0usize..4, 56), order in Just([0, 1, 2, 3]).prop_shuffle()) {
        let whole = comparable(measured(0..56));
        let mut joined = Measures::new(chrono_tz::Europe::Amsterdam);
        for part in order {
            joined.join(&measured((0..56).filter(|number| parts[*number] == part)));
        }
        prop_assert_eq!(&joined, &whole);
        for measure in Measure::ALL {
            prop_assert_eq!(joined.table(*measure, &frame()), whole.table(*measure, &frame()));
        }
    }

    #[test]
    fn what_is_taken_leaves_what_was(kept in prop::collection::vec(any::<bool>(), 56)) {
        let mut measures = Measures::new(chrono_tz::Europe::Amsterdam);
        let mut expected = measures.clone();
        ENTRIES.iter().for_each(|entry| measures.add(entry));
        for (entry, kept) in ENTRIES.iter().zip(&kept) {
            if *kept { expected.add(entry) } else { measures.take(entry) }
        }
        for measure in [Measure::Volume, Measure::Sentiment, Measure::Topics, Measure::Words, Measure::Trends, Measure::Coverage] {
            prop_assert_eq!(measures.table(measure, &frame()), expected.table(measure, &frame()));
        }
    }

    #[test]
    fn words_score_as_the_table_of_counts_says(here in 0u64..60, n_here in 1u64..80, there in 0u64..60, n_there in 1u64..200) {
        let (here, there) = (here.min(n_here), there.min(n_there));
        // Observed and expected counts of all four cells: 2 Σ O ln (O / E).
        let all = (n_here + n_there) as f64;
        let with = (here + there) as f64;
        let cells = [
            (here as f64, n_here as f64 * with / all),
            ((n_here - here) as f64, n_here as f64 * (all - with) / all),
            (there as f64, n_there as f64 * with / all),
            ((n_there - there) as f64, n_there as f64 * (all - with) / all),
        ];
        let brute: f64 = cells.iter().filter(|(o, _)| *o > 0.0).map(|(o, e)| 2.0 * o * (o / e).ln()).sum();
        let more = here as f64 / n_here as f64 > there as f64 / n_there as f64;
        let found = log_likelihood(here, n_here, there, n_there);
        prop_assert!((found - if more { brute } else { 0.0 }).abs() < 1e-6, "{found} against {brute}");
    }
}

fn integers(table: &Table, column: &str) -> Vec<i64> {
    table.cells(column).unwrap().filter_map(Cell::as_integer).collect()
}

#[test]
fn every_measure_is_a_table_with_units_and_meanings() {
    let measures = measured(0..56);
    for measure in Measure::ALL {
        let table = measures.table(*measure, &frame());
        assert_eq!(table.name(), measure.as_str());
        assert!(
            !table.columns().is_empty() && table.columns().iter().all(|column| column.meaning.len() > 5),
            "{measure}"
        );
        let numbers = table.columns().iter().filter(|column| column.kind == CellType::Duration);
        assert!(numbers.clone().all(|column| column.unit.is_some()), "{measure}");
        assert!(table.to_csv().lines().next().is_some());
        let empty = Measures::new(chrono_tz::UTC).table(*measure, &Frame::default());
        assert_eq!(empty.columns(), table.columns(), "{measure}");
    }
    let kept = serde_json::to_string(&measures).unwrap();
    assert_eq!(serde_json::from_str::<Measures>(&kept).unwrap(), measures);
}

#[test]
fn tables_are_what_one_counts_by_hand() {
    let measures = measured(0..56);
    let table = |measure| measures.table(measure, &frame());
    // Late in the evening in London it is the next day in Amsterdam.
    assert_eq!(integers(&table(Measure::Volume), "messages"), [14, 14, 14, 12, 2]);
    // One text in seven is of no monitor; eleven people write.
    assert_eq!(integers(&table(Measure::Volume), "customers").iter().sum::<i64>(), 48);
    assert_eq!(measures.messages(), 56);
    let voice = table(Measure::ShareOfVoice);
    assert_eq!(integers(&voice, "mentions"), [40, 8]);
    assert_eq!(voice.get(0, "mention_share").and_then(Cell::as_number), Some(100.0 * 40.0 / 48.0));
    let places = table(Measure::Geography);
    let shown: Vec<_> =
        places.rows().map(|row| (row[0].as_text().unwrap(), row[1].as_text().unwrap())).collect();
    assert_eq!(shown[0], ("post", "Delft, NL"));
    assert_eq!(shown[1], ("profile", "delft"), "seventeen write it so, sixteen with a capital");
    assert_eq!(shown.len(), 3, "case and white space make no other place");
    // Nineteen cases; those of even numbers are answered, those of multiples of four resolved.
    let load = table(Measure::Load);
    assert_eq!(integers(&load, "opened").iter().sum::<i64>(), 19);
    let times = table(Measure::ResponseTimes);
    assert_eq!(integers(&times, "answered").iter().sum::<i64>(), 10);
    let sla = table(Measure::Sla);
    let of = |column| integers(&sla, column).iter().sum::<i64>();
    // Number n is answered after 7 n minutes, and was promised within two hours: 0, 6 and 12 are in time.
    assert_eq!((of("met"), of("late")), (3, 7));
    let silent = table(Measure::SilentMonitors);
    assert!(silent.cells("monitor").unwrap().any(|cell| cell.as_text() == Some("never")));
    let balance = table(Measure::Balance);
    assert!(balance.cells("checked").unwrap().all(|cell| *cell != Cell::Boolean(false)));
    assert_eq!(balance.get(0, "count").and_then(Cell::as_integer), Some(56));
    let cost = table(Measure::Cost);
    let answered: i64 = integers(&cost, "answered").iter().sum();
    assert_eq!(answered, 10);
    let sum: f64 = cost.cells("cost").unwrap().filter_map(Cell::as_number).sum();
    assert!((sum - 10.0 * 6.0 / 60.0 * 30.0).abs() < 1e-9);
}

/// An hour that has far more than the same hour of the days before is a spike; hours side by side are one.
#[test]
fn a_storm_is_a_spike_and_a_usual_day_is_none() {
    let engine = testing::engine();
    let mut measures = Measures::new(chrono_tz::UTC);
    let mut number = 0;
    let mut say = |measures: &mut Measures, day: u32, hour: u32, count: usize| {
        for _ in 0..count {
            number += 1;
            let message = testing::message(&format!(
                r#""external_id":"{number}","text":"@northwind no signal","author":{{"source":"x","native_id":"{number}"}},"times":{{"created":"2026-11-{day:02}T{hour:02}:00:00Z"}}"#
            ));
            measures.add(&Entry {
                assessment: engine.assess(&message, &Context::default()),
                message,
                versions: 1,
            });
        }
    };
    for day in 1..=6 {
        for hour in [9, 10, 11] {
            say(&mut measures, day, hour, 4);
        }
    }
    say(&mut measures, 6, 10, 26);
    say(&mut measures, 6, 11, 16);
    let frame = Frame::default().over(chrono::NaiveDate::from_ymd_opt(2026, 11, 6).unwrap());
    let spikes = measures.table(Measure::Spikes, &frame);
    assert_eq!((integers(&spikes, "from_hour"), integers(&spikes, "to_hour")), (vec![10, 10], vec![11, 11]));
    assert_eq!(integers(&spikes, "messages"), [50, 50], "of all messages, and of the issue");
    let trends = measures.table(Measure::Trends, &frame);
    assert_eq!(trends.get(0, "trend").and_then(Cell::as_text), Some("up"));
    let usual = measures
        .table(Measure::Spikes, &frame.clone().over(chrono::NaiveDate::from_ymd_opt(2026, 11, 5).unwrap()));
    assert!(usual.is_empty());
}
