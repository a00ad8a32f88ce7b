"""Do Rust and Python say the same? The cases stand in `scrm-core/tests/cases` and are read by both."""

import json
from typing import Any

import pytest
import scrm
from conftest import ROOT

CASES = json.loads((ROOT / "scrm-core/tests/cases/assess.json").read_text(encoding="utf-8"))


def holds(expected: Any, found: Any) -> bool:
    """Whether `found` has everything that `expected` names; what is absent is `None`, as in Rust's reader of the cases."""
    if isinstance(expected, dict):
        return isinstance(found, dict) and all(holds(expected[name], found.get(name)) for name in expected)
    return bool(expected == found)


@pytest.fixture(scope="module")
def northwind() -> scrm.Engine:
    return scrm.Engine.compile(scrm.Playbook.load(ROOT / "examples/playbooks/northwind"))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_messages_are_assessed_as_the_cases_say(northwind: scrm.Engine, case: dict[str, Any]) -> None:
    # As text: where a case has spans, they count bytes, as everywhere in Rust.
    found = northwind.assess(json.dumps(case["message"]))
    assert holds(case["expect"], found), found
