"""A mean over the folds of a cross-validation, with the variance that overlapping training rows give it.

Every network trains on most of the rows that the others train on, so that the scores of K folds vary together and
their plain standard error is too small. The correction of Nadeau & Bengio puts 1/n + rows tested / rows trained, which
is 1/n + 1/(K - 1), in place of the 1/n in the variance of a mean of n folds. More repetitions shrink the first part
only: what a corpus cannot show, no number of folds will.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

LEVEL = 0.05
"""Chance that an interval misses."""
POWER = 0.8
"""Chance of finding a difference, where the smallest one that can be shown is told."""
MOST_FOLDS = 1000
"""Folds beyond which no advice is given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldMean:
    """The mean of a score, or of a difference of scores, over folds.

    References:
        Nadeau & Bengio, "Inference for the generalization error", 2003; for repetitions Bouckaert & Frank, "Evaluating
        the replicability of significance tests for comparing learning algorithms", 2004. With normal scores that share
        1/K of their variance all that is here is exact.
    """

    value: float
    spread: float
    """Standard deviation over the folds; NaN for one."""
    n: int
    """Folds, those of all repetitions."""
    folds: int = 5
    """K, the folds of one repetition: a network trains on K - 1 parts and answers for one."""
    luck: float = 0.0
    """Variance of the mean that the folds do not show (`sweep.statistics.paired.search_luck`)."""

    def __post_init__(self) -> None:
        if self.folds < 2:
            raise ValueError(f"Cross-validation takes at least 2 folds, but got {self.folds}.")

    @classmethod
    def of(cls, scores: ArrayLike, *, folds: int = 5, luck: float = 0.0) -> "FoldMean":
        """Take the mean of scores.

        Args:
            scores: one a fold, (n,), all repetitions end to end; NaN where one is missing.
            folds: K, the folds of one repetition.
            luck: variance of the mean that the folds do not show.

        Returns:
            The mean over the folds that have a score.

        Raises:
            ValueError: fewer than two folds a repetition, or no score.
        """
        values = np.asarray(scores, dtype=np.float64)
        values = values[np.isfinite(values)]
        if not len(values):
            raise ValueError("At least one fold must have a score, but none has.")
        spread = float(values.std(ddof=1)) if len(values) > 1 else math.nan
        return cls(
            value=float(values.mean()), spread=spread, n=len(values), folds=folds, luck=luck
        )

    @property
    def error(self) -> float:
        """The corrected standard error; NaN for one fold."""
        return math.sqrt((1 / self.n + 1 / (self.folds - 1)) * self.spread**2 + self.luck)

    @property
    def p(self) -> float:
        """Two-sided chance of a mean so far from 0 where the true one is 0; 1 for one fold."""
        if self.n < 2 or self.value == 0:
            return 1.0
        if not self.error:
            return 0.0
        return float(2 * special.stdtr(self.n - 1, -abs(self.value) / self.error))

    def interval(self, level: float = LEVEL) -> tuple[float, float]:
        """The corrected resampled interval; without bounds for one fold.

        Args:
            level: chance that it misses.

        Returns:
            Its ends; 0 is outside exactly where `p` is at most `level`.
        """
        if self.n < 2:
            return -math.inf, math.inf
        reach = float(special.stdtrit(self.n - 1, 1 - level / 2)) * self.error
        return self.value - reach, self.value + reach

    def chance_interval(self, level: float = LEVEL) -> tuple[float, float]:
        """Interval of the chance that the score of any one fold, of another search, is above 0.

        Args:
            level: chance that it misses.

        Returns:
            Its ends; 1/2 is outside exactly where `p` is at most `level`. All of [0, 1] for one fold.

        References:
            Cumming & Finch, "A primer on confidence intervals based on noncentral distributions", 2001.
        """
        if self.n < 2:
            return 0.0, 1.0
        if not self.error:
            certain = (float(np.sign(self.value)) + 1) / 2
            return certain, certain
        # What the folds show of the variance of one of them, and the share 1/K that they have in common.
        deviation = math.sqrt(self.spread**2 / (1 - 1 / self.folds) + self.luck)
        low, high = (
            special.nctdtrinc(self.n - 1, quantile, self.value / self.error)
            for quantile in (1 - level / 2, level / 2)
        )
        scale = self.error / deviation
        return float(special.ndtr(low * scale)), float(special.ndtr(high * scale))

    def detectable(self, level: float = LEVEL, power: float = POWER) -> float:
        """Smallest true mean that as many folds tell from 0.

        Args:
            level: of the two-sided test.
            power: chance of finding it.

        Returns:
            In units of the score; infinite for one fold.
        """
        if self.n < 2:
            return math.inf
        critical = special.stdtrit(self.n - 1, 1 - level / 2)
        # The shift at which a noncentral t lies above the critical value so often; that it lies below the other is
        # left out.
        return float(special.nctdtrinc(self.n - 1, 1 - power, critical)) * self.error

    def more_folds(self, level: float = LEVEL) -> int | None:
        """Folds to be added, in whole repetitions, until `p` is at most `level` if mean and spread stay what they are.

        Args:
            level: of the test.

        Returns:
            Their number; None where no number of folds of this corpus would do it.
        """
        if not self.value or self.n < 2:
            return None
        more = np.arange(self.folds, MOST_FOLDS + 1, self.folds)
        n = self.n + more
        errors = np.sqrt((1 / n + 1 / (self.folds - 1)) * self.spread**2 + self.luck)
        settled = more[2 * special.stdtr(n - 1, -abs(self.value) / errors) <= level]
        return int(settled[0]) if len(settled) else None
