//! How good is the classifier, or a model, on a table of labelled texts?
//!
//! Read [`evaluate`] first.

use std::fs;
use std::path::Path;

use scrm_core::classify::{Model, Task, TaskKind, Units};
use scrm_core::diagnostic::did_you_mean;
use scrm_core::learn::{Answer, Example, Report};
use scrm_core::model::Limits;
use scrm_core::text::Text;

use super::args::Evaluate;
use super::output::say;
use super::{Exit, Failure, builtin, labelled, train};

/// Texts that are judged before it is asked whether somebody wants to stop.
const CHUNK: usize = 1024;

pub(super) fn evaluate(args: &Evaluate, interrupted: &dyn Fn() -> bool) -> Result<Exit, Failure> {
    let judge = match args.learning.cross_validate {
        Some(_) => None,
        None => Some(Judge::new(args)?),
    };
    let several = args.learning.any_of || judge.as_ref().is_some_and(Judge::is_any_of);
    let Some(examples) = labelled::read(&args.rows, several, interrupted)? else {
        return Ok(Exit::Interrupted);
    };
    let report = match &judge {
        None => train::cross_validated(
            &train::trainer(&args.learning)?.task(&args.task),
            &args.learning,
            &examples,
        )?,
        Some(judge) => judge.report(&examples, interrupted)?,
    };
    let Some(report) = report else { return Ok(Exit::Interrupted) };
    if args.json {
        let json = serde_json::to_string(&report);
        say(&json.map_err(|error| Failure::new(Exit::Output, error.to_string()))?)?;
    } else {
        say(report.to_string().trim_end())?;
    }
    Ok(Exit::Done)
}

/// Who labels the texts.
enum Judge {
    Classifier(Box<builtin::Judge>),
    Model(Model),
}

impl Judge {
    fn new(args: &Evaluate) -> Result<Self, Failure> {
        if let Some(axis) = builtin::Axis::named(&args.task) {
            return builtin::Judge::new(axis, args.playbook.as_deref()).map(Box::new).map(Self::Classifier);
        }
        let path = Path::new(&args.task);
        if path.extension().is_none() && !path.exists() {
            let near = did_you_mean(&args.task, builtin::Axis::NAMES);
            let help = near.map_or_else(
                || format!("give {}, or the file of a model", builtin::Axis::NAMES.join(", ")),
                |near| format!("did you mean `{near}`?"),
            );
            return Err(Failure::new(
                Exit::Usage,
                format!("--task {}: there is no such task; {help}", args.task),
            ));
        }
        let refuse = |fault: String| Failure::new(Exit::Playbook, format!("model `{}`: {fault}", args.task));
        let bytes = fs::read(path).map_err(|error| refuse(error.to_string()))?;
        Model::from_bytes(&bytes, &Limits::DEFAULT)
            .map(Self::Model)
            .map_err(|error| refuse(error.to_string()))
    }

    fn is_any_of(&self) -> bool {
        match self {
            Self::Classifier(judge) => judge.is_any_of(),
            Self::Model(model) => model.tasks().iter().any(|task| task.kind() == TaskKind::AnyOf),
        }
    }

    fn report(
        &self,
        examples: &[Example],
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Option<Report>, Failure> {
        match self {
            Self::Classifier(judge) => judge.report(examples, interrupted),
            Self::Model(model) => of_model(model, examples, interrupted),
        }
    }
}

/// Measures the task of a model that has the labels.
fn of_model(
    model: &Model,
    examples: &[Example],
    interrupted: &dyn Fn() -> bool,
) -> Result<Option<Report>, Failure> {
    let task = task_for(model, examples)?;
    let mut answers = Vec::with_capacity(examples.len());
    for chunk in examples.chunks(CHUNK) {
        if interrupted() {
            return Ok(None);
        }
        answers.extend(chunk.iter().map(|example| answer(model, task, example)));
    }
    Ok(Some(Report::new(task.kind(), task.labels(), &answers)))
}

fn answer(model: &Model, task: &Task, example: &Example) -> Answer {
    let text = Text::new(&example.text);
    let logits = model.logits(&Units::new(&text, &[]), &[]);
    let said = task.predict(&logits);
    let numbers = |labels: &[String]| -> Vec<usize> {
        (0..).zip(task.labels()).filter(|(_, label)| labels.contains(label)).map(|(at, _)| at).collect()
    };
    Answer {
        gold: numbers(&example.labels),
        said: numbers(&said.labels),
        probabilities: task.probabilities(&logits),
        in_scope: said.in_scope,
    }
}

fn task_for<'m>(model: &'m Model, examples: &[Example]) -> Result<&'m Task, Failure> {
    let has = |task: &&Task| {
        examples.iter().flat_map(|example| &example.labels).all(|label| task.labels().contains(label))
    };
    if let Some(task) = model.tasks().iter().find(has) {
        return Ok(task);
    }
    let known: Vec<&str> = model.tasks().iter().flat_map(Task::labels).map(String::as_str).collect();
    let unknown =
        examples.iter().flat_map(|example| &example.labels).find(|label| !known.contains(&label.as_str()));
    let label = unknown.map_or("", String::as_str);
    Err(Failure::new(
        Exit::Input,
        format!(
            "the model does not know the label `{label}`, only: {}; give --map {label}=LABEL, or --map {label}= for none",
            known.join(", ")
        ),
    ))
}
