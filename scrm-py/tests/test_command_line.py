"""Does `python -m scrm` keep to the table of exit statuses?"""

import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import scrm
from conftest import PLAYBOOK, said


def run(*words: str, cwd: Path | None = None, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scrm", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=cwd, **options)


@pytest.fixture
def messages(tmp_path: Path) -> Path:
    path = tmp_path / "in.jsonl"
    path.write_text(json.dumps(said("@northwind no signal, this is terrible")) + "\nnot json\n")
    return path


def test_help_and_version() -> None:
    assert run("--version").stdout == f"scrm {scrm.__version__}\n"
    for words in (["--help"], ["run", "--help"], ["check", "--help"], ["match", "--help"]):
        done = run(*words)
        assert done.returncode == 0 and "--help" in done.stdout and done.stderr == ""
    assert "--playbook" in run("run", "--help").stdout


def test_a_run_is_recorded_and_counted(messages: Path, tmp_path: Path) -> None:
    words = ["run", "--playbook", str(PLAYBOOK), "--input", str(messages), "--json"]
    first = run(*words, cwd=tmp_path)
    assert first.returncode == 0, first.stderr
    told = json.loads(first.stdout)
    assert (told["captures"]["rows"], told["captures"]["malformed"], told["changed"]) == (2, 1, True)
    assert (tmp_path / "playbook.db").exists(), "the database is called as the playbook"
    assert json.loads(run(*words, cwd=tmp_path).stdout)["changed"] is False
    engine = scrm.Engine.compile(scrm.Playbook.load(PLAYBOOK))
    with scrm.Desk.open(engine, tmp_path / "playbook.db") as desk:
        assert desk.totals() == told["record"]
        assert desk.brief().to_dict() == told["brief"]


def test_the_table_of_exit_statuses(messages: Path, tmp_path: Path) -> None:
    good, db = ["--playbook", str(PLAYBOOK)], ["--db", str(tmp_path / "record.db")]
    rows: list[tuple[int, list[str]]] = [
        (0, ["check", *good]),
        (0, ["run", *good, "--input", str(messages), *db]),
        (2, []),
        (2, ["dance"]),
        (2, ["run", *good]),
        (3, ["check", "--playbook", str(tmp_path)]),
        (3, ["run", "--playbook", str(tmp_path / "nowhere"), "--input", str(messages), *db]),
        (4, ["run", *good, "--input", str(tmp_path / "no.jsonl"), *db]),
        (5, ["run", *good, "--input", str(messages), "--db", str(tmp_path)]),
    ]
    for status, words in rows:
        done = run(*words)
        assert done.returncode == status, (words, done)
        assert bool(done.stderr) == (status != 0) or "check" in words, (words, done)
        assert "Traceback" not in done.stderr and "panicked" not in done.stderr


def test_words_that_are_no_text(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "scrm", "check", "--playbook", os.fsencode(tmp_path) + b"/\xff"], capture_output=True
    )
    assert done.returncode == 3 and b"Traceback" not in done.stderr


def test_the_script_is_installed() -> None:
    script = Path(sys.executable).parent / "scrm"
    if not script.exists():
        pytest.skip("this Python has no scripts beside it")
    done = subprocess.run([script, "check", "--playbook", PLAYBOOK], capture_output=True, text=True)
    assert done.returncode == 0 and "sound" in done.stdout


def test_a_reader_that_goes_away_is_no_failure() -> None:
    reader = subprocess.Popen([sys.executable, "-c", ""], stdin=subprocess.PIPE)
    reader.wait()
    done = subprocess.run(
        [sys.executable, "-m", "scrm", "check", "--playbook", PLAYBOOK], stdout=reader.stdin, stderr=subprocess.PIPE
    )
    assert reader.stdin is not None
    reader.stdin.close()
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(sys.platform == "win32", reason="signals differ there")
def test_ctrl_c_ends_a_run_after_the_group(tmp_path: Path) -> None:
    words = ["run", "--playbook", str(PLAYBOOK), "--input", "-", "--format", "jsonl", "--json", "--db", "record.db"]
    process = subprocess.Popen(
        [sys.executable, "-m", "scrm", *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        cwd=tmp_path,
    )
    started = threading.Event()

    def feed() -> None:
        assert process.stdin is not None
        number = 0
        try:
            while True:
                lines = [json.dumps(said("@northwind no signal", str(number + n))) for n in range(100)]
                process.stdin.write(("\n".join(lines) + "\n").encode())
                number += 100
                if number == 2000:
                    started.set()
        except BrokenPipeError:
            pass

    feeder = threading.Thread(target=feed, daemon=True)
    feeder.start()
    assert started.wait(60)
    process.send_signal(signal.SIGINT)
    assert process.stdin is not None and process.stdout is not None and process.stderr is not None
    with process.stdout, process.stderr:
        out, err = process.stdout.read(), process.stderr.read()
    assert process.wait(60) == 130, err
    feeder.join(60)
    with suppress(BrokenPipeError):
        process.stdin.close()
    told = json.loads(out)
    assert told["interrupted"] and told["captures"]["rows"] % 1000 == 0
    assert told["record"]["messages"] == told["captures"]["distinct"] > 0
