//! Tests of iCalendar files: what each kind of event closes, every fault, bad input, and the slow twin of repetition.

use chrono::{Datelike, Duration, NaiveDate, NaiveDateTime};
use chrono_tz::Tz;
use proptest::prelude::*;

use super::repeat::Repeat;
use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn calendar(events: &[&str]) -> String {
    let events: String = events.iter().map(|event| format!("BEGIN:VEVENT\n{event}\nEND:VEVENT\n")).collect();
    format!("BEGIN:VCALENDAR\nVERSION:2.0\n{events}END:VCALENDAR\n")
}

/// What is closed in 2026 and 2027, in Amsterdam: `day` or `from..to`, and the name.
fn closed(events: &[&str]) -> String {
    let short = |at: NaiveDateTime| {
        if at.time() == chrono::NaiveTime::MIN {
            at.date().to_string()
        } else {
            at.format("%Y-%m-%dT%H:%M").to_string()
        }
    };
    match holidays(&calendar(events), Tz::Europe__Amsterdam, day("2026-01-01")..=day("2027-12-31")) {
        Ok(closures) => {
            let told = closures.iter().map(|closure| {
                let (from, to) = (closure.from, closure.to);
                if closure.is_whole_days() && to - from == Duration::days(1) {
                    short(from)
                } else {
                    format!("{}..{}", short(from), short(to))
                }
            });
            told.collect::<Vec<_>>().join(" ")
        }
        Err(error) => error.to_string(),
    }
}

#[test]
fn events_close_what_they_say() {
    for (what, events, wanted) in [
        ("one day", &["DTSTART;VALUE=DATE:20261225"][..], "2026-12-25"),
        (
            "its end is the day after",
            &["DTSTART;VALUE=DATE:20261225\nDTEND;VALUE=DATE:20261226"],
            "2026-12-25",
        ),
        (
            "several days",
            &["DTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20261227"],
            "2026-12-24..2026-12-27",
        ),
        (
            "an end that is the last day",
            &["DTSTART;VALUE=DATE:20261225\nDTEND;VALUE=DATE:20261225"],
            "2026-12-25",
        ),
        ("a duration", &["DTSTART;VALUE=DATE:20261225\nDURATION:P2D"], "2026-12-25..2026-12-27"),
        (
            "every year, since long ago",
            &["DTSTART;VALUE=DATE:19901225\nRRULE:FREQ=YEARLY"],
            "2026-12-25 2027-12-25",
        ),
        (
            "the last Monday of May",
            &["DTSTART;VALUE=DATE:20200525\nRRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO"],
            "2026-05-25 2027-05-31",
        ),
        (
            "but for one year",
            &["DTSTART;VALUE=DATE:20201225\nRRULE:FREQ=YEARLY\nEXDATE;VALUE=DATE:20261225"],
            "2027-12-25",
        ),
        (
            "and two days more",
            &["DTSTART;VALUE=DATE:20200101\nRDATE;VALUE=DATE:20260501,20260505"],
            "2026-05-01 2026-05-05",
        ),
        (
            "so many times",
            &["DTSTART;VALUE=DATE:20260105\nRRULE:FREQ=WEEKLY;COUNT=3"],
            "2026-01-05 2026-01-12 2026-01-19",
        ),
        (
            "until a day",
            &["DTSTART;VALUE=DATE:20260105\nRRULE:FREQ=WEEKLY;INTERVAL=2;UNTIL=20260202"],
            "2026-01-05 2026-01-19 2026-02-02",
        ),
        ("cancelled", &["DTSTART;VALUE=DATE:20261225\nSTATUS:CANCELLED"], ""),
        ("free time closes too", &["DTSTART;VALUE=DATE:20261225\nTRANSP:TRANSPARENT"], "2026-12-25"),
        (
            "one instance moved",
            &[
                "UID:a\nDTSTART;VALUE=DATE:20250427\nRRULE:FREQ=YEARLY",
                "UID:a\nRECURRENCE-ID;VALUE=DATE:20260427\nDTSTART;VALUE=DATE:20260428",
            ],
            "2026-04-28 2027-04-27",
        ),
        (
            "one instance cancelled",
            &[
                "UID:a\nDTSTART;VALUE=DATE:20250427\nRRULE:FREQ=YEARLY",
                "UID:a\nRECURRENCE-ID;VALUE=DATE:20260427\nDTSTART;VALUE=DATE:20260427\nSTATUS:CANCELLED",
            ],
            "2027-04-27",
        ),
        (
            "on the wall here",
            &["DTSTART:20260706T130000\nDTEND:20260706T170000"],
            "2026-07-06T13:00..2026-07-06T17:00",
        ),
        (
            "in UTC",
            &["DTSTART:20260706T130000Z\nDTEND:20260706T170000Z"],
            "2026-07-06T15:00..2026-07-06T19:00",
        ),
        (
            "in another zone",
            &["DTSTART;TZID=America/New_York:20260706T080000\nDURATION:PT1H30M"],
            "2026-07-06T14:00..2026-07-06T15:30",
        ),
        (
            "a zone with a path",
            &["DTSTART;TZID=\"/mozilla.org/20050126_1/Europe/London\":20260706T080000\nDURATION:PT1H"],
            "2026-07-06T09:00..2026-07-06T10:00",
        ),
        // New York went over to summer time on 8 March, Amsterdam on the 29th.
        (
            "weekly in another zone",
            &["DTSTART;TZID=America/New_York:20260302T080000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=2"],
            "2026-03-02T14:00..2026-03-02T15:00 2026-03-09T13:00..2026-03-09T14:00",
        ),
        (
            "until a time in UTC",
            &[
                "DTSTART;TZID=America/New_York:20260302T200000\nDURATION:PT1H\nRRULE:FREQ=DAILY;UNTIL=20260304T010000Z",
            ],
            "2026-03-03T02:00..2026-03-03T03:00 2026-03-04T02:00..2026-03-04T03:00",
        ),
        // There was no half past two in London's zone: by the offset before, it was half past two in winter time.
        (
            "a time that was skipped",
            &["DTSTART;TZID=Europe/Amsterdam:20260329T023000\nDURATION:PT1H"],
            "2026-03-29T03:30..2026-03-29T04:30",
        ),
        (
            "a time that came twice",
            &["DTSTART;TZID=Europe/London:20261025T013000\nDURATION:PT1H"],
            "2026-10-25T02:30..2026-10-25T03:30",
        ),
        (
            "an exception by its time",
            &["DTSTART:20260706T130000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2\nEXDATE:20260706T130000"],
            "2026-07-07T13:00..2026-07-07T14:00",
        ),
        (
            "an alarm is no event",
            &["DTSTART;VALUE=DATE:20261225\nBEGIN:VALARM\nTRIGGER:-PT15M\nDURATION:PT5M\nEND:VALARM"],
            "2026-12-25",
        ),
        ("folded lines", &["DTSTART;VALUE=DA\n TE:2026\n\t1225"], "2026-12-25"),
        (
            "a first date that its rule does not give",
            &["DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=25"],
            "2026-01-01 2026-12-25 2027-12-25",
        ),
        ("29 February", &["DTSTART;VALUE=DATE:20240229\nRRULE:FREQ=YEARLY"], ""),
    ] {
        assert_eq!(closed(events), wanted, "{what}: {events:?}");
    }
}

#[test]
fn every_fault_has_its_line() {
    let mut out = String::new();
    let mut tell = |text: &str| {
        let error = holidays(text, Tz::UTC, day("2026-01-01")..=day("2027-12-31")).unwrap_err();
        for fault in error.faults() {
            let line = fault.span.of(text).unwrap();
            out.push_str(&format!(
                "{} line {} `{line}`: {}\n  help: {}\n",
                fault.code, fault.line, fault.message, fault.help
            ));
        }
        out.push_str("--\n");
    };
    tell("");
    tell("hello");
    tell("BEGIN:VTODO\nEND:VTODO\n");
    tell("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20261225\n");
    tell("BEGIN:VCALENDAR\nEND:VEVENT\nEND:VCALENDAR");
    tell(&calendar(&[
        "SUMMARY:no start",
        "DTSTART;VALUE=DATE:20260230",
        "DTSTART:20261225T250000",
        "DTSTART;TZID=Mars/Olympus:20261225T100000\nDURATION:PT1H",
        "DTSTART:20261225T100000",
        "DTSTART:20261225T100000\nDTEND:20261225T090000",
        "DTSTART;VALUE=DATE:20261225\nDTEND:20261225T090000",
        "DTSTART;VALUE=DATE:20261225\nDTEND;VALUE=DATE:99991225",
        "DTSTART;VALUE=DATE:20261225\nDURATION:forever",
        "DTSTART;VALUE=DATE:20261225\nRRULE:FREQ=SECONDLY",
        "DTSTART;VALUE=DATE:20261225\nRRULE:BYMONTH=1",
        "DTSTART;VALUE=DATE:20261225\nRRULE:FREQ=YEARLY;BYMONTH=13",
        "DTSTART;VALUE=DATE:20261225\nRRULE:FREQ=YEARLY;BYEASTER=1",
        "DTSTART;VALUE=DATE:20261225\nRRULE:FREQ=WEEKLY;BYDAY=1MO",
        "DTSTART;VALUE=DATE:20261225\nRRULE:FREQ=YEARLY\nRRULE:FREQ=WEEKLY",
        "DTSTART;VALUE=DATE:20261225\nEXRULE:FREQ=YEARLY",
        "DTSTART;VALUE=DATE:20261225\nRDATE;VALUE=PERIOD:20260101T000000Z/PT1H",
        "UID:a\nDTSTART;VALUE=DATE:20261225\nRECURRENCE-ID;RANGE=THISANDFUTURE:20261225",
    ]));
    tell(&calendar(&["DTSTART;VALUE=DATE:00010101\nRRULE:FREQ=DAILY"; 3]));
    insta::assert_snapshot!("faults", out);
}

#[test]
fn work_is_bounded_whatever_the_file_says() {
    let range = || day("1970-01-01")..=day("2099-12-31");
    let bomb = |event: &str, n: usize| {
        let error = holidays(&calendar(&vec![event; n]), Tz::UTC, range()).unwrap_err();
        error.faults().first().unwrap().code
    };
    assert_eq!(bomb("DTSTART;VALUE=DATE:20261225", MOST_EVENTS + 1), "C013");
    assert_eq!(bomb("DTSTART;VALUE=DATE:19700101\nRRULE:FREQ=DAILY", 10), "C013");
    assert_eq!(bomb("DTSTART;VALUE=DATE:19700101\nDURATION:P700D\nRRULE:FREQ=DAILY", 1), "C013");
    // No day ever is one of these: nothing is found, and looking ends.
    assert_eq!(bomb("DTSTART;VALUE=DATE:19700131\nRRULE:FREQ=YEARLY;BYYEARDAY=366;BYMONTHDAY=1", 60), "C013");
    let never = calendar(&["DTSTART;VALUE=DATE:20260131\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"]);
    assert_eq!(holidays(&never, Tz::UTC, range()).unwrap().len(), 1);
    let end = NaiveDate::MIN..=NaiveDate::MAX;
    let last = holidays(&calendar(&["DTSTART;VALUE=DATE:99991231\nDURATION:P700D"]), Tz::UTC, end.clone());
    assert_eq!(last.unwrap().len(), 1);
    let endless = holidays(&calendar(&["DTSTART;VALUE=DATE:99991231\nRRULE:FREQ=YEARLY"]), Tz::UTC, end);
    assert!(endless.is_ok() || endless.is_err());
}

// The slow twin: it looks at every day there is and asks the rule's words of it, as RFC 5545 puts them.

#[derive(Debug, Clone)]
struct Words {
    every: &'static str,
    interval: i64,
    months: Vec<u32>,
    month_days: Vec<i64>,
    days: Vec<(i64, usize)>,
    position: Option<i64>,
    count: Option<usize>,
}

const NAMES: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

impl Words {
    fn written(&self) -> String {
        use std::fmt::Write as _;
        let mut rule = format!("FREQ={};INTERVAL={}", self.every, self.interval);
        let row = |items: Vec<String>| items.join(",");
        if !self.months.is_empty() {
            _ = write!(rule, ";BYMONTH={}", row(self.months.iter().map(ToString::to_string).collect()));
        }
        if !self.month_days.is_empty() {
            _ = write!(
                rule,
                ";BYMONTHDAY={}",
                row(self.month_days.iter().map(ToString::to_string).collect())
            );
        }
        if !self.days.is_empty() {
            let name = |(nth, day): &(i64, usize)| {
                if *nth == 0 { NAMES[*day].to_owned() } else { format!("{nth}{}", NAMES[*day]) }
            };
            _ = write!(rule, ";BYDAY={}", row(self.days.iter().map(name).collect()));
        }
        if let Some(position) = self.position {
            _ = write!(rule, ";BYSETPOS={position}");
        }
        if let Some(count) = self.count {
            _ = write!(rule, ";COUNT={count}");
        }
        rule
    }

    /// Which of its periods a day lies in, counted from that of the first day.
    fn period(&self, first: NaiveDate, day: NaiveDate) -> i64 {
        let monday = |day: NaiveDate| day - Duration::days(day.weekday().num_days_from_monday().into());
        match self.every {
            "DAILY" => (day - first).num_days(),
            "WEEKLY" => (monday(day) - monday(first)).num_days() / 7,
            "MONTHLY" => {
                i64::from(day.year() - first.year()) * 12 + i64::from(day.month()) - i64::from(first.month())
            }
            _ => (day.year() - first.year()).into(),
        }
    }

    fn holds(&self, first: NaiveDate, day: NaiveDate) -> bool {
        let of_month = |back: bool| {
            let mut n = 0;
            let mut other = day;
            while other.month() == day.month() {
                n += 1;
                other = if back { other + Duration::days(1) } else { other - Duration::days(1) };
            }
            n
        };
        let nth = |back: bool, whole_year: bool| {
            let mut n = 0;
            let mut other = day;
            while other.year() == day.year() && (whole_year || other.month() == day.month()) {
                n += 1;
                other = if back { other + Duration::days(7) } else { other - Duration::days(7) };
            }
            n
        };
        if !self.months.is_empty() && !self.months.contains(&day.month()) {
            return false;
        }
        if !self.month_days.is_empty()
            && !self.month_days.iter().any(|n| *n == of_month(false) || *n == -of_month(true))
        {
            return false;
        }
        let year = self.every == "YEARLY" && self.months.is_empty();
        if !self.days.is_empty() {
            return self.days.iter().any(|(n, name)| {
                day.weekday().num_days_from_monday() as usize == *name
                    && (*n == 0 || *n == nth(false, year) || *n == -nth(true, year))
            });
        }
        !self.month_days.is_empty()
            || match self.every {
                "DAILY" => true,
                "WEEKLY" => day.weekday() == first.weekday(),
                "MONTHLY" => day.day() == first.day(),
                _ => day.day() == first.day() && (!self.months.is_empty() || day.month() == first.month()),
            }
    }

    fn dates(&self, first: NaiveDate, last: NaiveDate) -> Vec<NaiveDate> {
        let mut periods: std::collections::BTreeMap<i64, Vec<NaiveDate>> = Default::default();
        // A period begins before the first date does.
        for day in
            (first - Duration::days(366)).iter_days().take_while(|day| *day <= last + Duration::days(366))
        {
            let period = self.period(first, day);
            if period >= 0 && period % self.interval == 0 && self.holds(first, day) {
                periods.entry(period).or_default().push(day);
            }
        }
        let chosen = periods.into_values().flat_map(|days| match self.position {
            None => days,
            Some(n) => {
                let at = if n > 0 { n - 1 } else { days.len() as i64 + n };
                usize::try_from(at).ok().and_then(|at| days.get(at).copied()).into_iter().collect()
            }
        });
        chosen
            .filter(|day| *day >= first)
            .take(self.count.unwrap_or(usize::MAX))
            .filter(|day| *day <= last)
            .collect()
    }
}

fn any_words() -> impl Strategy<Value = Words> {
    let every = prop::sample::select(vec!["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]);
    let months = prop::collection::btree_set(1u32..=12, 0..3);
    let month_days = prop::collection::btree_set(prop_oneof![1i64..=31, -31i64..=-1], 0..3);
    let days = prop::collection::btree_set((prop_oneof![Just(0i64), -5i64..=5], 0usize..7), 0..3);
    let position = prop::option::weighted(0.3, prop_oneof![1i64..=3, -3i64..=-1]);
    let count = prop::option::of(1usize..20);
    (every, 1i64..4, months, month_days, days, position, count).prop_map(
        |(every, interval, months, month_days, days, position, count)| {
            let plain_days = matches!(every, "DAILY" | "WEEKLY");
            Words {
                every,
                interval,
                months: months.into_iter().collect(),
                month_days: if every == "WEEKLY" { vec![] } else { month_days.into_iter().collect() },
                days: days.into_iter().map(|(n, day)| (if plain_days { 0 } else { n }, day)).collect(),
                position,
                count,
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn repetition_agrees_with_looking_at_every_day(words in any_words(), start in 0i64..1500, span in 0i64..2500) {
        let first = day("2019-12-20") + Duration::days(start);
        let last = first + Duration::days(span);
        let rule = Repeat::read(&words.written()).unwrap();
        let dates = rule.dates(moment::Moment::Date(first), last, &mut 1_000_000).unwrap();
        prop_assert_eq!(dates, words.dates(first, last), "{} from {}", words.written(), first);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "(BEGIN|END|DTSTART|DTEND|DURATION|RRULE|RDATE|EXDATE|[;:=,T\n -]|VCALENDAR|VEVENT|FREQ|DAILY|YEARLY|2026[01][0-9][0-3][0-9]|[0-9]|P1D|TZID|Europe/Paris|\\PC){0,60}") {
        _ = holidays(&text, Tz::Pacific__Apia, day("2026-01-01")..=day("2026-12-31"));
        _ = holidays(&calendar(&[&text]), Tz::Pacific__Apia, day("2026-01-01")..=day("2026-12-31"));
    }

    #[test]
    fn a_truncated_file_is_refused(cut in 0usize..400) {
        let text = calendar(&["UID:a\nSUMMARY:Königsdag\nDTSTART;VALUE=DATE:20260427\nDTEND;VALUE=DATE:20260428\nRRULE:FREQ=YEARLY"]);
        let whole = text.trim_end().len();
        let head: String = text.chars().take(cut).collect();
        let range = day("2026-01-01")..=day("2026-12-31");
        prop_assert_eq!(holidays(&head, Tz::UTC, range).is_ok(), head.len() >= whole);
    }
}
