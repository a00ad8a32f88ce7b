"""Is a message checked on the way in, whatever it comes as, and the same on the way out?"""

import json
import pickle
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from types import MappingProxyType
from typing import Any

import pytest
import scrm
from conftest import said

FULL = said(
    "Grüße 😀 an @northwind",
    channel="x",
    title="Hallo",
    language="de",
    author={"source": "x", "native_id": "17", "handle": "mira", "followers": 812, "verified": False},
    participants=[{"identity": {"source": "x", "native_id": "nw"}, "part": "mentioned"}],
    spans=[{"start": 11, "end": 21, "kind": "mention", "value": "nw"}],
    place={"country": "NL", "latitude": 52.09, "longitude": 5.12},
    metrics={"likes": 3},
    thread={"id": "t1"},
    colour={"any": ["thing", 1, 1.5, None, True]},
)


def test_attributes() -> None:
    message = scrm.Message(FULL)
    assert message.key == ("x", "1") and message.delivery == ("x", "1", message.version)
    assert (message.source, message.external_id, message.channel) == ("x", "1", "x")
    assert (message.kind, message.direction, message.visibility) == ("post", "in", "public")
    assert (message.title, message.text, message.language) == ("Hallo", FULL["text"], "de")
    assert message.author is not None and message.author["followers"] == 812
    assert message.times == {"created": "2026-11-02T09:00:00Z", "observed": "2026-11-02T09:00:00Z"}
    assert not message.deleted and message.version.startswith("sha256:")
    assert repr(message) == "<scrm.Message x:1 post public, 21 characters>"


def test_dictionary_and_json_give_the_same_message() -> None:
    message = scrm.Message(FULL)
    out = message.to_dict()
    assert {name: out[name] for name in FULL if name != "times"} == {n: v for n, v in FULL.items() if n != "times"}
    assert scrm.Message(out) == scrm.Message(message.to_json()) == scrm.Message(message) == message
    assert pickle.loads(pickle.dumps(message)) == message
    assert len({message, scrm.Message(out), scrm.Message(said("another"))}) == 2
    assert message != scrm.Message(said("another")) and message != "a text"


def test_spans_count_code_points_in_dictionaries_and_bytes_in_json() -> None:
    message = scrm.Message(FULL)
    [span] = message.spans
    assert message.text[span["start"] : span["end"]] == "@northwind"
    [stored] = json.loads(message.to_json())["spans"]
    assert message.text.encode()[stored["start"] : stored["end"]].decode() == "@northwind"
    assert stored["start"] > span["start"]


def test_aware_datetimes_are_times() -> None:
    here = timezone(timedelta(hours=2))
    message = scrm.Message(said("hi", times={"created": datetime(2026, 11, 2, 11, 0, tzinfo=here)}))
    assert message.times["created"] == "2026-11-02T09:00:00Z"
    odd = timezone(timedelta(minutes=19, seconds=32))
    scrm.Message(said("hi", times={"created": datetime(1926, 11, 2, tzinfo=odd)}))


class Scalar:
    """As numpy has them: no number, but with one inside."""

    def __init__(self, value: object) -> None:
        self.value = value

    def item(self) -> object:
        return self.value


def test_mappings_tuples_and_scalars_are_read() -> None:
    author = MappingProxyType({"source": "x", "native_id": "1", "followers": Scalar(7)})
    message = scrm.Message(said("hi", author=author, attachments=({"kind": "image"},)))
    assert message.author == {"source": "x", "native_id": "1", "followers": 7}
    assert isinstance(author, Mapping) and message.to_dict()["attachments"] == [{"kind": "image"}]


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in said("hi").items() if key != name}


def deep(levels: int) -> list[Any]:
    return [deep(levels - 1)] if levels else []


LONG = "x" * 1025
BAD: list[tuple[str, object, str, str | None]] = [
    # what it is, the value, its kind, its field
    ("none", None, "type", None),
    ("number", 42, "type", None),
    ("bytes", b"{}", "type", None),
    ("list", [said("hi")], "type", None),
    ("empty", {}, "form", None),
    ("not JSON", "not json", "form", None),
    ("two objects", json.dumps(said("hi")) * 2, "form", None),
    ("a JSON list", "[]", "form", None),
    *[(f"no {name}", without(name), "form", None) for name in ("source", "external_id", "kind", "visibility", "times")],
    ("no time", said("hi", times={}), "form", "times"),
    ("a naive time", said("hi", times={"created": datetime(2026, 11, 2)}), "type", "times.created"),
    ("a time without zone", said("hi", times={"created": "2026-11-02T09:00:00"}), "form", "times.created"),
    ("a time that is none", said("hi", times={"created": "yesterday"}), "form", "times.created"),
    ("the year 1 in the east", said("hi", times={"created": datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))}),
     "type", "times.created"),
    ("a public direct message", said("hi", kind="direct_message"), "visibility", None),
    ("a public mail", said("hi", kind="email"), "visibility", None),
    ("internal to outside", said("hi", visibility="internal"), "visibility", None),
    ("an unknown kind", said("hi", kind="tweet"), "form", "kind"),
    ("a number as text", said(7), "form", "text"),  # type: ignore[arg-type]
    ("followers in words", said("hi", author={"source": "x", "native_id": "1", "followers": "many"}), "form",
     "author.followers"),
    ("not a number", said("hi", place={"latitude": float("nan"), "longitude": 5.0}), "type", "place.latitude"),
    ("infinite", said("hi", ext={"a": [1, float("inf")]}), "type", "ext.a[1]"),
    ("beyond the globe", said("hi", place={"latitude": 91.0, "longitude": 5.0}), "place", None),
    ("half a place", said("hi", place={"latitude": 52.0}), "place", None),
    ("no country", said("hi", place={"country": "Holland"}), "place", None),
    ("half a character", said("hi \ud83d"), "type", "text"),
    ("half a character as a name", said("hi", **{"\udc00": 1}), "type", None),
    ("half a character in JSON", '{"text": "\ud83d"}', "form", None),
    ("an escaped half", json.dumps(said("hi \ud83d")), "form", None),
    ("a name that is no text", {**said("hi"), 7: 1}, "type", None),
    ("a set", said("hi", tags={1, 2}), "type", "tags"),
    ("an object", said("hi", tags=[object()]), "type", "tags[0]"),
    ("a huge number", said("hi", n=2**64), "type", "n"),
    ("a huge text", said("x" * 300_000), "limit", None),
    ("a long id", said("hi", LONG), "form", "external_id"),
    ("an empty id", said("hi", ""), "form", "external_id"),
    ("too many spans", said("hi", spans=[{"start": 0, "end": 1, "kind": "link"}] * 10_001), "limit", None),
    ("too deep", said("hi", deep=deep(200)), "type", None),
    ("a span beyond the text", said("hi 😀", spans=[{"start": 0, "end": 5, "kind": "link"}]), "span", None),
    ("a span backwards", said("hi 😀", spans=[{"start": 2, "end": 1, "kind": "link"}]), "span", None),
    ("a span below zero", said("hi", spans=[{"start": -1, "end": 1, "kind": "link"}]), "form", "spans[0].start"),
    ("a tombstone with text", said("hi", times={"deleted": "2026-11-02T09:00:00Z"}), "text", None),
]


@pytest.mark.parametrize("value, kind, field", [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_what_is_no_message_says_why(engine: scrm.Engine, value: Any, kind: str, field: str | None) -> None:
    for call in (scrm.Message, engine.assess):
        with pytest.raises(scrm.MessageError) as caught:
            call(value)
        error = caught.value
        assert error.kind == kind and error.index is None, error
        if field is not None:
            assert error.field == field and str(error).startswith(f"`{field}`: ")
        assert str(error) and "\n" not in str(error)
        again = pickle.loads(pickle.dumps(error))
        assert (str(again), again.kind, again.field) == (str(error), error.kind, error.field)
    with pytest.raises(scrm.MessageError) as caught:
        engine.assess_all([said("hi"), value])
    assert caught.value.index == 1 and str(caught.value).startswith("message 1: ")


def test_a_value_that_raises_is_not_swallowed() -> None:
    class Raising:
        def item(self) -> object:
            raise RuntimeError("of its own")

    with pytest.raises(RuntimeError, match="of its own"):
        scrm.Message(said("hi", n=Raising()))


def test_a_dictionary_that_changes_meanwhile_does_no_harm() -> None:
    message: dict[str, Any] = said("hi")

    class Growing:
        def item(self) -> int:
            message.update({str(n): n for n in range(1000)})
            return 7

    message["n"] = Growing()
    assert scrm.Message(message).to_dict()["n"] == 7


def test_it_is_frozen() -> None:
    message = scrm.Message(said("hi"))
    with pytest.raises(AttributeError):
        message.text = "another"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        message.more = 1  # type: ignore[attr-defined]
