"""The gate: whether a network is better than a simple baseline on the same rows."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from sweep.statistics.fold_means import LEVEL, POWER
from sweep.statistics.intervals import DRAWS, estimate
from sweep.statistics.resampled_scores import resampled_scores


class Passage(StrEnum):
    """What the gate says of a network."""

    better = "better"
    worse = "worse"
    no_evidence = "no evidence"
    """These rows cannot tell; it does not say that the two are equal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A network beside a baseline, on the same rows."""

    better_than: str
    metric: str
    network: float
    """The network's score."""
    baseline: float
    """The baseline's score."""
    difference: float
    """The network's score less the baseline's, in units of the score."""
    interval: tuple[float, float]
    decision: Passage
    detectable: float
    """Smallest true difference that as many rows show 4 times in 5."""
    rows: int


def gate(
    metric: str,
    labels: ArrayLike,
    network: ArrayLike,
    baseline: ArrayLike,
    *,
    thresholds: tuple[float, float] = (0.5, 0.5),
    better_than: str = "tfidf_logreg",
    maximize: bool = True,
    groups: ArrayLike | None = None,
    level: float = LEVEL,
    draws: int = DRAWS,
    seed: int = 0,
) -> Gate:
    """Compare a network with a baseline by their answers about the same rows.

    Rows are drawn with replacement, the same for both, within each class; the network is better, or worse, where the
    interval of the difference lies on one side of 0. That speaks of these models on other rows of this kind; what other
    training rows would change is not in it.

    Args:
        metric: the objective, a name of `sweep.config.Metric`.
        labels: 0 or 1, (n,).
        network: its probabilities, (n,); out of fold.
        baseline: its probabilities, (n,); out of fold, on the same folds.
        thresholds: of the network and the baseline, for metrics of decisions.
        better_than: name of the baseline.
        maximize: whether more is better.
        groups: which rows belong together, (n,): whole groups are then drawn.
        level: chance of calling them different where they are not.
        draws: resamples.
        seed: of the resamples.

    Returns:
        The decision and what it rests on.

    Raises:
        ValueError: unequal shapes or an unknown metric.

    References:
        Koehn, "Statistical significance tests for machine translation evaluation", 2004 (the paired bootstrap).
    """
    truth = np.asarray(labels)
    ours = resampled_scores(metric, truth, network, thresholds[0])
    theirs = resampled_scores(metric, truth, baseline, thresholds[1])
    found = estimate(
        lambda c: ours(c) - theirs(c), truth, groups=groups, level=level, draws=draws, seed=seed
    )
    whole = np.ones((1, len(truth)))
    return Gate(
        better_than=better_than,
        metric=str(metric),
        network=float(ours(whole)[0]),
        baseline=float(theirs(whole)[0]),
        difference=found.value,
        interval=found.interval,
        decision=_passage(found.interval, maximize),
        detectable=found.error * float(special.ndtri(1 - level / 2) + special.ndtri(POWER)),
        rows=len(truth),
    )


def _passage(interval: tuple[float, float], maximize: bool) -> Passage:
    low, high = interval
    if low <= 0 <= high:
        return Passage.no_evidence
    return Passage.better if (low > 0) == maximize else Passage.worse
