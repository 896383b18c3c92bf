"""Scores of resampled rows: a resample is how often each row is in it, so that rows are sorted once for all."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Scores = Callable[[Array], Array]
"""Counts of rows, (draws, n), to scores, (draws,)."""

SMALLEST = 1e-7
"""Distance from 0 and 1 kept under the logarithm, as in the scores of a part."""
BINS = 15
"""Bins of the calibration error."""


def resampled_scores(
    metric: str, labels: ArrayLike, probabilities: ArrayLike, threshold: float = 0.5
) -> Scores:
    """Make the function that scores resamples of these rows.

    Args:
        metric: a name of `sweep.config.Metric`, or `accuracy`, `precision` or `recall`.
        labels: 0 or 1, (n,).
        probabilities: of the label 1, (n,).
        threshold: a row is called positive where its probability is at least this; for scores of decisions.

    Returns:
        A function of counts, (draws, n): what `sweep.scoring.metrics.scores` gives for rows that are repeated so often.

    Raises:
        ValueError: an unknown metric, or unequal shapes.
    """
    truth, p = np.asarray(labels) == 1, np.asarray(probabilities, dtype=np.float64)
    if truth.shape != p.shape or p.ndim != 1 or not len(p):
        raise ValueError(
            f"Labels and probabilities must be of one length above 0, got {truth.shape} and {p.shape}."
        )
    if metric in RANKINGS:
        return _ranked(truth, p, RANKINGS[metric])
    if metric in DECISIONS:
        return _decided(truth, p >= threshold, DECISIONS[metric])
    if metric == "ece":
        return _calibrated(truth, p)
    if metric in LOSSES:
        loss = LOSSES[metric](truth, p)
        return lambda counts: np.asarray(counts @ loss / counts.sum(axis=1))
    known = sorted([*RANKINGS, *DECISIONS, *LOSSES, "ece"])
    raise ValueError(f"{metric!r} is no score of rows; there are {', '.join(known)}.")


def _ratio(part: Array, whole: Array) -> Array:
    ratio: Array = np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
    return ratio


def _average_precision(tp: Array, fp: Array) -> Array:
    steps = np.diff(tp, axis=1, prepend=0)
    positives = tp[:, -1]
    total = (steps * _ratio(tp, tp + fp)).sum(axis=1)
    return _ratio(total, positives)


def _roc_auc(tp: Array, fp: Array) -> Array:
    before = np.pad(tp, ((0, 0), (1, 0)))[:, :-1]
    won = (np.diff(fp, axis=1, prepend=0) * (tp + before)).sum(axis=1) / 2
    pairs = tp[:, -1] * fp[:, -1]
    return np.where(pairs > 0, _ratio(won, pairs), 0.5)


RANKINGS: dict[str, Callable[[Array, Array], Array]] = {
    "average_precision": _average_precision,
    "roc_auc": _roc_auc,
}
"""Of true and false positives at every cut point, highest first; (draws, m) each."""


def _mcc(tp: Array, fp: Array, fn: Array, tn: Array) -> Array:
    return _ratio(tp * tn - fp * fn, np.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)))


def _balanced(tp: Array, fp: Array, fn: Array, tn: Array) -> Array:
    present = (tp + fn > 0).astype(float) + (tn + fp > 0)
    return np.asarray((_ratio(tp, tp + fn) + _ratio(tn, tn + fp)) / present)


DECISIONS: dict[str, Callable[..., Array]] = {
    "f1": lambda tp, fp, fn, tn: _ratio(2 * tp, 2 * tp + fp + fn),
    "mcc": _mcc,
    "balanced_accuracy": _balanced,
    "accuracy": lambda tp, fp, fn, tn: _ratio(tp + tn, tp + fp + fn + tn),
    "precision": lambda tp, fp, fn, tn: _ratio(tp, tp + fp),
    "recall": lambda tp, fp, fn, tn: _ratio(tp, tp + fn),
}
"""Of the four counts, (draws,) each."""


def _log_loss(truth: Flags, p: Array) -> Array:
    safe = np.clip(p, SMALLEST, 1 - SMALLEST)
    return np.asarray(-np.log(np.where(truth, safe, 1 - safe)))


LOSSES: dict[str, Callable[[Flags, Array], Array]] = {
    "log_loss": _log_loss,
    "brier": lambda truth, p: (p - truth) ** 2,
}
"""Means over rows, (n,)."""


def _ranked(truth: Flags, p: Array, score: Callable[[Array, Array], Array]) -> Scores:
    order = np.argsort(-p, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(p[order])), len(p) - 1)
    sign = truth[order].astype(np.float64)

    def scores(counts: Array) -> Array:
        ranked = counts[:, order].astype(np.float64)
        tp = np.cumsum(ranked * sign, axis=1)[:, ends]
        fp = np.cumsum(ranked * (1 - sign), axis=1)[:, ends]
        return score(tp, fp)

    return scores


def _decided(truth: Flags, called: Flags, score: Callable[..., Array]) -> Scores:
    cells = np.stack(
        [truth & called, ~truth & called, truth & ~called, ~truth & ~called], axis=1
    ).astype(np.float64)
    return lambda counts: score(*(counts @ cells).T)


def _calibrated(truth: Flags, p: Array) -> Scores:
    bins = np.clip(np.ceil(p * BINS).astype(np.intp) - 1, 0, BINS - 1)
    gaps = np.zeros((len(p), BINS))
    gaps[np.arange(len(p)), bins] = p - truth
    return lambda counts: np.asarray(np.abs(counts @ gaps).sum(axis=1) / counts.sum(axis=1))
