import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

from sweep.metrics import SMALLEST, ranking_scores, scores

SKLEARN = {
    "average_precision": lambda y, p, h: sk.average_precision_score(y, p),
    "roc_auc": lambda y, p, h: sk.roc_auc_score(y, p),
    "log_loss": lambda y, p, h: sk.log_loss(y, np.clip(p, SMALLEST, 1 - SMALLEST)),
    "brier": lambda y, p, h: sk.brier_score_loss(y, p),
    "f1": lambda y, p, h: sk.f1_score(y, h, zero_division=0),
    "mcc": lambda y, p, h: sk.matthews_corrcoef(y, h),
    "balanced_accuracy": lambda y, p, h: sk.balanced_accuracy_score(y, h),
    "precision": lambda y, p, h: sk.precision_score(y, h, zero_division=0),
    "recall": lambda y, p, h: sk.recall_score(y, h, zero_division=0),
    "accuracy": lambda y, p, h: sk.accuracy_score(y, h),
}


def drawn(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    labels = (draw.random(n) < 0.15).astype(int)
    return labels, np.clip(draw.normal(0.2 + 0.4 * labels, 0.2), 0, 1).round(3)


@pytest.mark.parametrize("name", SKLEARN)
@given(
    rows=st.lists(st.tuples(st.booleans(), st.integers(0, 8)), min_size=2, max_size=40).filter(
        lambda rows: len({label for label, _ in rows}) == 2
    ),
    threshold=st.integers(0, 9),
)
@settings(max_examples=30, deadline=None)
def test_equals_scikit_learn(name: str, rows: list[tuple[bool, int]], threshold: int) -> None:
    y, p = np.array([a for a, _ in rows], dtype=int), np.array([b for _, b in rows]) / 8
    expected = SKLEARN[name](y, p, p >= threshold / 8)
    assert scores(y, p, threshold / 8)[name] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("name", SKLEARN)
def test_equals_scikit_learn_on_many_rows(name: str) -> None:
    y, p = drawn(25_000)
    assert scores(y, p, 0.4)[name] == pytest.approx(SKLEARN[name](y, p, p >= 0.4), abs=1e-10)


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


def test_scores_of_an_epoch_cost_little() -> None:
    y, p = drawn(25_000)
    started = time.perf_counter()
    for _ in range(5):
        scores(y, p, 0.5)
    assert (time.perf_counter() - started) / 5 < 0.1  # about 4 ms on an idle core
