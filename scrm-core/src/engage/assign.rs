//! Who gets a case? Assigners, as pure functions of what is known of the team.
//!
//! Read [`assign`] first. Nobody is given more than they can carry, and nobody who is not there; when nobody can have a
//! case it lies in a queue or is unassigned with the reason, and never vanishes.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

use crate::model::{Assignment, Channel, PersonId};

/// By what one of several people who could have a case is chosen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AssignBy {
    /// Whoever was given a case longest ago.
    RoundRobin,
    /// Whoever has most room.
    #[default]
    LeastLoaded,
    /// Whoever is best at the skills that the case asks for, then whoever has most room.
    Skill,
}

impl AssignBy {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::RoundRobin, Self::LeastLoaded, Self::Skill];

    /// The name in the playbook.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RoundRobin => "round_robin",
            Self::LeastLoaded => "least_loaded",
            Self::Skill => "skill",
        }
    }
}

/// How cases are given to people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssignPolicy {
    /// By what one is chosen.
    pub by: AssignBy,
    /// Each time that a case has waited for this long, one of the skills that it asks for may be missing; never when
    /// `None`.
    pub relax: Option<Duration>,
    /// How soon a case that nobody could have is looked at again (default 5 minutes).
    pub retry: Duration,
    /// The queue for cases that nobody has room for; absent, one by the name of the department.
    pub queue: Option<String>,
    /// How much a person carries at one time who has no `at_once` of their own (default 10).
    pub at_once: u32,
    /// What a case weighs, by the medium of its first message; 1 where nothing is said.
    pub weights: BTreeMap<Channel, u32>,
}

impl Default for AssignPolicy {
    fn default() -> Self {
        Self {
            by: AssignBy::default(),
            relax: None,
            retry: Duration::minutes(5),
            queue: None,
            at_once: 10,
            weights: BTreeMap::new(),
        }
    }
}

impl AssignPolicy {
    /// What a case of this medium weighs.
    pub fn weight(&self, channel: Option<&Channel>) -> u32 {
        channel.and_then(|channel| self.weights.get(channel)).copied().unwrap_or(1)
    }
}

/// One person of the team as an assigner sees them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    /// Who.
    pub person: PersonId,
    /// Where they work.
    pub departments: BTreeSet<String>,
    /// What they can do, and how well, from 1.
    pub skills: BTreeMap<String, u8>,
    /// What they are called on as.
    pub roles: BTreeSet<String>,
    /// How much they carry at one time.
    pub capacity: u32,
    /// How much they carry now.
    pub load: u32,
    /// Why they are not there, when they are not.
    pub absent: Option<String>,
    /// When they were given a case last.
    pub last_assigned: Option<DateTime<Utc>>,
}

impl Seat {
    fn has_room(&self, weight: u32) -> bool {
        self.load.checked_add(weight).is_some_and(|load| load <= self.capacity)
    }

    /// How much of what they carry is taken, in thousandths.
    fn fullness(&self) -> u64 {
        (u64::from(self.load) * 1000).checked_div(u64::from(self.capacity)).unwrap_or(u64::MAX)
    }
}

/// What a case asks of whoever gets it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The department that has the case.
    pub department: Option<String>,
    /// Skills that whoever answers must have.
    pub skills: BTreeSet<String>,
    /// The person or role in charge, who gets it when they can: `person:ada`, `role:duty-manager`, `ada`.
    pub owner: Option<String>,
    /// What it weighs.
    pub weight: u32,
    /// How long it has waited for somebody.
    pub waited: Duration,
}

/// Who of the team gets a case, as of `now`.
///
/// ```
/// use std::collections::BTreeMap;
/// use scrm_core::engage::{AssignPolicy, Seat, Wanted, assign};
/// use scrm_core::model::{Assignment, PersonId};
/// let seat = |name: &str, load| Seat {
///     person: PersonId::new(name).unwrap(), departments: ["care".to_owned()].into(), skills: BTreeMap::new(),
///     roles: [].into(), capacity: 2, load, absent: None, last_assigned: None,
/// };
/// let wanted = Wanted { department: Some("care".to_owned()), weight: 1, ..Wanted::default() };
/// let now = "2026-11-02T09:00:00Z".parse().unwrap();
/// let given = |seats: &[Seat]| assign(&wanted, seats, &AssignPolicy::default(), now);
/// assert_eq!(given(&[seat("ada", 1), seat("bram", 0)]).person().unwrap(), &"bram");
/// assert_eq!(given(&[seat("ada", 2), seat("bram", 2)]), Assignment::Queue { queue: "care".to_owned(), at: now });
/// assert!(matches!(given(&[]), Assignment::Unassigned { .. }));
/// ```
pub fn assign(wanted: &Wanted, seats: &[Seat], policy: &AssignPolicy, now: DateTime<Utc>) -> Assignment {
    let unassigned = |reason: String| Assignment::Unassigned { reason, at: now };
    let Some(department) = wanted.department.as_deref() else {
        return unassigned("no department has the case".to_owned());
    };
    let members: Vec<&Seat> = seats.iter().filter(|seat| seat.departments.contains(department)).collect();
    if members.is_empty() {
        return unassigned(format!("nobody works in department `{department}`"));
    }
    let here: Vec<&Seat> = members.iter().copied().filter(|seat| seat.absent.is_none()).collect();
    if here.is_empty() {
        return unassigned(format!("nobody of department `{department}` is there: {}", reasons(&members)));
    }
    let may_miss = missing_allowed(wanted, policy);
    let missing =
        |seat: &Seat| wanted.skills.iter().filter(|skill| !seat.skills.contains_key(*skill)).count();
    let able: Vec<&Seat> = here.into_iter().filter(|seat| missing(seat) <= may_miss).collect();
    if able.is_empty() {
        let skills: Vec<&str> = wanted.skills.iter().map(String::as_str).collect();
        return unassigned(format!("nobody of `{department}` who is there can do {}", skills.join(", ")));
    }
    let free = able.into_iter().filter(|seat| seat.has_room(wanted.weight));
    // Fewer missing skills first, whatever else is preferred; the owner before everybody.
    let best = free.min_by_key(|seat| {
        let level: u32 =
            wanted.skills.iter().filter_map(|skill| seat.skills.get(skill)).map(|l| u32::from(*l)).sum();
        let level = if policy.by == AssignBy::Skill { level } else { 0 };
        let turn = if policy.by == AssignBy::RoundRobin { seat.last_assigned } else { None };
        let room = if policy.by == AssignBy::RoundRobin { 0 } else { seat.fullness() };
        (!is_owner(seat, wanted.owner.as_deref()), missing(seat), Reverse(level), turn, room, &seat.person)
    });
    match best {
        Some(seat) => Assignment::Person { person: seat.person.clone(), at: now },
        None => {
            let queue = policy.queue.clone().unwrap_or_else(|| department.to_owned());
            Assignment::Queue { queue, at: now }
        }
    }
}

/// How many of the skills may be missing by now.
fn missing_allowed(wanted: &Wanted, policy: &AssignPolicy) -> usize {
    let Some(relax) = policy.relax.filter(|relax| *relax > Duration::zero()) else { return 0 };
    let times = wanted.waited.num_milliseconds().max(0).checked_div(relax.num_milliseconds());
    usize::try_from(times.unwrap_or_default()).unwrap_or(usize::MAX)
}

fn is_owner(seat: &Seat, owner: Option<&str>) -> bool {
    owner.is_some_and(|owner| match owner.split_once(':') {
        Some(("role", role)) => seat.roles.contains(role),
        Some(("person", person)) => seat.person == *person,
        _ => seat.person == *owner,
    })
}

/// Why people are not there, each reason once.
fn reasons(seats: &[&Seat]) -> String {
    let reasons: BTreeSet<&str> = seats.iter().filter_map(|seat| seat.absent.as_deref()).collect();
    reasons.into_iter().collect::<Vec<_>>().join(", ")
}
