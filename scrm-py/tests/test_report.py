"""The report: one page that works offline, its tables and its charts."""

import datetime
import html.parser
import json
import subprocess
import sys
from pathlib import Path

import pytest
from browser import CHROMIUM, CONTRAST, DRIVER, FAULTS, NUMBERS, browser

import scrm

ROOT = Path(__file__).parents[2]
NORTHWIND = ROOT / "examples/playbooks/northwind"
MESSAGES = ROOT / "examples/data/northwind.jsonl"
SCREENSHOTS = ROOT / "target/report"
HOSTILE = "</script><img src=x onerror=alert(1)>\"'><b>bold</b> \u202ekcab\u202c \x00"


@pytest.fixture(scope="module")
def desk():
    engine = scrm.Engine.compile(scrm.Playbook.load(NORTHWIND))
    with scrm.Desk.open(engine) as desk:
        desk.ingest(MESSAGES)
        post = {"source": "x", "external_id": "hostile", "kind": "post", "visibility": "public"}
        author = {"source": "x", "native_id": "h", "handle": HOSTILE, "location": HOSTILE}
        times = {"created": "2026-11-08T12:00:00Z"}
        desk.receive([{**post, "text": f"@northwind no signal {HOSTILE}", "author": author, "times": times}])
        yield desk


@pytest.fixture(scope="module")
def report(desk):
    return desk.report()


class Seen(html.parser.HTMLParser):
    """The elements, and every attribute."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.elements.add(tag)
        self.attributes.update(name for name, _ in attrs)


def test_a_page_without_scripts_from_texts_of_anybody(report, tmp_path):
    page = report.to_html()
    assert page.startswith("<!DOCTYPE html>") and str(report) == page
    seen = Seen(page)
    assert not seen.elements & {"script", "img", "iframe", "link", "object", "form"}
    assert not [name for name in seen.attributes if name.startswith("on") or name in ("src", "style")]
    report.save(tmp_path / "report.html")
    assert (tmp_path / "report.html").read_text("utf-8") == page
    frame = Seen(report._repr_html_())
    assert frame.elements == {"iframe"} and "sandbox" in frame.attributes
    assert repr(report).startswith("<scrm.Report: ")


def test_its_tables_are_those_of_the_measures(desk, report):
    tables = {table.name: table for table in report.tables()}
    assert len(tables) == len(report.tables())
    for name in ("volume", "share_of_voice", "sla", "balance", "geography"):
        assert tables[name].rows() == desk.measure(name).rows()
    assert tables["figures"].rows()[0]["messages"] == desk.totals()["messages"]
    assert tables["audit_points"].rows() == desk.audit().tables()[0].rows()


def test_days_are_chosen(desk):
    day = datetime.date(2026, 11, 5)
    one = {table.name: table for table in desk.report(day).tables()}
    assert [row["day"] for row in one["volume"].rows()] == ["2026-11-05"]
    assert "On Thu 5 Nov 2026" in desk.report(day=day).to_html()
    nothing = desk.report(datetime.date(2020, 1, 1))
    assert nothing.to_html() and not any(table.rows() for table in nothing.tables() if table.name == "volume")
    with pytest.raises(TypeError):
        desk.report("2026-11-05")


MARKS = {"line", "bar", "area", "point"}
TYPES = {"temporal", "quantitative", "nominal"}


def test_charts_are_vega_lite_with_the_numbers_of_the_tables(report):
    charts = report.charts()
    assert {"volume", "sentiment", "share_of_voice"} <= set(charts)
    for name, chart in charts.items():
        assert chart["$schema"] == "https://vega.github.io/schema/vega-lite/v6.json"
        assert set(chart) == {"$schema", "name", "title", "description", "data", "width", "layer"}, name
        rows = chart["data"]["values"]
        assert rows and all(set(row) == {"over", "series", "value"} for row in rows)
        for layer in chart["layer"]:
            assert layer["mark"]["type"] in MARKS
            for channel, encoding in layer["encoding"].items():
                assert channel in {"x", "y", "y2", "color", "yOffset"}
                assert channel == "y2" or encoding["type"] in TYPES
                fields = layer.get("data", chart["data"])["values"][0]
                assert encoding["field"] in fields
    tables = {table.name: table.rows() for table in report.tables()}
    drawn = [row["value"] for row in charts["volume"]["data"]["values"] if row["series"] == "customers"]
    assert drawn == [row["customers"] for row in tables["volume"]]
    altair = pytest.importorskip("altair", reason="the schema itself is checked where Altair is installed")
    for chart in charts.values():
        altair.LayerChart.from_dict(chart).to_dict()


def scrm_report(*args, **options):
    command = [sys.executable, "-m", "scrm", "report", *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=120, **options)


@pytest.fixture(scope="module")
def record(tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "northwind.db"
    run = ["run", "--playbook", NORTHWIND, "--input", MESSAGES, "--db", path]
    subprocess.run([sys.executable, "-m", "scrm", *map(str, run)], check=True, capture_output=True, timeout=300)
    return path


def test_the_command(record, tmp_path):
    page, charts, tables = tmp_path / "report.html", tmp_path / "charts", tmp_path / "tables"
    done = scrm_report("--db", record, "--playbook", NORTHWIND, "-o", page, "--charts", charts, "--tables", tables)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{page}: ") and page.read_text("utf-8").startswith("<!DOCTYPE html>")
    assert json.loads((charts / "volume.vl.json").read_text("utf-8"))["title"]
    assert (tables / "volume.csv").read_text("utf-8").startswith("day,messages,")
    out = scrm_report("--db", record, "-o", "-", "--title", "<b>Storm</b>")
    assert out.returncode == 0 and "<h1>&lt;b&gt;Storm&lt;/b&gt;</h1>" in out.stdout


@pytest.mark.parametrize(
    ("args", "exit", "complaint"),
    [
        (["--db", "none.db", "-o", "r.html"], 5, "scrm: there is no database `none.db`; `scrm run` makes one\n"),
        (["--db", "RECORD", "-o", "no/such/folder/r.html"], 1, "scrm: `no/such/folder/r.html` cannot be written: "),
        (["--db", "RECORD", "-o", "r.html", "--from", "2026-11-09", "--to", "2026-11-01"], 2, "scrm: --from 2026-11-09 is after"),
        (["--db", "RECORD", "-o", "r.html", "--as-of", "noon"], 2, "scrm: --as-of noon: write a time with its zone"),
        (["--db", "RECORD", "-o", "r.html", "--playbook", "none"], 3, "scrm: "),
    ],
)
def test_what_goes_wrong_is_told_in_one_line(record, tmp_path, args, exit, complaint):
    done = scrm_report(*[record if arg == "RECORD" else arg for arg in args], cwd=tmp_path)
    assert done.returncode == exit and done.stdout == ""
    assert done.stderr.startswith(complaint) and done.stderr.count("\n") == 1


def machine(cell):
    """What machines read of a cell on the page; texts have none."""
    if isinstance(cell, bool):
        return str(cell).lower()
    return None if cell is None or isinstance(cell, (str, list)) else float(cell)


def read(shown, cell):
    if shown is None or isinstance(cell, bool):
        return shown
    try:
        return float(shown)
    except ValueError:
        return None if isinstance(cell, str) and shown.startswith(cell[:10]) else shown


@pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="needs chromium and chromedriver")
def test_in_a_browser(report, tmp_path):
    page = tmp_path / "report.html"
    report.save(page)
    with browser() as window:
        grounds = {}
        for (width, height), device in {(390, 844): "phone", (1920, 1080): "wall"}.items():
            for scheme in ("light", "dark"):
                window.show(page, width, height, scheme)
                assert window.complaints() == []
                assert window.run(FAULTS) == [], (device, scheme)
                grounds[scheme], pale = window.run(CONTRAST)
                assert pale == [], (device, scheme)
                window.screenshot(SCREENSHOTS / f"{device}-{scheme}.png")
        assert grounds["light"] > 0.8 and grounds["dark"] < 0.05
        shown = window.run(NUMBERS)
    tables = report.tables()
    assert len(shown) == len(tables)
    for table in tables:
        rows = shown["table-" + table.name.replace("_", "-")]
        every = [list(row.values()) for row in table.rows()]
        places = [at for at, column in enumerate(table.columns) if column["name"] != "spans"]
        wanted = [[row[at] for at in places] for row in every]
        cut = wanted[-len(rows) :] if len(rows) < len(wanted) and table.columns[0]["type"] == "date" else wanted[: len(rows)]
        assert len(rows) == min(len(wanted), 100)
        for seen, cells in zip(rows, cut, strict=True):
            assert [read(one, cell) for one, cell in zip(seen, cells, strict=True)] == [machine(cell) for cell in cells], table.name
