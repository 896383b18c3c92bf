"""The best score that a budget is expected to buy in an arm, for the summary."""

import math
from collections.abc import Sequence
from typing import Any

from sweep.config import Metric

BUDGETS = 12
"""Points of the curve over seconds."""
BOUNDS = {Metric.mcc: (-1.0, 1.0), Metric.log_loss: (0.0, math.inf)}
"""Least and greatest value of a metric, where they are not 0 and 1."""


def expected_best(
    metric: Metric, values: Sequence[float], seconds: Sequence[float], drawn: Sequence[float]
) -> dict[str, Any]:
    """Build the curves of an arm.

    Args:
        metric: the objective.
        values: best score of each trial that did not fail, (n,), n >= 1.
        seconds: that each took, (n,).
        drawn: the scores among them of trials that were drawn at random.

    Returns:
        `trials`: for 1 to n trials, taken in random order from those that were run; `seconds`: the same over
        budgets from the longest trial to all of them; `random`: for the trials drawn at random alone, with the
        bounds of a 95 % band, of which an infinite one is None. What has too few trials is absent.
    """
    from sweep.statistics.expected_best import band, expected_best_by_seconds
    from sweep.statistics.expected_best import expected_best as by_trials

    maximize = metric.maximize
    found: dict[str, Any] = {"trials": by_trials(values, maximize=maximize)}
    if len(values) > 1 and all(spent > 0 for spent in seconds):
        least, most = max(seconds), sum(seconds)
        budgets = [least + (most - least) * i / (BUDGETS - 1) for i in range(BUDGETS)]
        best = expected_best_by_seconds(values, seconds, budgets, maximize=maximize)
        found["seconds"] = {"budgets": [round(b, 1) for b in budgets], "best": best}
    if len(drawn) > 1:
        low, high = band(drawn, bounds=BOUNDS.get(metric, (0.0, 1.0)), maximize=maximize)
        found["random"] = {
            "best": by_trials(drawn, maximize=maximize),
            "low": [_finite(end) for end in low],
            "high": [_finite(end) for end in high],
        }
    return found


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
