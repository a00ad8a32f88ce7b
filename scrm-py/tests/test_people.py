"""People of the team at the record: labels, claims, profiles, imports, effects, other playbooks, second tries."""

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import scrm
from conftest import PLAYBOOK

NOW = datetime(2026, 12, 1, tzinfo=UTC)
ANN = ("x", "ann")


def post(number: int, text: str = "@northwind my parcel is late, this is terrible", author: str = "ann") -> dict[str, Any]:
    return {
        "source": "x",
        "external_id": str(number),
        "kind": "post",
        "visibility": "public",
        "text": text,
        "author": {"source": "x", "native_id": author, "handle": f"{author}_says"},
        "times": {"created": f"2026-11-02T09:{number:02}:00Z"},
    }


@pytest.fixture
def desk(engine: scrm.Engine) -> Iterator[scrm.Desk]:
    with scrm.Desk.open(engine) as desk:
        yield desk


@pytest.fixture
def person(playbook: scrm.Playbook) -> str:
    return str(tomllib.loads(playbook.files["team.toml"])["person"][0]["id"])


def run_scrm(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scrm", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_label_beats_the_machine(desk: scrm.Desk, person: str) -> None:
    desk.receive([post(1)], NOW)
    receipt = desk.label(("x", "1"), person, type="compliment", topics=["other"], sentiment="positive", at=NOW)
    assert receipt["appended"] == 1
    labels = desk.entries()[0]["assessment"]["classification"]
    assert labels["type"]["value"] == "compliment"
    assert labels["sentiment"]["value"]["label"] == "positive"
    assert labels["labeller"] == {"by": "person", "person": person, "at": "2026-12-01T00:00:00Z"}
    for arguments, kind in [({"type": "praise"}, "value"), ({"topics": ["\t"]}, "value")]:
        with pytest.raises(scrm.DeskError) as raised:
            desk.label(("x", "1"), person, **arguments)
        assert raised.value.kind == kind
    with pytest.raises(scrm.DeskError, match="no person of the team") as raised:
        desk.label(("x", "1"), "nobody", type="other")
    assert raised.value.kind == "person"
    with pytest.raises(scrm.StoreError, match="no message `x:9`"):
        desk.label(("x", "9"), person, type="other")


def test_claims_join_and_part(desk: scrm.Desk, person: str) -> None:
    desk.receive([post(1), post(2, author="bob")], NOW)
    link = desk.link(ANN, ("x", "bob"), person=person, at=NOW)
    profile = desk.profile(ANN, now=NOW)
    assert [key["native_id"] for key in profile["customer"]["identities"]] == ["ann", "bob"]
    assert profile["links"][0]["id"] == link
    assert len(profile["history"]) == 2
    assert desk.revoke(link, person=person)["appended"] == 1
    assert len(desk.profile(ANN, now=NOW)["customer"]["identities"]) == 1
    for arguments, kind in [
        ({}, "value"),
        ({"person": "nobody"}, "person"),
        ({"evidence": "probabilistic"}, "guess"),
        ({"evidence": "magic"}, "value"),
        ({"evidence": "declared", "person": person}, "value"),
    ]:
        with pytest.raises(scrm.DeskError) as raised:
            desk.link(ANN, ("x", "bob"), **arguments)
        assert raised.value.kind == kind
    with pytest.raises(scrm.DeskError) as raised:
        desk.revoke("link-none")
    assert raised.value.kind == "link"


def test_what_a_company_knows_comes_in_row_by_row(desk: scrm.Desk) -> None:
    rows = [
        {"source": "crm", "native_id": 17, "name": "Ann Lee", "email": "ann@example.com", "email_confirmed": True,
         "roles": ["customer"], "same_as": "x/ann", "consents": {"marketing": False}, "at": "2026-11-01T00:00:00Z"},
        {"source": "shop", "native_id": "a", "name": "Ann Lee", "email": "ann@example.com", "email_confirmed": True},
        {"source": "shop"},
    ]  # fmt: skip
    imported = desk.import_customers(rows, name="crm.csv", now=NOW)
    assert (imported["rows"], imported["malformed"]) == (3, 1)
    assert desk.import_customers(rows, name="crm.csv", now=NOW)["recorded"] == 0
    assert [held["input"] for held in desk.quarantined()] == ["crm.csv"]
    bought = {"id": "t", "source": "crm", "native_id": "17", "kind": "purchase", "amount": "19.99",
              "currency": "EUR", "at": "2026-11-03T00:00:00Z"}  # fmt: skip
    assert desk.import_transactions([bought])["recorded"] == 1
    profile = desk.profile(ANN, now=NOW)
    assert profile["customer"]["roles"] == ["customer"]
    assert profile["value"][0]["bought"] == 1999
    assert profile["consents"][0]["granted"] is False
    found = desk.suggest_links()
    assert [(s["a"]["source"], s["b"]["source"], s["verified"]) for s in found["suggestions"]] == [("crm", "shop", True)]
    fact = {"fact": "role", "identity": {"source": "x", "native_id": "ann"}, "role": "fan", "held": True,
            "at": "2026-11-05T00:00:00Z"}  # fmt: skip
    assert desk.note([fact, fact])["duplicates"] == 1
    assert desk.profile(("crm", "17"), now=NOW)["customer"]["roles"] == ["customer", "fan"]
    with pytest.raises(scrm.DeskError, match="this is no fact"):
        desk.note([{"fact": "rumour"}])


def test_influence_is_who_is_turned_to(desk: scrm.Desk) -> None:
    reply = {**post(2, author="bob"), "thread": {"parent": "1"}}
    desk.receive([post(1), reply], NOW)
    told = desk.influence(date(2026, 11, 30))
    assert told["accounts"][0]["account"] == {"source": "x", "native_id": "ann"}
    assert told["accounts"][0]["replies"] == {"interactions": 1, "accounts": 1}
    assert told["accounts"][0]["unknown"] == 10, "nobody counted who follows them"
    assert len(desk.influence(date(2026, 11, 30), top=1)["accounts"]) == 1


def test_effects_are_told_until_they_are_dealt_with(engine: scrm.Engine, tmp_path: Path) -> None:
    path = tmp_path / "record.db"
    with scrm.Desk.open(engine, path) as desk:
        desk.receive([post(1)], NOW)
        told = desk.effects()
        assert told[0]["effect"] == "case_opened"
    with scrm.Desk.open(engine, path) as desk:
        assert desk.acked() == 0
        desk.ack(told[-1]["seq"])
        assert desk.effects(desk.acked()) == []
        assert desk.acked(consumer="other") == 0


def test_a_response_is_recorded_and_the_case_waits(desk: scrm.Desk, person: str) -> None:
    case = desk.receive([post(1)], NOW)[0]["case"]
    human = desk.human(person, vouched_by="test")
    response = scrm.Response.draft(human, "r1", case, "We are on it", "micro", "public", approve=["legal"])
    with pytest.raises(scrm.ResponseError, match="legal"):
        desk.respond(response, NOW)
    response.approve("legal", human, NOW)
    assert desk.respond(response, NOW)["sent"] == "2026-12-01T00:00:00Z"
    assert desk.cases()[0]["status"] == "waiting"
    assert desk.profile(ANN, now=NOW)["responses"][0]["text"] == "We are on it"
    with pytest.raises(scrm.ResponseError, match="sent already"):
        desk.respond(response, NOW)
    desk.resolve(case, person, now=NOW)
    assert desk.cases()[0]["status"] == "resolved"


def test_another_playbook_is_used_from_now_on(desk: scrm.Desk, playbook: scrm.Playbook) -> None:
    before = desk.engine
    desk.reload(playbook)
    assert desk.engine is not before
    assert desk.receive([post(1)], NOW)[0]["outcome"] == "decided"


def test_what_was_put_aside_is_tried_again(engine: scrm.Engine, tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    path.write_text("{oops\n" + json.dumps(post(1)) + "\n")
    with scrm.Desk.open(engine) as desk:
        desk.ingest(path, now=NOW)
        replayed = desk.replay_quarantined(now=NOW)
        assert (replayed["released"], replayed["held"]) == (0, 1)
        assert replayed["kept"][0]["line"] == 1


def test_the_record_from_a_shell(tmp_path: Path, person: str) -> None:
    db, posts = tmp_path / "record.db", tmp_path / "posts.jsonl"
    posts.write_text("\n".join(json.dumps(post(n)) for n in (1, 2)))
    missing = run_scrm("profile", "--db", db, "x/ann")
    assert missing.returncode == 5
    assert "there is no database" in missing.stderr and not db.exists()
    assert run_scrm("run", "--playbook", PLAYBOOK, "--input", posts, "--db", db).returncode == 0
    customers = tmp_path / "customers.csv"
    customers.write_text("source,native_id,name,roles,same_as\ncrm,17,Ann,customer;fan,x/ann\ncrm,18,Bo,king,\n")
    told = run_scrm("import-customers", "--db", db, "--playbook", PLAYBOOK, "--input", customers)
    assert "2 rows: 4 events recorded, 0 there already, 1 rows put aside" in told.stdout
    profile = json.loads(run_scrm("profile", "--db", db, "crm/17", "--json").stdout)
    assert profile["customer"]["roles"] == ["customer", "fan"] and len(profile["history"]) == 2
    card = run_scrm("profile", "--db", db, "x/ann").stdout
    assert "roles        customer, fan" in card
    link = run_scrm("link", "--db", db, "--playbook", PLAYBOOK, "--person", person, "x/ann", "x/eve").stdout
    link = link.strip()
    assert link.startswith("link-") and link in run_scrm("profile", "--db", db, "x/eve").stdout
    taken = run_scrm("revoke", "--db", db, "--playbook", PLAYBOOK, "--person", person, link)
    assert taken.stdout == "taken back\n"
    stranger = run_scrm("link", "--db", db, "--playbook", PLAYBOOK, "--person", "nobody", "x/a", "x/b")
    assert stranger.returncode == 2 and "no person of the team" in stranger.stderr
    effects = [json.loads(line) for line in run_scrm("effects", "--db", db).stdout.splitlines()]
    assert effects[0]["effect"] == "case_opened"
    assert run_scrm("ack", "--db", db, str(effects[-1]["seq"])).returncode == 0
    assert run_scrm("effects", "--db", db).stdout == ""
    assert run_scrm("profile", "--db", db, "nobody").returncode == 2


def test_the_record_is_searched_page_by_page(desk: scrm.Desk) -> None:
    desk.receive([post(n) for n in range(1, 6)] + [post(6, "@northwind thänk you, great service", "bob")], NOW)
    page = desk.search("parcel NEAR/3 late -bus", limit=2)
    assert [hit["message"]["external_id"] for hit in page["hits"]] == ["5", "4"]
    text = page["hits"][0]["message"]["text"]
    assert [text[start:end] for start, end in page["hits"][0]["places"]] == ["parcel", "late"]
    rest = desk.search("parcel NEAR/3 late -bus", before=page["next"])
    assert [hit["message"]["external_id"] for hit in rest["hits"]] == ["3", "2", "1"]
    assert "next" not in rest or rest["next"] is None
    assert len(desk.search("great", accounts=[("x", "bob")])["hits"]) == 1
    assert desk.search("great", accounts=[ANN])["hits"] == []
    assert len(desk.search("author:bob_says OR parcel", since=datetime(2026, 11, 2, 9, 5, tzinfo=UTC))["hits"]) == 2
    with pytest.raises(scrm.DeskError, match=r"\(parcel") as raised:
        desk.search("(parcel")
    assert raised.value.kind == "query"


def test_a_person_is_exported_and_forgotten(engine: scrm.Engine, tmp_path: Path) -> None:
    path = tmp_path / "record.db"
    with scrm.Desk.open(engine, path) as desk:
        desk.receive([post(1, "@northwind Zebrafish lost"), post(2, author="bob")], NOW)
        desk.import_customers([{"source": "crm", "native_id": "17", "name": "Ann Quokka", "same_as": "x/ann"}], now=NOW)
        export = desk.export(ANN)
        assert [event["event"] for event in export["events"]][:1] == ["captured"]
        assert "Quokka" in json.dumps(export)
        desk.backup(tmp_path / "backup.db")
        totals = desk.totals()
        receipt = desk.erase(ANN, now=NOW)
        assert receipt["state"] == "done" and receipt["counts"]["messages"] == 1
        assert desk.totals() == totals
        assert desk.search("zebrafish")["hits"] == []
        assert desk.profile(("crm", "17"), now=NOW)["accounts"] == []
        assert desk.receive([post(1, "@northwind Zebrafish lost")], NOW)[0]["seen"] == "duplicate"
        assert desk.retain("x", 5, now=NOW)["messages"] == 1
        with pytest.raises(scrm.StoreError):
            desk.backup(tmp_path / "backup.db")
    for file in tmp_path.glob("record.db*"):
        assert b"zebrafish" not in file.read_bytes().lower() and b"quokka" not in file.read_bytes().lower()
    # An older copy takes the place of the file: whoever was erased is erased again.
    for file in tmp_path.glob("record.db-*"):
        file.unlink()
    (tmp_path / "backup.db").rename(path)
    with scrm.Desk.open(engine, path) as desk:
        assert desk.search("zebrafish")["hits"] == []
    assert b"zebrafish" not in path.read_bytes().lower()


def test_search_erase_and_export_from_a_shell(tmp_path: Path) -> None:
    db, posts = tmp_path / "record.db", tmp_path / "posts.jsonl"
    posts.write_text("\n".join(json.dumps(post(n)) for n in (1, 2)))
    assert run_scrm("run", "--playbook", PLAYBOOK, "--input", posts, "--db", db).returncode == 0
    found = run_scrm("search", "--db", db, "--playbook", PLAYBOOK, "late*", "--limit", "1")
    assert found.stdout.startswith("2026-11-02 09:02 x:2") and "there is more" in found.stderr
    assert run_scrm("search", "--db", db, "--playbook", PLAYBOOK, "(late").returncode == 2
    assert json.loads(run_scrm("export", "--db", db, "x/ann").stdout)["format"] == 1
    assert "copied to" in run_scrm("backup", "--db", db, tmp_path / "copy.db").stdout
    asked = run_scrm("erase", "--db", db, "x/ann")
    assert "nothing was erased" in asked.stdout
    receipt = json.loads(run_scrm("erase", "--db", db, "x/ann", "--yes").stdout)
    assert receipt["counts"]["messages"] == 2 and receipt["state"] == "done"
    assert run_scrm("search", "--db", db, "--playbook", PLAYBOOK, "late*").stdout == ""
