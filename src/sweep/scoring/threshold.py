"""The decision threshold, chosen on the validation part."""

import numpy as np
from numpy.typing import ArrayLike

from sweep.scoring.metrics import checked, curve

TOLERANCE = 1e-12
"""Values of a rule nearer than this are equal; rounding leaves less between equal fractions."""


def choose(
    labels: ArrayLike,
    probabilities: ArrayLike,
    *,
    rule: str,
    target: float,
    cost_miss: float,
    cost_false_alarm: float,
) -> float:
    """Choose the threshold at or above which a probability means "positive".

    Every way to cut the sorted probabilities is looked at, calling all or nothing positive
    included. The threshold is the middle between the two distinct probabilities beside the cut
    (0 and 1 stand beside the outermost). Where several cuts are equally good, the one with the
    widest gap between its two probabilities wins, since a small shift of the probabilities
    carries the fewest rows across it; then the higher one. Labels of one class say nothing about
    a threshold: it is then 0.5.

    Args:
        labels: 0 or 1, (n,), n >= 1.
        probabilities: of the label 1, (n,), in [0, 1].
        rule: f1, mcc, balanced_accuracy: the highest; recall: the highest threshold that reaches
            `target`; precision: the lowest that reaches it, or the one of the best precision
            where none does; cost: the lowest sum of costs.
        target: recall or precision to reach.
        cost_miss: cost of a positive called negative.
        cost_false_alarm: cost of a negative called positive.

    Returns:
        The threshold; above 1 where the best is to call nothing positive and a probability is 1.

    Raises:
        ValueError: an unknown rule, or as under `metrics.scores`.
    """
    truth, p = checked(labels, probabilities)
    if rule not in (*MAXIMISED, "recall", "precision", "cost"):
        raise ValueError(
            f"`rule` must be f1, mcc, balanced_accuracy, recall, precision or cost, got {rule!r}."
        )
    if truth.all() or not truth.any():
        return 0.5
    values, tp, fp = curve(truth, p)
    tp, fp = np.append(0, tp), np.append(0, fp)  # cut j calls the j highest values positive
    uppers = np.append(1.0, values)
    lowers = np.append(values, 0.0)
    if rule == "recall":
        cut = int(np.flatnonzero(tp / tp[-1] >= target - TOLERANCE)[0])
    elif rule == "precision":
        cut = _precise(tp, fp, target)
    else:
        costs = cost_miss * (tp[-1] - tp) + cost_false_alarm * fp
        worth = -costs if rule == "cost" else MAXIMISED[rule](tp, fp)
        slack = TOLERANCE * max(1.0, float(np.abs(worth).max()))
        best = worth >= worth.max() - slack
        cut = int(np.argmax(np.where(best, uppers - lowers, -1.0)))
    return _between(float(lowers[cut]), float(uppers[cut]), nothing=cut == 0)


def _precise(tp: np.ndarray, fp: np.ndarray, target: float) -> int:
    precision = tp / np.maximum(tp + fp, 1)
    goal = min(target, float(precision.max()))
    return int(np.flatnonzero(precision >= goal - TOLERANCE)[-1])


def _between(lower: float, upper: float, *, nothing: bool) -> float:
    middle = (lower + upper) / 2
    # A model computes in 32 bits: two numbers that are neighbours there have no middle, and a
    # threshold rounded to the lower one would let it in.
    if np.float32(middle) > np.float32(lower):
        return middle
    if not nothing:
        return upper if upper > lower else middle
    return float(np.nextafter(np.float32(lower), np.float32(2)))


def _f1(tp: np.ndarray, fp: np.ndarray) -> np.ndarray:
    worth: np.ndarray = 2 * tp / (tp + fp + tp[-1])
    return worth


def _mcc(tp: np.ndarray, fp: np.ndarray) -> np.ndarray:
    positives, negatives = float(tp[-1]), float(fp[-1])
    called = (tp + fp).astype(np.float64)
    margins = np.sqrt(positives * negatives * called * (called[-1] - called))
    return (tp * negatives - fp * positives) / np.where(margins > 0, margins, 1.0)


def _balanced_accuracy(tp: np.ndarray, fp: np.ndarray) -> np.ndarray:
    worth: np.ndarray = (tp / tp[-1] + 1 - fp / fp[-1]) / 2
    return worth


MAXIMISED = {"f1": _f1, "mcc": _mcc, "balanced_accuracy": _balanced_accuracy}
"""Value of each cut, from the true and false positives at it."""
