//! The audit against what the record and people say; what is wrong in what they wrote; what is different from the last.

use super::*;
use crate::calendar::{Calendars, Team};
use crate::diagnostic::{Document, Faults};
use crate::measure::Measures;

fn read(source: &str) -> (Attestations, Vec<String>) {
    let mut faults = Faults::new();
    let document = Document::parse("audit.toml", source, &mut faults);
    let read = Attestations::read(&document, &["ada"].into(), &mut faults);
    (read, faults.into_sorted().into_iter().map(|fault| fault.message).collect())
}

const TRAINED: &str = r#"
[[attestation]]
point = "training"
person = "ada"
on = "2025-10-01"
score = 80
says = "Two days of training."
evidence = ["handbook"]
gaps = ["nobody of the night shift"]
next = "Train the night shift."

[[attestation]]
point = "training"
person = "ada"
on = "2024-10-01"
score = 10
says = "Nobody is trained."
"#;

fn audit(attestations: &Attestations, last: Option<&Audit>) -> Audit {
    let (team, calendars) = (Team::default(), Calendars::default());
    let company = Company { team: &team, calendars: &calendars };
    let measures = Measures::new(chrono_tz::UTC);
    let day: NaiveDate = "2026-11-02".parse().unwrap();
    let frame = Frame::default().over(day);
    Audit::of(&measures, &frame, company, AuditFacts::default(), attestations, last)
}

#[test]
fn what_is_wrong_in_what_people_wrote_is_said() {
    let (attestations, faults) = read(TRAINED);
    assert_eq!(faults, Vec::<String>::new());
    assert_eq!(attestations.get(AuditPoint::Training).unwrap().score, Some(80.0), "the last word counts");
    let one = |line: &str| {
        let source =
            "[[attestation]]\npoint = \"training\"\nperson = \"ada\"\non = \"2026-01-01\"\nsays = \"x\"\n";
        let key = line.split(' ').next().unwrap();
        let kept: Vec<&str> = source.lines().filter(|known| !known.starts_with(key)).collect();
        let (read, faults) = read(&format!("{}\n{line}\n", kept.join("\n")));
        assert!(read.get(AuditPoint::Training).is_none() || !faults.is_empty());
        faults.join("; ")
    };
    assert_eq!(one("point = \"trainings\""), "there is no point `trainings`");
    assert_eq!(one("person = \"bob\""), "there is no person `bob`");
    assert_eq!(one("on = \"yesterday\""), "`yesterday` is no day");
    assert_eq!(one("score = 101"), "`score` is not from 0 to 100");
}

#[test]
fn every_point_is_asked_and_what_nobody_says_has_no_score() {
    let (attestations, _) = read(TRAINED);
    let audit = audit(&attestations, None);
    assert_eq!(audit.points.len(), 21);
    assert_eq!(audit.points.iter().filter(|result| result.point.is_of_thirteen()).count(), 13);
    let training = audit.points.iter().find(|result| result.point == AuditPoint::Training).unwrap();
    assert_eq!((training.basis, training.score), (AuditBasis::Attested, Some(80.0)));
    assert_eq!(training.evidence, ["ada on 2025-10-01: Two days of training. [handbook]"]);
    assert_eq!(
        training.gaps,
        ["nobody of the night shift", "the attestation of 2025-10-01 is more than a year old"]
    );
    assert_eq!((audit.score, audit.scored), (Some(80.0), 1));
    assert!(
        audit
            .points
            .iter()
            .filter(|result| result.basis == AuditBasis::Missing)
            .all(|result| { result.score.is_none() && result.next.is_some() && !result.gaps.is_empty() })
    );
}

#[test]
fn the_audit_before_is_compared_out_of_its_json() {
    let nobody = audit(&Attestations::default(), None);
    let kept = serde_json::to_string(&nobody).unwrap();
    let last: Audit = serde_json::from_str(&kept).unwrap();
    assert_eq!(last, nobody);
    let now = audit(&read(TRAINED).0, Some(&last));
    let changes = now.changes.as_ref().unwrap();
    assert_eq!((changes.score, changes.points.len()), (None, 1));
    let change = &changes.points[0];
    assert_eq!((change.before, change.after), (None, Some(80.0)));
    assert_eq!(change.closed, ["nobody has said how this is"]);
    assert_eq!(change.opened.len(), 2);
    assert!(now.to_string().contains("(was -)"));
    assert_eq!(now.tables()[0].len(), 21);
}
