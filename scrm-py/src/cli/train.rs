//! How does a table of labelled texts become a model? Learned, measured, and written to a file.
//!
//! Read [`train`] first.

use std::fs;
use std::num::NonZeroUsize;

use scrm_core::classify::Features;
use scrm_core::learn::{Example, Examples, Folds, Report, Trainer};
use serde_json::json;

use super::args::{Learning, Train};
use super::labelled;
use super::output::{complain, say};
use super::{Exit, Failure};

pub(super) fn train(args: &Train, interrupted: &dyn Fn() -> bool) -> Result<Exit, Failure> {
    let name = args.name.clone().unwrap_or_else(|| format!("{}/1", args.task));
    let trainer = trainer(&args.learning)?.task(&args.task).name(name);
    let Some(examples) = labelled::read(&args.rows, args.learning.any_of, interrupted)? else {
        return Ok(Exit::Interrupted);
    };
    let trained = trainer.train(&examples).map_err(|error| unlearned(&error))?;
    let across = cross_validated(&trainer, &args.learning, &examples)?;
    let bytes = trained.model.to_bytes();
    let shown = args.output.display();
    fs::write(&args.output, &bytes)
        .map_err(|error| Failure::new(Exit::Output, format!("model `{shown}` cannot be written: {error}")))
        .inspect_err(|failure| complain(&failure.message))?;
    tell(&trained.examples);
    if args.json {
        let told = json!({
            "model": args.output.to_string_lossy(), "name": trained.model.name(), "bytes": bytes.len(),
            "examples": trained.examples, "held_out": trained.report, "cross_validated": across,
        });
        say(&told.to_string())?;
        return Ok(Exit::Done);
    }
    let held_out = match &trained.report {
        Some(report) => format!("on rows that were left out (probabilities were fitted on them)\n\n{report}"),
        None => "there are too few rows to leave any out\n".to_owned(),
    };
    say(&held_out)?;
    if let Some(report) = across {
        say(&format!("in cross-validation\n\n{report}"))?;
    }
    say(&format!("model `{shown}`: {}, {} bytes", trained.model.name(), bytes.len()))?;
    Ok(Exit::Done)
}

/// The trainer that the command line asks for.
pub(super) fn trainer(args: &Learning) -> Result<Trainer, Failure> {
    let features = Features::new(args.word_bits, args.char_bits, (2, 5));
    let features =
        features.ok_or_else(|| Failure::new(Exit::Usage, "--word-bits and --char-bits are from 4 to 20"))?;
    let mut trainer = if args.any_of { Trainer::any_of() } else { Trainer::one_of() };
    trainer = trainer.features(features).seed(args.seed);
    let threads = args.threads.or_else(|| std::thread::available_parallelism().ok());
    trainer = trainer.threads(threads.unwrap_or(NonZeroUsize::MIN));
    if let Some(cost) = args.cost {
        trainer = trainer.cost(cost);
    }
    if let Some(balance) = args.balance {
        trainer = trainer.balance(balance);
    }
    if let Some(rarity) = args.rarity {
        trainer = trainer.rarity(rarity);
    }
    if let Some(epochs) = args.epochs {
        trainer = trainer.epochs(epochs);
    }
    if let Some(held_out) = args.held_out {
        trainer = trainer.held_out(held_out);
    }
    Ok(if args.best_f1 { trainer.best_f1() } else { trainer })
}

/// What cross-validation says, when it is asked for.
pub(super) fn cross_validated(
    trainer: &Trainer,
    args: &Learning,
    examples: &[Example],
) -> Result<Option<Report>, Failure> {
    let folds = |parts: usize| if args.by_row { Folds::Rows(parts) } else { Folds::Texts(parts) };
    let report = args.cross_validate.map(|parts| trainer.cross_validate(examples, folds(parts))).transpose();
    report.map_err(|error| unlearned(&error))
}

fn unlearned(error: &scrm_core::learn::TrainError) -> Failure {
    let exit = match error {
        scrm_core::learn::TrainError::Setting(_) => Exit::Usage,
        _ => Exit::Input,
    };
    Failure::new(exit, format!("nothing can be learned: {error}"))
}

/// Says on standard error what is odd about the examples.
pub(super) fn tell(found: &Examples) {
    let told = [
        (found.empty, "rows have no text and are left out"),
        (found.contradictory, "texts come with different labels"),
        (found.unlabelled, "texts have no label"),
    ];
    for (number, what) in told.into_iter().filter(|(number, _)| *number > 0) {
        complain(&format!("{number} {what}"));
    }
}
