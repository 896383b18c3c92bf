"""Whether a value of a setting goes with a failure: shares by value or decade, and the chance of such a share."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sweep.statistics.paired import holm_levels

LEVEL = 0.05
NORMAL = 1.959963984540054
"""Of the standard normal distribution, 97.5 % lie below."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How many of the trials with a value failed, beside the others."""

    setting: str
    value: str
    """The value, or the range of a number."""
    failed: int
    trials: int
    failed_elsewhere: int
    trials_elsewhere: int
    interval: tuple[float, float]
    """Of the share of failed ones among those with the value."""
    p: float
    """Chance of so many, where the value has nothing to do with it."""
    told: bool = False
    """Whether it holds up beside all others that were looked at."""

    @property
    def share(self) -> float:
        """Of the trials with the value, the failed ones."""
        return self.failed / self.trials


def failure_shares(
    values: Mapping[str, Sequence[str | None]], failed: Sequence[bool], *, level: float = LEVEL
) -> list[Share]:
    """Tell with which values trials fail more often than with the others.

    Args:
        values: for each setting the value, or the range of a number, that each of n trials had; None where it had none.
        failed: whether each failed, (n,).
        level: chance that any value without effect is told.

    Returns:
        One for each value that some trials had and some had not, the smallest chance first.

    References:
        Fisher's exact test, one-sided; Wilson, 1927, for the interval; Holm, 1979, over all values.
    """
    found = []
    for setting, column in values.items():
        rows = [
            (value, bad) for value, bad in zip(column, failed, strict=True) if value is not None
        ]
        n, bad_of_all = len(rows), sum(bad for _, bad in rows)
        for value in dict.fromkeys(value for value, _ in rows):
            of_value = [bad for other, bad in rows if other == value]
            if len(of_value) < n:
                found.append(_share(setting, value, sum(of_value), len(of_value), bad_of_all, n))
    levels = holm_levels([one.p for one in found], level)
    told = [replace(one, told=one.p <= at) for one, at in zip(found, levels, strict=True)]
    return sorted(told, key=lambda one: one.p)


def _share(setting: str, value: str, failed: int, trials: int, of_all: int, n: int) -> Share:
    return Share(
        setting=setting,
        value=value,
        failed=failed,
        trials=trials,
        failed_elsewhere=of_all - failed,
        trials_elsewhere=n - trials,
        interval=wilson(failed, trials),
        p=_at_least(failed, trials, of_all, n),
    )


def wilson(hits: int, n: int) -> tuple[float, float]:
    """The 95 % interval of a share.

    Args:
        hits: how many.
        n: of how many, at least 1.

    Returns:
        Its ends.
    """
    share, square = hits / n, NORMAL**2
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = NORMAL * math.sqrt(share * (1 - share) / n + square / (4 * n**2)) / (1 + square / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def _at_least(hits: int, drawn: int, of_all: int, n: int) -> float:
    most = min(drawn, of_all)
    ways = sum(
        math.comb(of_all, k) * math.comb(n - of_all, drawn - k) for k in range(hits, most + 1)
    )
    return ways / math.comb(n, drawn)
