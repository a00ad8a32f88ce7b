"""The record measured, from Python: tables, the brief of a day, a forecast, the audit."""

import csv
import datetime
import io
import json
from pathlib import Path

import pytest

import scrm

ROOT = Path(__file__).parents[2]
NORTHWIND = ROOT / "examples/playbooks/northwind"
DAY = datetime.date(2026, 11, 5)


@pytest.fixture(scope="module")
def desk():
    engine = scrm.Engine.compile(scrm.Playbook.load(NORTHWIND))
    with scrm.Desk.open(engine) as desk:
        desk.ingest(ROOT / "examples/data/northwind.jsonl")
        yield desk


def test_a_table_is_rows_columns_json_and_csv(desk):
    table = desk.measure("volume")
    assert table.name == "volume" and len(table) == len(table.rows()) > 3
    assert {"name", "type", "unit", "meaning"} == set(table.columns[0])
    assert table.to_dict()["rows"] == table.rows() == json.loads(table.to_json())["rows"]
    assert table.to_columns()["messages"] == [row["messages"] for row in table.rows()]
    read = list(csv.DictReader(io.StringIO(table.to_csv())))
    assert [int(row["messages"]) for row in read] == table.to_columns()["messages"]
    assert sum(table.to_columns()["messages"]) == desk.totals()["messages"]
    assert str(table).startswith("Messages and people by day")
    assert repr(table) == f"<scrm.Table volume: {len(table)} rows>"


def test_every_measure_is_there_by_name(desk):
    tables = desk.measures()
    assert {"share_of_voice", "sla", "trends", "words", "balance"} <= set(tables)
    assert all(table.name == name for name, table in tables.items())
    totals = desk.totals()
    sums = {row["end"]: row["count"] for row in tables["balance"].rows() if row["of"] == "messages" and row["reason"] is None}
    assert {end: sums[end] for end in ("noise", "decided", "open")} == {end: totals[end] for end in ("noise", "decided", "open")}
    day = desk.measures(DAY)["volume"].rows()
    assert [row["day"] for row in day] == ["2026-11-05"]
    assert len(desk.measure("volume", (DAY, None))) == len(desk.measure("volume")) - len(desk.measure("volume", (None, DAY))) + 1


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda desk: desk.measure("volumes"), ValueError),
        (lambda desk: desk.measure("volume", "2026-11-05"), TypeError),
        (lambda desk: desk.measure("volume", (DAY,)), TypeError),
        (lambda desk: desk.measure("cost", hourly_costs=3), TypeError),
        (lambda desk: desk.measure("cost", hourly_cost=-3), ValueError),
        (lambda desk: desk.audit(last="{}"), ValueError),
        (lambda desk: desk.keep_measures("{}"), ValueError),
    ],
)
def test_what_makes_no_sense_is_refused(desk, call, error):
    with pytest.raises(error):
        call(desk)


def test_the_brief_of_a_day(desk):
    brief = desk.brief(DAY)
    told = brief.to_dict()
    assert told["day"] == "2026-11-05" and told == json.loads(brief.to_json())
    balance = told["balance"]
    assert balance["captured"] == balance["noise"] + balance["decided"] + balance["open"]
    assert 1 <= len(told["issues"]) <= 5 and told["issues"][0]["words"]
    for issue in told["issues"]:
        for sample in issue["samples"]:
            text = sample["text"].encode()
            assert all(text[start:end] for start, end in sample["spans"])
    assert str(brief).startswith("BRIEF of 2026-11-05")
    assert {"advice", "issues", "departments", "first"} <= {table.name for table in brief.tables()}
    assert isinstance(desk.brief(), scrm.Brief)


def test_what_was_measured_is_kept_and_gone_on_with(desk):
    kept = desk.kept_measures()
    assert desk.measures()["volume"].rows() == desk.measures()["volume"].rows()
    desk.keep_measures(kept)
    assert json.loads(desk.kept_measures()) == json.loads(kept)


def test_a_forecast_is_what_its_seed_says(desk):
    start = datetime.date(2026, 11, 9)
    one, same = desk.forecast(start, runs=20, seed=3), desk.forecast(start, runs=20, seed=3)
    assert one.to_dict() == same.to_dict()
    departments = one.to_dict()["departments"]
    assert departments and all(department["low"] <= department["high"] for department in departments)
    assert str(one).startswith("FORECAST of 7 days from 2026-11-09")


def test_the_audit_says_what_is_different(desk):
    audit = desk.audit()
    told = audit.to_dict()
    assert len(told["points"]) == 21 and "changes" not in told
    again = desk.audit(last=audit.to_json()).to_dict()["changes"]
    assert again["score"] == 0.0 and again["points"] == []
    assert desk.audit(last=audit).to_dict() == desk.audit(last=told).to_dict()
