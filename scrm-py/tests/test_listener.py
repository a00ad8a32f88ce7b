"""Does a listener hear the same in every way it can be asked?"""

import pickle
import re
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import scrm
from conftest import PLAYBOOK, ROOT, said

QUERIES = {
    "bags": 'lost NEAR/3 bag* OR "missing case"',
    "gold": "ext.tier:gold",
    "refund": '"money back" OR title:refund',
    "quiet": "bag -lost",
}
ROW = re.compile(r"^\| `(.+?)` \| `(.+?)` \| `(.+?)` \|$", re.M)
TABLES = ROW.findall((ROOT / "docs/queries.md").read_text(encoding="utf-8").replace("\\|", "|"))


@pytest.fixture
def listener() -> scrm.Listener:
    return scrm.Listener.compile(QUERIES)


@pytest.mark.parametrize("query, holds, misses", TABLES, ids=[row[0] for row in TABLES])
def test_the_tables_of_the_reference_hold(query: str, holds: str, misses: str) -> None:
    listener = scrm.Listener.compile({"it": query})
    assert listener.match_all([holds, misses]) == [["it"], []]
    assert listener.explain("it", holds)["match"] and not listener.explain("it", misses)["match"]


def test_there_are_tables() -> None:
    assert len(TABLES) > 50


def test_spans_count_code_points(listener: scrm.Listener) -> None:
    text = "🧳😀 Straße: my bags are lost"
    (hit,) = listener.hits(text)
    found = {span["clause"]: [text[start:end] for start, end in span["places"]] for span in hit["spans"]}
    assert found == {"lost": ["lost"], "bag*": ["bags"]}
    assert (hit["id"], hit["brand"], hit["tenant"], hit["tags"], hit["version"]) == ("bags", None, None, [], 1)
    assert all("zone" not in span for span in hit["spans"])


def test_places_elsewhere_have_their_zone(listener: scrm.Listener) -> None:
    title = "😀 no refund"
    (hit,) = listener.hits(said("hello", title=title))
    (span,) = hit["spans"]
    assert (span["clause"], span["zone"]) == ("title:refund", "title")
    assert [title[start:end] for start, end in span["places"]] == ["refund"]
    (hit,) = listener.hits(said("hello", tier="🥇 gold"))
    assert hit["spans"] == [{"clause": "ext.tier:gold", "zone": "ext.tier", "places": [[2, 6]]}]


def test_a_message_says_more_than_its_text() -> None:
    listener = scrm.Listener.compile({"loud": "bag followers:>1000", "posts": "bag kind:post is:public"})
    author = {"source": "x", "native_id": "u1", "followers": 5000}
    for message in (said("a bag", author=author), scrm.Message(said("a bag", author=author))):
        assert listener.match(message) == ["loud", "posts"]
    assert listener.match(said("a bag")) == listener.match("a bag") == ["posts"]


def test_many_are_each_by_itself_for_any_number_of_threads(listener: scrm.Listener) -> None:
    texts: list[Any] = ["lost bag", "nothing", "my bag", "", "money back 😀", said("x", tier="gold")]
    expected = [listener.match(text) for text in texts]
    assert expected == [["bags"], [], ["quiet"], [], ["refund"], ["gold"]]
    for threads in (None, 1, 2, 4, 64):
        assert listener.match_all(iter(texts * 700), threads=threads) == expected * 700
    assert listener.match_all([]) == []


def test_an_explanation_says_why_not(listener: scrm.Listener) -> None:
    listener.add("all", 'lost "my bag" -case ATLEAST 2 (gate, agent, desk)')
    why = listener.explain("all", "😀 my bag, my case, the gate")
    assert not why["match"]
    assert {miss["kind"]: miss.get("part") for miss in why["misses"]} == {
        "missing": "lost", "excluded": "case", "too_few": None
    }
    (excluded,) = [miss for miss in why["misses"] if miss["kind"] == "excluded"]
    assert excluded["places"] == [{"clause": "case", "places": [[13, 17]]}]
    holds = {clause["clause"]: (clause["holds"], clause["places"]) for clause in why["clauses"]}
    assert holds["lost"] == (False, []) and holds['"my bag"'] == (True, [[2, 8]])
    far = listener.explain("bags", "lost one two three four bag")
    assert far["misses"][0]["kind"] == "none_of" and far["misses"][1]["nearest"] == 4
    held = listener.explain("bags", "lost bag")
    assert held["match"] and held["misses"] == [] and held["why"].startswith("match: ")


def test_a_query_is_tried_on_texts() -> None:
    texts = ["a lost bag", "nothing", "two bags"] * 1000
    tried = scrm.Listener.backtest("bag* OR lost", iter(texts))
    assert tried["messages"] == 3000 and tried["matched"][:4] == [0, 2, 3, 5]
    assert tried["clauses"] == [{"clause": "bag*", "messages": 2000}, {"clause": "lost", "messages": 1000}]
    change = scrm.Listener.diff("lost", "bags", texts)
    assert change["lost"][:2] == [0, 3] and change["gained"][:2] == [2, 5]
    assert (change["messages"], change["kept"]) == (3000, 0)
    listener = scrm.Listener.compile({"a": "lost", "b": "bag*", "c": "nothing"})
    (pair,) = listener.overlap(texts)
    assert pair == {"a": "a", "b": "b", "both": 1000, "of_a": 1000, "of_b": 2000, "share": 0.5}
    assert listener.overlap(texts, most=0) == []
    costs = {cost["id"]: (cost["looked"], cost["held"]) for cost in listener.slowest(texts)}
    assert costs == {"a": (1000, 1000), "b": (2000, 2000), "c": (1000, 1000)}
    assert len(listener.slowest(texts, most=1)) == 1


def test_monitors_change_while_others_match(listener: scrm.Listener) -> None:
    assert (len(listener), listener.version) == (4, 1)
    assert listener.add("new", "suitcase", brand="acme", tenant="t1", tags=["b", "a"]) == 2
    (hit,) = listener.hits("my suitcase")
    assert (hit["brand"], hit["tenant"], hit["tags"], hit["version"]) == ("acme", "t1", ["a", "b"], 2)
    assert listener.update("new", "trunk") == 3 and listener.query("new") == "trunk"
    assert listener.match("my suitcase") == [] and listener.match("trunk") == ["new"]
    assert listener.pause("new") == 4 and listener.match("trunk") == [] and "new" in listener
    assert listener.explain("new", "trunk")["match"]
    assert listener.resume("new") == 5 and listener.match("trunk") == ["new"]
    assert listener.remove("new") == 6 and "new" not in listener and listener.query("new") is None
    assert (len(listener), listener.version) == (4, 6)

    stop = threading.Event()
    wrong: list[list[str]] = []

    def match() -> None:
        while not stop.is_set():
            found = listener.match("both")
            if found not in ([], ["b"]):
                wrong.append(found)

    threads = [threading.Thread(target=match) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(200):
        listener.add("b", "both")
        listener.remove("b")
    listener.maintain()
    stop.set()
    for thread in threads:
        thread.join()
    assert not wrong and listener.maintain()["remaining"] == 0


def test_it_pickles_as_its_bytes(listener: scrm.Listener) -> None:
    listener.pause("quiet")
    again = pickle.loads(pickle.dumps(listener))
    assert (len(again), again.version) == (len(listener), listener.version)
    for text in ("lost bag", "my bag", "money back"):
        assert again.match(text) == listener.match(text)
    assert scrm.Listener.from_bytes(listener.to_bytes()).to_bytes() == listener.to_bytes()
    for broken in (b"", b"no listener", listener.to_bytes()[:-1], listener.to_bytes()[:-9] + b"12345678!"):
        with pytest.raises(scrm.ListenError) as caught:
            scrm.Listener.from_bytes(broken)
        assert caught.value.kind == "bytes"


def test_where_monitors_come_from(tmp_path: Path, playbook: scrm.Playbook) -> None:
    text = "@northwind no signal"
    expected = scrm.Listener.compile(playbook).match(text)
    assert expected
    for source in (PLAYBOOK, str(PLAYBOOK), PLAYBOOK / "monitors.toml"):
        assert scrm.Listener.compile(source).match(text) == expected
    assert scrm.Listener.from_toml(playbook.files["monitors.toml"]).match(text) == expected
    pairs = scrm.Listener.compile(pair for pair in QUERIES.items())
    tables = scrm.Listener.compile([{"id": id, "query": query, "paused": False} for id, query in QUERIES.items()])
    for sentence in ("lost bag", "money back"):
        assert pairs.match(sentence) == tables.match(sentence) == scrm.Listener.compile(QUERIES).match(sentence)
    assert scrm.Listener.compile({"x": "snow -is:retweet"}, dialect="x").query("x") == "=snow AND NOT is:repost"
    assert len(scrm.Listener.compile([])) == 0 and scrm.Listener.compile({}).match("x") == []


def test_many_monitors_are_not_held_twice() -> None:
    def many() -> Iterator[tuple[str, str]]:
        for number in range(20_000):
            yield f"m{number}", f"word{number} OR other{number % 7}"

    listener = scrm.Listener.compile(many())
    assert len(listener) == 20_000 and listener.match("Word777!") == ["m777"]
    assert len(listener.match("other3")) == len(range(3, 20_000, 7))
    assert 0 < listener.memory() < 20_000 * 200
    assert set(listener.memory_by_tenant()) == {""}


def test_faults_of_queries_are_told_at_once() -> None:
    with pytest.raises(scrm.QueryError) as caught:
        scrm.Listener.compile({"fine": "a", "open": "(lost", "near": "lost NEAR/x bag"})
    error = caught.value
    assert {fault.file for fault in error.diagnostics} == {"open", "near"} and error.monitor == "open"
    assert "2 queries cannot be used" in str(error) and "1 | (lost\n  | ^" in str(error)
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == str(error) and vars(again) == vars(error)
    with pytest.raises(scrm.PlaybookError) as refused:
        scrm.Listener.from_toml("[[monitor]]\nid = 'a'\nquery = '(a'\n[[monitor]]\nid = 'b'\n")
    assert [fault.line for fault in refused.value.diagnostics] == [3, 4]
    assert "monitors.toml:3:10" in str(refused.value)


HALF = "half \ud83d"
WRONG: list[tuple[type[scrm.ScrmError], str | None, Callable[[scrm.Listener], object]]] = [
    (scrm.MessageError, "form", lambda listener: listener.match(HALF)),
    (scrm.MessageError, "form", lambda listener: listener.hits(HALF)),
    (scrm.MessageError, "form", lambda listener: listener.match_all(["fine", HALF])),
    (scrm.MessageError, "type", lambda listener: listener.match_all("one text")),
    (scrm.MessageError, "type", lambda listener: listener.match(b"bytes")),  # type: ignore[arg-type]
    (scrm.MessageError, "form", lambda listener: listener.match({})),
    (scrm.MessageError, "limit", lambda listener: listener.match("x" * 300_000)),
    (scrm.ListenError, "unknown", lambda listener: listener.explain("no", "x")),
    (scrm.ListenError, "unknown", lambda listener: listener.remove("no")),
    (scrm.ListenError, "unknown", lambda listener: listener.pause("no")),
    (scrm.ListenError, "unknown", lambda listener: listener.update("no", "x")),
    (scrm.ListenError, "twice", lambda listener: listener.add("bags", "x")),
    (scrm.ListenError, "twice", lambda listener: scrm.Listener.compile([("a", "b"), ("a", "c")])),
    (scrm.ListenError, "monitor", lambda listener: listener.add("", "x")),
    (scrm.ListenError, "monitor", lambda listener: listener.add("a", "x", tags="tag")),
    (scrm.ListenError, "monitor", lambda listener: scrm.Listener.compile([{"id": "a"}])),
    (scrm.ListenError, "monitor", lambda listener: scrm.Listener.compile([{"id": "a", "query": "b", "tag": "c"}])),
    (scrm.ListenError, "monitor", lambda listener: scrm.Listener.compile([("a", 1)])),  # type: ignore[list-item]
    (scrm.ListenError, "monitor", lambda listener: scrm.Listener.compile(7)),  # type: ignore[arg-type]
    (scrm.QueryError, None, lambda listener: listener.add("a", HALF)),
    (scrm.QueryError, None, lambda listener: listener.add("a", "x", dialect="sql")),  # type: ignore[arg-type]
    (scrm.QueryError, None, lambda listener: listener.add("a", "(")),
    (scrm.QueryError, None, lambda listener: scrm.Listener.backtest("(", ["x"])),
    (scrm.QueryError, None, lambda listener: scrm.format_query("(")),
    (scrm.PlaybookError, None, lambda listener: scrm.Listener.compile("no/such/file.toml")),
    (scrm.PlaybookError, None, lambda listener: scrm.Listener.compile(HALF)),
]


@pytest.mark.parametrize("error, kind, call", WRONG)
def test_what_cannot_be(
    listener: scrm.Listener, error: type[scrm.ScrmError], kind: str | None, call: Callable[[scrm.Listener], object]
) -> None:
    with pytest.raises(error) as caught:
        call(listener)
    assert getattr(caught.value, "kind", None) == kind and str(caught.value)
    assert len(listener) == len(QUERIES) and listener.version == 1


def test_odd_texts_are_texts(listener: scrm.Listener) -> None:
    for text in ("\0", "lost\0bag", "\u200d" * 1000, "()" * 10_000, "a" * 200_000, "\ufeff", "٣\u202e" * 99):
        assert listener.match_all([text], threads=4) == [listener.match(text)]
        assert isinstance(listener.hits(text), list)


def test_faults_of_a_query_by_itself() -> None:
    faults = scrm.check_query("😀 or (late")
    assert [(fault["code"], fault["severity"], fault["span"]) for fault in faults] == [
        ("Q101", "warning", [2, 4]),
        ("Q002", "error", [5, 6]),
    ]
    assert all(fault["message"] and fault["help"] for fault in faults)
    assert scrm.check_query("late") == []
    texts = ["late again", "late", "on time"] * 10
    (volume,) = scrm.check_query("late", texts=texts)
    assert (volume["code"], volume["span"]) == ("Q109", [0, 4])
    assert volume["message"] == "the query may hold in 67 of 100 messages"
    assert scrm.check_query("late refund", texts=texts) == []
    assert scrm.format_query("a  b OR (c)") == "(a AND b) OR c"
    assert scrm.format_query(scrm.format_query("lost -(bag OR case)")) == scrm.format_query("lost -(bag OR case)")


def test_what_was_said_before() -> None:
    duplicates = scrm.Duplicates(window=100, age=timedelta(days=1))
    assert duplicates.observe(said("Win a free phone now, just follow this link https://a.example", "1")) is None
    found = duplicates.observe(said("@you Win a free phone now! Just follow this link https://b.example", "2"))
    assert found == {"of": {"source": "x", "external_id": "1"}, "kind": "exact", "similarity": 1.0}
    near = duplicates.observe(scrm.Message(said("win a free phone now, just follow this link, friends", "3")))
    assert near is not None and near["kind"] == "near" and 0.8 <= near["similarity"] < 1
    repost = duplicates.observe(said("look", "4", thread={"repost_of": "1"}))
    assert repost is not None and repost["kind"] == "repost" and repost["of"]["external_id"] == "1"
    assert duplicates.observe(said("My new phone is broken, where do I get it repaired?", "5")) is None
    later = {"created": "2026-11-09T09:00:00Z"}
    assert duplicates.observe(said("Win a free phone now, just follow this link", "6", times=later)) is None
    assert duplicates.memory() > 0
    with pytest.raises(scrm.MessageError):
        duplicates.observe("a text by itself")
    for wrong in ({"threshold": 2.0}, {"window": 0}, {"window": 2**21}):
        with pytest.raises(ValueError):
            scrm.Duplicates(**wrong)
    with pytest.raises(TypeError):
        scrm.Duplicates(age=3)  # type: ignore[arg-type]


def dialects() -> Iterator[tuple[str, str, str, str]]:
    """The rows of the tables of other tools' queries: the tool, a query, how it reads, what differs."""
    for table in (ROOT / "docs/dialects.md").read_text(encoding="utf-8").split("\n\n"):
        rows = [[cell.strip() for cell in row.strip("|").split(" | ")] for row in table.splitlines() if row[:1] == "|"]
        if rows and rows[0][1] == "reads as":
            yield from ((rows[0][0], *(cell.strip(" |") for cell in row)) for row in rows[2:])  # type: ignore[misc]


@pytest.mark.parametrize("dialect, query, reads, differs", list(dialects()))
def test_the_queries_of_other_tools_read_as_the_tables_say(
    dialect: Any, query: str, reads: str, differs: str
) -> None:
    query = query.strip("`").replace("\\|", "|")
    faults = scrm.check_query(query, dialect)
    assert set(re.findall(r"Q\d{3}", differs)) <= {fault["code"] for fault in faults}
    if reads == "a fault":
        with pytest.raises(scrm.QueryError):
            scrm.format_query(query, dialect)
        return
    assert scrm.format_query(query, dialect) == reads.strip("`").replace("\\|", "|")
    assert scrm.Listener.compile({"it": query}, dialect=dialect).query("it") == reads.strip("`").replace("\\|", "|")


SAID = [
    "a bag",
    "Win a free bag now, just follow this link https://a.example",
    "no such thing",
    "@you Win a free bag now! Just follow this link https://b.example #win",
    "A BAG!",
]


@pytest.mark.parametrize("threads", [1, 2, 7])
def test_a_batch_knows_what_was_said_before(threads: int) -> None:
    listener = scrm.Listener.compile({"again": "is:duplicate", "fresh": "bag -is:duplicate"})
    assert listener.match_all(SAID, threads) == [["fresh"], ["fresh"], [], ["again"], ["again"]]
    # Over chunks, too; each call remembers only what it was given.
    filler = [f"filler number {number}" for number in range(1500)]
    matched = listener.match_all([SAID[0], *filler, SAID[4]], threads)
    assert (matched[0], matched[-1]) == (["fresh"], ["again"])
    assert listener.match(SAID[4]) == ["fresh"]


def test_frequencies_are_counted_and_kept() -> None:
    texts = ["my bag is lost", said("the BAG"), "thanks"]
    frequencies = scrm.Frequencies(texts)
    assert frequencies.texts == 3 and abs(frequencies.share("Bag") - 2 / 3) < 1e-9
    for again in (
        scrm.Frequencies.from_bytes(frequencies.to_bytes()),
        pickle.loads(pickle.dumps(frequencies)),
    ):
        assert again.to_bytes() == frequencies.to_bytes() and again.texts == 3
    more = scrm.Frequencies()
    more.observe("a bag")
    more.merge(frequencies)
    assert more.texts == 4 and more.share("bag") == 0.75 and frequencies.texts == 3
    with pytest.raises(scrm.ListenError):
        scrm.Frequencies.from_bytes(frequencies.to_bytes()[:-1])
    with pytest.raises(scrm.MessageError):
        scrm.Frequencies([1])  # type: ignore[list-item]


def test_frequencies_say_how_monitors_are_found_and_what_a_query_brings() -> None:
    texts = ["lost my bag"] * 9 + ["a refund"]
    frequencies = scrm.Frequencies(texts)
    plain = scrm.Listener.compile(QUERIES)
    observed = scrm.Listener.compile(QUERIES, frequencies=frequencies)
    assert observed.match_all(texts) == plain.match_all(texts)
    assert [fault["code"] for fault in scrm.check_query("bag OR lost", frequencies=frequencies)] == ["Q109"]
    assert scrm.check_query("refund AND gift", frequencies=frequencies) == []


def test_places_say_in_which_of_several_texts_they_stand() -> None:
    listener = scrm.Listener.compile({"m": "ext.tags:bag"})
    (hit,) = listener.hits(said("hello", tags=["x", "😀 bag"]))
    assert hit["spans"] == [{"clause": "ext.tags:bag", "zone": "ext.tags", "text": 1, "places": [[2, 5]]}]


def test_numbers_keep_their_fractions() -> None:
    listener = scrm.Listener.compile({"m": "ext.score:>3"})
    assert listener.match_all([said("a", score=3.5), said("a", score=3), said("a", score=2.9)]) == [["m"], [], []]


def test_lists_and_queries_by_name():
    lists, queries = {"rivals": ["halden", "acme inc"]}, {"refunds": "refund OR LIST(rivals)"}
    listener = scrm.Listener.compile({"a": "LIST(rivals)", "b": "MACRO(refunds) now"}, lists=lists, queries=queries)
    assert listener.match_all(["Acme Inc!", "halden now", "refund now", "acme"]) == [["a"], ["a", "b"], ["b"], []]
    assert scrm.check_query("LIST(rivals)", lists=lists) == []
    assert scrm.check_query("LIST(rivls)", lists=lists)[0]["help"] == "did you mean `rivals`?"
    with pytest.raises(scrm.QueryError, match="lists and queries cannot be used"):
        scrm.Listener.compile({"a": "x"}, lists={"rivals": ["("]})


def test_limits_by_name():
    with pytest.raises(scrm.QueryError, match="more than 3 parts"):
        scrm.Listener.compile({"a": "a b c d"}, limits={"query_nodes": 3})
    with pytest.raises(ValueError, match="did you mean `query_nodes`"):
        scrm.Listener.compile({"a": "a"}, limits={"query_node": 3})
    with pytest.raises(ValueError, match="whole number"):
        scrm.Listener.compile({"a": "a"}, limits={"query_nodes": -1})
    playbook = scrm.Playbook.load(PLAYBOOK, limits={"text_bytes": 10})
    again = pickle.loads(pickle.dumps(playbook))
    assert playbook.__reduce__()[1][1] == again.__reduce__()[1][1] == {"text_bytes": 10}


def test_rows_that_are_no_text():
    listener = scrm.Listener.compile({"a": "bag"})
    texts = ["bag", None, "x" * 300_000, "my bag"]
    with pytest.raises(scrm.MessageError, match="message 1") as raised:
        listener.match_all(texts)
    assert raised.value.index == 1
    assert listener.match_all(texts, on_fault="none") == [["a"], None, None, ["a"]]
    with pytest.raises(ValueError, match="on_fault"):
        listener.match_all(texts, on_fault="skip")


def test_a_paused_monitor_says_so():
    listener = scrm.Listener.compile({"a": "bag"})
    assert "paused" not in listener.explain("a", "my bag")
    listener.pause("a")
    why = listener.explain("a", "my bag")
    assert why["paused"] and why["match"] and why["why"].startswith("paused") and listener.match("my bag") == []
