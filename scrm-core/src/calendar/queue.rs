//! Which promises cannot be kept? A queue in steps of an hour: what falls due first is answered first.

use std::collections::BTreeMap;

use super::roster::CASE;

/// Hours that are gone through for one department: some 22 years.
const MOST_HOURS: u64 = 200_000;

/// What became of the promises of one department.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Outlook {
    /// By the hour in which they fall due, how many are not kept.
    pub(crate) missed: BTreeMap<i64, u64>,
    /// How many were not gone through, because the hours are too many.
    pub(crate) not_seen: u64,
}

/// Goes through the hours. `promises` are by the hour of arrival, then by the hour in which they fall due; `capacity` is
/// in thousandths of a case. What is answered in the hour in which it falls due is answered in time, and what has become
/// overdue is answered first.
pub(crate) fn forecast(
    promises: &BTreeMap<i64, BTreeMap<i64, u64>>,
    mut capacity: impl FnMut(i64) -> u64,
) -> Outlook {
    let mut outlook = Outlook::default();
    let mut queue: BTreeMap<i64, u64> = BTreeMap::new();
    let mut arrivals = promises.iter().peekable();
    let (mut hour, mut credit, mut steps) = (0, 0, 0);
    loop {
        if queue.is_empty() {
            let Some((next, _)) = arrivals.peek() else { break };
            // Nobody answers in advance.
            (hour, credit) = (**next, credit % CASE);
        }
        while let Some((_, dues)) = arrivals.next_if(|(arrival, _)| **arrival <= hour) {
            for (due, count) in dues {
                *queue.entry(*due).or_default() += count;
            }
        }
        credit += capacity(hour);
        while let Some(mut first) = queue.first_entry().filter(|_| credit >= CASE) {
            let answered = (*first.get()).min(credit / CASE);
            credit -= answered * CASE;
            if *first.key() < hour {
                *outlook.missed.entry(*first.key()).or_default() += answered;
            }
            *first.get_mut() -= answered;
            if *first.get() == 0 {
                first.remove();
            }
        }
        hour += 1;
        steps += 1;
        // When nothing more comes, whatever is overdue is missed, whenever it is answered.
        let nothing_left = arrivals.peek().is_none() && queue.keys().all(|due| *due < hour);
        if nothing_left || steps >= MOST_HOURS {
            break;
        }
    }
    for (due, count) in queue {
        if due < hour {
            *outlook.missed.entry(due).or_default() += count;
        } else {
            outlook.not_seen += count;
        }
    }
    outlook.not_seen += arrivals.flat_map(|(_, dues)| dues.values()).sum::<u64>();
    outlook
}
