"""Does a person of the team write every response, and nobody else?"""

import copy
import pickle
from datetime import datetime, timezone
from typing import Any

import pytest
import scrm
from conftest import said

AT = datetime(2026, 11, 2, 10, 0, tzinfo=timezone.utc)


@pytest.fixture
def desk(engine: scrm.Engine) -> scrm.Desk:
    return scrm.Desk.open(engine)


def draft(desk: scrm.Desk, **fields: Any) -> scrm.Response:
    ada = desk.human("ada", vouched_by="session 17")
    given: dict[str, Any] = {
        "author": ada, "id": "r-1", "case": "case-1", "text": "We are on it.", "scale": "micro", "visibility": "public",
    }
    return scrm.Response.draft(**{**given, **fields})


def test_a_response_becomes_a_record(desk: scrm.Desk) -> None:
    message = scrm.Message(said("@northwind I want a refund, this is terrible"))
    [receipt] = desk.receive([message])
    needed = engine_asks(desk, message)
    assert needed == ["bo"]
    response = draft(desk, case=receipt["case"], to=message, approve=needed)
    assert (response.id, response.case, response.text, response.sent) == ("r-1", receipt["case"], "We are on it.", False)
    with pytest.raises(scrm.ResponseError, match="not approved by bo") as caught:
        response.send(AT)
    assert (caught.value.kind, caught.value.missing) == ("unapproved", ("bo",))
    bo = desk.human("bo", vouched_by="session 18")
    response.approve("bo", bo, AT)
    assert response.send(AT) == {
        "id": "r-1",
        "case": receipt["case"],
        "to": {"source": "x", "external_id": "1"},
        "scale": "micro",
        "visibility": "public",
        "author": "ada",
        "vouched": "session 17",
        "text": "We are on it.",
        "approvals": [{"of": "bo", "person": "bo", "at": "2026-11-02T10:00:00Z"}],
        "sent": "2026-11-02T10:00:00Z",
    }
    assert response.sent and repr(response) == "<scrm.Response r-1 by ada, sent>"
    for call in (lambda: response.send(AT), lambda: response.approve("bo", bo, AT)):
        with pytest.raises(scrm.ResponseError, match="already") as caught:
            call()
        assert caught.value.kind == "sent"


def engine_asks(desk: scrm.Desk, message: scrm.Message) -> list[str]:
    approve = desk.engine.assess(message)["decision"]["facets"]["approve"]
    assert isinstance(approve, list)
    return approve


def test_only_what_was_asked_for_is_approved(desk: scrm.Desk) -> None:
    response = draft(desk, approve=("legal", "bo"), to=("x", "17"))
    bo = desk.human("bo", vouched_by="session 18")
    response.approve(of="legal", by=bo, at=AT)
    for of in ("legal", "marketing"):
        with pytest.raises(scrm.ResponseError) as caught:
            response.approve(of, bo, AT)
        assert caught.value.kind == "not_asked"
    with pytest.raises(scrm.ResponseError) as caught:
        response.send(at=AT)
    assert caught.value.missing == ("bo",)


@pytest.mark.parametrize("fields, kind", [
    ({"text": " \n"}, "empty"),
    ({"scale": "none"}, "scale"),
    ({"scale": "both"}, "scale"),
    ({"scale": "loud"}, "scale"),
    ({"visibility": "secret"}, "visibility"),
    ({"id": ""}, "id"),
    ({"case": "a\nb"}, "id"),
    ({"to": ("", "1")}, "id"),
])
def test_what_is_no_response(desk: scrm.Desk, fields: dict[str, Any], kind: str) -> None:
    with pytest.raises(scrm.ResponseError) as caught:
        draft(desk, **fields)
    assert caught.value.kind == kind


@pytest.mark.parametrize("fields", [{"author": "ada"}, {"author": None}, {"to": "1"}, {"approve": "bo"}, {"text": None}])
def test_wrong_types_are_type_errors(desk: scrm.Desk, fields: dict[str, Any]) -> None:
    with pytest.raises((TypeError, ValueError)) as caught:
        draft(desk, **fields)
    assert not isinstance(caught.value, scrm.ScrmError)


@pytest.mark.parametrize("person", ["nobody", "", "Ada Lindqvist"])
def test_only_people_of_the_team_are_known(desk: scrm.Desk, person: str) -> None:
    with pytest.raises(scrm.ResponseError) as caught:
        desk.human(person, vouched_by="session 17")
    assert caught.value.kind == "person"


def test_a_human_author_is_no_data(desk: scrm.Desk) -> None:
    ada = desk.human("ada", vouched_by="session 17")
    assert (ada.person, ada.vouched_by, repr(ada)) == ("ada", "session 17", "<scrm.HumanAuthor ada>")
    with pytest.raises(TypeError):
        scrm.HumanAuthor("ada", "session 17")  # type: ignore[call-arg]
    for secret in (ada, draft(desk)):
        for copied in (pickle.dumps, copy.copy, copy.deepcopy):
            with pytest.raises(TypeError):
                copied(secret)
    with pytest.raises(TypeError):
        desk.human("ada")  # type: ignore[call-arg]
    with pytest.raises(AttributeError):
        ada.person = "bo"  # type: ignore[misc]
