"""Do whole files get on record, with what cannot be read kept aside?"""

import json
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
import scrm
from conftest import ROOT, said

NOW = datetime(2026, 11, 3, 12, 0, tzinfo=timezone.utc)
ROWS = "nr;when;who;what\n1;02.11.2026 10:00;ann;@northwind no signal, this is terrible\n2;yesterday;bob;hi\n"
MAPPING: dict[str, Any] = {
    "source": "forum",
    "kind": "post",
    "visibility": "public",
    "delimiter": ";",
    "columns": {"external_id": "nr", "created": "when", "author.native_id": "who", "text": "what"},
    "time": {"format": "%d.%m.%Y %H:%M", "zone": "Europe/Amsterdam"},
}
MAPPING_TOML = """
source = "forum"
kind = "post"
visibility = "public"
delimiter = ";"
[columns]
external_id = "nr"
created = "when"
"author.native_id" = "who"
text = "what"
[time]
format = "%d.%m.%Y %H:%M"
zone = "Europe/Amsterdam"
"""


def lines(count: int, start: int = 0) -> str:
    return "".join(json.dumps(said("@northwind no signal", str(n))) + "\n" for n in range(start, start + count))


def check_sums(captures: dict[str, int]) -> None:
    assert captures["rows"] == captures["distinct"] + captures["duplicates"] + captures["malformed"]
    assert captures["distinct"] == captures["noise"] + captures["decided"] + captures["open"]


def test_json_lines_with_faults(engine: scrm.Engine, tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    path.write_bytes(lines(2).encode() + b"not json\n\n" + lines(1).encode() + b'{"text":"\xff"}\n')
    with scrm.Desk.open(engine) as desk:
        done = desk.ingest(path, now=NOW)
        captures = done["captures"]
        check_sums(captures)
        assert (captures["rows"], captures["distinct"], captures["duplicates"], captures["malformed"]) == (5, 2, 1, 2)
        assert [fault["line"] for fault in done["malformed"]] == [3, 6] and not done["interrupted"]
        kept = desk.quarantined()
        assert [(one["input"], one["record"], one["raw"]) for one in kept] == [
            (str(path), 3, "not json"),
            (str(path), 6, '{"text":"\ufffd"}'),
        ]
        assert all(one["fault"] for one in kept)
        totals = desk.totals()
        assert (totals["messages"], totals["quarantined"]) == (2, 2)
        again = desk.ingest(path, now=NOW)["captures"]
        check_sums(again)
        assert (again["distinct"], again["duplicates"], again["malformed"]) == (0, 3, 2)
        assert desk.totals() == totals and desk.quarantined() == kept


@pytest.mark.parametrize("as_file", [False, True], ids=["dictionary", "file"])
def test_rows_by_a_mapping(engine: scrm.Engine, tmp_path: Path, as_file: bool) -> None:
    path, mapping = tmp_path / "in.csv", tmp_path / "mapping.toml"
    path.write_text(ROWS)
    mapping.write_text(MAPPING_TOML)
    with scrm.Desk.open(engine) as desk:
        captures = desk.ingest(path, mapping=mapping if as_file else MAPPING, now=NOW)["captures"]
        check_sums(captures)
        assert (captures["rows"], captures["malformed"], captures["decided"]) == (2, 1, 1)
        [entry] = desk.entries()
        assert entry["message"]["author"]["native_id"] == "ann"
        assert entry["message"]["times"]["created"] == "2026-11-02T09:00:00Z"


def test_the_playbook_says_how_rows_are_read(playbook: scrm.Playbook, tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_text(ROWS)
    engine = scrm.Engine.compile(scrm.Playbook.from_files({**playbook.files, "mapping.toml": MAPPING_TOML}))
    with scrm.Desk.open(engine) as desk:
        assert desk.ingest(tmp_path / "in.txt", format="csv", now=NOW)["captures"]["decided"] == 1


def test_tabs_are_known_by_the_name(engine: scrm.Engine, tmp_path: Path) -> None:
    (tmp_path / "in.TSV").write_text(ROWS.replace(";", "\t"))
    mapping = {name: value for name, value in MAPPING.items() if name != "delimiter"}
    with scrm.Desk.open(engine) as desk:
        assert desk.ingest(tmp_path / "in.TSV", mapping=mapping, now=NOW)["captures"]["decided"] == 1


BAD: list[tuple[str, bytes, dict[str, Any], str]] = [
    # the file, what is in it, how it is asked for, the kind of the error
    ("in.jsonl", b"", {}, "empty"),
    ("in.jsonl", "é".encode("utf-16"), {}, "encoding"),
    ("in.jsonl", b"PK\x03\x04", {}, "encoding"),
    ("in.xlsx", b"x", {}, "format"),
    ("in.jsonl", b"{}", {"format": "xml"}, "format"),
    ("in.jsonl", b"{}", {"mapping": MAPPING}, "mapping"),
    ("in.csv", b"a;b\n", {}, "mapping"),
    ("in.csv", b"a;b\n", {"mapping": MAPPING}, "columns"),
    ("in.csv", b"a;b\n", {"mapping": {**MAPPING, "kind": "tweet"}}, "mapping"),
    ("in.csv", b"a;b\n", {"mapping": {**MAPPING, "delimiter": "::"}}, "mapping"),
    ("in.csv", b"a;b\n", {"mapping": {**MAPPING, "time": {"zone": "Nowhere/At_All"}}}, "mapping"),
    ("in.csv", b"a;b\n", {"mapping": {**MAPPING, "time": {"format": "%d.%m.%Y"}}}, "mapping"),
    ("in.csv", b"a;b\n", {"mapping": {**MAPPING, "columns": {"txet": "what"}}}, "mapping"),
    ("in.csv", b"a;b\n", {"mapping": "no/such/mapping.toml"}, "mapping"),
]


@pytest.mark.parametrize("name, content, options, kind", BAD)
def test_what_cannot_be_read_says_why(
    engine: scrm.Engine, tmp_path: Path, name: str, content: bytes, options: dict[str, Any], kind: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with scrm.Desk.open(engine) as desk:
        with pytest.raises(scrm.InputError) as caught:
            desk.ingest(tmp_path / name, now=NOW, **options)
        assert caught.value.kind == kind and str(caught.value)
        assert desk.totals()["messages"] == 0


@pytest.mark.parametrize("options", [{"mapping": 7}, {"mapping": {"columns": 7}}, {"mapping": {"columns": {"text": 7}}},
                                     {"format": 7}])
def test_wrong_types_are_type_errors(engine: scrm.Engine, tmp_path: Path, options: dict[str, Any]) -> None:
    (tmp_path / "in.csv").write_text("a\n")
    with scrm.Desk.open(engine) as desk, pytest.raises(TypeError):
        desk.ingest(tmp_path / "in.csv", now=NOW, **options)


def test_paths_that_are_no_files(engine: scrm.Engine, tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "mapping.toml").write_text('kind = "tweet"\n')
    with scrm.Desk.open(engine) as desk:
        for path, fault in [(tmp_path / "no.jsonl", "no such file"), (tmp_path / "folder.csv", "folder")]:
            with pytest.raises(scrm.InputError, match=fault) as caught:
                desk.ingest(path, mapping=None if path.suffix == ".jsonl" else MAPPING, now=NOW)
            assert (caught.value.kind, caught.value.path) == ("io", str(path))
        with pytest.raises(scrm.PlaybookError) as faults:
            desk.ingest(tmp_path / "in.csv", mapping=tmp_path / "mapping.toml", now=NOW)
        assert 1 in [fault.line for fault in faults.value.diagnostics]


def test_progress_is_told_and_may_stop(engine: scrm.Engine, tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    path.write_text(lines(2500))
    told: list[tuple[int, int]] = []

    def tell(line: int, captures: dict[str, int]) -> bool | None:
        check_sums(captures)
        told.append((line, captures["rows"]))
        return False if len(told) == 2 else None

    with scrm.Desk.open(engine) as desk:
        done = desk.ingest(path, now=NOW, progress=tell)
        assert done["interrupted"] and told == [(1000, 1000), (2000, 2000)]
        assert desk.totals()["messages"] == 2000
        rest = desk.ingest(path, now=NOW, progress=tell)
        assert (rest["captures"]["duplicates"], rest["captures"]["distinct"]) == (2000, 500)
        assert told[-1] == (2500, 2500) and not rest["interrupted"]


def test_what_progress_raises_comes_through(engine: scrm.Engine, tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    path.write_text(lines(1500))
    with scrm.Desk.open(engine) as desk:

        def fail(line: int, captures: dict[str, int]) -> None:
            raise LookupError("of its own")

        with pytest.raises(LookupError, match="of its own"):
            desk.ingest(path, now=NOW, progress=fail)
        assert desk.totals()["messages"] == 1000, "what was recorded stays"

        def nested(line: int, captures: dict[str, int]) -> None:
            desk.totals()

        with pytest.raises(scrm.StoreError, match="at work") as caught:
            desk.ingest(path, now=NOW, progress=nested)
        assert caught.value.kind == "busy"
        rest = desk.ingest(path, now=NOW)["captures"]
        assert (rest["duplicates"], rest["distinct"]) == (1000, 500)


def test_the_demonstration_adds_up(tmp_path: Path) -> None:
    engine = scrm.Engine.compile(scrm.Playbook.load(ROOT / "examples/playbooks/northwind"))
    with scrm.Desk.open(engine, tmp_path / "record.db") as desk:
        captures = desk.ingest(ROOT / "examples/data/northwind.jsonl")["captures"]
        check_sums(captures)
        assert captures["decided"] > 0
        totals = desk.totals()
        assert totals["versions"] == captures["distinct"] and totals["quarantined"] == captures["malformed"]
        assert len(desk.entries()) == totals["messages"]
        assert "BRIEF" in str(desk.brief())
