"""What people do with cases, clocks that tell what is due, and who is there."""

import json
import pickle
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import scrm
from conftest import PLAYBOOK, said

OPENED = datetime(2026, 11, 2, 9, tzinfo=UTC)


def at(minutes: int) -> datetime:
    return OPENED + timedelta(minutes=minutes)


@pytest.fixture
def desk(engine: scrm.Engine) -> Iterator[scrm.Desk]:
    with scrm.Desk.open(engine) as desk:
        yield desk


@pytest.fixture
def case(desk: scrm.Desk) -> str:
    received = desk.receive([said("@northwind no signal, this is terrible")], OPENED)
    return str(received[0]["case"])


def test_whoever_comes_second_is_told_who_has_it(desk: scrm.Desk, case: str) -> None:
    claimed = desk.claim(case, "ada", now=at(1))
    assert claimed["claim"]["person"] == "ada" and claimed["status"] == "active"
    with pytest.raises(scrm.DeskError, match="`ada` has been answering") as raised:
        desk.claim(case, "bo", now=at(2))
    assert raised.value.kind == "claimed" and raised.value.draft is None
    assert raised.value.claim == {
        "person": "ada",
        "since": "2026-11-02T09:01:00Z",
        "until": "2026-11-02T09:31:00Z",
    }
    again = pickle.loads(pickle.dumps(raised.value))
    assert again.claim == raised.value.claim
    assert "claim" not in desk.release(case, "ada", now=at(3))
    assert desk.claim(case, "bo", now=at(4))["claim"]["person"] == "bo"


def test_a_case_goes_its_way(desk: scrm.Desk, case: str) -> None:
    assert desk.wait(case, "third_party", "ada", reason="the courier", now=at(1))["status"] == "waiting"
    assert desk.resume(case, "ada", now=at(2))["status"] == "new"
    handed = desk.hand_over(case, "billing", "ada", "it is about money", to="bo", now=at(3))
    assert handed["hops"] == 1 and handed["assigned"]["person"] == "bo"
    assert desk.resolve(case, "bo", now=at(4))["resolved"] == "2026-11-02T09:04:00Z"
    with pytest.raises(scrm.DeskError, match="came to its end") as raised:
        desk.resolve(case, "bo", now=at(5))
    assert raised.value.kind == "refused"
    assert desk.reopen(case, "ada", reason="not done", now=at(6))["reopened"] == 1
    kinds = [event["change"]["kind"] for event in desk.case_log(case) if event["event"] == "case_changed"]
    assert kinds == ["waiting", "resumed", "handed_over", "reopened"]
    assert desk.case("case-none") is None
    for words, kind in [(("case-none", "ada"), "case"), ((case, "eve"), "person"), (("", "ada"), "value")]:
        with pytest.raises(scrm.DeskError) as raised:
            desk.claim(*words, now=at(7))
        assert raised.value.kind == kind
    with pytest.raises(scrm.DeskError) as raised:
        desk.hand_over(case, "sales", "ada", "why", now=at(7))
    assert raised.value.kind == "department"


def test_a_tick_tells_what_is_due_once(desk: scrm.Desk, case: str) -> None:
    assert desk.tick(at(60 * 24 * 30))["breached"] >= 1
    assert desk.tick(at(60 * 24 * 30))["looked_at"] == 0
    told = [effect["change"]["kind"] for effect in desk.effects() if effect["effect"] == "case_changed"]
    assert "breached" in told
    assert "overdue" in desk.explain_clock(case, at(60 * 24 * 30))


def test_who_is_there_is_given_cases(desk: scrm.Desk, case: str) -> None:
    desk.away("ada", until=at(30), now=OPENED)
    assert next(seat["absent"] for seat in desk.team(at(1)) if seat["person"] == "ada") == "away"
    assert desk.assign(case, now=at(1))["to"] == "unassigned"
    desk.back("ada", now=at(2))
    assert desk.assign(case, now=at(3))["person"] == "ada"
    assert desk.assign(case, to="bo", person="ada", now=at(4))["person"] == "bo"
    desk.left("bo", now=at(5))
    assert next(seat["absent"] for seat in desk.team(at(5)) if seat["person"] == "bo") == "left"
    with pytest.raises(scrm.DeskError, match="go together"):
        desk.assign(case, to="bo")


def test_people_open_and_close_incidents(desk: scrm.Desk, case: str) -> None:
    desk.open_incident("storm", "ada", case=case, now=at(1))
    desk.close_incident("storm", "ada", now=at(9))
    found = [incident for incident in desk.incidents() if incident["id"] == "storm"]
    assert found[0]["cases"] == [case] and found[0]["closed"] == "2026-11-02T09:09:00Z"


def test_from_a_shell(tmp_path: Path, engine: scrm.Engine) -> None:
    path = tmp_path / "record.db"
    with scrm.Desk.open(engine, path) as desk:
        case = desk.receive([said("@northwind no signal, this is terrible")], OPENED)[0]["case"]
    on = ["--db", str(path), "--playbook", str(PLAYBOOK), "--now", "2026-11-02T09:10:00Z"]

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "scrm", *words, *on]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)

    assert run("case", "claim", case, "--person", "ada").returncode == 0
    refused = run("case", "claim", case, "--person", "bo")
    assert refused.returncode == 2 and "`ada` has been answering" in refused.stderr
    assert run("case", "release", case, "--person", "ada").returncode == 0
    over = ["--department", "billing", "--reason", "money", "--person", "ada"]
    assert run("case", "hand-over", case, *over).returncode == 0
    assert run("case", "wait", case, "--on", "customer", "--person", "bo").returncode == 0
    assert run("case", "resume", case, "--person", "bo").returncode == 0
    assert run("case", "assign", case, "--to", "bo", "--person", "ada").stdout.strip() == "bo"
    shown = json.loads(run("case", "show", case, "--json").stdout)
    assert shown["case"]["assigned"]["person"] == "bo" and len(shown["log"]) == 7
    assert "handed over by ada" in run("case", "show", case).stdout
    assert json.loads(run("tick", "--json").stdout)["looked_at"] == 1
    assert run("away", "bo").returncode == run("back", "bo").returncode == 0
    assert run("incidents").returncode == 0
    assert case in run("case", "list").stdout
    assert run("case", "resolve", case, "--person", "bo").returncode == 0
    assert run("case", "list").stdout == "" and case in run("case", "list", "--all").stdout
    assert run("case", "reopen", case, "--person", "bo", "--reason", "again").returncode == 0
