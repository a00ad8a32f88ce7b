"""What do the tests share? A small playbook, an engine of it, and messages."""

import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import scrm

# A shell that starts the tests in the background has them ignore Ctrl-C, and so would every process they start.
signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(__file__).parents[2]
PLAYBOOK = Path(__file__).parent / "playbook"


def said(text: str, external_id: str = "1", **fields: Any) -> dict[str, Any]:
    """A public post of Monday, 2 November 2026, 10:00 in Amsterdam, with the fields given over it."""
    return {
        "source": "x",
        "external_id": external_id,
        "kind": "post",
        "visibility": "public",
        "text": text,
        "times": {"created": "2026-11-02T09:00:00Z"},
        **fields,
    }


@pytest.fixture(scope="session")
def playbook() -> scrm.Playbook:
    return scrm.Playbook.load(PLAYBOOK)


@pytest.fixture(scope="session")
def engine(playbook: scrm.Playbook) -> scrm.Engine:
    return scrm.Engine.compile(playbook)


@pytest.fixture
def edited(playbook: scrm.Playbook) -> Callable[..., dict[str, str]]:
    """The files of the small playbook with some text of one replaced by another."""

    def edited(file: str, old: str, new: str) -> dict[str, str]:
        text = playbook.files[file]
        assert old in text
        return {**playbook.files, file: text.replace(old, new)}

    return edited
