"""The gate: a planted gain is found, none is not, and the interval is that of a paired bootstrap written out."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from sweep.scoring.metrics import scores
from sweep.statistics.gate import Passage, gate


def answers(lead: float, rows: int = 800, seed: int = 0, rho: float = 0.8):
    """Labels, and probabilities of a network and a baseline that err on the same rows; the network's lead."""
    draw = np.random.default_rng(seed)
    labels = (np.arange(rows) < rows // 4).astype(int)
    shared, own, other = draw.normal(size=(3, rows))
    noise = [np.sqrt(rho) * shared + np.sqrt(1 - rho) * x for x in (own, other)]
    logits = [2 * labels * (1 + lead) + noise[0] - 1, 2 * labels + noise[1] - 1]
    return labels, *(1 / (1 + np.exp(-x)) for x in logits)


@pytest.mark.parametrize(
    ("lead", "told"), [(0.5, "better"), (0.0, "no evidence"), (-0.4, "worse")]
)
@pytest.mark.parametrize("metric", ["average_precision", "mcc", "log_loss"])
def test_what_it_says(metric: str, lead: float, told: str) -> None:
    labels, network, baseline = answers(lead)
    found = gate(metric, labels, network, baseline, maximize=metric != "log_loss", draws=500)
    assert found.decision == Passage(told)
    assert (found.network, found.baseline) == pytest.approx(
        tuple(scores(labels, p, 0.5)[metric] for p in (network, baseline))
    )
    assert found.difference == pytest.approx(found.network - found.baseline)
    assert found.rows == 800


def test_the_interval_is_that_of_a_paired_bootstrap_written_out() -> None:
    labels, network, baseline = answers(0.2)
    draw = np.random.default_rng(9)
    strata = [np.flatnonzero(labels == label) for label in (0, 1)]
    slow = []
    for _ in range(500):
        rows = np.concatenate([draw.choice(stratum, len(stratum)) for stratum in strata])
        first, second = (
            average_precision_score(labels[rows], p[rows]) for p in (network, baseline)
        )
        slow.append(first - second)
    found = gate("average_precision", labels, network, baseline)
    low, high = np.quantile(slow, [0.025, 0.975])
    assert found.interval == pytest.approx((low, high), abs=np.std(slow) / 3)
    assert found.detectable == pytest.approx(2.802 * np.std(slow), rel=0.12)


def test_answering_the_same_rows_makes_it_narrow() -> None:
    near, far = (gate("roc_auc", *answers(0.1, rho=rho), draws=500) for rho in (0.95, 0.0))
    assert far.detectable > 2 * near.detectable


def test_each_has_its_own_threshold() -> None:
    labels, network, _ = answers(0.0)
    low = network * 0.1
    assert gate("mcc", labels, network, low, draws=50).decision is Passage.better
    same = gate("mcc", labels, network, low, thresholds=(0.5, 0.05), draws=50)
    assert (same.difference, same.interval, same.decision) == (0.0, (0.0, 0.0), "no evidence")


def test_equals_are_told_apart_once_in_twenty() -> None:
    told = [gate("roc_auc", *answers(0.0, 400, seed), draws=300).decision for seed in range(150)]
    assert sum(d is not Passage.no_evidence for d in told) / 150 < 0.1


def test_groups_are_drawn_whole() -> None:
    labels, network, baseline = (np.repeat(x, 5) for x in answers(0.15, rows=160))
    alone = gate("log_loss", labels, network, baseline, maximize=False)
    groups = np.repeat(np.arange(160), 5)
    assert (
        gate("log_loss", labels, network, baseline, groups=groups).detectable
        > 1.8 * alone.detectable
    )
