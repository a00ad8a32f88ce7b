"""Do the cases that Rust's tests read hold in Python too?"""

import json
from typing import Any

import scrm
from conftest import ROOT

CASES = sorted((ROOT / "scrm-core/tests/cases").glob("assess*.json"))


def holds(expected: Any, found: Any) -> bool:
    """Whether `found` has everything that `expected` names."""
    if isinstance(expected, dict):
        return isinstance(found, dict) and all(name in found and holds(expected[name], found[name]) for name in expected)
    return bool(expected == found)


def test_the_shared_cases_hold() -> None:
    engine = scrm.Engine.compile(scrm.Playbook.load(ROOT / "examples/playbooks/northwind"))
    assert CASES
    for path in CASES:
        for number, case in enumerate(json.loads(path.read_text(encoding="utf-8"))):
            for message in (case["message"], json.dumps(case["message"])):
                found = engine.assess(message)
                assert holds(case["expect"], found), f"{path.name}, case {number}: {found}"
