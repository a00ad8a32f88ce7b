"""Is a playbook read as a whole, with every fault in its place?"""

import copy
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest
import scrm
from conftest import PLAYBOOK


def test_a_folder_and_its_texts_give_the_same(playbook: scrm.Playbook) -> None:
    again = scrm.Playbook.from_files(playbook.files)
    assert again.files == playbook.files
    assert (again.id, again.version, again.rules) == (playbook.id, playbook.version, playbook.rules)
    assert (playbook.id, playbook.version) == ("small", "1")
    assert playbook.warnings == [] and scrm.Playbook.check(PLAYBOOK) == []
    assert set(playbook.files) == {path.name for path in PLAYBOOK.glob("*.toml")}


def test_it_says_what_it_is(playbook: scrm.Playbook, engine: scrm.Engine) -> None:
    assert repr(playbook) == "<scrm.Playbook small 1: 2 monitors, 2 topics, 3 rules>"
    assert repr(engine) == "<scrm.Engine of small 1>"
    assert engine.playbook is playbook


@pytest.mark.parametrize("twice", [lambda it: pickle.loads(pickle.dumps(it)), copy.copy, copy.deepcopy])
def test_it_pickles_as_its_files(
    playbook: scrm.Playbook, twice: Callable[[scrm.Playbook], scrm.Playbook]
) -> None:
    again = twice(playbook)
    assert (again.files, again.rules) == (playbook.files, playbook.rules)


def test_every_fault_of_every_file_is_reported_with_its_place(tmp_path: Path, playbook: scrm.Playbook) -> None:
    files = dict(playbook.files)
    files["monitors.toml"] = files["monitors.toml"].replace("@halden OR", "@halden AND (")
    files["protocol.toml"] = files["protocol.toml"].replace('department = "billing"', 'department = "biling"')
    with pytest.raises(scrm.PlaybookError) as caught:
        scrm.Playbook.from_files(files)
    faults = caught.value.diagnostics
    assert {fault.file for fault in faults} == {"monitors.toml", "protocol.toml"}
    assert all(fault.severity == "error" and fault.code and fault.message for fault in faults)
    [misspelt] = [fault for fault in faults if fault.file == "protocol.toml"]
    line = files["protocol.toml"].splitlines()[misspelt.line - 1]
    assert line[misspelt.column - 1 :].startswith('"biling"')
    assert misspelt.help is not None and "billing" in misspelt.help
    assert str(misspelt).startswith(f"error[{misspelt.code}] protocol.toml:{misspelt.line}:{misspelt.column}: ")
    # The text is for a person: it shows the line with a caret under the place.
    assert line.strip() in str(caught.value) and "^^^" in str(caught.value)

    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert scrm.Playbook.check(tmp_path) == list(faults)


def test_columns_count_characters(edited: Callable[..., dict[str, str]]) -> None:
    files = edited("topics.toml", '"no signal"', '"😀", 7')
    with pytest.raises(scrm.PlaybookError) as caught:
        scrm.Playbook.from_files(files)
    fault = caught.value.diagnostics[0]
    line = files["topics.toml"].splitlines()[fault.line - 1]
    assert line[fault.column - 1] == "7"


def test_warnings_do_not_forbid_the_use(tmp_path: Path, playbook: scrm.Playbook) -> None:
    for name, text in {**playbook.files, "protokol.toml": ""}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    [warning] = scrm.Playbook.load(tmp_path).warnings
    assert (warning.severity, warning.file, warning.line) == ("warning", "protokol.toml", None)
    assert warning.help == "did you mean `protocol.toml`?"
    assert scrm.Playbook.check(str(tmp_path)) == [warning]


def test_a_missing_file_is_a_fault(playbook: scrm.Playbook) -> None:
    with pytest.raises(scrm.PlaybookError) as caught:
        scrm.Playbook.from_files({})
    missing = [fault for fault in caught.value.diagnostics if fault.code == "B020"]
    assert len(missing) == 5 and all(fault.line is None for fault in missing)


def test_what_cannot_be_read_names_its_path(tmp_path: Path) -> None:
    for make in (scrm.Playbook.load, scrm.Playbook.check):
        with pytest.raises(scrm.PlaybookError, match="no such folder") as caught:
            make(tmp_path / "nowhere")
        assert caught.value.path == str(tmp_path / "nowhere") and caught.value.diagnostics == ()
    (tmp_path / "monitors.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(scrm.PlaybookError, match="UTF-8"):
        scrm.Playbook.load(tmp_path)


@pytest.mark.parametrize("wrong", [None, 7, b"folder", ["monitors.toml"]])
def test_wrong_types_are_type_errors(wrong: object) -> None:
    with pytest.raises(TypeError):
        scrm.Playbook.from_files(wrong)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        scrm.Engine.compile(wrong)  # type: ignore[arg-type]


def test_nothing_is_made_but_by_its_maker() -> None:
    for kind in (scrm.Playbook, scrm.Engine, scrm.Desk, scrm.Brief, scrm.Response, scrm.HumanAuthor):
        with pytest.raises(TypeError):
            kind()
        with pytest.raises(TypeError):
            object.__new__(kind)
        with pytest.raises(TypeError):
            type("Sub", (kind,), {})
