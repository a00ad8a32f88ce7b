"""Does `scrm match` say of each row which monitors match it, whatever the row is?"""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import scrm
from conftest import PLAYBOOK, said

MONITORS = """
[[brand]]
id = "acme"

[[monitor]]
id = "bags"
query = 'lost NEAR/3 "my bag*"'

[[monitor]]
id = "big"
query = 'bag followers:>100 ext.score:>3 country:NL'

[[monitor]]
id = "gold"
query = 'ext.tier:gold'

[[monitor]]
id = "refund"
brand = "acme"
query = '"money back" OR title:refund'
"""


@pytest.fixture
def monitors(tmp_path: Path) -> Path:
    path = tmp_path / "monitors.toml"
    path.write_text(MONITORS, encoding="utf-8")
    return path


def match(monitors: Path, *words: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "scrm", "match", "--monitors", str(monitors), *words]
    return subprocess.run(command, capture_output=True, timeout=120, **options)


def lines(done: subprocess.CompletedProcess[bytes], status: int = 0) -> list[dict[str, Any]]:
    assert done.returncode == status, done.stderr
    assert b"panicked" not in done.stderr and b"Traceback" not in done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def written(path: Path, text: str | bytes) -> str:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return str(path)


TABLE = [
    ["id", "text", "title", "followers", "score", "tier", "country"],
    ["1", "😀 I lost my bags", "", "", "", "", ""],
    ["2", "nothing", "a 😀 refund", "", "", "gold", ""],
    ["3", 'a bag, "quoted"\nover lines', "", "500", "4", "", "nl"],
    ["4", "a bag", "", "many", "4", "", "Netherlands"],
]
HITS = [["bags"], ["gold", "refund"], ["big"], []]


def cells(delimiter: str) -> str:
    def cell(text: str) -> str:
        return '"' + text.replace('"', '""') + '"' if {'"', "\n", delimiter} & set(text) else text

    return "\n".join(delimiter.join(map(cell, row)) for row in TABLE) + "\n"


def test_tables_and_objects_say_the_same(monitors: Path, tmp_path: Path) -> None:
    objects: list[dict[str, Any]] = [
        {name: cell for name, cell in zip(TABLE[0], row, strict=True) if cell} for row in TABLE[1:]
    ]
    for one in objects:
        if "score" in one:
            one["score"] = float(one["score"])
    inputs = [
        written(tmp_path / "a.csv", cells(",")),
        written(tmp_path / "a.tsv", cells("\t")),
        written(tmp_path / "b.tsv", b"\xef\xbb\xbf" + cells("\t").replace("\n", "\r\n").encode()),
        written(tmp_path / "a.jsonl", "\n\n".join(json.dumps(one) for one in objects)),
    ]
    for path in inputs:
        found = lines(match(monitors, "--input", path))
        assert found == [{"row": row, "hits": hits} for row, hits in enumerate(HITS, 1)], path
    # What comes out is JSON Lines in any case, so the name of the file counts more.
    assert lines(match(monitors, "--input", inputs[1], "--format", "jsonl", "--text-column", "text")) == found
    for format, path in (("csv", inputs[0]), ("tsv", inputs[1]), ("jsonl", inputs[3])):
        with open(path, "rb") as rows:
            assert lines(match(monitors, "--input", "-", "--format", format, stdin=rows)) == found


def test_messages_of_the_model_are_rows(monitors: Path, tmp_path: Path) -> None:
    message = said("a bag", score=4, place={"country": "NL"}, author={"source": "x", "native_id": "u", "followers": 500})
    odd = {"body": "a bag", "score": 4, "country": "NL", "author": {"followers": 500}}
    path = written(tmp_path / "a.jsonl", json.dumps(message) + "\n" + json.dumps(odd))
    found = lines(match(monitors, "--input", path))
    assert found[0]["hits"] == ["big"] and "`text`" in found[1]["error"]
    found = lines(match(monitors, "--input", path, "--text-column", "body"))
    assert [line["hits"] for line in found] == [["big"], ["big"]]


def test_spans_are_places_in_code_points(monitors: Path, tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", cells(","))
    found = lines(match(monitors, "--input", path, "--spans"))
    for line, row in zip(found, TABLE[1:], strict=True):
        assert set(line["spans"]) == set(line["hits"])
        for spans in line["spans"].values():
            for span in spans:
                text = row[2] if span.get("zone") == "title" else row[5] if span.get("zone") == "ext.tier" else row[1]
                word = span["clause"].split(":")[-1].strip('"').rstrip("*")
                assert [text[start:end].startswith(word) for start, end in span["places"]] == [True]
    assert found[0]["spans"]["bags"][1] == {"clause": '"my bag*"', "places": [[9, 16]]}


def test_every_row_is_explained(monitors: Path, tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "text\nlost my bag\nlost a b c d my bag\nno\n")
    found = [line["explain"] for line in lines(match(monitors, "--input", path, "--explain", "bags"))]
    assert [one["match"] for one in found] == [True, False, False]
    assert found[1]["misses"][0]["nearest"] == 4 and "4 tokens apart" in found[1]["why"]
    assert found[2]["misses"][0] == {"kind": "missing", "part": "lost", "why": "`lost` is not there"}
    assert [clause["holds"] for clause in found[2]["clauses"]] == [False, False]
    done = match(monitors, "--input", path, "--explain", "bag")
    assert done.returncode == 2 and b"did you mean `bags`?" in done.stderr


def test_rows_that_cannot_be_read_are_told_and_the_rest_is_matched(monitors: Path, tmp_path: Path) -> None:
    rows = [
        json.dumps({"text": "money back"}).encode(),
        b'{"text": "half \\ud83d"}',
        b'{"text": "nul \\u0000 money back"}',
        b"\xff\xfe",
        b"[1]",
        b'{"text": 3}',
        b'{"texd": "x"}',
        b'{"text": "' + b"x" * 1_048_576 + b'"}',
        b'{"text": "money back' + b" x" * 100_000 + b'"}',
        b'{"text": "' + b"x" * 300_000 + b'"}',
        b"{" * 1000,
        b'{"text": "money back"',
        b'{"text": "money back"}',
    ]
    done = match(monitors, "--input", written(tmp_path / "a.jsonl", b"\n".join(rows)))
    found = lines(done)
    assert [line["row"] for line in found] == list(range(1, len(rows) + 1))
    assert [line["row"] for line in found if line.get("hits") == ["refund"]] == [1, 3, 9, 13]
    assert all(line["error"] for line in found if "hits" not in line)
    assert "half a character" in found[1]["error"] and "UTF-8" in found[3]["error"]
    assert "did you mean `texd`?" in found[6]["error"] and "limit" in found[7]["error"] and "limit" in found[9]["error"]
    assert b"9 of 13 rows cannot be read" in done.stderr
    table = b'text,b\nmoney back,1\n"open,2\nmoney back,3\nshort\n\xffx,4\n\nmoney\0back,5\n'
    found = lines(match(monitors, "--input", written(tmp_path / "a.csv", table)))
    assert [line.get("hits") for line in found] == [["refund"], None, ["refund"], None, None, ["refund"]]


def test_texts_between_tabs_may_begin_with_a_quote(monitors: Path, tmp_path: Path) -> None:
    texts = ['"lost my bag', "money back", '"lost" my bag', '"""money back"""', '"over\nlines, money back"']
    path = written(tmp_path / "a.tsv", "id\ttext\n" + "".join(f"{n}\t{text}\n" for n, text in enumerate(texts)))
    found = lines(match(monitors, "--input", path, "--spans"))
    assert [line["hits"] for line in found] == [["bags"], ["refund"], ["bags"], ["refund"], ["refund"]]
    assert [line["spans"][line["hits"][0]][0]["places"] for line in found] == [
        [[1, 5]], [[0, 10]], [[1, 5]], [[1, 11]], [[12, 22]]
    ]


def test_inputs_that_cannot_be_read(monitors: Path, tmp_path: Path) -> None:
    table = written(tmp_path / "a.csv", "txet,b\nx,y\n")
    rows: list[tuple[int, bytes, list[str]]] = [
        (4, b"did you mean `txet`?", ["--input", table]),
        (4, b"`other`; there are: txet, b", ["--input", table, "--text-column", "other"]),
        (4, b"there is no such file", ["--input", str(tmp_path / "no.csv")]),
        (4, b"it is a folder", ["--input", str(tmp_path), "--format", "csv"]),
        (4, b"empty", ["--input", written(tmp_path / "empty.csv", "")]),
        (4, b"empty", ["--input", written(tmp_path / "blank.csv", "\n\n")]),
        (4, b"UTF-16", ["--input", written(tmp_path / "wide.csv", "text\n".encode("utf-16"))]),
        (4, b"no row can be read", ["--input", written(tmp_path / "bad.jsonl", "no\nno\n")]),
        (2, b"--format csv", ["--input", written(tmp_path / "a.txt", "text\n")]),
        (2, b"--input", []),
        (2, b"--threads", ["--input", table, "--threads", "0"]),
    ]
    for status, reason, words in rows:
        done = match(monitors, *words)
        assert done.returncode == status and reason in done.stderr, (words, done)
        assert b"panicked" not in done.stderr and b"Traceback" not in done.stderr
    header_alone = written(tmp_path / "header.csv", "text\n")
    assert lines(match(monitors, "--input", header_alone)) == []
    broken = Path(written(tmp_path / "broken.toml", "[[monitor]]\nid = 'a'\nquery = '(lost'\n"))
    done = match(broken, "--input", header_alone)
    assert done.returncode == 3 and b"broken.toml:3:10" in done.stderr and b"^" in done.stderr
    assert match(tmp_path / "nowhere", "--input", header_alone).returncode == 3


def test_monitors_of_a_playbook(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "text\n@northwind no signal\n")
    (line,) = lines(match(PLAYBOOK, "--input", path))
    assert line["hits"] == scrm.Listener.compile(PLAYBOOK).match("@northwind no signal") != []


def test_the_order_is_that_of_the_rows_for_any_number_of_threads(monitors: Path, tmp_path: Path) -> None:
    draw = random.Random(7)
    words = "lost my bag bags money back refund flight 😀 thanks Straße the a".split()
    texts = [" ".join(draw.choices(words, k=draw.randint(0, 25))) or "-" for _ in range(20_000)]
    path = written(tmp_path / "a.tsv", "text\tn\n" + "".join(f"{text}\t{n}\n" for n, text in enumerate(texts)))
    one = match(monitors, "--input", path, "--threads", "1", "--stats")
    four = match(monitors, "--input", path, "--threads", "4", "--stats")
    assert one.stdout == four.stdout and one.stderr == four.stderr
    found = lines(four)
    assert [line["row"] for line in found] == list(range(1, len(texts) + 1))
    hits = [line["hits"] for line in found]
    assert hits == scrm.Listener.compile(monitors).match_all(texts)
    told = dict(line.split()[:0:-1] for line in four.stderr.decode().splitlines()[1:])
    assert told == {id: str(sum(id in row for row in hits)) for id in ("bags", "refund")}


def test_a_reader_that_goes_away_is_no_failure(monitors: Path, tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "text\n" + "money back\n" * 100_000)
    process = subprocess.Popen(
        [sys.executable, "-m", "scrm", "match", "--monitors", str(monitors), "--input", path],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )
    assert process.stdout is not None and process.stderr is not None
    assert json.loads(process.stdout.readline()) == {"row": 1, "hits": ["refund"]}
    process.stdout.close()
    assert (process.wait(60), process.stderr.read()) == (0, b"")
    process.stderr.close()


@pytest.mark.skipif(sys.platform == "win32", reason="signals differ there")
def test_it_can_be_interrupted_while_nobody_reads(monitors: Path, tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "text\n" + "money back\n" * 100_000)
    process = subprocess.Popen(
        [sys.executable, "-m", "scrm", "match", "--monitors", str(monitors), "--input", path],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )
    assert process.stdout is not None and process.stderr is not None
    assert process.stdout.readline()
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 130
    assert process.stderr.read() == b""
    process.stdout.close()
    process.stderr.close()


@pytest.mark.skipif(sys.platform == "win32", reason="signals differ there")
def test_a_slow_input_is_answered_at_once_and_can_be_interrupted(monitors: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "scrm", "match", "--monitors", str(monitors), "--input", "-", "--format", "jsonl"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )
    assert process.stdin is not None and process.stdout is not None and process.stderr is not None
    watch = threading.Timer(60, process.kill)
    watch.start()
    for row in (1, 2):
        process.stdin.write(b'{"text": "money back"}\n')
        process.stdin.flush()
        assert json.loads(process.stdout.readline()) == {"row": row, "hits": ["refund"]}
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 130
    watch.cancel()
    assert process.stderr.read() == b"" and process.stdout.read() == b""
    for pipe in (process.stdin, process.stdout, process.stderr):
        with suppress(BrokenPipeError):
            pipe.close()


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="this system does not say what memory it takes")
def test_memory_does_not_grow_with_the_input(monitors: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "scrm", "match", "--monitors", str(monitors), "--input", "-", "--format", "csv"],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )
    assert process.stdin is not None and process.stderr is not None

    def peak() -> int:
        status = Path(f"/proc/{process.pid}/status").read_text()
        return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))

    process.stdin.write(b"text\n")
    block = b"I lost my bag and want my money back\n" * 10_000
    process.stdin.write(block)
    process.stdin.flush()
    first = peak()
    for _ in range(5):
        process.stdin.write(block)
        process.stdin.flush()
    last = peak()
    process.stdin.close()
    assert process.wait(60) == 0 and last - first < 30_000
    process.stderr.close()


def test_monitors_are_checked_by_themselves(monitors: Path, tmp_path: Path) -> None:
    def check(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-m", "scrm", "check", *words], capture_output=True, text=True)

    for words in ([str(monitors)], ["--monitors", str(monitors)], ["--monitors", str(PLAYBOOK)]):
        done = check(*words)
        assert done.returncode == 0 and "sound" in done.stdout, done
    assert "rules" in check(str(PLAYBOOK)).stdout
    broken = written(tmp_path / "broken.toml", "[[monitor]]\nid = 'a'\nquery = '(lost or bag'\n")
    done = check("--monitors", broken)
    assert done.returncode == 3 and "query = '(lost or bag'\n  |          ^" in done.stdout
    told = json.loads(check(broken, "--json").stdout)
    assert not told["sound"] and [fault["line"] for fault in told["diagnostics"]] == [3, 3]
    assert check("--json").returncode == 2
    assert check(broken, "--playbook", str(PLAYBOOK)).returncode == 2
    assert check("--monitors", os.fspath(tmp_path / "nowhere.toml")).returncode == 3


REPEATS = """
[[monitor]]
id = "again"
query = 'is:duplicate'

[[monitor]]
id = "fresh"
query = 'bag -is:duplicate'
"""


def test_a_row_that_says_what_an_earlier_one_said_is_a_duplicate(tmp_path: Path) -> None:
    monitors = tmp_path / "monitors.toml"
    monitors.write_text(REPEATS, encoding="utf-8")
    rows = [f"a bag number {number} of many that were lost today" for number in range(3000)]
    rows[2500] = rows[3].upper()
    rows[2999] = rows[1500]
    rows.insert(1200, "{")
    lines_in = [row if row == "{" else json.dumps({"text": row}) for row in rows]
    path = written(tmp_path / "rows.jsonl", "\n".join(lines_in))
    outputs = [match(monitors, "--input", path, "--threads", threads) for threads in ("1", "2", "5")]
    assert outputs[0].stdout == outputs[1].stdout == outputs[2].stdout
    found = lines(outputs[0])
    assert "error" in found[1200]
    again = [line["row"] for line in found if line.get("hits") == ["again"]]
    assert 2502 in again and 3001 in again
    assert found[0]["hits"] == ["fresh"]


def test_check_says_what_a_sample_lets_expect(tmp_path: Path, monitors: Path) -> None:
    rows = ["my bag is lost", "a bag", "thanks", "the bag"]
    path = written(tmp_path / "sample.csv", "id,said\n" + "".join(f"{n},{row}\n" for n, row in enumerate(rows)))
    command = [sys.executable, "-m", "scrm", "check", str(monitors), "--sample", path, "--text-column", "said"]
    done = subprocess.run(command, capture_output=True, timeout=120, text=True)
    assert done.returncode == 0, done.stderr
    assert "sample" in done.stdout and "4 messages" in done.stdout and "75.00%  big" in done.stdout
    assert "Q109" in done.stdout
    done = subprocess.run([*command, "--json"], capture_output=True, timeout=120, text=True)
    sample = json.loads(done.stdout)["sample"]
    assert (sample["messages"], sample["malformed"]) == (4, 0)
    shares = {one["id"]: one["share"] for one in sample["monitors"]}
    assert shares["big"] == 0.75 and shares["gold"] is None and shares["bags"] == 0.25
    assert sample["monitors"][0]["warning"]["code"] == "Q109"
    done = subprocess.run([*command[:-1], "nowhere"], capture_output=True, timeout=120, text=True)
    assert done.returncode == 4 and "nowhere" in done.stderr


def test_a_row_without_a_time_has_not_expired_and_is_not_early(tmp_path: Path) -> None:
    path = tmp_path / "monitors.toml"
    path.write_text(
        "[[monitor]]\nid = 'old'\nquery = 'bag expires:2020-01-01'\n[[monitor]]\nid = 'made'\nquery = 'bag created:<2020-01-01'\n"
    )
    rows = ["text,created", "bag,", "bag,2019-05-05", "bag,2021-05-05"]
    file = written(tmp_path / "rows.csv", "\n".join(rows))
    told = lines(match(path, "--input", file))
    assert [line["hits"] for line in told] == [[], ["made", "old"], []]
