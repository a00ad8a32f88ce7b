//! Which statements tell what happened to a response, a permission, an asset or a programme?

use std::ops::ControlFlow;

use super::read::event;
use super::{Sql, Statement, row, values};
use crate::model::{Event, Tenant};
use crate::record::SubjectQuery;
use crate::record::error::Fault;
use crate::record::subject::Subject;

pub(in crate::record) fn about(
    sql: &mut dyn Sql,
    tenant: &Tenant,
    query: &SubjectQuery,
    visit: &mut dyn FnMut(u64, Event) -> ControlFlow<()>,
) -> Result<(), Fault> {
    let limit = if query.limit == 0 { i64::MAX } else { i64::try_from(query.limit).unwrap_or(i64::MAX) };
    let (tenant, kind) = (tenant.as_str(), query.kind.as_str());
    let visit: &mut super::Visit<'_> = &mut |row| {
        let seq = row.count(0)?;
        Ok(visit(seq, event(row.string(1)?, seq, row.string(2)?)?))
    };
    match &query.id {
        Some(id) => {
            let statement = if query.newest_first { &LAST } else { &ONE };
            sql.each(statement, &values![tenant, kind, id.as_str(), limit], visit)
        }
        None => sql.each(&ALL, &values![tenant, kind, limit], visit),
    }
}

/// The events on one thing that a commit finds.
pub(super) fn events_on(sql: &mut dyn Sql, tenant: &Tenant, subject: &Subject) -> Result<Vec<Event>, Fault> {
    let mut found = Vec::new();
    let asked = [row![tenant.as_str(), subject.0.as_str(), subject.1.as_str(), i64::MAX]];
    sql.ask_all(&ONE, &asked, &mut |row| {
        found.push(event(row.string(1)?, row.count(0)?, row.string(2)?)?);
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(found)
}

static ONE: Statement = Statement::new(
    "SELECT l.seq, l.kind, l.body FROM subjects s CROSS JOIN log l
     WHERE s.tenant = ?1 AND s.kind = ?2 AND s.id = ?3 AND l.tenant = s.tenant AND l.seq = s.seq
     ORDER BY s.seq LIMIT ?4",
);
static LAST: Statement = Statement::new(
    "SELECT l.seq, l.kind, l.body FROM subjects s CROSS JOIN log l
     WHERE s.tenant = ?1 AND s.kind = ?2 AND s.id = ?3 AND l.tenant = s.tenant AND l.seq = s.seq
     ORDER BY s.seq DESC LIMIT ?4",
);
static ALL: Statement = Statement::new(
    "SELECT l.seq, l.kind, l.body FROM subjects s CROSS JOIN log l
     WHERE s.tenant = ?1 AND s.kind = ?2 AND l.tenant = s.tenant AND l.seq = s.seq
     ORDER BY s.id, s.seq LIMIT ?3",
);
