//! What does the audit ask? Thirteen points in the order of the work, and eight more about the company.

use serde::{Deserialize, Serialize};

use crate::model::terms;

terms! {
    /// One point of the audit.
    AuditPoint {
        /// Whether the website is open to listening and engagement.
        Website = "website",
        /// Whether the company's touch points can be found.
        Findability = "findability",
        /// Which social channels there are beyond the website.
        Channels = "channels",
        /// Whether what is monitored is acted upon.
        Monitoring = "monitoring",
        /// Whether the team suits the amount of conversation.
        Team = "team",
        /// Whether people are trained.
        Training = "training",
        /// Whether data is captured from every customer and community.
        Capture = "capture",
        /// Whether data is analysed, neither strangled nor starved.
        Analysis = "analysis",
        /// Whether each message is routed by type, content, sentiment, action and influence.
        Routing = "routing",
        /// Whether workflow tools show everybody the same facts.
        Workflow = "workflow",
        /// Whether there is a strategy for the whole business.
        Strategy = "strategy",
        /// Whether there are guidelines of five clear points.
        Guidelines = "guidelines",
        /// Whether there is content, and good rather than much.
        Content = "content",
        /// Whether the company is officially present on the social web.
        Presence = "presence",
        /// Whether departments work together.
        Collaboration = "collaboration",
        /// Whether processes bend so as not to stand in the way.
        Flexibility = "flexibility",
        /// Whether executives stand behind it.
        Executives = "executives",
        /// Whether better relationships are wanted.
        Relationships = "relationships",
        /// Whether the social context is understood.
        Context = "context",
        /// Whether criticism is taken and acted upon.
        Criticism = "criticism",
        /// Whether there is an agreed framework.
        Framework = "framework",
    }

    /// What a point is about.
    AuditArea {
        /// Listening.
        Listen = "listen",
        /// Capturing.
        Capture = "capture",
        /// Learning.
        Learn = "learn",
        /// Engaging.
        Engage = "engage",
        /// The company itself.
        Company = "company",
    }
}

impl AuditPoint {
    /// What it is about.
    pub fn area(self) -> AuditArea {
        use AuditPoint as P;
        match self {
            P::Website | P::Findability | P::Channels | P::Monitoring | P::Team | P::Training => {
                AuditArea::Listen
            }
            P::Capture | P::Analysis => AuditArea::Capture,
            P::Routing | P::Workflow | P::Strategy => AuditArea::Learn,
            P::Guidelines | P::Content => AuditArea::Engage,
            _ => AuditArea::Company,
        }
    }

    /// Whether it is one of the thirteen, of which the score is made.
    pub fn is_of_thirteen(self) -> bool {
        self.area() != AuditArea::Company
    }

    /// What is asked.
    pub fn question(self) -> &'static str {
        match self {
            Self::Website => "Is the website open to listening and engagement?",
            Self::Findability => "Can the company's touch points be found by whoever looks for them?",
            Self::Channels => "Which social channels are open to customers beyond the website?",
            Self::Monitoring => "Is what is said monitored, and acted upon?",
            Self::Team => "Does the team suit the amount of conversation?",
            Self::Training => "Are the people who answer trained for it?",
            Self::Capture => "Is data captured from every customer and community, and from the website?",
            Self::Analysis => "Is the data analysed, with neither too much of it nor too little?",
            Self::Routing => {
                "Is each message routed by its type, content, sentiment, action needed and influence?"
            }
            Self::Workflow => "Do workflow tools show the same facts to everybody?",
            Self::Strategy => "Is there one strategy for the whole business?",
            Self::Guidelines => "Are there guidelines, of about five clear points?",
            Self::Content => "Is there content that customers want, good rather than much?",
            Self::Presence => "Is the company officially present on the social web?",
            Self::Collaboration => "Do departments work together on what customers say?",
            Self::Flexibility => "Do processes bend so as not to stand in the way of an answer?",
            Self::Executives => "Do executives stand behind it?",
            Self::Relationships => "Does the company want better relationships with its customers?",
            Self::Context => "Does the company understand the context in which customers speak?",
            Self::Criticism => "Does the company take criticism, and act upon it?",
            Self::Framework => "Is there a framework that everybody agreed to?",
        }
    }
}
