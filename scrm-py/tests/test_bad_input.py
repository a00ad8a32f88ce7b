"""Does each thing that goes wrong give one clear message, name the place and the way out, and lose nothing?"""

import json
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import scrm
from conftest import ROOT

PLAYBOOK = ROOT / "examples/playbooks/northwind"
MESSAGES = ROOT / "examples/data/northwind.jsonl"


def run(*flags: object, limit: Callable[[], None] | None = None) -> subprocess.CompletedProcess[str]:
    """Runs the main job in a process of its own."""
    command = [sys.executable, "-m", "scrm", "run", *map(str, flags)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, preexec_fn=limit, check=False)


def complaint(done: subprocess.CompletedProcess[str], status: int, *words: str) -> None:
    """The run ended with `status`, printed nothing, and complained once, in these words."""
    assert done.returncode == status, done.stderr
    assert done.stdout == ""
    assert "panicked" not in done.stderr
    assert done.stderr.startswith("scrm: ")
    for word in words:
        assert word in done.stderr, done.stderr


def empty(path: Path) -> None:
    path.write_bytes(b"")


def folder(path: Path) -> None:
    path.mkdir()


def utf16(path: Path) -> None:
    path.write_bytes("id,text\n".encode("utf-16"))


INPUTS: list[tuple[str, Callable[[Path], object], list[str], str]] = [
    ("empty.jsonl", empty, [], "the input is empty; give a file with at least one record"),
    ("empty.csv", empty, ["--set=source=x", "--set=kind=post", "--set=visibility=public", "--map=external_id=id",
                          "--map=text=text", "--map=created=at"], "the input is empty"),
    ("folder.jsonl", folder, [], "it is a folder; give a file of messages"),
    ("missing.jsonl", lambda path: None, [], "there is no such file"),
    ("utf16.csv", utf16, ["--set=source=x", "--set=kind=post", "--set=visibility=public", "--map=external_id=id",
                          "--map=text=text", "--map=created=at"], "UTF-16 text; save it as UTF-8"),
    ("columns.csv", lambda path: path.write_text("id,txt\n1,hi\n"),
     ["--set=source=x", "--set=kind=post", "--set=visibility=public", "--map=external_id=id", "--map=text=text",
      "--map=created=at"], "the header has no column `at`, `text` (did you mean `txt`?); it has: id, txt"),
]


@pytest.mark.parametrize("name, make, flags, words", INPUTS, ids=[row[0] for row in INPUTS])
def test_inputs_that_cannot_be_read(
    tmp_path: Path, name: str, make: Callable[[Path], object], flags: list[str], words: str
) -> None:
    make(tmp_path / name)
    db = tmp_path / "new.db"
    done = run("--playbook", PLAYBOOK, "--input", tmp_path / name, "--db", db, *flags)
    complaint(done, 4, name, words)
    assert not db.exists(), "a run that cannot begin leaves nothing behind"


def test_a_time_without_a_zone_is_refused(tmp_path: Path) -> None:
    (tmp_path / "posts.csv").write_text("id,text,at\n1,hi,2/24/2015 11:35\n")
    flags = ["--set=source=x", "--set=kind=post", "--set=visibility=public", "--map=external_id=id", "--map=text=text",
             "--map=created=at", "--time-format=%m/%d/%Y %H:%M"]
    done = run("--playbook", PLAYBOOK, "--input", tmp_path / "posts.csv", "--db", tmp_path / "new.db", *flags)
    complaint(done, 2, "has no zone", "Europe/Amsterdam")


def test_lines_that_cannot_be_read_are_kept_aside_and_the_rest_goes_on(tmp_path: Path) -> None:
    good = MESSAGES.read_bytes().splitlines()[:3]
    lines = [good[0], b"x" * (1024 * 1024 + 1), b'{"text": "\xff"}', b"nul \x00 byte", good[1], b'{"source":"x"}', good[2]]
    path, db = tmp_path / "mixed.jsonl", tmp_path / "record.db"
    path.write_bytes(b"\n".join(lines))
    done = run("--playbook", PLAYBOOK, "--input", path, "--db", db, "--json")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    captures = result["captures"]
    assert (captures["rows"], captures["distinct"], captures["malformed"]) == (7, 3, 4)
    assert [fault["line"] for fault in result["malformed"]] == [2, 3, 4, 6]
    assert "longer than the limit of 1048576 bytes" in result["malformed"][0]["fault"]
    assert "not UTF-8" in result["malformed"][1]["fault"]
    with sqlite3.connect(db) as record:
        assert record.execute("SELECT count(*) FROM v_quarantine").fetchone() == (4,)


def test_a_playbook_with_ten_faults_reports_them_all(tmp_path: Path) -> None:
    broken = tmp_path / "playbook"
    shutil.copytree(PLAYBOOK, broken)
    faults = {
        "monitors.toml": '\n[[monitor]]\nid = "bad"\nbrand = "nortwind"\nquery = "(a AND"\nchanels = ["x"]\n',
        "topics.toml": '\n[[topic]]\npath = "a..b"\nwords = ["!!"]\nowner = "nobody"\n',
        "protocol.toml": '\n[[rule]]\nid = "bad"\nowner = "care"\nwhy = "none"\nwhen = \'type is angry and colour is red\'\n'
        'set = { departmnet = "care", priority = 9 }\n',
        "team.toml": '\n[[person]]\nid = "zoe"\ndepartments = ["caer"]\n',
        "calendars.toml": '\n[[calendar]]\nid = "moon"\ntz = "Moon/Base"\n',
    }
    for name, text in faults.items():
        with (broken / name).open("a") as file:
            file.write(text)
    done = run("--playbook", broken, "--input", MESSAGES, "--db", tmp_path / "new.db")
    complaint(done, 3, *faults, "did you mean `northwind`?", "did you mean `department`?", "did you mean `care`?")
    assert done.stderr.count("error[") >= 10, done.stderr
    assert done.stderr.count("-->") >= 10
    assert not (tmp_path / "new.db").exists()


def text_file(path: Path) -> None:
    path.write_text("just a note, and longer than the header of a database would be\n" * 20)


def foreign(path: Path) -> None:
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE notes (text)")


def newer(path: Path) -> None:
    assert run("--playbook", PLAYBOOK, "--input", MESSAGES, "--db", path).returncode == 0
    with sqlite3.connect(path) as record:
        record.execute("PRAGMA user_version = 999")
    record.close()


DATABASES: list[tuple[str, Callable[[Path], None], str]] = [
    ("text file", text_file, "database"),
    ("another program's", foreign, "scrm"),
    ("a newer version's", newer, "999"),
    ("a folder", folder, "folder"),
]


@pytest.mark.parametrize("make, word", [row[1:] for row in DATABASES], ids=[row[0] for row in DATABASES])
def test_databases_that_are_not_ours_are_left_as_they_are(tmp_path: Path, make: Callable[[Path], None], word: str) -> None:
    db = tmp_path / "other.db"
    make(db)
    before = db.read_bytes() if db.is_file() else None
    complaint(run("--playbook", PLAYBOOK, "--input", MESSAGES, "--db", db), 5, "other.db", word)
    assert before == (db.read_bytes() if db.is_file() else None)


def test_nothing_is_lost_when_the_space_runs_out(tmp_path: Path) -> None:
    db = tmp_path / "record.db"
    size = 400 * 1024

    def little_space() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    done = run("--playbook", PLAYBOOK, "--input", MESSAGES, "--db", db, limit=little_space)
    complaint(done, 5, "record.db")
    done = run("--playbook", PLAYBOOK, "--input", MESSAGES, "--db", db, "--json")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["record"]["versions"] == 307
    with sqlite3.connect(db) as record:
        assert record.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_fault_far_along_a_line_is_told():
    """No call ends in a panic of Rust, however long the line is: each is an error with a short excerpt."""
    rules = [
        {"id": f"r{number}", "owner": "care", "why": "w" * 40, "when": "type is complaint", "set": {"priority": 1}}
        for number in range(700)
    ]
    rules.append({"id": "last", "owner": "care", "why": "w", "when": "tpye is complaint", "set": {"priority": 1}})
    protocol = json.dumps({"protocol": {"id": "p", "version": "1"}, "rule": rules})
    assert len(protocol) > 70_000
    calls = [
        lambda: scrm.Protocol.from_text(protocol, "p.json"),
        lambda: scrm.Listener.compile({"m": "word " * 200_000 + "("}),
        lambda: scrm.Listener.compile({"m": '"' + "x " * 40_000 + '" ('}),
        lambda: scrm.format_query("x " * 40_000 + "("),
        lambda: scrm.Listener.from_toml('[[monitor]]\nid = "m"\nquery = "' + "x " * 40_000 + '("\n'),
        lambda: scrm.Protocol.from_text('[protocol]\nid = "p"\nversion = "1"\n').decide({"x" * 70_000: 1}),
    ]
    for number, call in enumerate(calls):
        with pytest.raises(scrm.ScrmError) as raised:
            call()
        assert "a fault in scrm itself" not in str(raised.value), number
        assert max(map(len, str(raised.value).splitlines())) < 100_000, number
    with pytest.raises(scrm.PlaybookError) as raised:
        calls[0]()
    assert "..." in str(raised.value) and "did you mean `type`" in str(raised.value)
    assert len(str(raised.value)) < 1_000
