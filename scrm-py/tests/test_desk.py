"""Does a desk give every delivery one effect, and keep it?"""

import json
import sqlite3
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import scrm
from conftest import said

NOW = datetime(2026, 11, 3, 12, 0, tzinfo=timezone.utc)
COMPLAINT = "@northwind no signal, this is terrible"


def week() -> list[dict[str, Any]]:
    """A complaint, an edit of it, another one that repeats, and what concerns nobody."""
    author = {"source": "x", "native_id": "17", "handle": "mira"}
    edited = {"created": "2026-11-02T09:00:00Z", "edited": "2026-11-02T09:30:00Z", "observed": "2026-11-02T09:30:00Z"}
    return [
        said(COMPLAINT, "1", author=author),
        said("@northwind thank you, it works again, great service", "1", author=author, times=edited),
        said("😀 @northwind I want a refund, this is terrible", "2", author={"source": "x", "native_id": "18"}),
        said(COMPLAINT, "1", author=author),
        said("nothing that concerns us", "3"),
    ]


def test_a_delivery_has_one_effect(engine: scrm.Engine) -> None:
    with scrm.Desk.open(engine) as desk:
        first = desk.receive(week(), now=NOW)
        assert [one["seen"] for one in first] == ["new", "edit", "new", "duplicate", "new"]
        assert [one.get("outcome") for one in first] == ["decided", "decided", "decided", None, "noise"]
        assert first[0]["case"] == first[1]["case"] != first[2]["case"]
        assert first[0]["opened"] and "opened" not in first[1]
        assert (first[4]["reason"], "case" in first[4]) == ("no_monitor", False)
        before = (desk.totals(), desk.entries(), desk.cases())
        again = desk.receive([scrm.Message(one) for one in week()], now=NOW)
        assert {one["seen"] for one in again} == {"duplicate"}
        assert (desk.totals(), desk.entries(), desk.cases()) == before
        totals = before[0]
        assert (totals["messages"], totals["versions"]) == (3, 4)
        assert totals["messages"] == totals["noise"] + totals["decided"] + totals["open"]


def test_entries_are_messages_with_their_assessments(engine: scrm.Engine) -> None:
    with scrm.Desk.open(engine) as desk:
        desk.receive(week(), now=NOW)
        entries = {one["message"]["external_id"]: one for one in desk.entries()}
        assert [one["versions"] for one in entries.values()] == [1, 1, 2]
        refund = entries["2"]
        assert refund["assessment"] == engine.assess(week()[2], {"issue": []})
        [[start, end]] = [hit["spans"][0] for hit in refund["assessment"]["hits"]["monitors"]]
        assert refund["message"]["text"][start:end] == "@northwind"
        assert scrm.Message(refund["message"]) == scrm.Message(week()[2])
        assert {case["id"] for case in desk.cases()} == {one["case"] for one in desk.receive(week()[:0])} | {
            case["id"] for case in desk.cases()
        }
        assert [case["department"] for case in desk.cases()] == ["care", "billing"]


def test_the_record_stays_in_its_file(engine: scrm.Engine, tmp_path: Path) -> None:
    path = tmp_path / "record.db"
    with scrm.Desk.open(engine, path) as desk:
        desk.receive(week(), now=NOW)
        before = (desk.totals(), desk.entries(), desk.cases(), desk.brief().to_dict())
    with scrm.Desk.open(engine, str(path)) as desk:
        assert (desk.totals(), desk.entries(), desk.cases(), desk.brief().to_dict()) == before
        assert {one["seen"] for one in desk.receive(week(), now=NOW)} == {"duplicate"}
    with scrm.Desk.open(engine, path, tenant="another") as desk:
        assert desk.totals()["messages"] == 0


def test_analysts_read_it_with_sqlite(engine: scrm.Engine, tmp_path: Path) -> None:
    path = tmp_path / "record.db"
    with scrm.Desk.open(engine, path) as desk:
        desk.receive(week(), now=NOW)
        (tmp_path / "in.jsonl").write_text("not json\n")
        desk.ingest(tmp_path / "in.jsonl", now=NOW)
    db = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    try:
        rows = db.execute("SELECT external_id, text, type, outcome, versions FROM v_messages ORDER BY 1").fetchall()
        assert [row[0] for row in rows] == ["1", "2", "3"]
        assert rows[1] == ("2", "😀 @northwind I want a refund, this is terrible", "complaint", "decided", 1)
        assert db.execute("SELECT department, count(*) FROM v_cases GROUP BY 1 ORDER BY 1").fetchall() == [
            ("billing", 1),
            ("care", 1),
        ]
        assert db.execute("SELECT count(*) FROM v_decisions").fetchone() == (3,)
        assert db.execute("SELECT record, raw FROM v_quarantine").fetchall() == [(1, "not json")]
        views = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'view'")]
        for view in views:
            db.execute(f"SELECT * FROM {view}").fetchall()
        assert len(views) >= 7
    finally:
        db.close()


def test_a_brief_is_a_page_and_its_numbers(engine: scrm.Engine) -> None:
    with scrm.Desk.open(engine) as desk:
        assert desk.brief().to_dict()["volume"]["messages"] == 0
        desk.receive(week(), now=NOW)
        brief = desk.brief()
        assert str(brief).startswith("BRIEF as of 2026-11-02") and "SHARE OF VOICE" in str(brief)
        numbers = brief.to_dict()
        assert numbers["volume"]["messages"] == 3 and numbers["waiting"]["cases"] == 2
        assert json.loads(brief.to_json()) == numbers
        later = desk.brief(now=NOW)
        assert later.to_dict()["as_of"] == "2026-11-03T12:00:00Z"
        assert repr(later) == "<scrm.Brief as of 2026-11-03T12:00:00+00:00: 3 messages>"
        assert later.to_dict()["waiting"]["longest"][0]["waiting_s"] > numbers["waiting"]["longest"][0]["waiting_s"]


def test_a_message_is_decided_for_when_it_was_observed_or_for_now(engine: scrm.Engine) -> None:
    with scrm.Desk.open(engine) as desk:
        desk.receive([said(COMPLAINT)], now=NOW)
        [entry] = desk.entries()
        assert entry["assessment"]["decision"]["at"] == "2026-11-02T09:00:00Z"
    with scrm.Desk.open(engine) as desk:
        desk.receive([said(COMPLAINT)], now=NOW - timedelta(days=7))
        [entry] = desk.entries()
        assert entry["assessment"]["decision"]["at"] == "2026-10-27T12:00:00Z"
    with scrm.Desk.open(engine) as desk:
        soon = datetime.now(timezone.utc) + timedelta(hours=1)
        desk.receive([said(COMPLAINT, times={"created": soon})])
        at = datetime.fromisoformat(desk.entries()[0]["assessment"]["decision"]["at"])
        assert abs(at - datetime.now(timezone.utc)) < timedelta(minutes=10)


@pytest.mark.parametrize("wrong, error", [
    (datetime(2026, 11, 3), ValueError),
    (datetime.max.replace(tzinfo=timezone(timedelta(hours=-1))), ValueError),
    ("2026-11-03T12:00:00Z", TypeError),
    (1793707200, TypeError),
])
def test_a_time_without_zone_is_no_time(
    engine: scrm.Engine, tmp_path: Path, wrong: Any, error: type[Exception]
) -> None:
    (tmp_path / "in.jsonl").write_text("{}\n")
    with scrm.Desk.open(engine) as desk:
        calls = [
            lambda: desk.receive([said(COMPLAINT)], now=wrong),
            lambda: desk.ingest(tmp_path / "in.jsonl", now=wrong),
            lambda: desk.brief(now=wrong),
        ]
        for call in calls:
            with pytest.raises(error, match="zone|calendar|datetime"):
                call()
        assert desk.totals()["messages"] == 0


def test_nothing_is_recorded_when_one_is_no_message(engine: scrm.Engine) -> None:
    with scrm.Desk.open(engine) as desk:
        with pytest.raises(scrm.MessageError) as caught:
            desk.receive([said(COMPLAINT), {}], now=NOW)
        assert caught.value.index == 1 and desk.totals()["messages"] == 0
        assert desk.receive([], now=NOW) == []


def test_a_closed_desk_says_so(engine: scrm.Engine) -> None:
    desk = scrm.Desk.open(engine)
    assert not desk.closed and repr(desk) == "<scrm.Desk on :memory:>" and desk.engine is engine
    desk.close()
    desk.close()
    assert desk.closed and repr(desk) == "<scrm.Desk on :memory:, closed>"
    for call in (desk.totals, desk.entries, desk.brief, lambda: desk.receive([], now=NOW), desk.__enter__):
        if call == desk.__enter__:
            continue
        with pytest.raises(scrm.StoreError, match="closed") as caught:
            call()
        assert caught.value.kind == "closed" and not caught.value.retryable


def test_files_that_are_not_ours_are_left_alone(engine: scrm.Engine, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    db = sqlite3.connect(other)
    db.execute("CREATE TABLE theirs (a)")
    db.commit()
    db.close()
    text = tmp_path / "text.db"
    text.write_text("no database, but a text that is long enough to be looked at\n" * 20)
    wrong = [(other, "not_ours"), (text, "not_a_database"), (tmp_path, "is_directory"), (tmp_path / "no" / "x.db", "open")]
    for path, kind in wrong:
        before = path.read_bytes() if path.is_file() else None
        with pytest.raises(scrm.StoreError) as caught:
            scrm.Desk.open(engine, path)
        assert (caught.value.kind, caught.value.path) == (kind, str(path))
        assert before is None or path.read_bytes() == before


def test_a_tenant_has_a_name(engine: scrm.Engine) -> None:
    with pytest.raises(scrm.InputError) as caught:
        scrm.Desk.open(engine, tenant="")
    assert caught.value.kind == "tenant"
