//! What do exports as they come become? One of each tool, with its notes.

use super::*;

fn shown(tool: Tool, export: &str) -> String {
    let imported = imported(tool, export);
    router(&imported);
    format!("{}\n# {} rules\n{}", imported.protocol, imported.rules, noted(&imported))
}

#[test]
fn zendesk() {
    insta::assert_snapshot!(shown(Tool::Zendesk, include_str!("data/zendesk.json")));
}

#[test]
fn chatwoot() {
    insta::assert_snapshot!(shown(Tool::Chatwoot, include_str!("data/chatwoot.json")));
}

#[test]
fn zammad() {
    insta::assert_snapshot!(shown(Tool::Zammad, include_str!("data/zammad.json")));
}
