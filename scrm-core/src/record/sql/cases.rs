//! How do cases, incidents and the people who work on them stand? Which statements say so?

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::read::{self, event, unreadable};
use super::{Row, Sql, Statement, Value, row, values};
use crate::model::{Case, CaseId, Channel, Event, Incident, IncidentId, PersonId, Presence, Tenant};
use crate::record::error::Fault;
use crate::record::fold::{expect_cases, expect_last, expect_staff, micros, time};
use crate::record::{CaseAt, CommitOptions, DueCase, DueQuery, NextDue, Staff};

pub(in crate::record) fn last(sql: &mut dyn Sql, tenant: &Tenant) -> Result<u64, Fault> {
    let found = sql.first(&LAST, &values![tenant.as_str()], |row| row.int(0))?;
    Ok(found.flatten().map_or(0, i64::unsigned_abs))
}

pub(in crate::record) fn case(
    sql: &mut dyn Sql,
    tenant: &Tenant,
    id: &CaseId,
) -> Result<Option<CaseAt>, Fault> {
    let asked = values![tenant.as_str(), id.as_str()];
    sql.first(&CASE, &asked, |row| {
        Ok(CaseAt { case: read::case(row.string(0)?)?, revision: row.int(1)?.map_or(0, i64::unsigned_abs) })
    })
}

pub(in crate::record) fn case_log(
    sql: &mut dyn Sql,
    tenant: &Tenant,
    id: &CaseId,
    visit: &mut dyn FnMut(u64, Event) -> ControlFlow<()>,
) -> Result<(), Fault> {
    sql.each(&COURSE, &values![tenant.as_str(), id.as_str()], &mut |row| {
        let seq = row.count(1)?;
        Ok(visit(seq, event(row.string(2)?, seq, row.string(3)?)?))
    })
}

/// What happened to each of these cases, in the order of the log.
pub(in crate::record) fn courses<'a>(
    sql: &mut dyn Sql,
    tenant: &Tenant,
    cases: impl Iterator<Item = &'a CaseId>,
) -> Result<BTreeMap<String, Vec<(u64, Event)>>, Fault> {
    let asked: Vec<_> = cases.map(|id| row![tenant.as_str(), id.as_str()]).collect();
    let mut found: BTreeMap<String, Vec<(u64, Event)>> = BTreeMap::new();
    sql.ask_all(&COURSE, &asked, &mut |row| {
        let seq = row.count(1)?;
        let event = event(row.string(2)?, seq, row.string(3)?)?;
        found.entry(row.string(0)?.to_owned()).or_default().push((seq, event));
        Ok(ControlFlow::Continue(()))
    })?;
    for course in found.values_mut() {
        course.sort_by_key(|(seq, _)| *seq);
    }
    Ok(found)
}

pub(in crate::record) fn due_cases(
    sql: &mut dyn Sql,
    tenant: &Tenant,
    query: &DueQuery,
) -> Result<Vec<DueCase>, Fault> {
    let limit = i64::try_from(query.limit).unwrap_or(i64::MAX);
    let after = query.after.as_ref().map_or((i64::MIN, ""), |(at, case)| (micros(*at), case.as_str()));
    let asked = values![tenant.as_str(), micros(query.by), after.0, after.1, limit];
    let mut due = Vec::new();
    sql.each(&DUE, &asked, &mut |row| {
        due.push((time(row.number(0)?), read::case(row.string(1)?)?));
        Ok(ControlFlow::Continue(()))
    })?;
    let mut courses = courses(sql, tenant, due.iter().map(|(_, case)| &case.id))?;
    let whole = |(due, case): (_, Case)| {
        let course = courses.remove(case.id.as_str()).unwrap_or_default();
        let revision = course.last().map_or(0, |(seq, _)| *seq);
        DueCase { due, case, revision, events: course.into_iter().map(|(_, event)| event).collect() }
    };
    Ok(due.into_iter().map(whole).collect())
}

/// Whether clocks are read by other rules than before; what that is, is noted.
pub(in crate::record) fn clock_rules(sql: &mut dyn Sql, tenant: &Tenant, rules: &str) -> Result<bool, Fault> {
    sql.lock(tenant)?;
    if !reads_other_rules(sql, tenant, rules)? {
        return Ok(false);
    }
    sql.run_all(&RULES, &[row![tenant.as_str(), rules]])?;
    sql.run_all(&LOOK_AT_ALL, &[row![tenant.as_str()]])?;
    Ok(true)
}

pub(in crate::record) fn reads_other_rules(
    sql: &mut dyn Sql,
    tenant: &Tenant,
    rules: &str,
) -> Result<bool, Fault> {
    let same = sql.first(&RULES_NOW, &values![tenant.as_str()], |row| Ok(row.string(0)? == rules))?;
    Ok(same != Some(true))
}

pub(in crate::record) fn staff(sql: &mut dyn Sql, tenant: &Tenant) -> Result<Vec<Staff>, Fault> {
    let mut staff: BTreeMap<PersonId, Staff> = BTreeMap::new();
    let mut each =
        |statement, sql: &mut dyn Sql, note: &mut dyn FnMut(&mut Staff, &dyn Row) -> Result<(), Fault>| {
            sql.each(statement, &values![tenant.as_str()], &mut |row| {
                let person = PersonId::new(row.string(0)?).map_err(|error| unreadable("a person", error))?;
                note(staff.entry(person.clone()).or_insert_with(|| Staff::new(person)), row)?;
                Ok(ControlFlow::Continue(()))
            })
        };
    each(&LOADS, sql, &mut |staff, row| {
        let channel = row.text(1)?.map(Channel::new).transpose();
        staff.cases.insert(channel.map_err(|error| unreadable("a channel", error))?, row.count(2)?);
        Ok(())
    })?;
    each(&TURNS, sql, &mut |staff, row| {
        staff.last_assigned = Some(time(row.number(1)?));
        Ok(())
    })?;
    each(&PRESENCES, sql, &mut |staff, row| {
        let said: Presence =
            serde_json::from_str(row.string(1)?).map_err(|error| unreadable("a presence", error))?;
        staff.presence = Some(said);
        Ok(())
    })?;
    Ok(staff.into_values().collect())
}

pub(in crate::record) fn incident(body: &str) -> Result<Incident, Fault> {
    serde_json::from_str(body).map_err(|error| unreadable("an incident", error))
}

pub(in crate::record) fn find_incident(
    sql: &mut dyn Sql,
    tenant: &Tenant,
    id: &IncidentId,
) -> Result<Option<Incident>, Fault> {
    let asked = values![tenant.as_str(), id.as_str()];
    let Some(mut found) = sql.first(&INCIDENT, &asked, |row| incident(row.string(0)?))? else {
        return Ok(None);
    };
    sql.each(&CASES_OF_INCIDENT, &asked, &mut |row| {
        found.cases.push(CaseId::new(row.string(0)?).map_err(|error| unreadable("a case", error))?);
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(Some(found))
}

pub(in crate::record) fn incidents(sql: &mut dyn Sql, tenant: &Tenant) -> Result<Vec<Incident>, Fault> {
    let mut found = Vec::new();
    sql.each(&INCIDENTS, &values![tenant.as_str()], &mut |row| {
        found.push(incident(row.string(0)?)?);
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(found)
}

/// Whether what a commit was decided on holds still.
pub(super) fn expect(sql: &mut dyn Sql, tenant: &Tenant, options: &CommitOptions) -> Result<(), Fault> {
    if options.last.is_some() {
        expect_last(options.last, last(sql, tenant)?)?;
    }
    if !options.unchanged.is_empty() {
        let now = revisions(sql, tenant, options.unchanged.iter().map(|(case, _)| case))?;
        expect_cases(&options.unchanged, |case| now.get(case.as_str()).copied().unwrap_or_default())?;
    }
    if options.staff.is_empty() { Ok(()) } else { expect_staff(&options.staff, &staff(sql, tenant)?) }
}

/// Of these the ones to which nothing happened since.
pub(super) fn current<'a>(
    sql: &mut dyn Sql,
    tenant: &Tenant,
    due: &'a [NextDue],
) -> Result<Vec<&'a NextDue>, Fault> {
    if due.is_empty() {
        return Ok(Vec::new());
    }
    let now = revisions(sql, tenant, due.iter().map(|next| &next.case))?;
    let is_current = |next: &&NextDue| now.get(next.case.as_str()) == Some(&next.revision);
    Ok(due.iter().filter(is_current).collect())
}

pub(super) fn set_due(sql: &mut dyn Sql, tenant: &Tenant, due: &[&NextDue]) -> Result<(), Fault> {
    let (mut later, mut never) = (Vec::new(), Vec::new());
    for next in due {
        let (tenant, case) = (tenant.as_str(), next.case.as_str());
        match next.at {
            Some(at) => later.push(row![tenant, case, micros(at)]),
            None => never.push(row![tenant, case]),
        }
    }
    if !later.is_empty() {
        sql.run_all(&SET_DUE, &later)?;
    }
    if !never.is_empty() {
        sql.run_all(&NEVER_DUE, &never)?;
    }
    Ok(())
}

fn revisions<'a>(
    sql: &mut dyn Sql,
    tenant: &Tenant,
    cases: impl Iterator<Item = &'a CaseId>,
) -> Result<BTreeMap<String, u64>, Fault> {
    let asked: Vec<Vec<Value>> = cases.map(|case| row![tenant.as_str(), case.as_str()]).collect();
    let mut found = BTreeMap::new();
    sql.ask_all(&REVISION, &asked, &mut |row| {
        found.insert(row.string(0)?.to_owned(), row.count(1)?);
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(found)
}

static LAST: Statement = Statement::new("SELECT max(seq) FROM log WHERE tenant = ?1");
static CASE: Statement = Statement::new(
    "SELECT body, (SELECT max(seq) FROM case_events WHERE tenant = ?1 AND case_id = ?2)
     FROM cases WHERE tenant = ?1 AND id = ?2",
);
static COURSE: Statement = Statement::new(
    "SELECT e.case_id, l.seq, l.kind, l.body FROM case_events e CROSS JOIN log l
     WHERE e.tenant = ?1 AND e.case_id = ?2 AND l.tenant = e.tenant AND l.seq = e.seq ORDER BY e.seq",
);
static REVISION: Statement = Statement::new(
    "SELECT case_id, seq FROM case_events WHERE tenant = ?1 AND case_id = ?2 ORDER BY seq DESC LIMIT 1",
);
static DUE: Statement = Statement::new(
    "SELECT next_due, body FROM cases INDEXED BY cases_by_due
     WHERE tenant = ?1 AND next_due <= ?2 AND (next_due, id) > (?3, ?4) ORDER BY next_due, id LIMIT ?5",
);
static SET_DUE: Statement = Statement::new("UPDATE cases SET next_due = ?3 WHERE tenant = ?1 AND id = ?2");
static NEVER_DUE: Statement =
    Statement::new("UPDATE cases SET next_due = NULL WHERE tenant = ?1 AND id = ?2");
static RULES_NOW: Statement = Statement::new("SELECT rules FROM clock_rules WHERE tenant = ?1");
static RULES: Statement = Statement::new(
    "INSERT INTO clock_rules (tenant, rules) VALUES (?1, ?2)
     ON CONFLICT (tenant) DO UPDATE SET rules = excluded.rules",
);
static LOOK_AT_ALL: Statement =
    Statement::new("UPDATE cases SET next_due = opened WHERE tenant = ?1 AND status <> 'resolved'");
static LOADS: Statement = Statement::new(
    "SELECT person, channel, count(*) FROM cases INDEXED BY cases_by_person
     WHERE tenant = ?1 AND person IS NOT NULL AND status <> 'resolved' GROUP BY person, channel",
);
static TURNS: Statement = Statement::new("SELECT person, at FROM turns WHERE tenant = ?1");
static PRESENCES: Statement = Statement::new("SELECT person, body FROM presences WHERE tenant = ?1");
static INCIDENT: Statement = Statement::new("SELECT body FROM incidents WHERE tenant = ?1 AND id = ?2");
static INCIDENTS: Statement = Statement::new("SELECT body FROM incidents WHERE tenant = ?1 ORDER BY id");
static CASES_OF_INCIDENT: Statement = Statement::new(
    "SELECT id FROM cases INDEXED BY cases_by_incident WHERE tenant = ?1 AND incident = ?2 ORDER BY opened, id",
);
