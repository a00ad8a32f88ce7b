//! Tests of the calendars: the table of instants, the faults, and the slow twin that walks minute by minute.

use chrono::{DateTime, Datelike, Duration, NaiveDate, Timelike, Utc, Weekday};
use chrono_tz::Tz;
use proptest::prelude::*;

use super::*;
use crate::diagnostic::{Document, Faults, Report, Sources};

fn utc(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn hours(openings: &[&str]) -> Vec<Opening> {
    openings.iter().map(|text| text.parse().unwrap()).collect()
}

/// Monday to Friday, with a lunch break; a bar on Saturday night.
fn office(tz: Tz) -> Calendar {
    let days = [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri];
    let week = days.iter().fold(Calendar::new("hq", tz), |calendar, day| {
        calendar.open(*day, hours(&["09:00-12:30", "13:30-18:00"]))
    });
    week.open(Weekday::Sat, hours(&["22:00-03:30"]))
        .except(NaiveDate::from_ymd_opt(2026, 12, 25).unwrap(), [])
        .except(NaiveDate::from_ymd_opt(2026, 12, 24).unwrap(), hours(&["09:00-12:00"]))
}

fn read(source: &str) -> (Calendars, String) {
    let mut faults = Faults::new();
    let document = Document::parse("calendars.toml", source, &mut faults);
    let calendars = Calendars::read(&document, &mut faults);
    let mut sources = Sources::new();
    sources.insert("calendars.toml", source);
    (calendars, Report::new(faults.into_sorted(), sources).to_string())
}

#[test]
fn openings_are_written_and_read() {
    for text in ["00:00-24:00", "09:00-12:30", "22:00-06:00", "10:00-24:00"] {
        assert_eq!(text.parse::<Opening>().unwrap().to_string(), text);
    }
    assert_eq!("22:00-00:00".parse::<Opening>().unwrap().to_string(), "22:00-24:00");
    for text in ["", "9:00-10:00", "09:00-09:00", "24:00-06:00", "09:00-24:01", "09:60-10:00", "+9:00-10:00"]
    {
        assert!(text.parse::<Opening>().is_err(), "{text}");
    }
}

#[test]
fn it_is_open_when_the_clock_on_the_wall_says_so() {
    let hq = office(Tz::Europe__Amsterdam);
    for (at, open) in [
        ("2026-11-02T07:59:59Z", false), // Monday 08:59:59
        ("2026-11-02T08:00:00Z", true),
        ("2026-11-02T11:29:59.999Z", true),
        ("2026-11-02T11:30:00Z", false),
        ("2026-07-06T07:00:00Z", true), // summer time
        ("2026-11-07T21:00:00Z", true), // Saturday 22:00
        ("2026-11-08T02:29:00Z", true), // Sunday 03:29, of Saturday's opening
        ("2026-11-08T02:30:00Z", false),
        ("2026-12-25T09:00:00Z", false), // a holiday
        ("2026-12-24T12:00:00Z", false), // closed at noon
    ] {
        assert_eq!(hq.is_open(utc(at)), open, "{at}");
    }
    assert_eq!(hq.local_date(utc("2026-11-01T23:30:00Z")).to_string(), "2026-11-02");
}

#[test]
fn deadlines_fall_in_business_time() {
    let hq = office(Tz::Europe__Amsterdam);
    for (start, minutes, due) in [
        ("2026-11-02T08:00:00Z", 0, "2026-11-02T08:00:00Z"),
        ("2026-11-01T08:00:00Z", 0, "2026-11-01T08:00:00Z"), // nothing to wait for, though closed
        ("2026-11-02T08:00:00Z", 60, "2026-11-02T09:00:00Z"),
        ("2026-11-02T11:00:00Z", 60, "2026-11-02T13:00:00Z"), // over lunch
        ("2026-11-02T08:00:00Z", 210, "2026-11-02T11:30:00Z"), // due at closing, not after lunch
        ("2026-11-08T12:00:00Z", 30, "2026-11-09T08:30:00Z"), // Sunday
        ("2026-12-24T10:30:00Z", 60, "2026-12-26T21:30:00Z"), // over Christmas into Saturday night
    ] {
        assert_eq!(
            hq.add_business(utc(start), Duration::minutes(minutes)),
            Some(utc(due)),
            "{start} + {minutes}"
        );
    }
    assert_eq!(hq.next_open(utc("2026-11-08T12:00:00Z")), Some(utc("2026-11-09T08:00:00Z")));
}

#[test]
fn a_skipped_hour_is_no_business_time_and_a_repeated_one_counts_twice() {
    let night = Calendar::new("night", Tz::Europe__Amsterdam).open(Weekday::Sun, hours(&["01:30-03:30"]));
    let sum = |from, to| night.business_between(utc(from), utc(to));
    assert_eq!(sum("2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z"), Duration::minutes(60));
    assert_eq!(sum("2026-10-24T12:00:00Z", "2026-10-25T12:00:00Z"), Duration::minutes(180));
    assert_eq!(sum("2026-10-25T12:00:00Z", "2026-10-24T12:00:00Z"), Duration::minutes(-180));
}

#[test]
fn a_date_that_a_zone_left_out_has_no_hours() {
    let apia = Calendar::new("apia", Tz::Pacific__Apia).open(Weekday::Fri, [Opening::ALL_DAY]);
    // Samoa had no Friday, 30 December 2011.
    assert_eq!(apia.next_open(utc("2011-12-29T12:00:00Z")), Some(utc("2012-01-05T10:00:00Z")));
}

#[test]
fn nothing_is_looked_for_beyond_two_years() {
    let start = utc("2026-01-01T00:00:00Z");
    let never = Calendar::new("never", Tz::UTC);
    assert_eq!(never.add_business(start, Duration::minutes(1)), None);
    assert_eq!(never.next_open(start), None);
    let once = never.except(NaiveDate::from_ymd_opt(2030, 1, 1).unwrap(), [Opening::ALL_DAY]);
    assert_eq!(once.next_open(start), None);
    assert_eq!(Calendar::always().add_business(start, Duration::days(3000)), None);
    let century = Calendar::always().business_between(start, utc("2600-01-01T00:00:00Z"));
    assert_eq!(century, Duration::days(36_600));
}

#[test]
fn the_ends_of_time_do_no_harm() {
    let hq = office(Tz::Pacific__Apia);
    for at in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
        hq.is_open(at);
        hq.local_date(at);
        hq.next_open(at);
        hq.add_business(at, Duration::MAX);
        hq.business_between(at, utc("2026-01-01T00:00:00Z"));
    }
}

#[test]
fn every_fault_is_reported() {
    let (calendars, report) = read(
        r#"
default = "hg"
colour = "blue"
[[calendar]]
id = "hq"
tz = "Europe/Amsterdan"
week = { mon = ["09:00-12:30", "12:00-18:00"], monday = ["09:00-17:00"], tue = "09:00-17:00", wed = ["9-17", 9] }
except = { "25 December" = [], "2026-12-24" = ["09:00-12:00"] }
[[calendar]]
id = "hq"
tz = "UTC"
[[calendar]]
id = "Back Office"
[[calendar]]
id = "shut"
tz = "Mars/Olympus"
"#,
    );
    assert_eq!(calendars.ids().collect::<Vec<_>>(), ["hq", "shut"]);
    insta::assert_snapshot!("every_fault", report);
}

#[test]
fn a_file_without_calendars_is_a_fault_and_still_can_be_used() {
    let (calendars, report) = read("");
    assert!(report.contains("error[C008]: there is no calendar"), "{report}");
    assert!(calendars.default_calendar().is_open(utc("2026-01-01T00:00:00Z")));
    let (_, report) =
        read("[[calendar]]\nid=\"a\"\ntz=\"UTC\"\nweek={mon=[]}\n[[calendar]]\nid=\"b\"\ntz=\"UTC\"");
    assert!(report.contains("error[C008]: there is no `default`"), "{report}");
    let (one, report) = read("[[calendar]]\nid=\"a\"\ntz=\"UTC\"\nweek={mon=[\"09:00-10:00\"]}");
    assert_eq!((one.default_calendar().id(), report.as_str()), ("a", "no faults"));
}

/// Reads calendars whose holidays stand in these files.
fn read_with(source: &str, files: &[(&str, &str)]) -> (Calendars, String) {
    let files = files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    let mut faults = Faults::new();
    let document = Document::parse("calendars.toml", source, &mut faults);
    let calendars = Calendars::read_with(&document, &files, &mut faults);
    let mut sources = Sources::new();
    sources.insert("calendars.toml", source);
    files.into_iter().for_each(|(name, text)| sources.insert(name, text));
    (calendars, Report::new(faults.into_sorted(), sources).to_string())
}

const UK: &str = "BEGIN:VCALENDAR
BEGIN:VEVENT
SUMMARY:Christmas
DTSTART;VALUE=DATE:20201225
DTEND;VALUE=DATE:20201227
RRULE:FREQ=YEARLY
END:VEVENT
BEGIN:VEVENT
SUMMARY:Everybody is at the fair
DTSTART:20261106T140000
DTEND:20261106T160000
END:VEVENT
END:VCALENDAR
";

#[test]
fn holidays_stand_in_files_of_their_own() {
    let (calendars, report) = read_with(
        r#"
[[calendar]]
id = "hq"
tz = "Europe/London"
week = { thu = ["09:00-17:00"], fri = ["09:00-17:00"], sat = ["09:00-17:00"] }
except = { "2026-12-26" = ["10:00-11:00"] }
holidays = ["uk.ics"]
"#,
        &[("uk.ics", UK)],
    );
    assert_eq!(report, "no faults");
    let hq = calendars.get("hq").unwrap();
    for (date, open) in [
        ("2026-12-24", &["09:00-17:00"][..]),
        ("2026-12-25", &[]),
        ("2026-12-26", &["10:00-11:00"]), // by hand
        ("2037-12-25", &[]),
        ("2026-11-06", &["09:00-14:00", "16:00-17:00"]), // half a day
        ("2026-11-13", &["09:00-17:00"]),
    ] {
        assert_eq!(hq.openings(date.parse().unwrap()), hours(open), "{date}");
    }
}

#[test]
fn every_fault_of_a_file_of_holidays_is_reported() {
    let (_, report) = read_with(
        r#"
default = "a"
[[calendar]]
id = "a"
tz = "Pacific/Apia"
week = { mon = ["22:00-06:00"], tue = ["05:00-09:00"], sun = ["20:00-02:00"] }
except = { "2011-12-30" = [], "2026-02-30" = [], "2026-13-01" = [] }
holidays = ["uq.ics", "../uk.ics", "cut.ics", "bad.ics", "empty.ics"]
[[calendar]]
id = "b"
tz = "UTC"
week = { mon = ["09:00-17:00"] }
holidays = 5
[[calendar]]
id = "c"
tz = "UTC"
week = { mon = ["09:00-17:00"] }
holidays = "bad.ics"
"#,
        &[
            ("uk.ics", UK),
            ("cut.ics", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART"),
            ("bad.ics", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:soon\nEND:VEVENT\nEND:VCALENDAR"),
            ("empty.ics", "BEGIN:VCALENDAR\nEND:VCALENDAR"),
        ],
    );
    insta::assert_snapshot!("every_fault_of_holidays", report);
}

// The slow twin: it asks the wall clock at every minute, and knows nothing of offsets or edges.

fn slow_is_open(calendar: &Calendar, at: DateTime<Utc>) -> bool {
    let wall = at.with_timezone(&calendar.tz()).naive_local();
    let minute = wall.hour() * 60 + wall.minute();
    let covers = |date: NaiveDate, minute: u32| {
        calendar.openings(date).iter().any(|opening| {
            let text = opening.to_string();
            let ends: Vec<u32> = text
                .split('-')
                .map(|clock| clock.split_once(':').unwrap())
                .map(|(hours, minutes)| hours.parse::<u32>().unwrap() * 60 + minutes.parse::<u32>().unwrap())
                .collect();
            let (from, to) = (ends[0], if opening.is_overnight() { ends[1] + 1440 } else { ends[1] });
            from <= minute && minute < to
        })
    };
    covers(wall.date(), minute) || covers(wall.date().pred_opt().unwrap(), minute + 1440)
}

fn slow_add(calendar: &Calendar, start: DateTime<Utc>, minutes: u32) -> DateTime<Utc> {
    let (mut now, mut left) = (start, minutes);
    while left > 0 {
        left -= u32::from(slow_is_open(calendar, now));
        now += Duration::minutes(1);
    }
    now
}

const ZONES: [Tz; 8] = [
    Tz::UTC,
    Tz::Europe__Amsterdam,
    Tz::America__New_York,
    Tz::America__Sao_Paulo,   // changed at midnight
    Tz::Australia__Lord_Howe, // changes by half an hour
    Tz::Asia__Kathmandu,
    Tz::America__St_Johns, // changed a minute past midnight
    Tz::Pacific__Apia,     // left out a date
];

/// Hours near the times at which clocks change.
const CHANGES: [&str; 8] = [
    "2026-03-28T12:00:00Z",
    "2026-10-24T20:00:00Z",
    "2026-03-08T00:00:00Z",
    "2026-11-01T00:00:00Z",
    "2018-02-17T12:00:00Z",
    "2018-11-03T12:00:00Z",
    "2006-10-28T20:00:00Z",
    "2011-12-29T00:00:00Z",
];

fn any_opening() -> impl Strategy<Value = Opening> {
    (0u16..288, 1u16..288).prop_map(|(from, length)| {
        let (from, to) = (from * 5, (from + length) * 5 % 1440);
        let text = format!("{:02}:{:02}-{:02}:{:02}", from / 60, from % 60, to / 60, to % 60);
        text.parse().unwrap()
    })
}

fn any_calendar() -> impl Strategy<Value = Calendar> {
    let week = prop::collection::vec(prop::collection::vec(any_opening(), 0..3), 7);
    (prop::sample::select(&ZONES[..]), week, any_opening()).prop_map(|(tz, week, extra)| {
        let days = std::iter::successors(Some(Weekday::Mon), |day| Some(day.succ()));
        let calendar =
            days.zip(week).fold(Calendar::new("any", tz), |calendar, (day, hours)| calendar.open(day, hours));
        let date = |text: &str| utc(text).date_naive();
        calendar
            .except(date(CHANGES[1]), [])
            .except(date(CHANGES[0]), [extra])
            .except(date(CHANGES[2]), [extra])
    })
}

fn any_start() -> impl Strategy<Value = DateTime<Utc>> {
    (prop::sample::select(&CHANGES[..]), 0i64..3 * 1440)
        .prop_map(|(change, minutes)| utc(change) + Duration::minutes(minutes - 1440))
}

/// Stretches around the exceptions of [`any_calendar`], some of whole days.
fn any_closures() -> impl Strategy<Value = Vec<Closure>> {
    let midnight = utc(CHANGES[0]).date_naive().and_time(chrono::NaiveTime::MIN);
    let one = (-4000i64..4000, 1i64..3000, any::<bool>()).prop_map(move |(from, length, whole)| {
        let round = |minutes: i64| if whole { minutes.div_euclid(1440) * 1440 } else { minutes };
        let (from, to) = (round(from), round(from + length).max(round(from) + if whole { 1440 } else { 1 }));
        let at = |minutes: i64| midnight + Duration::minutes(minutes);
        Closure { from: at(from), to: at(to), summary: String::new() }
    });
    prop::collection::vec(one, 0..4)
}

/// Whether it is open with these closures, opening by opening.
fn slow_is_open_but(calendar: &Calendar, closures: &[Closure], at: DateTime<Utc>) -> bool {
    let wall = at.with_timezone(&calendar.tz()).naive_local();
    let by_hand: Vec<NaiveDate> = calendar.exceptions().collect();
    // An opening is that of the day on which it begins; what whole days take away are openings that begin on them.
    let holds = |date: NaiveDate| {
        let covers = slow_begins_on(calendar, date, wall);
        let cut = !by_hand.contains(&date)
            && closures.iter().any(|closure| {
                if closure.is_whole_days() {
                    closure.from.date() <= date && date < closure.to.date()
                } else {
                    closure.from <= wall && wall < closure.to
                }
            });
        covers && !cut
    };
    holds(wall.date()) || holds(wall.date().pred_opt().unwrap())
}

/// Whether one of the openings that begin on a date covers a time of that date.
fn slow_begins_on(calendar: &Calendar, date: NaiveDate, wall: chrono::NaiveDateTime) -> bool {
    calendar.openings(date).iter().any(|opening| {
        let (from, to) = opening.minutes();
        let minute = wall.signed_duration_since(date.and_time(chrono::NaiveTime::MIN)).num_minutes();
        from <= minute && minute < to
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn closures_take_away_what_they_cover(
        calendar in any_calendar(),
        closures in any_closures(),
        minutes in prop::collection::vec(-6000i64..6000, 40),
    ) {
        let closed = calendar.clone().close(&closures);
        for minute in minutes {
            let at = utc(CHANGES[0]) + Duration::minutes(minute);
            prop_assert_eq!(closed.is_open(at), slow_is_open_but(&calendar, &closures, at), "{}", at);
        }
    }

    #[test]
    fn the_local_time_is_the_one_on_the_wall(calendar in any_calendar(), start in any_start()) {
        let wall = start.with_timezone(&calendar.tz());
        prop_assert_eq!(u32::from(calendar.local_time(start)), wall.hour() * 60 + wall.minute());
    }

    #[test]
    fn marks_are_deadlines(calendar in any_calendar(), start in any_start(), span in 0i64..5000, marks in prop::collection::btree_set(0i64..1500, 0..4)) {
        let to = start + Duration::minutes(span);
        let marks: Vec<Duration> = marks.into_iter().map(Duration::minutes).collect();
        let (reached, sum) = calendar.marks(start, to, &marks);
        prop_assert_eq!(sum, calendar.business_between(start, to));
        let due = marks.iter().filter_map(|mark| calendar.add_business(start, *mark)).filter(|due| *due <= to);
        prop_assert_eq!(reached, due.collect::<Vec<_>>());
    }

    #[test]
    fn agrees_with_the_minute_walker(calendar in any_calendar(), start in any_start(), minutes in 1u32..900) {
        prop_assert_eq!(calendar.is_open(start), slow_is_open(&calendar, start));
        let week_hours: usize = (0..8).map(|day| calendar.openings(start.date_naive() + Duration::days(day)).len()).sum();
        if week_hours > 3 {
            let due = slow_add(&calendar, start, minutes);
            prop_assert_eq!(calendar.add_business(start, Duration::minutes(i64::from(minutes))), Some(due));
            prop_assert_eq!(calendar.business_between(start, due), Duration::minutes(i64::from(minutes)));
            let opens = calendar.next_open(start).unwrap();
            prop_assert!(slow_is_open(&calendar, opens) && opens < due);
            prop_assert!(opens == start || !slow_is_open(&calendar, opens - Duration::minutes(1)));
        }
    }

    #[test]
    fn business_time_adds_up(calendar in any_calendar(), start in any_start(), a in 0i64..5000, b in 0i64..5000) {
        let (middle, end) = (start + Duration::minutes(a), start + Duration::minutes(a + b));
        let parts = calendar.business_between(start, middle) + calendar.business_between(middle, end);
        prop_assert_eq!(parts, calendar.business_between(start, end));
        prop_assert_eq!(calendar.local_date(start).day(), start.with_timezone(&calendar.tz()).day());
    }
}
