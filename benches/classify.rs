//! How many posts a second are labelled, on one core? All axes together, and the parts that can be called by themselves.
//!
//! `cargo bench --bench classify` prints the best of several passes over the same posts of about 180 bytes. Each pass
//! must give the answers of the first. Behind `--` may stand the name of one measure (`"all axes"`).

#![allow(clippy::print_stdout, reason = "what was measured is what this program is for")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use benches::{playbook, posts};
use scrm_core::classify::{Classifier, Models, Settings, Units};
use scrm_core::listen::{Listener, Monitors};
use scrm_core::model::{Classification, Hits, Limits, Message, MessageType, SentimentLabel};
use scrm_core::text::{Text, detect, personal_data};

/// Posts of a pass.
const POSTS: usize = 5_000;
/// Passes of each measure, of which the fastest counts.
const PASSES: usize = 7;

/// The posts, cut into tokens already, and what listening heard.
struct Bench<'a> {
    messages: &'a [Message],
    texts: Vec<Text<'a>>,
    hits: Vec<Hits>,
    bytes: usize,
    /// The one to be measured.
    only: Option<String>,
}

#[allow(clippy::disallowed_methods, reason = "a program reads its own command line")]
fn main() -> Result<(), String> {
    let messages = posts(POSTS);
    let topics = Listener::compile(&Monitors::default(), &playbook(1).topics, &Limits::DEFAULT);
    let topics = topics.map_err(|error| error.to_string())?;
    let texts: Vec<Text<'_>> = messages.iter().map(|message| Text::new(message.text())).collect();
    let scan = |(message, text)| topics.scan(message, text);
    let hits: Vec<Hits> = messages.iter().zip(&texts).map(scan).collect();
    let bytes = messages.iter().map(|message| message.text().len()).sum();
    let only = std::env::args().skip(1).find(|word| !word.starts_with("--"));
    let bench = Bench { messages: &messages, texts, hits, bytes, only };

    let alone = Settings { unheard_is_noise: false, ..Settings::default() };
    let (explaining, plain) = (Classifier::new(alone), Classifier::new(Settings { evidence: 0, ..alone }));
    let expected = bench.labels(&plain);
    answer(&expected)?;
    for (label, with_reasons) in expected.iter().zip(bench.labels(&explaining)) {
        let same = label.types == with_reasons.types
            && label.sentiment.value == with_reasons.sentiment.value
            && label.action.value == with_reasons.action.value
            && label.topics.value == with_reasons.topics.value;
        if !same {
            return Err("reasons changed a label".to_owned());
        }
    }

    println!("{POSTS} posts of {} bytes, one core; posts/s, MB/s, µs/post", bench.bytes / POSTS);
    let labelled = |classifier: &Classifier| {
        let mut kinds = 0;
        for (message, hits) in bench.messages.iter().zip(&bench.hits) {
            let label = classifier.classify(black_box(message), &Text::new(message.text()), hits);
            kinds += usize::from(label.kind.value.is_some());
        }
        kinds
    };
    let mut all = || labelled(&plain);
    bench.measure("all axes", &mut all)?;
    bench.measure("all axes, with reasons", &mut || labelled(&explaining))?;
    println!("of which");
    bench.measure("tokens", &mut || {
        bench.messages.iter().map(|message| Text::new(black_box(message.text())).tokens().len()).sum()
    })?;
    bench.measure("topics (listening)", &mut || {
        let each = bench.messages.iter().zip(&bench.texts);
        each.map(|(message, text)| topics.scan(black_box(message), text).topics.len()).sum()
    })?;
    bench.measure("language (by itself)", &mut || {
        bench.texts.iter().filter(|text| detect(black_box(text)).is_some()).count()
    })?;
    bench.measure("personal data", &mut || {
        bench.texts.iter().map(|text| personal_data(black_box(text)).len()).sum()
    })?;
    bench.measure("units of the models", &mut || {
        bench.texts.iter().map(|text| Units::new(black_box(text), &[]).units().len()).sum()
    })?;
    let models = Models::shipped().ok_or("the models that come with the crate cannot be read")?;
    let units: Vec<Units<'_>> = bench.texts.iter().map(|text| Units::new(text, &[])).collect();
    bench.measure("encoder", &mut || {
        let against = |units| {
            let [negative, _, positive] =
                models.encoder().encode(std::slice::from_ref(black_box(units))).logits;
            negative > positive
        };
        units.iter().filter(|units| against(units)).count()
    })
}

impl Bench<'_> {
    fn labels(&self, classifier: &Classifier) -> Vec<Classification> {
        let each = self.messages.iter().zip(&self.texts).zip(&self.hits);
        each.map(|((message, text), hits)| classifier.classify(message, text, hits)).collect()
    }

    /// Prints the fastest of several passes; each must count the same.
    fn measure(&self, name: &str, pass: &mut dyn FnMut() -> usize) -> Result<(), String> {
        if self.only.as_ref().is_some_and(|only| only != name) {
            return Ok(());
        }
        let expected = pass();
        let mut best = Duration::MAX;
        for _ in 0..PASSES {
            #[allow(clippy::disallowed_methods, reason = "a benchmark measures time")]
            let start = Instant::now();
            let counted = pass();
            best = best.min(start.elapsed());
            if counted != expected {
                return Err(format!("{name}: counted {counted}, and {expected} before"));
            }
        }
        let seconds = best.as_secs_f64().max(1e-9);
        let posts = POSTS as f64;
        println!(
            "{name:<24} {:>9.0} {:>8.1} {:>8.2}",
            posts / seconds,
            self.bytes as f64 / 1e6 / seconds,
            1e6 * seconds / posts
        );
        Ok(())
    }
}

/// What any classifier must say of such posts: half of their fragments complain or ask, a fifth praises.
fn answer(labels: &[Classification]) -> Result<(), String> {
    let count = |holds: &dyn Fn(&Classification) -> bool| labels.iter().filter(|label| holds(label)).count();
    let known = count(&|label| label.kind.is_known());
    let complaints = count(&|label| label.types.contains(&MessageType::Complaint));
    let negative = count(&|label| {
        label.sentiment.value.is_some_and(|sentiment| sentiment.label == SentimentLabel::Negative)
    });
    let topics = count(&|label| label.topics.is_known());
    let noise = count(&|label| label.noise.is_some());
    let found = format!(
        "{known} with a type, {complaints} complaints, {negative} negative, {topics} with topics, {noise} noise"
    );
    let fits = known > POSTS * 3 / 4
        && complaints > POSTS / 3
        && (POSTS / 5..POSTS * 4 / 5).contains(&negative)
        && topics > POSTS / 2
        && noise < POSTS / 20;
    if fits { Ok(()) } else { Err(format!("not what such posts are: {found}")) }
}
