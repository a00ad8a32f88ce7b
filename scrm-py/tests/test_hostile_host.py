"""Does a desk keep what it acknowledged while its host opens the same file by other ways, and forks?"""

import os
import sqlite3
import subprocess
import sys
import threading
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
import scrm
from conftest import PLAYBOOK, said
from test_processes import forks, in_child

NOW = datetime(2026, 11, 3, 12, 0, tzinfo=timezone.utc)

linux = pytest.mark.skipif(sys.platform != "linux", reason="other systems have no locks of open file descriptions")

# Another process with a desk on the same file: delivers so many messages, one by one, and says that they are recorded.
OTHER = f"""
import sys, scrm
from datetime import datetime, timezone
path, first, last, message = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), {said("@northwind no signal")!r}
with scrm.Desk.open(scrm.Engine.compile(scrm.Playbook.load({str(PLAYBOOK)!r})), path) as desk:
    for n in range(first, last):
        desk.receive([{{**message, "external_id": str(n)}}], now=datetime(2026, 11, 3, 12, 0, tzinfo=timezone.utc))
print("recorded")
"""

# Another process that only looks, and on closing believes itself the last one if nobody else holds a lock.
READER = "import sqlite3, sys; f = sqlite3.connect(sys.argv[1]); print(f.execute('SELECT count(*) FROM v_messages').fetchone()[0]); f.close()"


def process(program: str, *arguments: object) -> str:
    command = [sys.executable, "-c", program, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def messages(first: int, last: int) -> list[dict[str, Any]]:
    return [said("@northwind no signal", str(n)) for n in range(first, last)]


def look_with_sqlite3(path: Path) -> int:
    """Opens, reads and closes the file with the copy of SQLite that Python brings."""
    other = sqlite3.connect(path)
    try:
        return int(other.execute("SELECT count(*) FROM v_messages").fetchone()[0])
    finally:
        other.close()


@linux
def test_another_sqlite_in_the_process_drops_no_lock(engine: scrm.Engine, tmp_path: Path) -> None:
    path = tmp_path / "record.db"
    with scrm.Desk.open(engine, path) as desk:
        desk.receive(messages(0, 10), now=NOW)
        assert look_with_sqlite3(path) == 10
        # Had the locks gone with it, this one would move the log into the file and delete it under the desk.
        assert process(READER, path) == "10"
        desk.receive(messages(10, 20), now=NOW)
        assert process(OTHER, path, 20, 30) == "recorded"
        assert look_with_sqlite3(path) == 30
        desk.receive(messages(30, 40), now=NOW)
    assert process(READER, path) == "40"


@linux
def test_another_sqlite_comes_and_goes_while_two_processes_write(engine: scrm.Engine, tmp_path: Path) -> None:
    path = tmp_path / "record.db"
    done = threading.Event()
    looks = []

    def look() -> None:
        while not done.is_set():
            looks.append(look_with_sqlite3(path))

    with scrm.Desk.open(engine, path) as desk:
        command = [sys.executable, "-c", OTHER, str(path), "1000", "1040"]
        other = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        thread = threading.Thread(target=look)
        thread.start()
        try:
            for n in range(40):
                desk.receive(messages(n, n + 1), now=NOW)
            out, _ = other.communicate(timeout=120)
        finally:
            done.set()
            thread.join()
        assert out == "recorded\n"
        assert desk.totals()["messages"] == 80
        assert len(looks) > 1 and looks == sorted(looks)
    assert sqlite3.connect(path).execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert process(READER, path) == "80"


@forks
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_hundred_forks_leave_the_record_to_the_parent(engine: scrm.Engine, tmp_path: Path) -> None:
    path = tmp_path / "record.db"
    desk = scrm.Desk.open(engine, path)
    desk.receive(messages(0, 10), now=NOW)
    held = [desk]
    for turn in range(100):

        def refused() -> bool:
            with pytest.raises(scrm.StoreError) as caught:
                held[0].totals()
            # Gone in the child, which opens its own and delivers to it.
            held.clear()
            if turn % 10 == 0:
                with scrm.Desk.open(engine, path) as own:
                    own.receive(messages(1000 + turn, 1001 + turn), now=NOW)
            return caught.value.kind == "forked"

        assert in_child(refused) == 0
        if turn % 10 == 0:
            desk.receive(messages(10 + turn, 11 + turn), now=NOW)
    assert desk.totals()["messages"] == 10 + 10 + 10
    desk.close()
    assert os.listdir(tmp_path) == ["record.db"]
    assert process(READER, path) == "30"
