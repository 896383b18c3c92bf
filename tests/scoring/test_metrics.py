import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sweep.config import Metric
from sweep.scoring.chance import standard_error
from sweep.scoring.metrics import ranking_scores, scores


def by_hand(y: np.ndarray, p: np.ndarray, threshold: float) -> dict[str, float]:
    """Every score from its definition, pair by pair and row by row."""
    h = p >= threshold
    tp, fp, fn, tn = (
        float(((y == a) & (h == b)).sum()) for a, b in ((1, 1), (0, 1), (1, 0), (0, 0))
    )
    pairs = list(itertools.product(p[y == 1], p[y == 0]))
    cuts = sorted(set(p), reverse=True)
    recalls = [0.0] + [((p >= c) & (y == 1)).sum() / (y == 1).sum() for c in cuts]
    precisions = [((p >= c) & (y == 1)).sum() / (p >= c).sum() for c in cuts]
    steps = zip(recalls, recalls[1:], precisions, strict=False)
    margins = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)
    safe = np.clip(p, 1e-7, 1 - 1e-7)
    return {
        "average_precision": sum((r - before) * precision for before, r, precision in steps),
        "roc_auc": sum((a > b) + (a == b) / 2 for a, b in pairs) / len(pairs),
        "log_loss": -float(
            np.mean([math.log(q if t else 1 - q) for t, q in zip(y, safe, strict=True)])
        ),
        "brier": float(np.mean((p - y) ** 2)),
        "f1": 2 * tp / (2 * tp + fp + fn) if tp else 0.0,
        "mcc": (tp * tn - fp * fn) / math.sqrt(margins) if margins else 0.0,
        "balanced_accuracy": (tp / (tp + fn) + tn / (tn + fp)) / 2,
        "precision": tp / (tp + fp) if tp else 0.0,
        "recall": tp / (tp + fn),
        "accuracy": (tp + tn) / len(y),
    }


def drawn(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    labels = (draw.random(n) < 0.15).astype(int)
    return labels, np.clip(draw.normal(0.2 + 0.4 * labels, 0.2), 0, 1).round(3)


@given(
    rows=st.lists(st.tuples(st.booleans(), st.integers(0, 8)), min_size=2, max_size=40).filter(
        lambda rows: len({label for label, _ in rows}) == 2
    ),
    threshold=st.integers(0, 9),
)
@settings(max_examples=100, deadline=None)
def test_every_score_equals_its_definition(rows: list[tuple[bool, int]], threshold: int) -> None:
    y, p = np.array([a for a, _ in rows], dtype=int), np.array([b for _, b in rows]) / 8
    expected = by_hand(y, p, threshold / 8)
    found = scores(y, p, threshold / 8)
    assert {name: found[name] for name in expected} == pytest.approx(expected, abs=1e-9)


def test_counts_and_values_by_hand() -> None:
    found = scores([1, 1, 0, 0, 0], [0.9, 0.3, 0.6, 0.2, 0.1], 0.5)
    assert [found[k] for k in ("tp", "fp", "fn", "tn")] == [1, 1, 1, 2]
    assert found["precision"] == found["recall"] == found["f1"] == 0.5
    assert found["average_precision"] == pytest.approx(0.5 * 1 + 0.5 * 2 / 3)


@pytest.mark.parametrize(
    ("labels", "probabilities", "expected"),
    [
        ([0, 1], [0.0, 1.0], 0.0),
        ([0, 1], [1.0, 0.0], 1.0),
        ([0, 1, 1, 1], [0.75, 0.75, 0.75, 0.75], 0.0),
        ([0, 0, 1, 1], [0.1, 0.1, 0.9, 0.9], 0.1),
        ([0, 1], [1 / 15, 1 / 15 + 1e-6], (1 / 15 + 14 / 15) / 2),
    ],
    ids=["certain and right", "certain and wrong", "true share", "too timid", "edge of a bin"],
)
def test_calibration_error(labels: list, probabilities: list, expected: float) -> None:
    found = ranking_scores(labels, probabilities)["ece"]
    assert found == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("labels", "threshold", "expected"),
    [
        ([0, 0], 0.5, {"average_precision": 0, "roc_auc": 0.5, "recall": 0, "f1": 0, "mcc": 0}),
        ([1, 1], 0.5, {"average_precision": 1, "roc_auc": 0.5, "balanced_accuracy": 0.5}),
        ([0, 1], 1.1, {"precision": 0, "recall": 0, "f1": 0, "mcc": 0, "balanced_accuracy": 0.5}),
        ([0, 1], 0.0, {"precision": 0.5, "recall": 1, "mcc": 0, "balanced_accuracy": 0.5}),
    ],
    ids=["no positive", "no negative", "none called", "all called"],
)
def test_undefined_cases_have_a_value(labels: list, threshold: float, expected: dict) -> None:
    found = scores(labels, [0.2, 0.7], threshold)
    assert {name: found[name] for name in expected} == pytest.approx(expected)
    assert np.isfinite(list(found.values())).all()


@pytest.mark.parametrize(
    ("labels", "probabilities", "words"),
    [
        ([0, 1], [0.5, np.nan], "1 do not, such as nan"),
        ([0, 1], [0.5, 1.5], "such as 1.5"),
        ([0, 2], [0.5, 0.5], "must be 0 or 1"),
        ([0, 1, 1], [0.5, 0.5], "one length"),
        ([], [], "one length"),
    ],
    ids=["nan", "above one", "third label", "lengths", "empty"],
)
def test_refuses_what_is_no_score(labels: list, probabilities: list, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        scores(labels, probabilities, 0.5)


def test_ranking_scores_are_the_same_numbers() -> None:
    y, p = drawn(500)
    both = scores(y, p, 0.5)
    assert ranking_scores(y, p).items() <= both.items()


@pytest.mark.parametrize("positives", [9, 21, 25, 43, 51])
def test_a_perfect_order_scores_one_and_no_more(positives: int) -> None:
    """Seen: the rounding error above 1 gave the standard error's root a negative number, and every trial failed."""
    truth = np.repeat([1, 0], positives)
    p = np.r_[np.linspace(0.9, 0.6, positives), np.linspace(0.4, 0.1, positives)]
    found = scores(truth, p, 0.5)
    assert found["average_precision"] == 1
    assert standard_error(Metric.average_precision, truth, p, found) == 0
