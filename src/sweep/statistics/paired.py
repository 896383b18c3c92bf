"""Comparisons of scores on the same folds: how much better, how sure, and what these folds cannot show.

Every network trains on most of the rows that the others train on, so that the scores of K folds vary together and
their plain standard error is too small. All that is here carries the correction of Nadeau & Bengio: in place of 1/n
the variance of a mean of n folds is 1/n + rows tested / rows trained, which is 1/n + 1/(K - 1). More repetitions
shrink the first part only: what a corpus cannot show, no number of folds will.
"""

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

LEVEL = 0.05
"""Chance that one of all comparisons of a sweep calls two arms different that are not."""
POWER = 0.8
"""Chance of finding a difference, where the smallest one that can be shown is told."""
OUTPERFORMS = 0.75
"""Share of folds that the better one must win (Bouthillier et al., 2021)."""
MOST_FOLDS = 1000
"""Folds beyond which no advice is given."""


class Decision(StrEnum):
    """What a comparison of A with B shows."""

    a_better = "A better"
    b_better = "B better"
    no_evidence = "no evidence"
    """These folds cannot tell; it does not say that the two are equal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mean:
    """A mean over folds and how far it may lie from the truth."""

    value: float
    error: float
    """Corrected standard error; NaN for one fold."""
    interval: tuple[float, float]
    """The corrected resampled interval; without bounds for one fold."""
    folds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A beside B on the same folds."""

    a: str
    b: str
    probability: float
    """Share of folds on which A beats B, a tie counted half: the estimate of P(A beats B)."""
    interval: tuple[float, float]
    """Of that probability."""
    difference: float
    """Mean of A's score less B's, in units of the score."""
    difference_interval: tuple[float, float]
    """Excludes 0 exactly where `p` is at most `level`."""
    p: float
    """Two-sided, of the corrected t-test; not adjusted for other pairs, as `level` is."""
    level: float
    """Chance of error of this comparison: what Holm's procedure leaves of the level of all pairs."""
    decision: Decision
    folds: int
    """Folds that both have a score on."""
    more_folds: int | None
    """Folds to be added, in whole repetitions, until the test would reject if difference and spread stayed what
    they are; 0 where the decision is made, None where no number of folds of this corpus would do it."""
    detectable: float
    """Smallest true difference that this many folds find 4 times in 5; infinite for one fold."""


def mean_over_folds(scores: ArrayLike, *, folds: int = 5, level: float = LEVEL) -> Mean:
    """Mean of a score over cross-validation, with its corrected resampled interval.

    Args:
        scores: one a fold, (n,), all repetitions end to end; NaN where a fold is missing.
        folds: K, the folds of one repetition; each network trains on K - 1 parts and answers for one.
        level: chance that the interval misses.

    Returns:
        Over the folds that have a score.

    Raises:
        ValueError: fewer than two folds a repetition, or no score.

    References:
        Nadeau & Bengio, "Inference for the generalization error", 2003; for repetitions Bouckaert & Frank,
        "Evaluating the replicability of significance tests for comparing learning algorithms", 2004.
    """
    values = _finite(np.asarray(scores, dtype=np.float64))
    error = _error(values, folds)
    return Mean(
        value=float(values.mean()),
        error=error,
        interval=_around(float(values.mean()), error, len(values), level),
        folds=len(values),
    )


def compare(
    a: ArrayLike,
    b: ArrayLike,
    *,
    names: tuple[str, str] = ("A", "B"),
    folds: int = 5,
    maximize: bool = True,
    level: float = LEVEL,
) -> Comparison:
    """Compare two configurations on the same folds.

    A is called better where both hold: the corrected resampled t-test rejects equal means at `level`, and A wins at
    least three folds in four. The second is what Bouthillier et al. ask of a difference that is worth speaking of.
    For the first they take the bootstrap of the share of folds won, which five folds won out of five satisfy: by
    chance that happens once in 16.

    Args:
        a: A's score on each fold, (n,), all repetitions end to end; NaN where it is missing.
        b: B's scores on the same folds, (n,).
        names: of A and B.
        folds: K, the folds of one repetition.
        maximize: whether more is better.
        level: chance of calling two different that are not.

    Returns:
        The comparison. `interval` is the exact one of Clopper & Pearson for as many independent folds as these are
        worth.

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
    differences = _finite(first - second)
    n = len(differences)
    difference, error = float(differences.mean()), _error(differences, folds)
    p = _p(difference, error, n)
    wins = float((np.sign(differences) * (1 if maximize else -1) + 1).mean()) / 2
    decision = Decision.no_evidence
    if (
        p <= level
        and max(wins, 1 - wins) >= OUTPERFORMS
        and (wins > 0.5) == ((difference > 0) == maximize)
    ):
        decision = Decision.a_better if wins > 0.5 else Decision.b_better
    spread = float(differences.std(ddof=1)) if n > 1 else math.nan
    return Comparison(
        a=names[0],
        b=names[1],
        probability=wins,
        interval=_share_interval(wins, _worth(n, folds), level),
        difference=difference,
        difference_interval=_around(difference, error, n, level),
        p=p,
        level=level,
        decision=decision,
        folds=n,
        more_folds=0
        if decision is not Decision.no_evidence
        else _more(abs(difference), spread, n, folds, level),
        detectable=detectable_difference(spread, n, folds=folds, level=level),
    )


def paired(
    scores: Mapping[str, ArrayLike],
    *,
    folds: int = 5,
    maximize: bool = True,
    level: float = LEVEL,
) -> list[Comparison]:
    """Compare every pair of arms on the same folds, the level shared out by Holm's procedure.

    Args:
        scores: of each arm's best finalist, (n,) each, on the same folds in the same order; NaN where one is missing.
        folds: K, the folds of one repetition: `n` is K times the repetitions.
        maximize: whether more is better.
        level: chance that any of the pairs is called different that is not.

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
        a, b = pair
        return compare(scores[a], scores[b], names=pair, folds=folds, maximize=maximize, level=at)

    levels = holm_levels([comparison(pair, level).p for pair in pairs], level)
    return [comparison(pair, at) for pair, at in zip(pairs, levels, strict=True)]


def holm_levels(ps: list[float], level: float) -> list[float]:
    """Level that Holm's procedure tests each hypothesis at: rejected are those whose p is at most theirs.

    Args:
        ps: one p-value a hypothesis, (m,).
        level: of all together.

    Returns:
        `level` / (m - rank) up to the first that is not rejected, and its level for all behind it; in the order of
        `ps`.
    """
    levels = [level] * len(ps)
    left, open_ = len(ps), True
    for index in sorted(range(len(ps)), key=ps.__getitem__):
        levels[index] = level / left
        open_ = open_ and ps[index] <= level / left
        left -= open_
    return levels


def detectable_difference(
    spread: float, n: int, *, folds: int = 5, level: float = LEVEL, power: float = POWER
) -> float:
    """Smallest true difference of means that the corrected t-test finds with a given power.

    Args:
        spread: standard deviation of the differences over folds.
        n: folds.
        folds: K, the folds of one repetition.
        level: of the two-sided test.
        power: chance of finding it.

    Returns:
        In units of the score; infinite for one fold.
    """
    if n < 2:
        return math.inf
    critical = special.stdtrit(n - 1, 1 - level / 2)
    # The shift at which a noncentral t lies above the critical value with this chance; what lies below its negative
    # is left out.
    shift = float(special.nctdtrinc(n - 1, 1 - power, critical))
    return shift * spread * math.sqrt(_factor(n, folds))


def _factor(n: int, folds: int) -> float:
    if folds < 2:
        raise ValueError(f"Cross-validation takes at least 2 folds, but got {folds}.")
    return 1 / n + 1 / (folds - 1)


def _worth(n: int, folds: int) -> float:
    """Independent folds that n overlapping ones are worth, at the correlation 1/K that the correction stands for."""
    return n / (1 + (n - 1) / folds)


def _error(values: np.ndarray, folds: int) -> float:
    factor = _factor(len(values), folds)
    return float(values.std(ddof=1)) * math.sqrt(factor) if len(values) > 1 else math.nan


def _around(value: float, error: float, n: int, level: float) -> tuple[float, float]:
    if n < 2:
        return -math.inf, math.inf
    reach = float(special.stdtrit(n - 1, 1 - level / 2)) * error
    return value - reach, value + reach


def _p(difference: float, error: float, n: int) -> float:
    if n < 2 or difference == 0:
        return 1.0
    return float(2 * special.stdtr(n - 1, -abs(difference) / error)) if error else 0.0


def _share_interval(share: float, n: float, level: float) -> tuple[float, float]:
    wins = share * n
    low = float(special.betaincinv(wins, n - wins + 1, level / 2)) if wins > 0 else 0.0
    high = float(special.betaincinv(wins + 1, n - wins, 1 - level / 2)) if wins < n else 1.0
    return low, high


def _more(difference: float, spread: float, n: int, folds: int, level: float) -> int | None:
    if not difference or n < 2:
        return None
    for more in range(folds, MOST_FOLDS + 1, folds):
        if _p(difference, spread * math.sqrt(_factor(n + more, folds)), n + more) <= level:
            return more
    return None


def _finite(values: np.ndarray) -> np.ndarray:
    values = values[np.isfinite(values)]
    if not len(values):
        raise ValueError("At least one fold must have a score, but none has.")
    return values
