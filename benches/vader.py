"""How much faster than VADER (Hutto and Gilbert 2014) are the labels, from Python, on the same posts in one run?

    pip install vaderSentiment && python benches/vader.py [posts]

VADER gives one axis, a sentiment score; `scrm` gives all of them. Both are asked in one process, in turns, and the fastest pass
of each counts: by the clock, and by the work of the processor, which says more where other programs run. The answers are
checked: the scores must mostly have the sign of what the post was made of.
"""

import random
import sys
import time
from collections.abc import Callable

import scrm
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

BAD = [
    "my order is late again", "this is ridiculous", "the app keeps crashing", "nobody picks up the phone",
    "worst service ever", "they charged me twice", "I hate this", "terrible, never again", "still broken",
]
GOOD = [
    "thank you so much", "the crew was great", "love the new design", "great job", "best support ever",
    "I am very happy with it", "what a wonderful day", "works perfectly, thanks",
]
PLAIN = [
    "where is my parcel", "can you help me please", "is there any update", "see you at the game tonight",
    "how do I change my plan", "on my way home", "my number is 4711", "you should open on sundays", "the train to town",
]
PASSES = 5


def posts(n: int) -> list[tuple[str, int]]:
    """Posts of about 180 bytes with the way they feel: -1, 0 or 1."""
    draw, made = random.Random(7), []
    for _ in range(n):
        way = draw.choice([-1, 0, 1])
        felt = {-1: BAD, 0: PLAIN, 1: GOOD}[way]
        text = f"@brand{draw.randrange(100)} " if draw.random() < 0.6 else ""
        while len(text) < 160:
            text += draw.choice(felt if draw.random() < 0.6 else PLAIN) + draw.choice([". ", "! ", ", ", " 😀 " if way > 0 else " "])
        made.append((text, way))
    return made


class Measure:
    """One way to label the posts, with the fastest of its passes by the clock and by the work of all its threads."""

    def __init__(self, name: str, work: Callable[[], list[float]]) -> None:
        self.name, self.work = name, work
        self.seconds = self.busy = float("inf")
        self.scores: list[float] = []

    def run(self) -> None:
        start, busy = time.perf_counter(), time.process_time()
        self.scores = self.work()
        self.seconds = min(self.seconds, time.perf_counter() - start)
        self.busy = min(self.busy, time.process_time() - busy)


def agreement(scores: list[float], ways: list[int]) -> float:
    """The share of posts with a feeling whose score has the right sign."""
    felt = [(score, way) for score, way in zip(scores, ways, strict=True) if way]
    return sum(score * way > 0 for score, way in felt) / len(felt)


def main() -> None:
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    made = posts(n)
    texts, ways = [text for text, _ in made], [way for _, way in made]
    vader, classifier = SentimentIntensityAnalyzer(), scrm.Classifier()

    def all_axes(threads: int | None) -> Callable[[], list[float]]:
        return lambda: [label["sentiment"]["score"] or 0.0 for label in classifier.classify_all(texts, threads)]

    def one_by_one() -> list[float]:
        return [classifier.classify(text)["sentiment"]["score"] or 0.0 for text in texts]

    measures = [
        Measure("VADER, sentiment alone", lambda: [vader.polarity_scores(text)["compound"] for text in texts]),
        Measure("scrm, all axes, one thread", all_axes(1)),
        Measure("scrm, all axes, all cores", all_axes(None)),
        Measure("scrm, all axes, one by one", one_by_one),
    ]
    for _ in range(PASSES):
        for measure in measures:
            measure.run()
    print(f"{n} posts of {sum(len(text.encode()) for text in texts) // n} bytes; the fastest of {PASSES} passes")
    print(f"{'':28} {'posts/s':>9} {'x VADER':>8} {'CPU µs/post':>12} {'x VADER':>8} {'right way':>9}")
    first = measures[0]
    for one in measures:
        right = agreement(one.scores, ways)
        clock = f"{n / one.seconds:9.0f} {first.seconds / one.seconds:8.1f}"
        work = f"{1e6 * one.busy / n:12.1f} {first.busy / one.busy:8.1f}"
        print(f"{one.name:28} {clock} {work} {right:9.1%}")
        assert right > 0.8, "the answers are not those of such posts"


if __name__ == "__main__":
    main()
