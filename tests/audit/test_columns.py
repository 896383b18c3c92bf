"""Columns that give the label away, and columns that do not."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.ill_corpora import healthy, rows_of
from sweep.audit.columns import columns

RNG = random.Random(4)
Cell = Callable[[int, int], Any]
GIVES_AWAY: dict[str, Cell] = {
    "value": lambda at, label: ["low", "fair"][RNG.random() < 0.5] if label else "high",
    "number": lambda at, label: label * 3 + RNG.random(),
    "number, the other way": lambda at, label: -label * 3 + RNG.random(),
    "word": lambda at, label: f"train/{'pos' if label else 'neg'}/{at}_7.txt",
}
TELLS_NOTHING: dict[str, Cell] = {
    "identifier": lambda at, label: f"id{at}x{at}",
    "counter": lambda at, label: at,
    "dice": lambda at, label: RNG.randrange(6),
    "constant": lambda at, label: "same",
    "half filled": lambda at, label: "yes" if at % 2 else "",
}


@pytest.mark.parametrize("name", [*GIVES_AWAY, *TELLS_NOTHING])
def test_a_column_by_its_values(tmp_path: Path, name: str) -> None:
    cell = (GIVES_AWAY | TELLS_NOTHING)[name]
    given = [row | {"extra": cell(at, row["label"])} for at, row in enumerate(healthy(400))]
    told = columns(rows_of(tmp_path, given), seed=0)["extra"]
    assert abs(told["correlation"]) < 0.2
    low = told.get("interval", (0, 0))[0]
    assert low > 0.95 if name in GIVES_AWAY else low < 0.6
    if name in GIVES_AWAY:
        assert told["by"] == name.partition(",")[0]


def test_a_column_that_is_filled_for_one_class(tmp_path: Path) -> None:
    given = [row | {"reason": "seen by Ann" if row["label"] else " "} for row in healthy(300)]
    told = columns(rows_of(tmp_path, given), seed=0)["reason"]
    assert told["filled"] == {"positive": 1, "negative": 0}
    assert told["correlation"] == pytest.approx(1)


def test_few_filled_rows_prove_nothing(tmp_path: Path) -> None:
    given = [
        row | {"rest": str(row["label"]) if at < 20 else ""} for at, row in enumerate(healthy(300))
    ]
    assert "auc" not in columns(rows_of(tmp_path, given), seed=0)["rest"]
