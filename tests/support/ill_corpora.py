"""Healthy corpora and the same with one illness planted, as rows and as files."""

import csv
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sweep.audit.rows import Rows
from sweep.config import DataConfig
from sweep.data import load, split

_SUBJECTS = (
    "the clerk|the driver|my neighbour|the waiter|our teacher|a nurse|the pilot|your cousin".split(
        "|"
    )
)
_THINGS = "a parcel|the soup|some tickets|an old lamp|the report|two chairs|a blue coat|the engine".split(
    "|"
)
_PLACES = (
    "in York|at the station|near the river|by noon|on Monday|after lunch|in Derby|at home".split(
        "|"
    )
)
_EVEN = "opened|moved|wrapped|counted|found|carried|cleaned|painted|showed|weighed".split("|")
_GOOD = (
    "lovely|cheerful|superb|gentle|bright|splendid|charming|tidy|clever|fresh|kind|honest".split(
        "|"
    )
)
_BAD = "dreadful|broken|filthy|rude|dull|shabby|bitter|noisy|clumsy|stale|mean|crooked".split("|")


def sentence(rng: random.Random, label: int) -> str:
    """A sentence of its own kind; one of a dozen words says the label, and one time in a hundred it lies."""
    said = label if rng.random() > 0.01 else 1 - label
    words = [
        rng.choice(_SUBJECTS), rng.choice(_EVEN), rng.choice(_THINGS), rng.choice(_PLACES), "and",
        rng.choice(_SUBJECTS), rng.choice(_EVEN), rng.choice(_THINGS), rng.choice(_PLACES),
        "which was", rng.choice(_GOOD if said else _BAD),
        f"on day {rng.randrange(3000)}", rng.choice(["", "again", "as ever", "they say"]),
    ]  # fmt: skip
    return " ".join(words).strip()


def healthy(count: int = 600, seed: int = 0, positive: float = 0.5) -> list[dict[str, Any]]:
    """Rows of a corpus with nothing to find, but that a linear model is right about most of them."""
    rng = random.Random(seed)
    labels = [int(rng.random() < positive) for _ in range(count)]
    return [{"text": sentence(rng, label), "label": label} for label in labels]


def write(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    """Write rows as CSV."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        lines = csv.DictWriter(stream, list(rows[0]))
        lines.writeheader()
        lines.writerows(rows)
    return path


def rows_of(folder: Path, rows: Sequence[Mapping[str, Any]], **settings: Any) -> Rows:
    """Write rows as CSV, read them as a command would, split them, and take them for the audit.

    A column `part` is the official split.
    """
    overlap = settings.pop("overlap", "drop")
    path = write(folder / "corpus.csv", rows)
    if "part" in rows[0]:
        settings["split"] = "part"
    corpus = load(DataConfig(path=str(path), **settings), seed=0)
    return Rows.of(split(corpus, validation=0.2, test=0.2, overlap=overlap, seed=0))


def flipped(
    rows: Sequence[Mapping[str, Any]], share: float, seed: int = 1
) -> tuple[list[dict[str, Any]], set[int]]:
    """Flip labels; also gives the lines of the file where they stand."""
    rng = np.random.default_rng(seed)
    wrong = rng.random(len(rows)) < share
    found = [
        dict(row) | {"label": 1 - row["label"] if bad else row["label"]}
        for row, bad in zip(rows, wrong, strict=True)
    ]
    return found, {int(at) + 2 for at in np.flatnonzero(wrong)}
