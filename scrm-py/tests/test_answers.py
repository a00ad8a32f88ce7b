"""Do people answer, ask for leave and plan from Python as from Rust?"""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from conftest import ROOT
from scrm import Desk, DeskError, Engine, HumanAuthor, Playbook

NOON = datetime(2026, 11, 2, 12, tzinfo=timezone.utc)
PLAYBOOK = ROOT / "examples/playbooks/northwind"


def at(minute: int) -> datetime:
    return NOON + timedelta(minutes=minute)


def said(id: str, text: str, minute: int, **more: Any) -> dict[str, Any]:
    author = {"source": "x", "native_id": "ann", "name": "Ann Lee", "followers": 40}
    message = {"source": "x", "external_id": id, "kind": "post", "visibility": "public", "text": text}
    return message | {"author": author, "times": {"created": at(minute).isoformat()}} | more


@pytest.fixture
def desk() -> Desk:
    return Desk.open(Engine.compile(Playbook.load(PLAYBOOK)))


def somebody(desk: Desk, which: int = 0) -> HumanAuthor:
    text = (PLAYBOOK / "team.toml").read_text(encoding="utf-8")
    names = [part.split('id = "')[1].split('"')[0] for part in text.split("[[person]]")[1:]]
    return desk.human(names[which], vouched_by="session")


def complaint(desk: Desk) -> str:
    private = {"kind": "direct_message", "visibility": "direct"}
    messages = [
        said("1", "@northwind no signal since this morning, this is terrible!", 0),
        said("2", "@northwind no signal, terrible: I have knee surgery tomorrow, call 020 794 0800", 1, **private),
    ]
    received = desk.receive(messages, at(2))
    assert received[0]["case"] == received[1]["case"]
    return str(received[0]["case"])


def test_nothing_private_is_told_in_public(desk: Desk) -> None:
    case, mia = complaint(desk), somebody(desk)
    text = "Café says: good luck with the KNEE surgery"
    check = desk.check_response(case, text, visibility="public")
    (leak,) = check["leaks"]
    assert text[slice(*leak["span"])] == leak["words"] == "KNEE surgery"
    assert leak["message"] == {"source": "x", "external_id": "2"}
    with pytest.raises(DeskError) as refused:
        desk.draft(mia, case, text, to=("x", "1"), visibility="public", reason="asked in public", now=at(3))
    assert refused.value.kind == "leak"
    assert desk.responses(case) == []


def test_a_response_goes_its_way(desk: Desk) -> None:
    case, mia = complaint(desk), somebody(desk)
    draft = desk.draft(mia, case, "We look into it.", to=("x", "1"), visibility="public", reason="asked in public", now=at(3))
    with pytest.raises(DeskError) as refused:
        desk.draft(somebody(desk, 1), case, "Me too", to=("x", "1"), visibility="public", reason="asked in public", now=at(4))
    assert refused.value.kind == "drafted"
    second = desk.revise(somebody(desk, 1), draft["id"], 1, "We are looking into it.", now=at(5))
    assert second["edition"] == 2
    with pytest.raises(DeskError) as refused:
        desk.approve(mia, draft["id"], 2, "legal", now=at(5))
    assert refused.value.kind == "not_asked"
    record = desk.sent(draft["id"], now=at(6))
    assert record["text"] == "We are looking into it."
    desk.published(draft["id"], ("x", "99"), now=at(7))
    desk.feedback({"response": draft["id"], "kind": "csat", "score": 4, "best": 5, "at": at(9)})
    (state,) = desk.responses(case)
    assert [one["kind"] for one in state["feedback"]] == ["csat"]
    assert desk.impact()["all"]["satisfaction"] == 0.8
    assert desk.silences(1, now=at(999))["appended"] == 0
    other = desk.draft(mia, case, "Anything else?", to=("x", "1"), visibility="public", reason="asked in public", now=at(10))
    desk.discard(mia, other["id"], now=at(11))
    with pytest.raises(DeskError) as refused:
        desk.sent(other["id"], now=at(12))
    assert refused.value.kind == "no_draft"


def test_nothing_is_shown_without_leave(desk: Desk) -> None:
    case, mia = complaint(desk), somebody(desk)
    uses = [("case_study", "website")]
    asked = desk.permission_ask(mia, ("x", "ann"), case, uses, now=at(3))
    story = {"kind": "case_study", "identity": {"source": "x", "native_id": "ann"}, "case": case, "text": "The day it came back"}
    asset = desk.asset_make(mia, story, now=at(4))
    with pytest.raises(DeskError) as refused:
        desk.asset_export(mia, asset["id"], "website", now=at(5))
    assert refused.value.kind == "advocacy"
    desk.permission_grant(mia, asked["id"], until=at(100), evidence="x:2", now=at(6))
    assert desk.asset_export(mia, asset["id"], "website", now=at(7))["case"]["id"] == case
    (advocate,) = desk.advocates(now=at(8))
    assert (advocate["followers"], advocate["exports"]) == (40, 1)
    desk.permission_withdraw(asked["id"], now=at(9))
    assert desk.advocates(now=at(10)) == []
    assert [state["uses"] for state in desk.assets(now=at(10))] == [[]]
    desk.permission_refuse(mia, desk.permission_ask(mia, ("x", "ann"), case, uses, now=at(11))["id"], now=at(12))
    assert len(desk.permissions()) == 2
    assert desk.candidates(now=at(13)) == []


def test_a_programme_is_locked_until_everything_is_planned(desk: Desk) -> None:
    complaint(desk)
    mia = somebody(desk)
    desk.programme_begin(mia, "launch", at(-10), now=at(3))
    programme = desk.programme("launch")
    assert [step["number"] for step in programme["steps"]] == list(range(1, 8))
    with pytest.raises(DeskError) as refused:
        desk.programme_activate(mia, "launch", now=at(4))
    assert refused.value.kind == "programme"
    for day in programme["days"]:
        for one in day["issues"]:
            desk.programme_plan(mia, "launch", one["issue"], mia.person, "care asks the network team", now=at(5))
    assert desk.programme("launch")["steps"][5]["done"]


def test_canned_texts_and_content(desk: Desk) -> None:
    case, mia = complaint(desk), somebody(desk)
    filled = desk.canned(mia, case, "on-it")
    assert "Ann Lee" in filled["text"] and filled["unfilled"] == ["when"]
    draft = desk.draft(
        mia, case, filled["text"], to=("x", "1"), visibility="public", reason="asked in public", canned="on-it",
        unfilled=filled["unfilled"], now=at(3),
    )
    with pytest.raises(DeskError) as refused:
        desk.sent(draft["id"], now=at(4))
    assert refused.value.kind == "unfilled"
    assert desk.canned(mia, case, "on-it", {"when": "six"})["unfilled"] == []
    assert isinstance(desk.content_gaps(), list)
