//! What does each event close? The events of a text, read, repeated and cut to the range that is asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use chrono::{Duration, NaiveDate, NaiveDateTime};
use chrono_tz::Tz;

use super::lines::{Line, lines, unescaped};
use super::moment::{Moment, read_duration};
use super::repeat::Repeat;
use super::{Closure, IcalFault, LONGEST, MOST_DAYS, MOST_EVENTS, MOST_STEPS};

/// One event as it is written.
struct Event {
    /// Where it begins.
    head: Line,
    /// Its own lines, without those of parts such as alarms.
    lines: Vec<Line>,
}

/// One event, understood.
struct Plan {
    uid: String,
    start: Moment,
    /// How long it lasts, by the clock on the wall.
    length: Duration,
    repeat: Option<Repeat>,
    more: Vec<Moment>,
    except: Vec<Moment>,
    /// The instance that it stands for.
    instead_of: Option<Moment>,
    cancelled: bool,
    summary: String,
}

/// What a text closes, as far as it can be read, and every fault.
pub(super) fn read(text: &str, tz: Tz, range: &RangeInclusive<NaiveDate>) -> (Vec<Closure>, Vec<IcalFault>) {
    let mut faults = Vec::new();
    let events = events(text, &mut faults);
    let mut plans = Vec::new();
    for event in events {
        match Plan::read(&event, tz) {
            Ok(plan) => plans.push((event.head, plan)),
            Err((line, message)) => faults.push(unreadable(&line, &message)),
        }
    }
    let mut replaced: BTreeMap<String, Vec<Moment>> = BTreeMap::new();
    for (_, plan) in &plans {
        let instance = plan.instead_of.filter(|_| !plan.uid.is_empty());
        instance
            .into_iter()
            .for_each(|instance| replaced.entry(plan.uid.clone()).or_default().push(instance));
    }
    let (mut closures, mut steps, mut room) = (BTreeSet::new(), MOST_STEPS, MOST_DAYS);
    for (head, plan) in plans.iter().filter(|(_, plan)| !plan.cancelled) {
        let gone = replaced.get(&plan.uid).filter(|_| plan.instead_of.is_none());
        let more = plan.closures(gone.map_or(&[][..], Vec::as_slice), tz, range, &mut steps);
        let left = more.as_ref().and_then(|more| room.checked_sub(plan.days().checked_mul(more.len())?));
        match (more, left) {
            (Some(more), Some(left)) => {
                closures.extend(more);
                room = left;
            }
            _ => {
                let message = format!(
                    "it comes again too often: a file closes at most {MOST_DAYS} days, and {MOST_STEPS} are looked at"
                );
                faults.push(fault("C013", head, message, "give its rule a `COUNT` or an `UNTIL`"));
                break;
            }
        }
    }
    faults.sort_by_key(|fault| fault.line);
    (closures.into_iter().collect(), faults)
}

fn fault(code: &'static str, line: &Line, message: impl Into<String>, help: &str) -> IcalFault {
    let Line { number, span, .. } = *line;
    IcalFault { code, line: number, span, message: message.into(), help: help.to_owned() }
}

fn unreadable(line: &Line, message: &str) -> IcalFault {
    let help = "mend the event, or take it out and write its days under `except`";
    fault("C012", line, format!("the event cannot be read: {message}"), help)
}

/// The events of the text; what is no whole calendar is reported.
fn events(text: &str, faults: &mut Vec<IcalFault>) -> Vec<Event> {
    let lines = lines(text);
    let broken = |line: &Line, message: String| {
        fault("C011", line, message, "export the calendar again as an iCalendar file (RFC 5545)")
    };
    let mut events: Vec<Event> = Vec::new();
    let mut open: Vec<Line> = Vec::new();
    let mut has_calendar = false;
    for line in &lines {
        let is_event = |open: &[Line]| open.last().is_some_and(|last| last.says("VEVENT"));
        match line.name.as_str() {
            "BEGIN" => {
                has_calendar |= open.is_empty() && line.says("VCALENDAR");
                open.push(line.clone());
                if line.says("VEVENT") {
                    events.push(Event { head: line.clone(), lines: Vec::new() });
                }
                if events.len() > MOST_EVENTS {
                    let message = format!("there are more than {MOST_EVENTS} events");
                    faults.push(fault("C013", line, message, "split the file, and name the files in a list"));
                    return Vec::new();
                }
            }
            "END" if open.pop().is_some_and(|begun| begun.says(&line.value)) => {}
            "END" => {
                faults.push(broken(line, format!("`{}` ends here and has not begun", line.value.trim())));
                return Vec::new();
            }
            "" => {
                let message = "this is no line of a calendar: it has no name and value".to_owned();
                faults.push(broken(line, message));
                return Vec::new();
            }
            _ if is_event(&open) => events.last_mut().into_iter().for_each(|e| e.lines.push(line.clone())),
            _ => {}
        }
    }
    if let Some(begun) = open.first() {
        faults.push(broken(begun, format!("`{}` begins here and does not end", begun.value.trim())));
        return Vec::new();
    }
    if !has_calendar {
        let (number, span) = (1, crate::model::Span::new(0, text.lines().next().map_or(0, str::len)));
        let message = "this is not a calendar: there is no `BEGIN:VCALENDAR`".to_owned();
        let help = "export the calendar again as an iCalendar file (RFC 5545)".to_owned();
        faults.push(IcalFault { code: "C011", line: number, span, message, help });
        return Vec::new();
    }
    events
}

impl Plan {
    /// Understands an event, or says at which line it fails.
    fn read(event: &Event, tz: Tz) -> Result<Self, (Line, String)> {
        let line = |name: &str| event.lines.iter().find(|line| line.name == name);
        let lines = |name: &'static str| event.lines.iter().filter(move |line| line.name == name);
        let at = |line: &Line| Moment::of(line).map_err(|message| (line.clone(), message));
        let all = |name: &'static str| -> Result<Vec<Moment>, (Line, String)> {
            let moments =
                lines(name).map(|line| Moment::all(line).map_err(|message| (line.clone(), message)));
            Ok(moments.collect::<Result<Vec<_>, _>>()?.concat())
        };
        let text = |name: &str| line(name).map_or_else(String::new, |line| unescaped(line.value.trim()));
        let Some(start_line) = line("DTSTART") else {
            return Err((event.head.clone(), "it has no `DTSTART`".to_owned()));
        };
        let start = at(start_line)?;
        let instead_of = line("RECURRENCE-ID").map(|line| match line.param("RANGE") {
            Some(_) => Err((line.clone(), "it changes all instances from here on".to_owned())),
            None => at(line),
        });
        let rules: Vec<&Line> = lines("RRULE").collect();
        if let [_, second, ..] = rules.as_slice() {
            return Err(((*second).clone(), "it has more than one `RRULE`".to_owned()));
        }
        if let Some(line) = line("EXRULE") {
            return Err((line.clone(), "`EXRULE` is no longer part of iCalendar".to_owned()));
        }
        let repeat =
            rules.first().map(|line| Repeat::read(&line.value).map_err(|message| ((*line).clone(), message)));
        let length = match (line("DTEND"), line("DURATION")) {
            (Some(line), _) => {
                let end = at(line)?;
                if matches!(start, Moment::Date(_)) != matches!(end, Moment::Date(_)) {
                    return Err((
                        line.clone(),
                        "of its start and end, one is a date and one a time".to_owned(),
                    ));
                }
                end.wall(tz).signed_duration_since(start.wall(tz))
            }
            (None, Some(line)) => read_duration(&line.value).map_err(|message| (line.clone(), message))?,
            (None, None) => Duration::zero(),
        };
        let length = match start {
            // Some programs write the last day for the end.
            Moment::Date(_) if length == Duration::zero() => Duration::days(1),
            _ => length,
        };
        if length <= Duration::zero() {
            return Err((start_line.clone(), "it ends when it begins, or before".to_owned()));
        }
        if length > LONGEST {
            let message = format!("it lasts longer than {} days", LONGEST.num_days());
            return Err((start_line.clone(), message));
        }
        Ok(Self {
            uid: text("UID"),
            start,
            length,
            repeat: repeat.transpose()?,
            more: all("RDATE")?,
            except: all("EXDATE")?,
            instead_of: instead_of.transpose()?,
            cancelled: line("STATUS").is_some_and(|line| line.says("CANCELLED")),
            summary: text("SUMMARY"),
        })
    }

    /// How many days one instance closes, or takes a part of.
    fn days(&self) -> usize {
        usize::try_from(self.length.num_days()).unwrap_or(0).saturating_add(1)
    }

    /// What its instances close within the range, but for those that are `replaced`; `None` when it takes too many steps to say.
    fn closures(
        &self,
        replaced: &[Moment],
        tz: Tz,
        range: &RangeInclusive<NaiveDate>,
        steps: &mut u32,
    ) -> Option<Vec<Closure>> {
        *steps = steps.checked_sub(u32::try_from(replaced.len()).unwrap_or(u32::MAX))?;
        let time = self.start.naive().time();
        let repeated = match &self.repeat {
            Some(rule) => rule.dates(self.start, *range.end(), steps)?,
            None => Vec::new(),
        };
        // The first one counts whether or not its rule gives it.
        let dates = repeated.into_iter().map(|date| self.start.with(date.and_time(time)));
        let starts = [self.start].into_iter().chain(dates).chain(self.more.iter().copied());
        let gone: BTreeSet<NaiveDateTime> =
            self.except.iter().chain(replaced).filter(|at| !is_date(**at)).map(|at| at.wall(tz)).collect();
        let gone_dates: BTreeSet<NaiveDate> = self
            .except
            .iter()
            .chain(replaced)
            .filter(|at| is_date(**at))
            .map(|at| at.naive().date())
            .collect();
        let mut closures = BTreeSet::new();
        for start in starts {
            let from = start.wall(tz);
            if gone.contains(&from) || gone_dates.contains(&from.date()) {
                continue;
            }
            let to = from.checked_add_signed(self.length)?;
            let last = to.checked_sub_signed(Duration::nanoseconds(1)).unwrap_or(to).date();
            if from.date() <= *range.end() && last >= *range.start() {
                closures.insert(Closure { from, to, summary: self.summary.clone() });
            }
        }
        Some(closures.into_iter().collect())
    }
}

fn is_date(moment: Moment) -> bool {
    matches!(moment, Moment::Date(_))
}
