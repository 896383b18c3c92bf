"""The winner: every number of its pictures and tables is one of the summary."""

import numpy as np
import pytest

from sweep.page.blocks import Figure, Table, Words
from sweep.page.records import Records
from sweep.page.sections.winner import SCORES, winner


def test_the_picture_holds_the_folds_and_their_means(records: Records) -> None:
    figure = winner(records).blocks[0]
    assert isinstance(figure, Figure)
    folds, means = figure.data
    told = {who: each["scores"] for who, each in records.found["confirm"]["finalists"].items()}
    told["TF-IDF with<br>logistic regression"] = [0.85] * 5
    for who, scores in told.items():
        drawn = [x for x, y in zip(folds["x"], folds["y"], strict=True) if y == who]
        assert drawn == scores
        assert means["x"][means["y"].index(who)] == pytest.approx(np.mean(scores))
    best = records.found["best"]
    assert f"{best['arm']}-{best['number']} reaches {best['confirmed']:.3f}" in figure.title
    assert means["x"] == sorted(means["x"])


def test_what_guessing_reaches_is_told_and_takes_no_room(records: Records) -> None:
    """Seen: with the majority's score on the scale all finalists stood on one another."""
    figure = winner(records).blocks[0]
    assert isinstance(figure, Figure)
    assert not any("majority" in drawn["y"] for drawn in figure.data)
    assert figure.said.endswith("Guessing alone (majority) reaches 0.200.")
    assert ["majority", 0.2] in [row[:2] for row in figure.table.rows]


def test_the_scores_stand_beside_the_simple_methods(records: Records) -> None:
    tables = [block for block in winner(records).blocks if isinstance(block, Table)]
    rows = {row[0]: row[1:] for row in tables[0].rows}
    assert list(rows) == [
        f"{who}, {part}"
        for part in ("out-of-fold", "test part")
        for who in ("winner", "majority", "TF-IDF with logistic regression")
    ]
    assert rows["winner, test part"] == [records.found["best"]["test"][name] for name in SCORES]


def test_threshold_and_costs_are_told(records: Records) -> None:
    text = " ".join(block.text for block in winner(records).blocks if isinstance(block, Words))
    assert "from a probability of 0.4371 on" in text
    assert "between 0.3000 and 0.6000" in text
    assert (
        "Of 20 positives of the test part it finds 15 and misses 5; of 80 negatives it calls 2 positive"
        in text
    )
    assert "All 5 networks" in text


def test_no_winner(empty: Records) -> None:
    (words,) = winner(empty).blocks
    assert isinstance(words, Words)
    assert words.text.startswith("No trial has completed")
