//! What `team.toml` may say of cases, incidents, assigners and people, and every fault in it.

use chrono::Duration;

use crate::engage::{AssignBy, CasePolicy};
use crate::model::{Channel, Limits};
use crate::playbook::Playbook;
use crate::testing;

fn read(team: &str) -> Result<Playbook, String> {
    let mut files = testing::files();
    files.get_mut("team.toml").unwrap().push_str(team);
    Playbook::from_files(&files, &Limits::DEFAULT).map_err(|error| error.to_string())
}

#[test]
fn what_is_said_holds_and_the_rest_stays_as_usual() {
    let playbook = read(
        r#"
skills = ["fibre:3", "writing"]
at_once = 4
calendar = "hq"
away = [{ from = "2026-12-24", to = "2026-12-31" }]
left = "2027-03-01"
[cases]
window = "1d"
hops = 2
[incidents]
at_least = 5
times = 2.5
[assign]
by = "round_robin"
relax = "15m"
queue = "overflow"
weights = { phone = 3, email = 2 }
"#,
    )
    .unwrap();
    let engage = &playbook.engage;
    let cases = CasePolicy { window: Duration::days(1), hops: 2, ..CasePolicy::default() };
    assert_eq!(engage.cases, cases);
    let incidents = engage.incidents.as_ref().unwrap();
    assert_eq!((incidents.at_least, incidents.window), (5, Duration::hours(1)));
    let assign = engage.assign.as_ref().unwrap();
    assert_eq!((assign.by, assign.relax), (AssignBy::RoundRobin, Some(Duration::minutes(15))));
    let weight = |name: &str| assign.weight(Channel::new(name).ok().as_ref());
    assert_eq!((weight("phone"), weight("x"), assign.weight(None)), (3, 1, 1));
    let ada = &playbook.team.people["ada"];
    assert_eq!((ada.levels["fibre"], ada.levels["writing"], ada.at_once), (3, 1, Some(4)));
    assert!(ada.skills.contains("fibre"), "skills are known by their names");
    let day = |text: &str| text.parse().unwrap();
    assert!(ada.is_away(day("2026-12-31")) && !ada.is_away(day("2027-01-01")));
    assert!(ada.has_left(day("2027-03-01")) && !ada.has_left(day("2027-02-28")));
    assert_eq!(read("").unwrap().engage, crate::engage::EngageSettings::default());
}

#[test]
fn every_fault_is_reported() {
    let faults = read(
        r#"
skills = ["fibre:9"]
at_once = 1.5
calendar = "nights"
away = [{ from = "2026-12-31", to = "2026-12-24" }, { from = "soon", to = "2026-12-24", why = "x" }]
left = "tomorrow"
[cases]
window = "soon"
hops = -1
clam = "20m"
[incidents]
window = "0m"
times = "three"
[assign]
by = "least_loded"
weights = { phone = "heavy" }
"#,
    )
    .unwrap_err();
    insta::assert_snapshot!(faults);
}
