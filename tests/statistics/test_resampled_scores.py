"""Scores of counted rows against scikit-learn's of rows that are really repeated."""

import numpy as np
import pytest

from sweep.config import Metric
from sweep.scoring.metrics import scores
from sweep.statistics.resampled_scores import resampled_scores

ALL = [*(str(metric) for metric in Metric), "accuracy", "precision", "recall"]


def part(seed: int, ties: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    labels = (draw.random(60) < 0.3).astype(int)
    p = draw.beta(2, 3, size=60)
    return labels, np.round(p, 1) if ties else p, draw.integers(0, 4, size=(5, 60))


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("metric", ALL)
def test_a_count_is_a_repetition(metric: str, ties: bool) -> None:
    labels, p, counts = part(0, ties)
    found = resampled_scores(metric, labels, p, 0.4)(counts)
    slow = [scores(np.repeat(labels, c), np.repeat(p, c), 0.4)[metric] for c in counts]
    assert found == pytest.approx(slow)


@pytest.mark.parametrize("metric", ALL)
@pytest.mark.parametrize("label", [0, 1])
def test_a_resample_of_one_class(metric: str, label: int) -> None:
    labels, p, counts = part(1, ties=False)
    counts = np.where(labels == label, counts, 0)
    found = resampled_scores(metric, labels, p, 0.4)(counts)
    slow = [scores(np.repeat(labels, c), np.repeat(p, c), 0.4)[metric] for c in counts]
    assert found == pytest.approx(slow)


def test_what_is_no_score() -> None:
    with pytest.raises(ValueError, match="'speed' is no score of rows"):
        resampled_scores("speed", [0, 1], [0.1, 0.2])
    with pytest.raises(ValueError, match="one length"):
        resampled_scores("mcc", [0, 1], [0.1])
