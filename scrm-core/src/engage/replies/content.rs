//! What can we offer besides words, and what do people ask for that we have not? Content by need.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::model::Topic;

/// Something to offer: a page, a video, a guide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Content {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// Where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The needs it answers.
    pub topics: BTreeSet<Topic>,
}

/// A need, how often it was voiced, and how much there is for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ContentGap {
    /// The need.
    pub topic: Topic,
    /// Questions and requests about it.
    pub asked: u64,
    /// Contents that answer it.
    pub contents: u64,
}

/// How well a content fits a need: the more particular its topic, the better; 0 when it does not.
fn fit(content: &Content, need: &Topic) -> usize {
    let of = |topic: &Topic| {
        // What is about the whole answers a part; what is about a part answers the whole less well.
        if need.is_under(topic.as_str()) {
            2 * topic.as_str().split('.').count()
        } else {
            usize::from(topic.is_under(need.as_str()))
        }
    };
    content.topics.iter().map(of).max().unwrap_or_default()
}

/// The contents that answer any of these needs, the best fit first.
pub fn suggest<'a>(contents: &'a BTreeMap<String, Content>, needs: &[Topic]) -> Vec<&'a Content> {
    let fits = |content: &'a Content| {
        let best = needs.iter().map(|need| fit(content, need)).max().unwrap_or_default();
        (best > 0).then_some((std::cmp::Reverse(best), &content.id, content))
    };
    let mut found: Vec<_> = contents.values().filter_map(fits).collect();
    found.sort_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)));
    found.into_iter().map(|(_, _, content)| content).collect()
}

/// Each need with the contents there are for it: what is asked most and answered by nothing first.
pub fn gaps(contents: &BTreeMap<String, Content>, asked: &BTreeMap<Topic, u64>) -> Vec<ContentGap> {
    let answers = |topic: &Topic| contents.values().filter(|content| fit(content, topic) > 1).count() as u64;
    let mut gaps: Vec<_> = asked
        .iter()
        .map(|(topic, asked)| ContentGap { topic: topic.clone(), asked: *asked, contents: answers(topic) })
        .collect();
    gaps.sort_by(|a, b| {
        (a.contents > 0, std::cmp::Reverse(a.asked), &a.topic).cmp(&(
            b.contents > 0,
            std::cmp::Reverse(b.asked),
            &b.topic,
        ))
    });
    gaps
}
