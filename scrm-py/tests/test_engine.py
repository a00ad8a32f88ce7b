"""Does the engine say the same of a message in every way it can be asked?"""

import json
import pickle
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

import pytest
import scrm
from conftest import ROOT, said

COMPLAINT = "@northwind there is no signal since this morning, this is terrible!"
TEXTS = [
    COMPLAINT,
    "@northwind I want my money back for the refund you promised",
    "@northwind how do I cancel?",
    "@northwind thank you, great service",
    "nothing that concerns us",
    "",
    "@northwind 😀 no signal 🔌 in Köln",
]


def many(count: int) -> list[dict[str, Any]]:
    return [said(TEXTS[n % len(TEXTS)], str(n)) for n in range(count)]


def test_an_assessment_has_its_parts(engine: scrm.Engine) -> None:
    assessment = engine.assess(said(COMPLAINT))
    assert set(assessment) == {"hits", "classification", "decision", "outcome"}
    assert assessment["outcome"] == "decided"
    assert assessment["classification"]["type"]["value"] == "complaint"
    assert assessment["classification"]["topics"]["value"] == ["service.outage"]
    assert assessment["decision"]["facets"]["department"] == "care"
    assert assessment["decision"]["due"]["first_response"] == "2026-11-02T13:00:00Z"
    noise = engine.assess(said("nothing that concerns us"))
    assert (noise["outcome"], noise["reason"]) == ("noise", "no_monitor") and "decision" not in noise


def test_the_form_of_the_message_makes_no_difference(engine: scrm.Engine) -> None:
    for message in many(len(TEXTS)):
        expected = engine.assess(message)
        assert engine.assess(json.dumps(message)) == expected
        assert engine.assess(scrm.Message(message)) == expected


def test_a_batch_is_its_messages_for_any_number_of_threads(engine: scrm.Engine) -> None:
    messages = many(2100)
    expected = [engine.assess(message) for message in messages[: len(TEXTS)]]
    for threads in (None, 1, 2, 7):
        assessed = engine.assess_all(messages, threads=threads)
        assert len(assessed) == len(messages)
        assert assessed[: len(TEXTS)] == expected
        assert all(one == expected[n % len(TEXTS)] for n, one in enumerate(assessed))


def test_any_iterable_is_a_batch(engine: scrm.Engine) -> None:
    def stream() -> Iterator[Any]:
        yield said(COMPLAINT)
        yield json.dumps(said(COMPLAINT))
        yield scrm.Message(said(COMPLAINT))

    first, *others = engine.assess_all(stream())
    assert others == [first, first]
    assert engine.assess_all([]) == []
    assert engine.assess_all((said(COMPLAINT),)) == [first]


@pytest.mark.parametrize("wrong", [said("hi"), json.dumps(said("hi")), scrm.Message(said("hi")), None, 7])
def test_one_message_is_no_batch(engine: scrm.Engine, wrong: Any) -> None:
    with pytest.raises(scrm.MessageError) as caught:
        engine.assess_all(wrong)
    assert caught.value.kind == "type" and caught.value.index is None


def test_what_an_iterable_raises_comes_through(engine: scrm.Engine) -> None:
    def broken() -> Iterator[Any]:
        yield said("hi")
        raise LookupError("no more")

    with pytest.raises(LookupError, match="no more"):
        engine.assess_all(broken())


@pytest.mark.parametrize("threads, error", [(0, ValueError), (-1, OverflowError), ("two", TypeError)])
def test_a_number_of_threads_is_positive(engine: scrm.Engine, threads: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        engine.assess_all([], threads=threads)


def test_a_context_is_what_went_before(engine: scrm.Engine) -> None:
    spike = {"issue": ["2026-11-02T08:30:00Z", datetime(2026, 11, 2, 8, 45, tzinfo=timezone.utc)]}
    assert engine.assess(said(COMPLAINT), spike)["decision"]["facets"]["priority"] == 1
    assert "priority" not in engine.assess(said(COMPLAINT))["decision"]["facets"]
    assert "priority" not in engine.assess(said(COMPLAINT), {"issue": []})["decision"]["facets"]
    later = engine.assess(said(COMPLAINT), context={"now": "2026-11-02T10:00:00Z", "customer": [["2026-11-01T00:00:00Z", True]]})
    assert later["decision"]["at"] == "2026-11-02T10:00:00Z"


@pytest.mark.parametrize("wrong", ["now", {"now": "yesterday"}, {"now": datetime(2026, 11, 2)}, {"issue": 3}, [object()]])
def test_a_context_that_is_none(engine: scrm.Engine, wrong: Any) -> None:
    with pytest.raises(scrm.InputError) as caught:
        engine.assess(said(COMPLAINT), wrong)
    assert caught.value.kind == "context"


def test_an_engine_pickles_as_its_playbook(engine: scrm.Engine) -> None:
    again = pickle.loads(pickle.dumps(engine))
    assert again.playbook.files == engine.playbook.files
    assert again.assess_all(many(10)) == engine.assess_all(many(10))


def places(value: Any) -> Iterator[tuple[list[int], str | None]]:
    """Every span of an assessment, with what it is said to hold where a cue quotes it."""
    if isinstance(value, dict):
        spans = [*value.get("spans", []), *([value["span"]] if value.get("span") else [])]
        cue = value.get("cue", "")
        quoted = cue.split('"')[1] if len(spans) == 1 and cue.count('"') == 2 else None
        yield from ((span, quoted) for span in spans)
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from places(each)


@pytest.mark.parametrize("before", ["", "😀", "Grüße ", "日本語 🇳🇱 ", "e\u0301\u200d "])
def test_spans_are_code_points(engine: scrm.Engine, before: str) -> None:
    plain = "@northwind there is no signal since Monday, this is terrible; call +31 20 555 0117 or mira@example.org!"
    text = before + plain
    found = engine.assess(said(text))
    held = [(text[start:end], quoted) for [start, end], quoted in places(found)]
    assert {"@northwind", "no signal"} <= {word for word, _ in held}
    for word, quoted in held:
        assert word and (quoted is None or quoted.casefold() in (word.casefold(), "…")), (word, quoted)
    data = {one["kind"]: text[slice(*one["span"])] for one in found["classification"]["personal_data"]}
    assert data == {"phone": "+31 20 555 0117", "email": "mira@example.org"}
    [proof] = [one for one in found["decision"]["proof"] if one["rule"] == "everything-else"]
    # What stands before may be a reason too, such as a face.
    assert all(text[start:end] in plain or text[start:end] in before for start, end in proof["spans"])


def test_every_span_moves_with_the_text(engine: scrm.Engine) -> None:
    """What stands before a text moves its places by its length, in code points: no place of a result is forgotten."""
    plain = "@northwind there is no signal, this is terrible; mail mira@example.org"
    # Signs that are no words: nothing else differs.
    short, long = (list(places(engine.assess(said(before + plain)))) for before in ("* ", "• "))
    assert short == long and len(short) > 8


def test_the_demonstration_can_be_assessed() -> None:
    engine = scrm.Engine.compile(scrm.Playbook.load(ROOT / "examples/playbooks/northwind"))
    outcomes = set()
    with open(ROOT / "examples/data/northwind.jsonl", encoding="utf-8") as lines:
        for line in lines:
            try:
                message = scrm.Message(line)
            except scrm.MessageError:
                continue
            found = engine.assess(message)
            outcomes.add(found["outcome"])
            for [start, end], _ in places(found):
                assert 0 <= start <= end <= len(message.text)
    assert {"noise", "decided"} <= outcomes
