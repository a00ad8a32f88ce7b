//! Is there such a message? A box without the union of others, by splitting it, in so many steps at most.
//!
//! It is the algorithm by which a compiler finds the `match` arm that can never be reached: a box that another one
//! covers is done, one that no other touches is the answer, and any other is split.

use std::rc::Rc;

use super::region::{Region, Relation, Universe};

/// How much work an analysis may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    pub(super) steps: u64,
    pub(super) findings: usize,
}

impl Budget {
    /// So many steps in all: one is a look at two boxes.
    pub fn steps(steps: u64) -> Self {
        Self { steps, ..Self::default() }
    }

    /// At most so many findings of one code.
    #[must_use]
    pub fn findings(self, findings: usize) -> Self {
        Self { findings, ..self }
    }
}

impl Default for Budget {
    /// 200,000,000 steps and 1,000 findings of one code.
    fn default() -> Self {
        Self { steps: 200_000_000, findings: 1_000 }
    }
}

/// The budget is spent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spent;

/// The steps that are left, of the whole and of one question.
#[derive(Debug)]
pub(super) struct Steps {
    all: u64,
    left: u64,
    question: u64,
}

impl Steps {
    pub(super) fn new(budget: Budget) -> Self {
        Self { all: budget.steps, left: budget.steps, question: 0 }
    }

    /// Begins a question, which may take this part of the whole.
    pub(super) fn ask(&mut self, part: usize) {
        self.question = self.left.min(self.all / (part.max(1) as u64));
    }

    pub(super) fn take(&mut self, steps: u64) -> Result<(), Spent> {
        self.left = self.left.saturating_sub(steps);
        self.question = self.question.checked_sub(steps).ok_or(Spent)?;
        Ok(())
    }
}

/// A part of `start` that none of the `rows` touches and that is possible.
pub(super) fn find(
    universe: &Universe,
    start: &Region,
    rows: &[&Region],
    steps: &mut Steps,
) -> Result<Option<Region>, Spent> {
    find_among(universe, &universe.forbidden, start, rows, steps)
}

/// The same, with other combinations forbidden.
pub(super) fn find_among(
    universe: &Universe,
    forbidden: &[Region],
    start: &Region,
    rows: &[&Region],
    steps: &mut Steps,
) -> Result<Option<Region>, Spent> {
    let rows = rows.iter().map(|row| (*row, false));
    let rows: Vec<(&Region, bool)> = rows.chain(forbidden.iter().map(|row| (row, true))).collect();
    let mut todo = vec![(start.clone(), Rc::new(rows))];
    while let Some((region, rows)) = todo.pop() {
        steps.take(1 + rows.len() as u64)?;
        let Some(live) = touching(universe, &region, &rows) else { continue };
        let Some(best) = best(&live) else { return Ok(Some(region)) };
        let live: Vec<(&Region, bool)> = live.into_iter().map(|row| (row.0, row.1)).collect();
        let live = Rc::new(live);
        let (mut inside, mut pieces) = (region, Vec::new());
        for (axis, _) in best.parts() {
            let (within, outside) = inside.split(best, *axis, universe);
            if !outside.is_empty() {
                pieces.push((inside.with(*axis, outside), Rc::clone(&live)));
                inside = inside.with(*axis, within);
            }
        }
        todo.extend(pieces.into_iter().rev());
    }
    Ok(None)
}

/// The rows that cut a box, each with the number of axes; `None` when one covers it.
fn touching<'a>(
    universe: &Universe,
    region: &Region,
    rows: &[(&'a Region, bool)],
) -> Option<Vec<(&'a Region, bool, usize)>> {
    let mut live = Vec::new();
    for (row, forbids) in rows {
        match region.relation(row, universe) {
            Relation::Disjoint => {}
            Relation::Within => return None,
            Relation::Cut(axes, _) => live.push((*row, *forbids, axes)),
        }
    }
    Some(live)
}

/// The row that cuts on the fewest axes: one that cuts on one axis leaves a single piece.
fn best<'a>(live: &[(&'a Region, bool, usize)]) -> Option<&'a Region> {
    let order = |(_, forbids, axes): &&(&Region, bool, usize)| (*axes > 1, *forbids, *axes);
    live.iter().min_by_key(order).map(|(row, ..)| *row)
}

/// Whether an actor is there in a box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    /// Nowhere.
    Out,
    /// Everywhere.
    In,
    /// Here and there.
    Open,
}

/// What is asked in [`explore`].
pub(super) trait Explorer {
    /// What is looked for.
    type Found;

    /// Whether nothing is to be found here, whatever those do that are open.
    fn is_hopeless(&mut self, presence: &[Presence]) -> bool;

    /// What is found in a box in which everybody is in or out.
    fn look(&mut self, region: &Region) -> Option<Self::Found>;
}

/// Goes through a box until each of the `actors` is in or out, those parts first in which they are out.
pub(super) fn explore<E: Explorer>(
    universe: &Universe,
    forbidden: &[Region],
    start: &Region,
    actors: &[Vec<&Region>],
    explorer: &mut E,
    steps: &mut Steps,
) -> Result<Option<E::Found>, Spent> {
    let rows: Vec<(usize, &Region)> =
        actors.iter().enumerate().flat_map(|(at, rows)| rows.iter().map(move |row| (at, *row))).collect();
    let mut todo = vec![(start.clone(), vec![Presence::Open; actors.len()], Rc::new(rows))];
    while let Some((region, mut presence, rows)) = todo.pop() {
        steps.take(1 + rows.len() as u64)?;
        let live = settle(universe, &region, &rows, &mut presence);
        if explorer.is_hopeless(&presence) {
            continue;
        }
        let Some((_, row, _, axis)) = live.iter().min_by_key(|(_, _, axes, _)| *axes) else {
            if let Some(possible) = find_among(universe, forbidden, &region, &[], steps)?
                && let Some(found) = explorer.look(&possible)
            {
                return Ok(Some(found));
            }
            continue;
        };
        let (within, outside) = region.split(row, *axis, universe);
        let rows: Rc<Vec<(usize, &Region)>> = Rc::new(live.iter().map(|(at, row, ..)| (*at, *row)).collect());
        todo.push((region.with(*axis, within), presence.clone(), Rc::clone(&rows)));
        todo.push((region.with(*axis, outside), presence, rows));
    }
    Ok(None)
}

type Live<'a> = (usize, &'a Region, usize, usize);

/// Says who is in and who is out; the rows of the others remain.
fn settle<'a>(
    universe: &Universe,
    region: &Region,
    rows: &[(usize, &'a Region)],
    presence: &mut [Presence],
) -> Vec<Live<'a>> {
    let mut live: Vec<Live<'a>> = Vec::new();
    for (actor, row) in rows {
        match region.relation(row, universe) {
            Relation::Disjoint => {}
            Relation::Within => {
                if let Some(presence) = presence.get_mut(*actor) {
                    *presence = Presence::In;
                }
            }
            Relation::Cut(axes, axis) => live.push((*actor, row, axes, axis)),
        }
    }
    live.retain(|(actor, ..)| presence.get(*actor) == Some(&Presence::Open));
    let mut there = vec![false; presence.len()];
    for (actor, ..) in &live {
        if let Some(there) = there.get_mut(*actor) {
            *there = true;
        }
    }
    for (presence, there) in presence.iter_mut().zip(there) {
        if *presence == Presence::Open && !there {
            *presence = Presence::Out;
        }
    }
    live
}
