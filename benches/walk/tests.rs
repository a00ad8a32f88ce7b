//! The same with a few changes of the hardest zones, and that the walker would see a difference.

use super::*;

#[test]
fn calendars_agree_with_the_walker_in_hard_zones() {
    for (tz, year) in [
        (Tz::Australia__Lord_Howe, 2026), // by half an hour
        (Tz::Pacific__Apia, 2011),        // left out a date
        (Tz::Pacific__Kwajalein, 1993),   // left out a date
        (Tz::Africa__Casablanca, 2026),   // winter time in Ramadan
    ] {
        let walked = walk_zone(tz, year..=year).unwrap();
        assert!(walked.changes > 0 && walked.answers > 1000, "{tz}: {walked:?}");
    }
}

#[test]
fn every_change_is_found() {
    let found = |tz, years| changes(tz, years).len();
    assert_eq!(found(Tz::UTC, 1990..=2037), 0);
    assert_eq!(found(Tz::Europe__Amsterdam, 1990..=2037), 96);
    assert_eq!(found(Tz::Pacific__Kwajalein, 1990..=2037), 1);
    assert_eq!(found(Tz::Europe__Amsterdam, 2026..=2026), 2);
}
