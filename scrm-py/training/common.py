"""What the scripts of this folder share: reading the sets, and the text as the teacher sees it."""

import csv
import html
import os
import re
import unicodedata

CLASSES = ("negative", "neutral", "positive")

_SPACE = re.compile(r"\s+")
_URL = re.compile(r"(?:https?://|www\.)\S+", re.I)
_USER = re.compile(r"(?<![\w@])@\w+")


def read_tsv(path):
    """The rows of one set as dictionaries; the sets use tabs, one header line and no quoting."""
    csv.field_size_limit(1 << 24)
    with open(path, encoding="utf-8", newline="") as handle:
        lines = handle.read().split("\n")
    header = lines[0].rstrip("\r").split("\t")
    for line in lines[1:]:
        line = line.rstrip("\r")
        if line:
            yield dict(zip(header, line.split("\t", len(header) - 1)))


def load(data, name, part):
    """The rows of `data/name/part.tsv`."""
    return list(read_tsv(os.path.join(data, name, part + ".tsv")))


def emoji_to_words(text):
    """Each emoji written as its Unicode name, as a model of written English has no rows for emoji."""
    out = []
    for char in text:
        code = ord(char)
        if code >= 0x1F000 or 0x2600 <= code <= 0x27BF or 0x2B00 <= code <= 0x2BFF:
            if 0x1F3FB <= code <= 0x1F3FF:  # a skin tone says nothing of the mood
                continue
            out.append(" " + unicodedata.name(char, "").lower().replace("-", " ") + " ")
        elif code in (0xFE0E, 0xFE0F, 0x200D):
            continue
        else:
            out.append(char)
    return "".join(out)


def teacher_text(text):
    """The text as the teacher reads it: no addresses, one word for a handle, emoji as words."""
    text = html.unescape(text)
    text = _URL.sub(" http ", text)
    text = _USER.sub("@user", text)
    return _SPACE.sub(" ", emoji_to_words(text)).strip()


def macro_recall(truth, guess):
    """The mean of the recall of the three classes."""
    recalls = []
    for label in range(3):
        rows = [g for t, g in zip(truth, guess) if t == label]
        recalls.append(sum(g == label for g in rows) / max(1, len(rows)))
    return sum(recalls) / 3
