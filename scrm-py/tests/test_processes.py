"""Does it work in threads and processes, and can it be stopped?"""

import os
import pickle
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import datetime, timezone
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
import scrm
from conftest import PLAYBOOK, said

NOW = datetime(2026, 11, 3, 12, 0, tzinfo=timezone.utc)
MESSAGES = [said("@northwind no signal in Köln 😀, this is terrible", str(n)) for n in range(50)]

forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")


def in_child(work: Any) -> int:
    """Runs `work` in a forked child and returns its exit status; a child that hangs is ended."""
    child = os.fork()
    if child == 0:
        try:
            os._exit(0 if work() else 1)
        except BaseException as error:
            os.write(2, f"in the child: {error!r}\n".encode())
            os._exit(2)
    for _ in range(6000):
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return -9


@forks
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_assesses(engine: scrm.Engine) -> None:
    expected = engine.assess_all(MESSAGES, threads=4)
    assert engine.assess_all(MESSAGES) == expected
    assert in_child(lambda: engine.assess_all(MESSAGES) == expected) == 0
    assert in_child(lambda: engine.assess_all(MESSAGES, threads=4) == expected) == 0
    assert in_child(lambda: engine.assess(MESSAGES[0]) == expected[0]) == 0

    listener = scrm.Listener.compile(PLAYBOOK)
    heard = listener.match_all(MESSAGES, threads=4)
    assert in_child(lambda: listener.match_all(MESSAGES, threads=4) == heard and listener.add("new", "signal") > 1) == 0

    def desk_of_its_own() -> bool:
        with scrm.Desk.open(engine) as desk:
            return len(desk.receive(MESSAGES, now=NOW)) == len(MESSAGES)

    assert in_child(desk_of_its_own) == 0
    assert in_child(lambda: in_child(lambda: engine.assess_all(MESSAGES) == expected) == 0) == 0


@forks
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_desk_stays_with_its_process(engine: scrm.Engine, tmp_path: Path) -> None:
    desk = scrm.Desk.open(engine, tmp_path / "record.db")
    desk.receive(MESSAGES[:10], now=NOW)

    def refused() -> bool:
        try:
            desk.receive(MESSAGES[10:], now=NOW)
        except scrm.StoreError as error:
            return error.kind == "forked"
        return False

    assert in_child(refused) == 0
    desk.receive(MESSAGES[10:20], now=NOW)
    assert desk.totals()["messages"] == 20
    desk.close()


def test_other_processes_get_what_pickles(engine: scrm.Engine) -> None:
    expected = engine.assess_all(MESSAGES[:4])
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        assert list(pool.map(engine.assess, MESSAGES[:2])) == expected[:2]
        assert pool.submit(pickle.loads(pickle.dumps(engine)).assess_all, MESSAGES[:4]).result() == expected
        listener = scrm.Listener.compile(PLAYBOOK)
        assert list(pool.map(listener.match, MESSAGES[:2])) == listener.match_all(MESSAGES[:2])
        with pytest.raises(scrm.MessageError) as caught:
            pool.submit(engine.assess, {}).result()
        assert caught.value.kind == "form"


def test_threads_share_an_engine(engine: scrm.Engine) -> None:
    expected = engine.assess_all(MESSAGES)
    with ThreadPoolExecutor(8) as pool:
        for assessed in pool.map(lambda n: engine.assess_all(MESSAGES, threads=n), [None, 1, 2, 3] * 4):
            assert assessed == expected


def test_threads_share_a_desk(engine: scrm.Engine, tmp_path: Path) -> None:
    with scrm.Desk.open(engine, tmp_path / "record.db") as desk, ThreadPoolExecutor(8) as pool:

        def receive(start: int) -> list[dict[str, Any]]:
            desk.totals()
            return desk.receive(MESSAGES[start : start + 20], now=NOW)

        received = [one for some in pool.map(receive, list(range(0, 40, 5)) * 2) for one in some]
        new = [one for one in received if one["seen"] == "new"]
        assert len(new) == desk.totals()["messages"] == len(MESSAGES)


# What runs for ever unless it is stopped; nothing of it is Python's own code, which could be stopped anyway.
ENDLESS = {
    "batch": "engine.assess_all(itertools.repeat(scrm.Message(message)))",
    "batch of one thread": "engine.assess_all(itertools.repeat(scrm.Message(message)), threads=1)",
    "match": "scrm.Listener.compile({'a': 'signal'}).match_all(itertools.repeat('no signal'))",
    "backtest": "scrm.Listener.backtest('signal', itertools.repeat('no signal'))",
    "monitors": "scrm.Listener.compile((str(n), 'signal') for n in itertools.count())",
    "receive": "scrm.Desk.open(engine).receive(itertools.repeat(scrm.Message(message)))",
    "ingest": "scrm.Desk.open(engine).ingest(endless(), format='jsonl')",
}
STOPPED = f"""
import itertools, json, os, signal, sys, threading, scrm
engine = scrm.Engine.compile(scrm.Playbook.load({str(PLAYBOOK)!r}))
message = {said("@northwind no signal")!r}

def endless():
    path = sys.argv[2]
    os.mkfifo(path)
    line = (json.dumps(message) + "\\n").encode()
    def feed():
        with open(path, "wb", buffering=0) as pipe:
            while True:
                pipe.write(line * 100)
    threading.Thread(target=feed, daemon=True).start()
    return path

threading.Timer(1.0, signal.raise_signal, [signal.SIGINT]).start()
try:
    exec(sys.argv[1])
except KeyboardInterrupt:
    print("stopped", flush=True)
    os._exit(0)
"""


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.parametrize("call", ENDLESS.values(), ids=ENDLESS)
def test_ctrl_c_stops_it(call: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", STOPPED, call, str(tmp_path / "pipe")], capture_output=True, text=True, timeout=120
    )
    assert (done.returncode, done.stdout) == (0, "stopped\n"), done.stderr


def test_what_a_signal_handler_raises_comes_through(engine: scrm.Engine) -> None:
    class Enough(Exception):
        pass

    def handler(number: int, frame: object) -> None:
        raise Enough

    if not hasattr(signal, "setitimer"):
        pytest.skip("this system has no such timer")
    before = signal.signal(signal.SIGALRM, handler)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        with pytest.raises(Enough):
            engine.assess_all(scrm.Message(MESSAGES[0]) for _ in iter(int, 1))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
