"""Do labelled rows become a model, from Python and from the shell, and do faults say what is wrong?"""

import json
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import scrm

TOPICS = {
    "baggage": ["where is my bag", "bag {} is lost", "no bag on belt {}", "my suitcase never came", "bag damaged"],
    "money": ["refund please {}", "I want my money back", "charged twice {}", "refund ticket {}", "money back now"],
    "people": ["the crew was lovely", "your staff is rude {}", "best crew ever", "nice agent at desk {}", "crew smiled"],
}
ROWS = [
    (text.format(number) + f" day {number}", topic)
    for number in range(8)
    for topic, texts in TOPICS.items()
    for text in texts
]
SMALL: dict[str, Any] = {"word_bits": 9, "char_bits": 9}


@pytest.fixture(scope="module")
def model() -> scrm.Model:
    return scrm.train(ROWS, task="topic", name="topics/3", **SMALL)


def shell(*words: str, status: int = 0, **options: Any) -> str:
    done = subprocess.run([sys.executable, "-m", "scrm", *words], capture_output=True, timeout=120, text=True, **options)
    assert done.returncode == status, done.stderr
    assert "panicked" not in done.stderr and "Traceback" not in done.stderr
    return done.stderr if status else done.stdout


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "rows.tsv"
    path.write_text("label\ttext\n" + "".join(f"{label}\t{text}\n" for text, label in ROWS), encoding="utf-8")
    return path


def test_a_model_says_which_label_holds(model: scrm.Model) -> None:
    said = model.predict(["you lost my bag!", "money back please"])
    assert [one["label"] for one in said] == ["baggage", "money"]
    assert said[0]["labels"] == ["baggage"] and said[0]["task"] == "topic"
    assert all(0 < one["probability"] <= 1 and 0 <= one["in_scope"] <= 1 for one in said)
    (shares,) = model.probabilities(["crew"])
    assert max(shares, key=lambda label: shares[label]) == "people" and abs(sum(shares.values()) - 1) < 1e-5
    assert model.tasks == {"topic": ["baggage", "money", "people"]} and model.name == "topics/3"
    assert model.examples and model.examples["texts"] == len(ROWS) and model.report
    assert model.report["accuracy"] > 0.8 and "confusion" in model.report and "macro F1" in model.report["text"]
    assert model.predict([]) == [] and model.probabilities(iter([])) == []
    with pytest.raises(scrm.LearnError) as fault:
        model.predict(["a"], task="topics")
    assert fault.value.kind == "task" and "did you mean `topic`?" in str(fault.value)


def test_parts_add_up_and_stand_in_the_text(model: scrm.Model) -> None:
    text = "é 😡 they LOST my bag"
    for label in model.tasks["topic"]:
        why = model.explain(text, label)
        parts = sum(part["weight"] for part in why["contributions"])
        assert abs(why["bias"] + parts - why["logit"]) < 1e-4 and why["label"] == label
        for part in why["contributions"]:
            assert part["text"] == text[slice(*part["span"])]
    assert model.explain("my bag")["label"] == "baggage"
    with pytest.raises(scrm.LearnError, match="did you mean `baggage`"):
        model.explain(text, "bagage")


def test_bytes_files_and_pickles_are_the_model(model: scrm.Model, tmp_path: Path) -> None:
    model.save(tmp_path / "topics.model")
    data = model.to_bytes()
    assert scrm.train(ROWS, task="topic", name="topics/3", threads=3, **SMALL).to_bytes() == data
    for again in [
        scrm.Model.from_bytes(data),
        scrm.Model.load(tmp_path / "topics.model"),
        pickle.loads(pickle.dumps(model)),
    ]:
        assert again.to_bytes() == data and again.report is None
        assert again.predict(["bag"]) == model.predict(["bag"])
    for broken in [b"", b"scrm-mdl", data[:-1], data[:100] + b"\xff" + data[101:], b"scrm-lsn" + data[8:]]:
        with pytest.raises(scrm.LearnError) as fault:
            scrm.Model.from_bytes(broken)
        assert fault.value.kind == "bytes"
    with pytest.raises(scrm.LearnError) as fault:
        scrm.Model.load(tmp_path / "none.model")
    assert fault.value.kind == "io" and fault.value.path == str(tmp_path / "none.model")
    assert pickle.loads(pickle.dumps(fault.value)).kind == "io"


class Frame:
    """What a data frame has, as far as it is asked for."""

    def __init__(self, **columns: list[Any]) -> None:
        self.columns = list(columns)
        self.held = columns

    def __getitem__(self, name: str) -> "Series":
        return Series(self.held[name])


class Series:
    def __init__(self, values: list[Any]) -> None:
        self.values = values

    def to_list(self) -> list[Any]:
        return self.values


def test_rows_come_in_every_form(model: scrm.Model) -> None:
    texts, labels = [text for text, _ in ROWS], [label for _, label in ROWS]
    settings: dict[str, Any] = {"task": "topic", "name": "topics/3", **SMALL}
    for rows in [
        iter(ROWS),
        ({"body": text, "topic": label} for text, label in ROWS),
        {"body": texts, "topic": labels},
        Frame(body=texts, topic=labels),
    ]:
        assert scrm.train(rows, text="body", label="topic", **settings).to_bytes() == model.to_bytes()
    numbers = [(text, float("nan") if label == "people" else float(label == "money")) for text, label in ROWS]
    assert scrm.train(numbers, **SMALL).tasks == {"label": ["0", "1"]}
    weighted = [{"text": text, "label": label, "count": 2, "extra": [1, 0.5]} for text, label in ROWS]
    heavy = scrm.train(weighted, weight="count", dense="extra", **SMALL)
    assert heavy.predict(["my bag"], dense=[[1, 0.5]])[0]["label"] == "baggage"
    several = [(text, [label, "any"] if "day 1" in text else [label]) for text, label in ROWS]
    assert scrm.train(several, any_of=True, best_f1=True, **SMALL).predict(["crew day 1"])[0]["labels"] == ["people", "any"]


FAULTS: dict[str, tuple[Callable[[], object], type[Exception], str]] = {
    "nothing": (lambda: scrm.train([]), scrm.LearnError, "empty"),
    "one class": (lambda: scrm.train([("a", 1), ("b", 1)]), scrm.LearnError, "one_class"),
    "a text": (lambda: scrm.train("text"), TypeError, ""),
    "numbers": (lambda: scrm.train([1, 2]), scrm.LearnError, "rows"),
    "no label": (lambda: scrm.train([("a", None), ("b", None)]), scrm.LearnError, "label"),
    "odd label": (lambda: scrm.train([("a", object())]), scrm.LearnError, "rows"),
    "odd text": (lambda: scrm.train([(b"a", "x")]), scrm.LearnError, "rows"),
    "half a character": (lambda: scrm.train([("\ud800", "x")]), scrm.LearnError, "rows"),
    "no column": (lambda: scrm.train({"body": ["a"]}), scrm.LearnError, "rows"),
    "uneven columns": (lambda: scrm.train({"text": ["a"], "label": []}), scrm.LearnError, "rows"),
    "setting": (lambda: scrm.train(ROWS, cots=1), TypeError, ""),
    "cost": (lambda: scrm.train(ROWS, cost=-1), scrm.LearnError, "setting"),
    "bits": (lambda: scrm.train(ROWS, word_bits=60), scrm.LearnError, "setting"),
    "labels": (lambda: scrm.train(ROWS, labels=["baggage", "money"]), scrm.LearnError, "label"),
    "folds": (lambda: scrm.cross_validate(ROWS, folds=1), scrm.LearnError, "setting"),
    "few": (lambda: scrm.cross_validate([("a", 1), ("b", 2)], folds=5), scrm.LearnError, "too_few"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_what_cannot_be_learned_from_says_why(name: str) -> None:
    call, kind, said = FAULTS[name]
    with pytest.raises(kind) as fault:
        call()
    assert getattr(fault.value, "kind", "") == said


def test_texts_are_no_text(model: scrm.Model) -> None:
    with pytest.raises(TypeError, match=r"give \[text\]"):
        model.predict("bag")
    with pytest.raises(TypeError, match="text 1 is int"):
        model.predict(["bag", 7])  # type: ignore[list-item]
    with pytest.raises(ValueError, match="fewer rows"):
        model.predict(["a", "b"], dense=[[1.0]])


def test_models_are_measured(model: scrm.Model) -> None:
    report = model.evaluate(ROWS)
    assert report["accuracy"] > 0.95 and report["rows"] == len(ROWS)
    across = scrm.cross_validate(ROWS, folds=4, **SMALL)
    assert 0.5 < across["macro_f1"] <= 1 and len(across["classes"]) == 3
    with pytest.raises(scrm.LearnError, match="no label `wings`"):
        model.evaluate([("a", "wings")])


def test_models_are_joined(model: scrm.Model) -> None:
    other = scrm.train([(text, label == "people") for text, label in ROWS], task="people", **SMALL)
    both = scrm.Model.join("both/1", [model, other])
    assert list(both.tasks) == ["topic", "people"] and both.name == "both/1"
    assert both.predict(["crew"], task="people")[0]["label"] == "True"
    assert both.predict(["crew"]) == model.predict(["crew"])
    with pytest.raises(scrm.LearnError) as fault:
        scrm.Model.join("odd", [model, scrm.train(ROWS, word_bits=10)])
    assert fault.value.kind == "join"


def test_other_threads_run_while_one_learns() -> None:
    done = threading.Event()

    def learn() -> None:
        scrm.train(ROWS * 20, epochs=200)
        done.set()

    thread = threading.Thread(target=learn)
    thread.start()
    turns = 0
    while not done.wait(0.0005):
        turns += 1
    thread.join()
    assert turns > 10


def test_the_shell_trains_and_measures(table: Path, tmp_path: Path, model: scrm.Model) -> None:
    out = tmp_path / "topics.model"
    small = ["--word-bits", "9", "--char-bits", "9"]
    words = ["train", "--input", str(table), "--task", "topic", "--name", "topics/3", "--output", str(out), *small]
    assert "macro F1" in shell(*words)
    assert out.read_bytes() == model.to_bytes()
    told = json.loads(shell(*words, "--json", "--cross-validate", "4"))
    assert told["bytes"] == len(model.to_bytes()) and told["cross_validated"]["rows"] == len(ROWS)
    report = json.loads(shell("evaluate", "--task", str(out), "--input", str(table), "--json"))
    assert report["accuracy"] > 0.95
    lines = "".join(json.dumps({"body": text, "topics": [label]}) + "\n" for text, label in ROWS)
    asked = ["--input", "-", "--format", "jsonl", "--text-column", "body", "--label-column", "topics", "--json"]
    assert json.loads(shell("evaluate", "--task", str(out), *asked, input=lines)) == report
    across = shell("evaluate", "--task", "x", "--cross-validate", "3", "--by-row", *small, *asked, input=lines)
    assert json.loads(across)["rows"] == len(ROWS)


def test_the_shell_measures_the_classifier(tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    rows = ["2,thank you so much! great service", "0,this is a terrible delay", "1,the train leaves at noon"]
    path.write_text("label,text\n" + "\n".join(rows), encoding="utf-8")
    report = json.loads(shell("evaluate", "--task", "sentiment", "--input", str(path), "--json"))
    assert [one["label"] for one in report["classes"]] == ["negative", "neutral", "positive"]
    assert report["rows"] == 3
    mapped = ["--map", "0=complaint", "--map", "1=", "--map", "2=compliment"]
    report = json.loads(shell("evaluate", "--task", "type", "--input", str(path), *mapped, "--json"))
    assert [one["label"] for one in report["classes"]] == ["complaint", "compliment"]
    report = json.loads(shell("evaluate", "--task", "type", "--input", str(path), "--map", "0=complaint", "--map", "1=",
                              "--map", "2=", "--json"))
    assert [one["label"] for one in report["classes"]] == ["not complaint", "complaint"]


def test_the_shell_learns_from_replies(tmp_path: Path) -> None:
    replies = {"so sorry to hear that": "lost my bag", "glad to hear it!": "great crew", "hello": "odd"}
    rows = [{"text": f"{text} {n}", "reply": reply} for n in range(12) for reply, text in replies.items()]
    path, out = tmp_path / "talk.jsonl", tmp_path / "type.model"
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    shell("train", "--input", str(path), "--reply-column", "reply", "--task", "type", "--output", str(out))
    model = scrm.Model.load(out)
    assert model.tasks == {"type": ["complaint", "compliment"]}
    assert model.predict(["my bag is lost"])[0]["label"] == "complaint"


@pytest.mark.parametrize(
    "words, status, said",
    [
        (["--task", "sentimant"], 2, "did you mean `sentiment`?"),
        (["--task", "topics"], 2, "--playbook"),
        (["--task", "none.model"], 3, "none.model"),
        (["--task", "type"], 4, "no label `baggage`"),
        (["--task", "sentiment", "--label-column", "lable"], 4, "did you mean `label`?"),
        (["--task", "x", "--cross-validate", "1"], 2, "2 to 100 parts"),
        (["--task", "x", "--cross-validate", "90"], 4, "too few"),
        (["--task", "x", "--cross-validate", "3", "--word-bits", "2"], 2, "4 to 20"),
        (["--task", "sentiment", "--map", "x"], 2, "LABEL=LABEL"),
    ],
)
def test_faults_of_the_shell_say_what_is_wrong(table: Path, words: list[str], status: int, said: str) -> None:
    assert said in shell("evaluate", "--input", str(table), *words, status=status)


def test_rows_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    path = tmp_path / "rows.tsv"
    good = "".join(f"{label}\t{text}\n" for text, label in ROWS)
    path.write_bytes(b"label\ttext\nonly one cell\nx\t\xff\n" + good.encode() + b"money\t\n")
    words = [sys.executable, "-m", "scrm", "train", "--input", str(path), "--output", str(tmp_path / "m.model")]
    done = subprocess.run(words, capture_output=True, timeout=120, text=True)
    assert done.returncode == 0, done.stderr
    assert "2 rows cannot be read and are left out; the first: row 1: the row has 1 cells, the header 2" in done.stderr
    assert "1 rows have no text and are left out" in done.stderr
    path.write_bytes(b"label\ttext\n\xff\t\xff\n")
    assert "no row can be read" in shell("train", "--input", str(path), "--output", "m.model", status=4)
