"""What a constant answer scores, and how far a score may lie from the truth on one validation part.

Closed forms: a trial needs them after each epoch, and a bootstrap would cost more than the scores.
"""

import math
from collections.abc import Callable, Mapping

import numpy as np

from sweep.config import Metric
from sweep.scoring.metrics import SMALLEST

Counts = tuple[float, float, float, float]


def above_chance(
    metric: Metric,
    labels: np.ndarray,
    probabilities: np.ndarray,
    found: Mapping[str, float],
    *,
    margin: float,
) -> bool:
    """Tell whether a score shows that something has been learnt.

    Args:
        metric: the objective. A threshold tuned on the same rows lifts `mcc` and its like above chance by itself, so
            they are judged by `roc_auc`, the ranking under the threshold.
        labels: 0 or 1, (n,).
        probabilities: of the label 1, (n,).
        found: what `sweep.scoring.metrics.scores` gave for them.
        margin: standard errors that a score must lie above what a constant answer scores.

    Returns:
        Whether it does; always true under `ece`, by which a constant is as good as anything.
    """
    judged = Metric.roc_auc if metric in DECISIONS else metric
    chance = chance_level(judged, float(np.mean(labels)))
    if chance is None:
        return True
    gain = found[judged] - chance if judged.maximize else chance - found[judged]
    return gain > margin * standard_error(judged, labels, probabilities, found)


def chance_level(metric: Metric, share: float) -> float | None:
    """Score of the best answer that is the same for every text.

    Args:
        metric: a score without a threshold.
        share: of positives among the rows that are scored, in [0, 1].

    Returns:
        The score; None for `ece`.
    """
    within = min(max(share, SMALLEST), 1 - SMALLEST)
    levels = {
        Metric.average_precision: share,
        Metric.roc_auc: 0.5,
        Metric.log_loss: -within * math.log(within) - (1 - within) * math.log(1 - within),
        Metric.brier: share * (1 - share),
    }
    return levels.get(metric)


def standard_error(
    metric: Metric, labels: np.ndarray, probabilities: np.ndarray, found: Mapping[str, float]
) -> float:
    """Estimate the standard deviation of a score over validation parts of this size.

    Args:
        metric: the objective.
        labels: 0 or 1, (n,).
        probabilities: of the label 1, (n,).
        found: what `sweep.scoring.metrics.scores` gave for them.

    Returns:
        The standard error; for `ece` that of the share of positives, which is above its own.

    References:
        average_precision: Boyd, Eng & Page, "Area under the precision-recall curve: point estimates and
        confidence intervals", 2013 (binomial; up to twice too wide where positives are rare and nothing has been
        learnt, which errs on the side of a trial). roc_auc: Hanley & McNeil, 1982. Scores of
        decisions: the jackknife (Tukey, 1958). log_loss, brier: of a mean.
    """
    positives = float(np.count_nonzero(labels))
    negatives = len(labels) - positives
    score = found[metric]
    if metric is Metric.average_precision:
        return math.sqrt(score * (1 - score) / max(1.0, positives))
    if metric is Metric.roc_auc:
        return error_of_auc(score, max(1.0, positives), max(1.0, negatives))
    if metric in DECISIONS:
        counts = found["tp"], found["fp"], found["fn"], found["tn"]
        return _jackknife(counts, DECISIONS[metric])
    if metric is Metric.log_loss:
        safe = np.clip(probabilities, SMALLEST, 1 - SMALLEST)
        return _error_of_mean(-np.log(np.where(labels == 1, safe, 1 - safe)))
    if metric is Metric.brier:
        return _error_of_mean((probabilities - labels) ** 2)
    return _error_of_mean(labels)


def _error_of_mean(rows: np.ndarray) -> float:
    return float(np.std(rows)) / math.sqrt(len(rows))


def error_of_auc(auc: float, positives: float, negatives: float) -> float:
    """Standard error of the area under a ROC curve (Hanley & McNeil, 1982).

    Args:
        auc: the area.
        positives: how many, at least 1.
        negatives: how many, at least 1.
    """
    two_positives, two_negatives = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    spread = auc * (1 - auc)
    spread += (positives - 1) * (two_positives - auc**2) + (negatives - 1) * (
        two_negatives - auc**2
    )
    return math.sqrt(max(0.0, spread) / (positives * negatives))


def _f1(counts: Counts) -> float:
    tp, fp, fn, _ = counts
    return 2 * tp / (2 * tp + fp + fn) if tp else 0.0


def _mcc(counts: Counts) -> float:
    tp, fp, fn, tn = counts
    scale = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)
    return (tp * tn - fp * fn) / math.sqrt(scale) if scale else 0.0


def _balanced_accuracy(counts: Counts) -> float:
    tp, fp, fn, tn = counts
    recalls = [right / rows for right, rows in ((tp, tp + fn), (tn, tn + fp)) if rows]
    return sum(recalls) / max(1, len(recalls))


DECISIONS: dict[Metric, Callable[[Counts], float]] = {
    Metric.f1: _f1,
    Metric.mcc: _mcc,
    Metric.balanced_accuracy: _balanced_accuracy,
}


def _jackknife(counts: Counts, score: Callable[[Counts], float]) -> float:
    # Rows of one cell are alike, so that leaving each out in turn takes four scores.
    rows = sum(counts)
    without, weights = [], []
    for cell, count in enumerate(counts):
        if count:
            tp, fp, fn, tn = (c - (other == cell) for other, c in enumerate(counts))
            without.append(score((tp, fp, fn, tn)))
            weights.append(count / rows)
    values, shares = np.array(without), np.array(weights)
    spread = shares @ (values - shares @ values) ** 2
    return math.sqrt((rows - 1) * float(spread))
