"""Does `scrm classify` say what each row is, whatever the row is, and Python the same?

What a text is labelled changes with the models, so only texts that nobody could read otherwise are held to a label.
"""

import json
import pickle
import random
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import scrm
from conftest import PLAYBOOK, ROOT, said
from test_match import written

ANGRY = "Where is my refund? I have waited three weeks and nobody answers, terrible service"
HAPPY = "😀😀 Thank you so much, your staff was wonderful, I love it, the best service ever!"
KEYS = ["type", "types", "sentiment", "topics", "action", "noise", "language", "pii"]
MORE = ["confidence", "levels", "influence", "evidence", "model"]
TYPES = {"question", "complaint", "compliment", "request", "suggestion", "other"}

TOPICS = """
[[topic]]
path = "billing.refund"
query = 'refund* OR "money back"'

[[topic]]
path = "staff"
words = ["staff", "clerk"]
"""

# Texts that people and machines send: none may be refused, and each has an answer.
ODD = [
    "",
    " ",
    "😀",
    "👩‍👩‍👧‍👦🏽",
    "a" * 200_000,
    "é" * 20_000,
    "a b " * 5_000,
    "?" * 10_000,
    "@" * 1_000 + "#" * 1_000,
    "not " * 2_000 + "good",
    "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo=" * 500,
    "<html><body onload=\"x()\"><!-- --><p>It <b>broke</b></p></body></html>",
    "{\"text\": [1, null]}",
    "nul \0 and \x1b[31m red \x07",
    "مرحبا Привет 你好 hello नमस्ते สวัสดี",
    "e\u0301" * 1_000 + "\u202e\u2066\ufeff\u200d",
    "http://" + "x" * 2_000 + ".com/?" + "&a=1" * 500,
    "1 2 3 4,5 6.7 -8 9e9 £5 $5 €5",
    "\n\t\r\n",
    '"',
]


def classify(*words: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "scrm", "classify", *words], capture_output=True, timeout=120, **options)


def lines(done: subprocess.CompletedProcess[bytes], status: int = 0) -> list[dict[str, Any]]:
    assert done.returncode == status, done.stderr
    assert b"panicked" not in done.stderr and b"Traceback" not in done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def objects(texts: list[str]) -> str:
    return "\n".join(json.dumps({"text": text}) for text in texts)


def places(label: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from label["pii"]
    for evidence in label.get("evidence", {}).values():
        yield from (one for one in evidence if one["start"] is not None)


def checked(label: dict[str, Any], text: str) -> None:
    """Whether a label has the shape that is promised, whatever it says."""
    assert list(label)[: len(KEYS)] == KEYS and list(label)[len(KEYS) :] in ([], MORE)
    assert label["type"] in TYPES | {None} and set(label["types"]) <= TYPES
    assert label["type"] is None or label["types"][0] == label["type"]
    feels = label["sentiment"]
    assert feels["label"] in {"negative", "neutral", "positive", None} and 0 <= feels["confidence"] <= 1
    assert feels["score"] is None or -1 <= feels["score"] <= 1
    assert label["action"] in {"none", "reply", "urgent", "escalate", None}
    assert label["noise"] is None or set(label["noise"]) == {"reason", "confidence"}
    assert label["language"] is None or isinstance(label["language"], str)
    for place in places(label):
        assert 0 <= place["start"] < place["end"] <= len(text), place


@pytest.fixture(scope="module")
def classifier() -> scrm.Classifier:
    return scrm.Classifier()


def test_clear_texts_are_read_as_everybody_reads_them(classifier: scrm.Classifier) -> None:
    angry, happy = classifier.classify_all([ANGRY, HAPPY])
    assert angry["sentiment"]["label"] == "negative" and angry["sentiment"]["score"] < 0
    assert "complaint" in angry["types"] and angry["action"] in {"reply", "urgent", "escalate"}
    assert happy["sentiment"]["label"] == "positive" and happy["sentiment"]["score"] > 0
    assert happy["type"] == "compliment"
    for label in (angry, happy):
        assert label["language"] == "en" and label["topics"] == [] and label["noise"] is None


def test_tables_objects_and_python_say_the_same(classifier: scrm.Classifier, tmp_path: Path) -> None:
    texts = [ANGRY, HAPPY, 'a "quoted", text\nover lines', "mail joe@example.com", "😀"]
    wanted = [{"row": row, **label} for row, label in enumerate(classifier.classify_all(texts), 1)]
    assert wanted == [{"row": row, **classifier.classify(text)} for row, text in enumerate(texts, 1)]

    def table(delimiter: str) -> str:
        quoted = ['"' + text.replace('"', '""') + '"' for text in texts]
        return f"id{delimiter}body\n" + "".join(f"{n}{delimiter}{text}\n" for n, text in enumerate(quoted))

    inputs = [
        ("csv", written(tmp_path / "a.csv", table(","))),
        ("tsv", written(tmp_path / "a.tsv", b"\xef\xbb\xbf" + table("\t").encode())),
        ("jsonl", written(tmp_path / "a.jsonl", "\n\n".join(json.dumps({"body": text}) for text in texts))),
    ]
    for format, path in inputs:
        column = ("--text-column", "body")
        assert lines(classify("--input", path, *column)) == wanted, path
        assert lines(classify("--input", path, "--format", "jsonl", *column)) == wanted, path
        with open(path, "rb") as rows:
            assert lines(classify("--input", "-", "--format", format, *column, stdin=rows)) == wanted, path
    for label, text in zip(wanted, texts, strict=True):
        del label["row"]
        checked(label, text)


def test_the_line_of_the_chapter_has_the_shape_of_a_line() -> None:
    chapter = (ROOT / "docs" / "classify.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```json\n(.*?)^```", chapter, re.M | re.S)
    shown = json.loads(block)
    assert shown.pop("row") == 1
    checked(shown, " " * 100)
    table = chapter.split("| member | what it is | unit |")[1].split("\n\n")[0]
    named = {name.split(".")[0] for name in re.findall(r"`([a-z.]+)`", "".join(re.findall(r"^\|(.*?)\|", table, re.M)))}
    assert named == {"row", *KEYS}


def test_every_odd_text_has_an_answer(classifier: scrm.Classifier, tmp_path: Path) -> None:
    found = lines(classify("--input", written(tmp_path / "a.jsonl", objects(ODD)), "--explain"))
    labels = classifier.classify_all(ODD)
    for row, (text, line, label) in enumerate(zip(ODD, found, labels, strict=True), 1):
        assert line.pop("row") == row and classifier.explain(text).to_dict() == line
        assert {key: line[key] for key in KEYS} == label, "reasons change no label"
        checked(line, text)
        checked(label, text)
        assert str(classifier.explain(text)) and classifier.explain(text)._repr_html_()
    assert labels[0]["noise"]["reason"] == "no_content" and labels[0]["sentiment"]["label"] is None
    table = classify("--input", str(tmp_path / "a.jsonl"), "--explain=text")
    assert table.returncode == 0 and table.stdout.count(b"row ") >= len(ODD) and b"\x1b" not in table.stdout


def test_rows_that_cannot_be_read_are_told_and_the_rest_is_labelled(tmp_path: Path) -> None:
    rows = [
        json.dumps({"text": ANGRY}).encode(),
        b'{"text": "half \\ud83d"}',
        b"\xff\xfe",
        b"[1]",
        b'{"text": 3}',
        b'{"text": null}',
        b'{"texd": "x"}',
        b'{"text": "' + b"x" * 1_048_576 + b'"}',
        b'{"text": "' + b"x" * 300_000 + b'"}',
        b"{" * 1000,
        b'{"text": ""}',
    ]
    done = classify("--input", written(tmp_path / "a.jsonl", b"\n".join(rows)))
    found = lines(done)
    assert [line["row"] for line in found] == list(range(1, len(rows) + 1))
    assert [line["row"] for line in found if "error" not in line] == [1, 11]
    assert "half a character" in found[1]["error"] and "UTF-8" in found[2]["error"]
    assert "did you mean `texd`?" in found[6]["error"] and "limit" in found[7]["error"] and "limit" in found[8]["error"]
    assert b"9 of 11 rows cannot be read" in done.stderr
    table = b'text,b\nmoney back,1\n"open,2\nmoney back,3\nshort\n\xffx,4\n\n,6\nmoney\0back,5\n'
    found = lines(classify("--input", written(tmp_path / "a.csv", table)))
    assert ["error" in line for line in found] == [False, True, False, True, True, False, False]


def test_inputs_that_cannot_be_read(tmp_path: Path) -> None:
    table = written(tmp_path / "a.csv", "txet,b\nx,y\n")
    broken = written(tmp_path / "broken.toml", "[[topic]]\npath = 'a'\nquery = '(lost'\n")
    cases: list[tuple[int, bytes, list[str]]] = [
        (4, b"did you mean `txet`?", ["--input", table]),
        (4, b"there is no such file", ["--input", str(tmp_path / "no.csv")]),
        (4, b"it is a folder", ["--input", str(tmp_path), "--format", "csv"]),
        (4, b"empty", ["--input", written(tmp_path / "empty.csv", "")]),
        (4, b"UTF-16", ["--input", written(tmp_path / "wide.csv", "text\n".encode("utf-16"))]),
        (4, b"no row can be read", ["--input", written(tmp_path / "bad.jsonl", "no\nno\n")]),
        (2, b"--format csv", ["--input", written(tmp_path / "a.txt", "text\n")]),
        (2, b"--input", []),
        (2, b"--threads", ["--input", table, "--threads", "0"]),
        (2, b"did you mean `sentiment`?", ["--input", table, "--threshold", "sentimet=0.5"]),
        (2, b"between 0 and 1", ["--input", table, "--threshold", "type=NaN"]),
        (2, b"AXIS=CONFIDENCE", ["--input", table, "--threshold", "0.5"]),
        (2, b"cannot be used with", ["--input", table, "--topics", broken, "--playbook", str(PLAYBOOK)]),
        (3, b"broken.toml:3:10", ["--input", table, "--topics", broken]),
        (3, b"there is no such file", ["--input", table, "--topics", str(tmp_path / "no.toml")]),
        (3, b"it is a folder", ["--input", table, "--topics", str(PLAYBOOK)]),
        (3, b"there is no such folder", ["--input", table, "--playbook", str(tmp_path / "no")]),
        (3, b"there is no `team.toml`", ["--input", table, "--playbook", str(tmp_path)]),
    ]
    for status, reason, words in cases:
        done = classify(*words)
        assert done.returncode == status and reason in done.stderr, (words, done)
        assert b"panicked" not in done.stderr and b"Traceback" not in done.stderr
    assert lines(classify("--input", written(tmp_path / "header.csv", "text\n"))) == []


def test_places_count_code_points_of_the_text(tmp_path: Path) -> None:
    text = "😀 é 🇳🇱 terrible service, write to joe@example.com, terrible service!"
    title = {"title": "terrible 😀 subject"}
    path = written(tmp_path / "a.jsonl", json.dumps({"text": text, **title}))
    (line,) = lines(classify("--input", path, "--explain"))
    (pii,) = line["pii"]
    assert (pii["kind"], text[pii["start"] : pii["end"]]) == ("email", "joe@example.com")
    words = [text[one["start"] : one["end"]] for one in line["evidence"]["sentiment"] if one["start"] is not None]
    assert any(word.startswith("terrible") for word in words) and all(word == word.strip() for word in words)
    checked({key: line[key] for key in (*KEYS, *MORE)}, text)
    told = classify("--input", path, "--explain=text").stdout.decode()
    assert told.startswith("row 1\ntype ") and 'email "joe@example.com"' in told


def test_topics_by_file_dictionary_and_playbook(tmp_path: Path) -> None:
    file = written(tmp_path / "topics.toml", TOPICS)
    texts = ["refund please", "your staff", "nothing"]
    path = written(tmp_path / "a.jsonl", objects(texts))
    wanted = [["billing.refund"], ["staff"], []]
    found = lines(classify("--input", path, "--topics", file, "--explain"))
    assert [line["topics"] for line in found] == wanted
    (word,) = found[0]["evidence"]["topics"]
    assert (word["start"], word["end"]) == (0, 6)
    queries = {"billing.refund": 'refund* OR "money back"', "staff": "staff OR clerk"}
    for topics in (file, Path(file), queries):
        classifier = scrm.Classifier(topics)
        assert [label["topics"] for label in classifier.classify_all(texts)] == wanted
        again = pickle.loads(pickle.dumps(classifier))
        assert again.classify_all(texts) == classifier.classify_all(texts)
    for wrong in ({"a": {"query": 3}}, {"a": {"examples": ["x"]}}, {"a": {"query": "x", "example": []}}):
        with pytest.raises(scrm.ListenError):
            scrm.Classifier(wrong)
    # A playbook brings its topics and its thresholds, and not its monitors: nothing is noise for want of one.
    texts.append("nobody has named a brand here")
    path = written(tmp_path / "a.jsonl", objects(texts))
    labels = scrm.Classifier(PLAYBOOK).classify_all(texts)
    assert labels == scrm.Classifier(scrm.Playbook.load(PLAYBOOK)).classify_all(texts)
    assert labels == pickle.loads(pickle.dumps(scrm.Classifier(PLAYBOOK))).classify_all(texts)
    found = lines(classify("--input", path, "--playbook", str(PLAYBOOK)))
    assert [{key: line[key] for key in KEYS} for line in found] == labels
    files = scrm.Playbook.load(PLAYBOOK).files
    files["protocol.toml"] += "\n[action]\nreply = 0\ntime = 0\n"
    calm = scrm.Classifier(scrm.Playbook.from_files(files))
    asked = [one.explain(ANGRY).to_dict()["levels"]["reply"] for one in (scrm.Classifier(PLAYBOOK), calm)]
    assert asked[0] > 0.5 > asked[1]
    assert labels[0]["topics"] == ["billing.refund"] and all(label["noise"] is None for label in labels)


def test_topics_are_learned_from_examples(tmp_path: Path) -> None:
    about = {
        "billing.refund": ["give me my money again", "I want the money I paid", "pay my money back please", "return what I paid"],
        "staff": ["the lady was friendly", "your driver was rude", "the man at the desk was kind", "a rude lady at the desk"],
    }
    words = {path: f"learned{number}" for number, path in enumerate(about)}
    topics = "".join(
        f"[[topic]]\npath = '{path}'\nwords = ['{words[path]}']\nexamples = {json.dumps(examples)}\n"
        for path, examples in about.items()
    )
    file = written(tmp_path / "topics.toml", topics)
    texts = [example for examples in about.values() for example in examples]
    by_file = scrm.Classifier(file, issue=0.0)
    labels = by_file.classify_all(texts)
    assert sum(label["topics"][:1] == [path] for label, path in zip(labels, (p for p in about for _ in range(4)), strict=True)) > 5
    queries = {path: {"query": words[path], "examples": examples} for path, examples in about.items()}
    assert scrm.Classifier(queries, issue=0.0).classify_all(texts) == labels
    assert pickle.loads(pickle.dumps(by_file)).classify_all(texts) == labels
    path = written(tmp_path / "a.jsonl", objects(texts))
    found = lines(classify("--input", path, "--topics", file, "--threshold", "issue=0"))
    assert [line["topics"] for line in found] == [label["topics"] for label in labels]


def test_thresholds_make_unknown_and_keep_the_score(tmp_path: Path) -> None:
    usual, strict = scrm.Classifier(), scrm.Classifier(type=1, sentiment=1, action=1.0, language=1.0)
    a, b = usual.classify(ANGRY), strict.classify(ANGRY)
    assert (b["type"], b["types"], b["action"], b["language"]) == (None, [], None, None)
    assert b["sentiment"] == {**a["sentiment"], "label": None} and a["sentiment"]["label"] == "negative"
    given = [word for axis in ("type", "sentiment", "action", "language") for word in ("--threshold", f"{axis}=1")]
    path = written(tmp_path / "a.jsonl", objects([ANGRY]))
    assert lines(classify("--input", path, "--playbook", str(PLAYBOOK), "--threshold", "issue=1", *given)) == [{"row": 1, **b}]
    assert usual.thresholds["sentiment"] == 0.4 and strict.thresholds["sentiment"] == 1.0
    assert scrm.Classifier(scrm.Playbook.load(PLAYBOOK), sentiment=0.9).thresholds["sentiment"] == 0.9
    assert pickle.loads(pickle.dumps(strict)).thresholds == strict.thresholds
    for wrong in (-0.1, 1.1, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="between 0 and 1"):
            scrm.Classifier(type=wrong)


def test_what_python_refuses(tmp_path: Path, classifier: scrm.Classifier) -> None:
    loose: Any = classifier
    for wrong in (3, None, b"bytes", [ANGRY], {"text": "half a message"}, "\ud83d", "x" * 300_000):
        with pytest.raises(scrm.MessageError):
            loose.classify(wrong)
        with pytest.raises(scrm.MessageError):
            loose.explain(wrong)
        with pytest.raises(scrm.MessageError) as raised:
            loose.classify_all([ANGRY, wrong])
        assert raised.value.index == 1
    for single in (ANGRY, said(ANGRY), 3):
        with pytest.raises(scrm.MessageError):
            loose.classify_all(single)
    with pytest.raises(ValueError, match="at least one thread"):
        classifier.classify_all([], threads=0)
    topics: list[tuple[type[Exception], Any]] = [
        (scrm.QueryError, {"a": "(lost"}),
        (scrm.ListenError, {"a..b": "lost"}),
        (scrm.ListenError, {"a": 3}),
        (scrm.PlaybookError, tmp_path / "no.toml"),
        (scrm.PlaybookError, tmp_path),
        (scrm.PlaybookError, "\ud83d"),
        (scrm.PlaybookError, written(tmp_path / "broken.toml", "[[topic]]\npath = 'a'\nquery = '('\n")),
        (TypeError, 3),
    ]
    for error, wrong in topics:
        with pytest.raises(error):
            scrm.Classifier(wrong)


def test_messages_are_labelled_as_messages(classifier: scrm.Classifier) -> None:
    reply = said("Thank you for your message, we are sorry", direction="out", kind="reply")
    for message in (reply, scrm.Message(reply)):
        assert classifier.classify(message)["noise"]["reason"] == "own"
    loud = said(ANGRY, author={"source": "x", "native_id": "u", "followers": 900_000})
    influence = classifier.explain(loud).to_dict()["influence"]
    assert influence["score"] > 90 and influence["parts"][0]["name"] == "followers"
    assert classifier.explain(ANGRY).to_dict()["influence"] is None, "a count that is missing is unknown"
    assert "influence" in str(classifier.explain(loud)) and "influence" not in str(classifier.explain(ANGRY))


def test_the_order_is_that_of_the_rows_for_any_number_of_threads(classifier: scrm.Classifier, tmp_path: Path) -> None:
    draw = random.Random(7)
    words = "where is my refund terrible thanks love 😀 ! ? not never good bad flight Straße the a".split()
    texts = [" ".join(draw.choices(words, k=draw.randint(0, 25))) for _ in range(2_500)]
    path = written(tmp_path / "a.jsonl", objects(texts))
    one, four = (classify("--input", path, "--threads", threads) for threads in ("1", "4"))
    assert one.stdout == four.stdout
    found = lines(four)
    assert [line.pop("row") for line in found] == list(range(1, len(texts) + 1))
    assert found == classifier.classify_all(texts, threads=1) == classifier.classify_all(iter(texts), threads=3)


def test_threads_of_python_share_a_classifier(classifier: scrm.Classifier) -> None:
    texts, found = ODD[:4] + [ANGRY, HAPPY], {}

    def work(number: int) -> None:
        found[number] = [classifier.classify(text) for text in texts]

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4 and all(one == classifier.classify_all(texts) for one in found.values())


def test_an_explanation_is_a_table_for_people() -> None:
    explanation = scrm.explain(ANGRY)
    assert explanation.text == ANGRY and ANGRY not in repr(explanation)
    rows = str(explanation).splitlines()
    assert [row.split()[0] for row in rows if not row.startswith(" ")] == ["type", "sentiment", "action", "language"]
    columns = {row.index(row.split()[-1]) for row in rows if row.startswith("language")}
    assert len(columns) == 1 and "terrible" in str(explanation) and "negative -" in str(explanation)
    assert explanation.to_dict() == scrm.Classifier().explain(ANGRY).to_dict()


class Html(HTMLParser):
    """What a browser would see: tags, attributes, text, and that every tag is closed."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.names: set[str] = set()
        self.titles: list[str] = []
        self.styles: list[str] = []
        self.texts: list[str] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.tags.add(tag)
        for name, value in attrs:
            self.names.add(name)
            (self.titles if name == "title" else self.styles).append(value or "")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_a_notebook_shows_words_in_colour_and_nothing_that_runs() -> None:
    trick = "<script>alert('x')</script> & \"terrible\" <img src=x onerror=y> service, I love it \u202e\0"
    html = scrm.explain(trick)._repr_html_()
    page = Html(html)
    assert not page.open and page.tags == {"table", "thead", "tbody", "tr", "th", "td", "bdi", "span", "div"} & page.tags
    assert page.names <= {"class", "style", "title"} and "url(" not in html and "http" not in html
    assert "<script" not in html and "<img" not in html and "&lt;script&gt;" in html
    assert "\0" not in html and "\u202e" not in html
    assert "".join(page.texts).count("<script>alert('x')</script> & \"") >= 1
    red, green = (sum(f"rgba({hue}" in style for style in page.styles) for hue in ("218,54,51", "46,160,67"))
    assert red and green and any("terrible" in title and title.startswith("-") for title in page.titles)
    long = scrm.explain("word " * 40_000 + "terrible service")._repr_html_()
    assert len(long) < 20_000 and "terrible" in long and "…" in long


def test_topics_see_what_repeats_an_earlier_row(tmp_path: Path) -> None:
    topics = {"again": "is:duplicate", "fresh": "bag -is:duplicate"}
    texts = ["my bag is lost at the desk", "MY BAG is lost at the desk!!", "bag", "my bag is lost at the desk"]
    expected = [["fresh"], ["again"], ["fresh"], ["again"]]
    by_topics = scrm.Classifier(topics)
    assert [label["topics"] for label in by_topics.classify_all(texts, threads=2)] == expected
    assert by_topics.classify(texts[1])["topics"] == ["fresh"], "by itself it repeats nothing"
    queries = "".join(f"[[topic]]\npath = '{path}'\nquery = '{query}'\n" for path, query in topics.items())
    file, rows = written(tmp_path / "topics.toml", queries), written(tmp_path / "rows.jsonl", objects(texts))
    for more in ([], ["--threads", "1"], ["--explain"]):
        done = lines(classify("--input", rows, "--topics", file, *more))
        assert [label["topics"] for label in done] == expected
