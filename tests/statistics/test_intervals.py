"""Bootstrap intervals against a bootstrap written out, a textbook's numbers, and how often they cover."""

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import average_precision_score, log_loss, matthews_corrcoef

from sweep.scoring.metrics import scores
from sweep.scoring.threshold import choose
from sweep.statistics import intervals
from sweep.statistics.intervals import (
    estimate,
    resamples,
    score_interval,
    score_intervals,
    threshold_interval,
)

RULE = {"rule": "mcc", "target": 0.9, "cost_miss": 1.0, "cost_false_alarm": 1.0}


def part(rows: int = 300, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    labels = (np.arange(rows) < rows * 0.2).astype(int)
    return labels, 1 / (1 + np.exp(-draw.normal(size=rows) - 2 * labels + 1))


SLOW = {
    "average_precision": average_precision_score,
    "mcc": lambda labels, p: matthews_corrcoef(labels, p >= 0.5),
    "log_loss": log_loss,
}


@pytest.mark.parametrize("metric", SLOW)
def test_the_interval_is_that_of_a_bootstrap_written_out(metric: str) -> None:
    labels, p = part()
    draw = np.random.default_rng(5)
    strata = [np.flatnonzero(labels == label) for label in (0, 1)]
    slow = []
    for _ in range(500):
        rows = np.concatenate([draw.choice(stratum, len(stratum)) for stratum in strata])
        slow.append(SLOW[metric](labels[rows], p[rows]))
    found = score_interval(metric, labels, p)
    assert found.value == pytest.approx(scores(labels, p, 0.5)[metric])
    error = np.std(slow)
    assert found.error == pytest.approx(error, rel=0.12)
    assert found.interval == pytest.approx(tuple(np.quantile(slow, [0.025, 0.975])), abs=error / 3)


def test_several_scores_share_their_resamples(monkeypatch: pytest.MonkeyPatch) -> None:
    labels, p = part()
    monkeypatch.setattr(intervals, "AT_ONCE", 300 * 70)  # several blocks, the last one shorter
    found = score_intervals(list(SLOW), labels, p, threshold=0.4, seed=3)
    for metric, ends in found.items():
        alone = score_interval(metric, labels, p, threshold=0.4, seed=3)
        assert ends == pytest.approx(alone.interval)
    monkeypatch.setattr(intervals, "MOST_COUNTS", 300 * 250)
    fewer = score_intervals(["mcc"], labels, p, seed=3)["mcc"]
    assert fewer == pytest.approx(score_interval("mcc", labels, p, draws=250, seed=3).interval)


def test_efron_and_tibshirani_on_the_mouse_data() -> None:
    # "An introduction to the bootstrap", table 2.1: survival of nine control mice; the ideal bootstrap's standard
    # error of the mean is 13.33 (52, 104, 146, 10, 50, 31, 40, 27, 46: mean 56.22).
    days = np.array([52, 104, 146, 10, 50, 31, 40, 27, 46], dtype=float)
    found = estimate(lambda c: c @ days / c.sum(axis=1), np.zeros(9), draws=20_000)
    assert round(found.value, 2) == 56.22
    assert found.error == pytest.approx(13.33, rel=0.02)


def test_each_class_keeps_its_rows_and_groups_stay_whole() -> None:
    labels, _ = part(50)
    for counts in resamples(labels, 40, seed=1):
        assert (counts[:, labels == 1].sum(axis=1) == 10).all()
        assert (counts[:, labels == 0].sum(axis=1) == 40).all()
    groups = np.arange(50) // 5
    for counts in resamples(labels, 40, seed=1, groups=groups):
        assert (counts.sum(axis=1) == 50).all()
        assert all((counts[:, groups == g].T == counts[:, 5 * g]).all() for g in range(10))


def test_rows_that_stand_together_make_an_interval_wide() -> None:
    labels, p = part(60)
    labels, p, groups = (np.repeat(x, 9) for x in (labels, p, np.arange(60)))
    alone = score_interval("log_loss", labels, p)
    together = score_interval("log_loss", labels, p, groups=groups)
    assert together.error > 2 * alone.error


def test_the_seed_decides() -> None:
    labels, p = part()
    first = score_interval("mcc", labels, p, draws=100)
    assert first == score_interval("mcc", labels, p, draws=100)
    assert first != score_interval("mcc", labels, p, draws=100, seed=1)


def test_a_threshold_and_how_far_it_moves() -> None:
    labels, p = part()

    def rule(labels: np.ndarray, probabilities: np.ndarray) -> float:
        return choose(labels, probabilities, **RULE)

    found = threshold_interval(rule, labels, p)
    assert found.value == rule(labels, p)
    low, high = found.interval
    assert low <= found.value <= high
    apart = np.where(labels == 1, 0.9, 0.1)
    firm = threshold_interval(rule, labels, apart)
    assert (firm.value, firm.interval) == (0.5, (0.5, 0.5))


def test_nineteen_in_twenty_intervals_cover() -> None:
    truth = stats.norm.cdf(2 / np.sqrt(2))  # of normals two deviations apart
    covered = 0
    for seed in range(300):
        low, high = score_interval("roc_auc", *part(300, seed), draws=300).interval
        covered += low <= truth <= high
    assert 0.90 < covered / 300 < 0.98
