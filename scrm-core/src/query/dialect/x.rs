//! How do X's rules differ? Words keep their accents, AND and NOT are words, no wildcards, and fields have other names.

use super::super::fields::Target;
use super::super::{Attribute, Form, Zone};
use super::{Loose, Rules, Signs, Wildcards};

pub(super) static RULES: Rules = Rules {
    name: "X",
    native: false,
    and_not: false,
    proximity: false,
    negated_groups: false,
    blank_joins: true,
    signs: Signs::Plain,
    braces: false,
    expressions: false,
    escapes: false,
    plain: Form::Accented,
    wildcards: Wildcards::None,
    loose: Loose::Within,
    field,
    fields: &[
        "from",
        "to",
        "retweets_of",
        "retweets_of_tweet_id",
        "conversation_id",
        "url",
        "url_contains",
        "contains",
        "bio",
        "bio_name",
        "lang",
        "place_country",
        "has",
        "is",
        "followers_count",
        "min_followers",
        "following_count",
        "tweets_count",
        "sample",
    ],
    value,
};

fn field(name: &str) -> Option<Target> {
    Some(match name {
        "url" | "url_contains" => Target::Zone(Zone::Url),
        "bio" => Target::Zone(Zone::Bio),
        "bio_name" => Target::Zone(Zone::Name),
        "contains" => Target::Within,
        "from" => Target::Test(Attribute::Author),
        "to" => Target::Test(Attribute::To),
        "retweets_of" | "retweets_of_tweet_id" => Target::Test(Attribute::RepostOf),
        "conversation_id" => Target::Test(Attribute::Conversation),
        "lang" => Target::Test(Attribute::Lang),
        "place_country" => Target::Test(Attribute::Country),
        "has" => Target::Test(Attribute::Has),
        "is" => Target::Test(Attribute::Is),
        "followers_count" | "min_followers" => Target::AtLeast(Attribute::Followers),
        "following_count" => Target::AtLeast(Attribute::Following),
        "tweets_count" => Target::AtLeast(Attribute::Posts),
        "sample" => Target::Test(Attribute::Sample),
        _ => return None,
    })
}

fn value(name: &str) -> Option<&'static str> {
    Some(match name {
        "hashtags" => "hashtag",
        "cashtags" => "cashtag",
        "links" => "link",
        "mentions" => "mention",
        "images" => "image",
        "videos" | "video_link" => "video",
        "retweet" => "repost",
        _ => return None,
    })
}
