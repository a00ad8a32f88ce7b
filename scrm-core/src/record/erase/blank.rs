//! What is left of a message and of what the engine said of it? What is counted, and nothing that was said.

use crate::model::{
    Assessment, Axis, Classification, Decision, Event, Evidence, Hit, Hits, Message, MessageBuilder, Span,
    Times, Version,
};

use super::names::{Names, Redacted};

/// A message of a person who is erased: where it came from, what sort it was and when we received it.
pub(super) fn message(message: &Message, version: usize) -> MessageBuilder {
    let key = message.key().erased();
    let mut times = Times::observed(message.times().observed);
    // That it was taken down decides which version is the current one.
    times.deleted = message.is_tombstone().then_some(times.observed);
    let mut left = Message::builder(key.source, key.external_id, message.kind(), message.visibility(), times);
    // INVARIANT: a number is always an id. The order of versions stays: it decides which is the current one.
    left.version = Version::new(format!("erased:{version:08}")).ok();
    left.direction = message.direction();
    left.channel = crate::model::Channel::new(message.channel()).ok();
    left
}

/// What the engine said, without anything that quotes: values stay, evidence goes.
pub(super) fn assessment(said: &Assessment, names: &Names) -> Assessment {
    Assessment {
        hits: hits(&said.hits),
        classification: classification(&said.classification),
        decision: said.decision.as_ref().map(|decision| self::decision(decision, names)),
        outcome: said.outcome,
    }
}

fn hits(hits: &Hits) -> Hits {
    fn ids<Id: Clone>(hits: &[Hit<Id>]) -> Vec<Hit<Id>> {
        hits.iter().map(|hit| Hit { id: hit.id.clone(), spans: Vec::new() }).collect()
    }
    Hits {
        version: hits.version,
        monitors: ids(&hits.monitors),
        brands: hits.brands.clone(),
        named: ids(&hits.named),
        topics: ids(&hits.topics),
        truncated: 0,
    }
}

fn classification(said: &Classification) -> Classification {
    fn value<T: Clone>(axis: &Axis<T>) -> Axis<T> {
        Axis { value: axis.value.clone(), confidence: axis.confidence, evidence: Vec::new() }
    }
    let mut influence = value(&said.influence);
    if let Some(influence) = &mut influence.value {
        // Exact counts of followers would tell whose they are.
        influence.parts.clear();
    }
    let mut noise = said.noise.clone();
    if let Some(noise) = &mut noise {
        noise.evidence.clear();
    }
    Classification {
        kind: value(&said.kind),
        types: said.types.clone(),
        topics: value(&said.topics),
        sentiment: value(&said.sentiment),
        targets: said.targets.clone(),
        action: value(&said.action),
        levels: said.levels,
        influence,
        noise,
        personal_data: Vec::new(),
        language: value(&said.language),
        labeller: said.labeller.clone(),
    }
}

/// Which rules fired stays, with their conditions as the protocol has them; the values they looked at go.
fn decision(said: &Decision, names: &Names) -> Decision {
    let condition = |atom: &str| if names.occur_in(atom) { String::new() } else { atom.to_owned() };
    let mut left = said.clone();
    for proof in &mut left.proof {
        proof.atom = condition(&proof.atom);
        proof.value.clear();
        proof.spans.clear();
    }
    for unknown in &mut left.unknown {
        unknown.atom = condition(&unknown.atom);
    }
    left.near.clear();
    left
}

/// What the engine said of a text in which names were blocked out: its places moved, what quotes a name blocked out too.
pub(super) fn moved(said: &mut Assessment, to: &Redacted, names: &Names) {
    fn spans<Id>(hits: &mut [Hit<Id>], to: &Redacted) {
        for span in hits.iter_mut().flat_map(|hit| &mut hit.spans) {
            *span = to.place(*span);
        }
    }
    let place = |span: &mut Span| *span = to.place(*span);
    let quote = |text: &mut String| {
        if names.occur_in(text) {
            *text = names.redacted(text).text;
        }
    };
    let (hits, labels) = (&mut said.hits, &mut said.classification);
    spans(&mut hits.monitors, to);
    spans(&mut hits.named, to);
    spans(&mut hits.topics, to);
    let evidence: [&mut Vec<Evidence>; 6] = [
        &mut labels.kind.evidence,
        &mut labels.topics.evidence,
        &mut labels.sentiment.evidence,
        &mut labels.action.evidence,
        &mut labels.influence.evidence,
        &mut labels.language.evidence,
    ];
    let noise = labels.noise.iter_mut().map(|noise| &mut noise.evidence);
    for cue in evidence.into_iter().chain(noise).flatten() {
        cue.span.iter_mut().for_each(place);
        quote(&mut cue.cue);
    }
    labels.personal_data.iter_mut().for_each(|found| place(&mut found.span));
    if let Some(decision) = &mut said.decision {
        for proof in &mut decision.proof {
            proof.spans.iter_mut().for_each(place);
            quote(&mut proof.value);
            quote(&mut proof.atom);
        }
        for near in &mut decision.near {
            quote(&mut near.value);
            quote(&mut near.atom);
        }
        decision.unknown.iter_mut().for_each(|unknown| quote(&mut unknown.atom));
    }
}

/// That something happened, and no more.
pub(super) fn forgotten(event: &Event) -> Event {
    Event::Forgotten { was: event.name().to_owned() }
}
