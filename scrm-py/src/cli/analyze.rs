//! What can rules do together, and how do they hang together? Findings about a protocol, and drawings of it.

use scrm_core::playbook::Playbook;
use scrm_core::route::diagram::{What, graphviz, mermaid};
use scrm_core::route::{Budget, Domain};

use super::args::{Analyze, Diagram, DiagramFormat, Drawing};
use super::output::say;
use super::{Exit, Failure};

pub(super) fn analyze(args: &Analyze) -> Result<Exit, Failure> {
    let playbook =
        Playbook::load(&args.protocol).map_err(|error| Failure::new(Exit::Playbook, error.to_string()))?;
    let protocol = &playbook.protocol;
    let mut domain = Domain::of(protocol, protocol.vocabulary());
    if args.unknown {
        domain = domain.with_unknown();
    }
    if let Some(day) = &args.on {
        let day = day
            .parse()
            .map_err(|_| Failure::new(Exit::Usage, format!("--on {day}: write a day, as in 2026-11-08")))?;
        domain = domain.on(day);
    }
    let budget = args.budget.map_or_else(Budget::default, Budget::steps);
    // Who is missing is asked only of a protocol that says who is there.
    let team = Some(&playbook.team).filter(|team| !team.departments.is_empty());
    let analysis = protocol.analyze(&domain, &playbook.calendars, team, budget);
    if args.json {
        let json = serde_json::to_string(&analysis)
            .map_err(|error| Failure::new(Exit::Output, error.to_string()))?;
        say(&json)?;
    } else {
        let (id, rules) = (protocol.id(), protocol.rules().len());
        let found = analysis.findings().len();
        say(&format!("{analysis}\nprotocol {id}: {found} findings about {rules} rules"))?;
    }
    Ok(if analysis.has_errors() { Exit::Findings } else { Exit::Done })
}

pub(super) fn diagram(args: &Diagram) -> Result<Exit, Failure> {
    let playbook =
        Playbook::load(&args.protocol).map_err(|error| Failure::new(Exit::Playbook, error.to_string()))?;
    let what = match args.what {
        Drawing::Rules => What::Rules,
        Drawing::Departments => What::Departments,
        Drawing::Ladders => What::Ladders,
    };
    let drawing = match args.format {
        DiagramFormat::Mermaid => mermaid(&playbook.protocol, what),
        DiagramFormat::Graphviz => graphviz(&playbook.protocol, what),
    };
    say(drawing.trim_end())?;
    Ok(Exit::Done)
}
