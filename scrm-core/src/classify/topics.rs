//! Which issues is it about? The topics that the listener found, the most spoken of first.
//!
//! Order: words of the author's own that were hit, then depth in the tree, then the path. The confidence of the
//! primary topic is `(1 - 0.4 · 2^(1-n)) · (n + 0.5) / (n + 0.5·m + 0.5)` for `n` words hit and `m` words of the
//! strongest other topic that is neither above nor below it: more words are surer, a rival is less sure.
//!
//! Where topics were learned from examples, the most probable of them counts too, if the message is likely to be about
//! any: alone, it is the topic, as sure as it is probable; else it joins the others, and makes the one it is surer.

use super::model::{Model, Trace};
use super::reasons;
use super::units::Units;
use super::words::Reading;
use crate::model::{Axis, Evidence, Hit, Hits, Span, Topic};

/// The confidence of a topic whose words stand only in what is quoted.
const ONLY_QUOTED: f32 = 0.2;

/// From which probability on a message is about one of the topics that were learned.
const IN_SCOPE: f32 = 0.5;

/// The topics of a message. `body` is the reading of the message's own text, `head` what was learned from examples.
pub(super) fn topics(
    hits: &Hits,
    body: &Reading<'_>,
    head: Option<&Model>,
    least: f32,
    limit: usize,
) -> Axis<Vec<Topic>> {
    let mut axis = listened(hits, body, limit);
    let Some((topic, probability, evidence)) = head.and_then(|head| learned(head, body, limit)) else {
        return axis;
    };
    if probability < least {
        return axis;
    }
    match &mut axis.value {
        None => return Axis::new(vec![topic], probability, evidence),
        Some(topics) if topics.first() == Some(&topic) => axis.confidence = axis.confidence.max(probability),
        Some(topics) if !topics.contains(&topic) => topics.push(topic),
        Some(_) => {}
    }
    axis.evidence.extend(evidence);
    axis.evidence.truncate(limit);
    axis
}

/// The most probable of the topics that were learned.
fn learned(head: &Model, body: &Reading<'_>, limit: usize) -> Option<(Topic, f32, Vec<Evidence>)> {
    let units = Units::new(body.text, &body.foreign);
    if units.units().is_empty() {
        return None;
    }
    let logits = head.logits(&units, &[]);
    let prediction = head.tasks().first()?.predict(&logits);
    if prediction.in_scope < IN_SCOPE {
        return None;
    }
    let topic = Topic::new(&prediction.label).ok()?;
    if limit == 0 {
        return Some((topic, prediction.probability, Vec::new()));
    }
    let column = head.tasks().first()?.labels().iter().position(|label| *label == prediction.label)?;
    let trace = Trace::new(head.features(), std::slice::from_ref(&units));
    let shares = head.shares(&trace, &[(column, 1.0)]).into_iter().flatten();
    let parts: Vec<(Span, f32)> = units.units().iter().map(|unit| unit.span).zip(shares).collect();
    let evidence = reasons::strongest(
        parts.into_iter().filter(|(_, weight)| *weight > 0.0).collect(),
        limit,
        |(_, weight)| *weight,
        |(span, weight)| {
            let word = span.of(body.text.source())?;
            Some(Evidence::at(format!("{topic}, learned: \"{word}\""), *span, *weight))
        },
    );
    Some((topic, prediction.probability, evidence))
}

/// The topics that the listener found.
fn listened(hits: &Hits, body: &Reading<'_>, limit: usize) -> Axis<Vec<Topic>> {
    let mut ranked: Vec<(usize, &Hit<Topic>)> =
        hits.topics.iter().map(|hit| (own_words(hit, body), hit)).collect();
    let depth = |hit: &Hit<Topic>| hit.id.as_str().matches('.').count();
    ranked.sort_by(|(n, a), (m, b)| {
        m.cmp(n).then_with(|| depth(b).cmp(&depth(a))).then_with(|| a.id.cmp(&b.id))
    });
    let Some((n, first)) = ranked.first().copied() else { return Axis::unknown() };

    let kin = |other: &Topic| other.is_under(first.id.as_str()) || first.id.is_under(other.as_str());
    let rival = ranked.iter().skip(1).find(|(_, hit)| !kin(&hit.id)).map_or(0, |(m, _)| *m);
    let confidence = if n == 0 {
        ONLY_QUOTED
    } else {
        let (n, m) = (n.min(100) as f32, rival.min(100) as f32);
        (1.0 - 0.4 * (1.0 - n).exp2()) * (n + 0.5) / (n + 0.5 * m + 0.5)
    };
    let places = ranked.iter().flat_map(|(_, hit)| hit.spans.iter().map(|span| (&hit.id, *span))).take(limit);
    let evidence = reasons::strongest(
        places.collect(),
        limit,
        |_| 1.0,
        |(topic, span)| {
            let word = span.of(body.text.source())?;
            Some(Evidence::at(format!("{topic}: \"{word}\""), *span, 1.0))
        },
    );
    Axis::new(ranked.into_iter().map(|(_, hit)| hit.id.clone()).collect(), confidence, evidence)
}

/// How many of the author's own words were hit; a topic that was hit in the title alone counts one.
fn own_words(hit: &Hit<Topic>, body: &Reading<'_>) -> usize {
    if hit.spans.is_empty() {
        return 1;
    }
    let words = hit.spans.iter().map(|span| {
        let tokens = body.text.tokens();
        let from = tokens.partition_point(|token| token.span.end() <= span.start());
        let inside = tokens.iter().skip(from).take_while(|token| token.span.start() < span.end());
        inside.filter(|token| !body.is_foreign(token.span)).count()
    });
    words.sum()
}
