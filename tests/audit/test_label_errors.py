"""Suspected labels: flipped ones are found, and a healthy corpus has few."""

from pathlib import Path

import pytest

from support.ill_corpora import flipped, healthy, rows_of
from sweep.audit.label_errors import label_errors
from sweep.audit.terms import Terms


def sure(told: dict) -> tuple[int, int]:
    counts = told["sure"].values()
    return sum(one["otherwise"] for one in counts), sum(one["named"] for one in counts)


@pytest.mark.parametrize("share", [0.08, 0.15])
def test_flipped_labels_stand_first(tmp_path: Path, share: float) -> None:
    given, wrong = flipped(healthy(1500), share)
    rows = rows_of(tmp_path, given)
    told = label_errors(Terms.of(rows, 0))
    (lines,) = told["lines"].values()
    asked = {int(line) for line in rows.lines[rows.learnable]}
    hits = sum(line in wrong for line in lines[:30])
    assert set(lines) <= asked
    assert hits >= 18  # a share of .15 by chance
    otherwise, named = sure(told)
    assert otherwise / named > 0.6 * share


def test_a_healthy_corpus_has_few_and_one_where_words_say_nothing_is_known_by_its_auc(
    tmp_path: Path,
) -> None:
    rows = rows_of(tmp_path, healthy(1500))
    told = label_errors(Terms.of(rows, 0))
    otherwise, named = sure(told)
    assert told["auc"] > 0.9
    assert otherwise / named < 0.03  # one in a hundred lies
    given, _ = flipped(healthy(600), 0.5)
    # Folds dealt out evenly push the answers to nothing below one half, not above.
    assert label_errors(Terms.of(rows_of(tmp_path, given), 0))["auc"] < 0.55
