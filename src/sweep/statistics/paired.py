"""Comparisons of arms on the same folds: how much better, how sure, and what these folds cannot show.

Folds compare configurations. Where each stands for an arm, that one search found this one and another search another
adds a variance of its own, which no fold shows: `search_luck` estimates it from the other finalists.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from sweep.statistics.fold_means import LEVEL, FoldMean

OUTPERFORMS = 0.75
"""Share of folds that the better one must win (Bouthillier et al., 2021)."""


class Decision(StrEnum):
    """What a comparison of A with B shows."""

    a_better = "A better"
    b_better = "B better"
    no_evidence = "no evidence"
    """These folds cannot tell; it does not say that the two are equal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A beside B on the same folds."""

    a: str
    b: str
    probability: float
    """Share of folds on which A beats B, a tie counted half: the estimate of P(A beats B)."""
    interval: tuple[float, float]
    """Of P(A beats B) for normal differences; holds `probability`, and no 1/2 where `p` is at most `level`."""
    difference: float
    """Mean of A's score less B's, in units of the score."""
    difference_interval: tuple[float, float]
    """The corrected resampled interval; excludes 0 exactly where `p` is at most `level`."""
    p: float
    """Two-sided, of the corrected t-test; not adjusted for other pairs, as `level` is."""
    level: float
    """Chance of error of this comparison: what Holm's procedure leaves it of the level of all pairs."""
    decision: Decision
    folds: int
    """Folds that both have a score on."""
    more_folds: int | None
    """Folds to be added, in whole repetitions, until the test would reject if difference and spread stayed what they
    are; 0 where the decision is made, None where no number of folds of this corpus would do it."""
    detectable: float
    """Smallest true difference that this many folds find 4 times in 5; infinite for one fold."""


def compare(
    a: ArrayLike,
    b: ArrayLike,
    *,
    names: tuple[str, str] = ("A", "B"),
    folds: int = 5,
    maximize: bool = True,
    level: float = LEVEL,
    luck: float = 0.0,
) -> Comparison:
    """Compare two configurations on the same folds.

    A is called better where both hold: the corrected resampled t-test rejects equal means at `level`, and A wins at
    least three folds in four, as Bouthillier et al. ask. Their test, a bootstrap of the share of folds won, is not
    taken: five wins in five satisfy it, once in 16 by chance, and its intervals hold the truth too seldom.

    Args:
        a: A's score on each fold, (n,), all repetitions end to end; NaN where it is missing.
        b: B's scores on the same folds, (n,).
        names: of A and B.
        folds: K, the folds of one repetition.
        maximize: whether more is better.
        level: chance of calling two different that are not.
        luck: variance of the difference that the folds do not show, of `search_luck`; 0 compares two configurations.

    Returns:
        The comparison.

    Raises:
        ValueError: unequal shapes, fewer than two folds a repetition, or no fold that both have a score on.

    References:
        Nadeau & Bengio, 2003. Bouthillier et al., "Accounting for variance in machine learning benchmarks", 2021.
    """
    first, second = (np.asarray(scores, dtype=np.float64) for scores in (a, b))
    if first.shape != second.shape:
        raise ValueError(
            f"Both need a score a fold, but got shapes {first.shape} and {second.shape}."
        )
    gains = (first - second) * (1 if maximize else -1)
    gain = FoldMean.of(gains, folds=folds, luck=luck)
    wins = float((np.sign(gains[np.isfinite(gains)]) + 1).mean()) / 2
    low, high = gain.interval(level)
    least, most = gain.chance_interval(level)
    decision = _decision(gain, wins, level)
    return Comparison(
        a=names[0],
        b=names[1],
        probability=wins,
        interval=(min(least, wins), max(most, wins)),
        difference=gain.value if maximize else -gain.value,
        difference_interval=(low, high) if maximize else (-high, -low),
        p=gain.p,
        level=level,
        decision=decision,
        folds=gain.n,
        more_folds=gain.more_folds(level) if decision is Decision.no_evidence else 0,
        detectable=gain.detectable(level),
    )


def paired(
    scores: Mapping[str, ArrayLike],
    *,
    folds: int = 5,
    maximize: bool = True,
    level: float = LEVEL,
    luck: float = 0.0,
) -> list[Comparison]:
    """Compare every pair of arms on the same folds, the level shared out by Holm's procedure.

    Args:
        scores: of each arm's best finalist, (n,) each, on the same folds in the same order; NaN where one is missing.
        folds: K, the folds of one repetition: `n` is K times the repetitions.
        maximize: whether more is better.
        level: chance that any of the pairs is called different that is not.
        luck: variance of a difference that the folds do not show, of `search_luck`.

    Returns:
        One comparison a pair, in the order of the arms. Each is at the level that Holm's procedure tests it at, so
        that its interval and its decision say the same.

    Raises:
        ValueError: as under `compare`.

    References:
        Holm, "A simple sequentially rejective multiple test procedure", 1979.
    """
    pairs = list(itertools.combinations(scores, 2))

    def comparison(pair: tuple[str, str], at: float) -> Comparison:
        a, b = (scores[name] for name in pair)
        return compare(a, b, names=pair, folds=folds, maximize=maximize, level=at, luck=luck)

    levels = holm_levels([comparison(pair, level).p for pair in pairs], level)
    return [comparison(pair, at) for pair, at in zip(pairs, levels, strict=True)]


def search_luck(finalists: Mapping[str, ArrayLike], *, folds: int = 5) -> float:
    """Variance that the luck of two searches adds to the difference of what they found.

    An arm's finalists are its best configurations by the search, any of which it might have found without the
    others: how much their means differ beyond the noise of the folds is how much two searches might. Pooled over
    the arms, since two or three finalists tell little.

    Args:
        finalists: scores of each arm's best trials, (finalists, n), on the same folds; NaN where one is missing, as
            after a race. No configuration that the search did not choose, such as the user's own.
        folds: K, the folds of one repetition.

    Returns:
        In squared units of the score; 0 where finalists differ by no more than the noise, or no arm has two.

    References:
        Bouthillier et al., 2021: the choice of hyperparameters is a source of variance. By the method of moments, as
        the variance between studies in DerSimonian & Laird, "Meta-analysis in clinical trials", 1986.
    """
    excess = []
    for scores in finalists.values():
        for a, b in itertools.combinations(np.asarray(scores, dtype=np.float64), 2):
            if np.isfinite(a - b).sum() > 1:
                difference = FoldMean.of(a - b, folds=folds)
                excess.append(difference.value**2 - difference.error**2)
    return max(0.0, sum(excess) / len(excess)) if excess else 0.0


def holm_levels(ps: list[float], level: float) -> list[float]:
    """Level that Holm's procedure tests each hypothesis at: rejected are those whose p is at most theirs.

    Args:
        ps: one p-value a hypothesis, (m,).
        level: of all together.

    Returns:
        `level` / (m - rank) up to the first that is not rejected, and its level for all behind it; ordered as `ps`.
    """
    levels = [level] * len(ps)
    left, rejecting = len(ps), True
    for index in sorted(range(len(ps)), key=ps.__getitem__):
        levels[index] = level / left
        rejecting = rejecting and ps[index] <= level / left
        left -= rejecting
    return levels


def _decision(gain: FoldMean, wins: float, level: float) -> Decision:
    if gain.p <= level and gain.value > 0 and wins >= OUTPERFORMS:
        return Decision.a_better
    if gain.p <= level and gain.value < 0 and wins <= 1 - OUTPERFORMS:
        return Decision.b_better
    return Decision.no_evidence
