//! Many cases with one cause meet in an incident: found by itself, named by the protocol, or by a person.

use super::cases::{TEAM, at, engine, person};
use super::outage;
use crate::desk::Desk;
use crate::model::{CaseId, IncidentId, Message, Topic};
use crate::record::MemoryStore;

const SPIKES: &str = "[incidents]\nwindow = \"30m\"\nbaseline = \"10h\"\nat_least = 4\ntimes = 3\n";

fn id(name: &str) -> IncidentId {
    IncidentId::new(name).unwrap()
}

fn desk(team: &str) -> Desk<MemoryStore> {
    // The protocol's own rule of spikes is not wanted here.
    let mut files = crate::testing::files();
    let rules = files.get_mut("protocol.toml").unwrap();
    *rules = rules.replace("set = { incident = \"auto\", priority = 1 }", "set = { priority = 1 }");
    files.get_mut("team.toml").unwrap().push_str(&format!("{TEAM}{team}"));
    let limits = crate::model::Limits::DEFAULT;
    let playbook =
        crate::playbook::Playbook::from_files(&files, &limits).unwrap_or_else(|error| panic!("{error}"));
    Desk::open(crate::engine::Engine::compile(&playbook).unwrap(), MemoryStore::new())
}

fn reports(minutes: impl IntoIterator<Item = u32>) -> Vec<Message> {
    minutes.into_iter().map(|n| outage(&format!("m{n}"), &format!("author{n}"), n)).collect()
}

#[test]
fn a_spike_begins_an_incident_and_later_cases_join_it() {
    let mut desk = desk(SPIKES);
    let first = desk.receive(reports([1, 2, 3]), at(3)).unwrap();
    assert_eq!(desk.incidents().unwrap(), []);
    let fourth = desk.receive(reports([4]), at(4)).unwrap();
    let incident = desk.incident(&id("service.outage")).unwrap().unwrap();
    assert_eq!((incident.opened, incident.closed), (at(4), None));
    assert_eq!(incident.spike.as_ref().map(|spike| (spike.count, spike.before)), Some((4, 0)));
    assert_eq!(incident.cases.len(), 4, "those who raised it before are part of it");
    let cases: Vec<CaseId> = first.into_iter().chain(fourth).filter_map(|one| one.case).collect();
    assert!(cases.iter().all(|case| incident.cases.contains(case)));
    // In one group as well as in many.
    let mut at_once = self::desk(SPIKES);
    at_once.receive(reports([1, 2, 3, 4]), at(4)).unwrap();
    assert_eq!(at_once.incident(&id("service.outage")).unwrap().unwrap(), incident);

    desk.receive(reports([20]), at(20)).unwrap();
    assert_eq!(desk.incident(&id("service.outage")).unwrap().unwrap().cases.len(), 5);
    assert_eq!(desk.tick(at(33)).unwrap().closed, 0, "more than half still comes");
    assert_eq!(desk.tick(at(40)).unwrap().closed, 1);
    assert_eq!(desk.tick(at(41)).unwrap().closed, 0);
    assert_eq!(desk.incident(&id("service.outage")).unwrap().unwrap().closed, Some(at(40)));
    // What comes now is a case of its own.
    let late = desk.receive(reports([50]), at(50)).unwrap().remove(0).case.unwrap();
    assert_eq!(desk.case(&late).unwrap().unwrap().case.incident, None);
    desk.receive(reports([51, 52, 53]), at(53)).unwrap();
    let again = desk.incident(&id("service.outage")).unwrap().unwrap();
    assert_eq!((again.opened, again.closed), (at(53), None));
}

#[test]
fn what_is_raised_all_the_time_is_no_incident() {
    let mut desk = desk("[incidents]\nwindow = \"10m\"\nbaseline = \"40m\"\nat_least = 4\ntimes = 3\n");
    desk.receive(reports((0..60).step_by(2)), at(59)).unwrap();
    let found = desk.incidents().unwrap();
    assert_eq!(found.len(), 1, "the first ten minutes had nothing before them");
    assert!(self::desk("").incidents().unwrap().is_empty());
}

#[test]
fn the_protocol_names_incidents_and_so_do_people() {
    let mut desk = Desk::open(engine(TEAM, ""), MemoryStore::new());
    let cases = desk.receive(reports([1, 2, 3, 4]), at(4)).unwrap();
    let incident = desk.incident(&id("service.outage")).unwrap().unwrap();
    assert_eq!((incident.spike, incident.cases.len()), (None, 2), "the rule holds from the third on");
    let first = cases[0].case.clone().unwrap();
    let (other, ada) = (id("storm"), person("ada"));
    desk.join_incident(&first, &other, &ada, at(5)).unwrap();
    let storm = desk.incident(&other).unwrap().unwrap();
    assert_eq!((storm.cases, storm.issue), (vec![first], Topic::new("service.outage").ok()));
    desk.close_incident(&other, &ada, at(6)).unwrap();
    assert_eq!(desk.incident(&other).unwrap().unwrap().closed, Some(at(6)));
    desk.open_incident(&other, None, &ada, at(7)).unwrap();
    assert_eq!(desk.incident(&other).unwrap().unwrap().closed, None);
    assert!(desk.close_incident(&other, &person("nobody"), at(8)).is_err());
    assert_eq!(desk.responses_to(&other).unwrap(), []);
}
