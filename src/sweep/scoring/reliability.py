"""Whether probabilities can be taken at their word: what was said beside what was found."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sweep.scoring.metrics import checked, ranking_scores

EDGES = (0.0, 0.1, 0.3, 0.7, 0.9, 1.0)
"""Of the bins that a reader is shown: narrow where most answers lie and where a decision is sure."""
FITS = ("ece", "log_loss", "brier")
"""Scores of probabilities that are better when lower."""


def reliability(labels: ArrayLike, before: ArrayLike, after: ArrayLike) -> dict[str, Any]:
    """Compare probabilities with the shares of positives that were found.

    Args:
        labels: 0 or 1, (n,).
        before: probabilities of the label 1 as the network gives them, (n,).
        after: the same corrected and calibrated, (n,).

    Returns:
        `before` and `after`: `FITS` of each; `bins`: for each bin of `after` that holds rows, `low`, `high`, `rows`,
        `said` (mean probability) and `found` (share of positives). A bin holds what lies above `low` up to `high`.

    Raises:
        ValueError: as under `metrics.scores`.

    References:
        DeGroot & Fienberg, "The comparison and evaluation of forecasters", 1983 (the reliability diagram).
    """
    truth, p = checked(labels, after)
    place = np.clip(np.searchsorted(EDGES, p, side="left") - 1, 0, len(EDGES) - 2)
    bins = []
    for number in range(len(EDGES) - 1):
        inside = place == number
        if inside.any():
            said, found = float(p[inside].mean()), float(truth[inside].mean())
            edges = {"low": EDGES[number], "high": EDGES[number + 1]}
            bins.append(edges | {"rows": int(inside.sum()), "said": said, "found": found})
    fits = [
        {name: value for name, value in ranking_scores(truth, each).items() if name in FITS}
        for each in (before, p)
    ]
    return {"before": fits[0], "after": fits[1], "bins": bins}
