"""Do errors carry their fields, and cross processes whole?"""

import copy
import pickle
from pathlib import Path

import pytest
import scrm
from scrm import errors

FAULT = scrm.Diagnostic("P014", "error", "protocol.toml", 3, 5, "there is no department `car`", "did you mean `care`?")
ERRORS = [
    scrm.ScrmError("a fault"),
    scrm.PlaybookError("two faults", [FAULT, FAULT]),
    scrm.PlaybookError("no folder", path="nowhere"),
    scrm.MessageError("no text", "text", "text", 3),
    scrm.InputError("no file", "io", "nowhere.csv"),
    scrm.StoreError("locked", "busy", "record.db", True),
    scrm.ResponseError("not approved", "unapproved", ["legal", "ada"]),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_errors_pickle_with_their_fields(error: scrm.ScrmError) -> None:
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(again) is type(error) and str(again) == str(error)
        assert vars(again) == vars(error)
    assert isinstance(error, scrm.ScrmError)


def test_errors_that_the_core_raised_pickle(tmp_path: Path, engine: scrm.Engine) -> None:
    calls = [
        lambda: scrm.Playbook.from_files({}),
        lambda: scrm.Message({}),
        lambda: scrm.Desk.open(engine, tmp_path),
        lambda: scrm.Desk.open(engine).ingest(tmp_path / "nothing.csv"),
        lambda: scrm.Desk.open(engine).human("nobody", vouched_by="a test"),
    ]
    raised = []
    for call in calls:
        with pytest.raises(scrm.ScrmError) as caught:
            call()
        again = pickle.loads(pickle.dumps(caught.value))
        assert type(again) is type(caught.value)
        assert str(again) == str(caught.value) and vars(again) == vars(caught.value)
        raised.append(type(again))
    assert raised == [
        scrm.PlaybookError, scrm.MessageError, scrm.StoreError, scrm.InputError, scrm.ResponseError
    ]


def test_a_diagnostic_is_a_value() -> None:
    assert pickle.loads(pickle.dumps(FAULT)) == FAULT and hash(FAULT) == hash(copy.copy(FAULT))
    assert str(FAULT) == (
        "error[P014] protocol.toml:3:5: there is no department `car` (help: did you mean `care`?)"
    )


def test_all_that_is_exported_is_there() -> None:
    assert set(errors.__all__) <= set(scrm.__all__)
    assert all(hasattr(scrm, name) for name in scrm.__all__)
    assert scrm.__version__.count(".") == 2
