"""Scores of a whole part: how well probabilities rank, fit and decide.

scikit-learn computes them; what it leaves undefined, and the calibration error, which it lacks, are ours.
"""

import numpy as np
import sklearn
from numpy.typing import ArrayLike
from sklearn import metrics

SMALLEST = 1e-7
"""Distance from 0 and 1 kept under the logarithm: what a 32-bit sigmoid can tell from 1."""
BINS = 15
"""Bins of the calibration error."""


def scores(labels: ArrayLike, probabilities: ArrayLike, threshold: float) -> dict[str, float]:
    """Score probabilities, and the decisions that a threshold makes of them.

    What a part of one class or a decision without positives leaves undefined is 0, except that
    `roc_auc` is then 0.5 (no order to judge) and `balanced_accuracy` the recall of the class
    present.

    Args:
        labels: 0 or 1, (n,), n >= 1.
        probabilities: of the label 1, (n,), in [0, 1].
        threshold: a row is called positive where its probability is at least this.

    Returns:
        All of `ranking_scores`; `f1`, `mcc`, `balanced_accuracy`, `precision`, `recall`,
        `accuracy` at the threshold; the counts `tp`, `fp`, `fn`, `tn`.

    Raises:
        ValueError: empty or unequal shapes, a label other than 0 and 1, a probability that is
            NaN or outside [0, 1].
    """
    truth, p = checked(labels, probabilities)
    return _ranking(truth, p) | _decisions(truth, p >= threshold)


def ranking_scores(labels: ArrayLike, probabilities: ArrayLike) -> dict[str, float]:
    """Score probabilities without a threshold.

    Args:
        labels: 0 or 1, (n,), n >= 1.
        probabilities: of the label 1, (n,), in [0, 1].

    Returns:
        `average_precision`, `roc_auc`, `log_loss` (natural logarithm), `brier`, and `ece`: the
        mean distance between predicted share and found share of positives in 15 bins of equal
        width, [0, 1/15] to (14/15, 1], weighted by their rows.

    Raises:
        ValueError: as under `scores`.

    References:
        Naeini, Cooper & Hauskrecht, "Obtaining well calibrated probabilities using Bayesian
        binning", 2015; Guo et al., "On calibration of modern neural networks", 2017.
    """
    return _ranking(*checked(labels, probabilities))


def curve(truth: np.ndarray, p: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Count what is called positive at every cut point.

    Args:
        truth: boolean, (n,).
        p: probabilities, (n,).

    Returns:
        The m distinct probabilities, highest first, and the true and the false positives where the
        threshold is each of them; each (m,).
    """
    order = np.argsort(p)[::-1]
    p, truth = p[order], truth[order]
    ends = np.append(np.flatnonzero(np.diff(p)), len(p) - 1)
    tp = np.cumsum(truth)[ends]
    return p[ends], tp, ends + 1 - tp


def checked(labels: ArrayLike, probabilities: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Bring labels and probabilities into the form that every score needs.

    Args:
        labels: 0 or 1, (n,), n >= 1.
        probabilities: in [0, 1], (n,).

    Returns:
        Labels as boolean and probabilities as 64-bit numbers, each (n,).

    Raises:
        ValueError: as under `scores`.
    """
    y, p = np.asarray(labels), np.asarray(probabilities, dtype=np.float64)
    if y.ndim != 1 or y.shape != p.shape or not len(y):
        raise ValueError(
            f"Labels and probabilities must be of one length above 0, got {y.shape} and {p.shape}."
        )
    if not (p.min() >= 0 and p.max() <= 1):  # also false for NaN
        bad = p[~((p >= 0) & (p <= 1))]
        raise ValueError(f"Probabilities must lie in [0, 1]; {len(bad)} do not, such as {bad[0]}.")
    truth = y == 1
    if not (truth | (y == 0)).all():
        raise ValueError(f"Labels must be 0 or 1, but got {np.unique(y)[:5].tolist()}.")
    return truth, p


def _ranking(truth: np.ndarray, p: np.ndarray) -> dict[str, float]:
    both = truth.any() and not truth.all()
    safe = np.clip(p, SMALLEST, 1 - SMALLEST)
    # `checked` has looked at the input once; scikit-learn would look at it anew for every score.
    with sklearn.config_context(assume_finite=True, skip_parameter_validation=True):
        return {
            "average_precision": _average_precision(truth, p),
            "roc_auc": float(metrics.roc_auc_score(truth, p)) if both else 0.5,
            "log_loss": float(metrics.log_loss(truth, safe, labels=[False, True])),
            "brier": float(metrics.mean_squared_error(truth, p)),
            "ece": calibration_error(truth, p),
        }


def _average_precision(truth: np.ndarray, p: np.ndarray) -> float:
    # Of a perfect order scikit-learn's sum of steps may come to a rounding error more than 1.
    return min(1.0, float(metrics.average_precision_score(truth, p))) if truth.any() else 0.0


def calibration_error(truth: np.ndarray, p: np.ndarray) -> float:
    """Mean distance between predicted share and found share of positives in bins of equal width.

    Args:
        truth: 0 or 1, (n,).
        p: probabilities, (n,).

    Returns:
        The expected calibration error, in [0, 1].

    References:
        Naeini, Cooper & Hauskrecht, 2015.
    """
    bins = np.clip(np.ceil(p * BINS).astype(np.intp) - 1, 0, BINS - 1)
    gaps = np.bincount(bins, weights=p - truth, minlength=BINS)
    return float(np.abs(gaps).sum() / len(p))


def _decisions(truth: np.ndarray, called: np.ndarray) -> dict[str, float]:
    with sklearn.config_context(assume_finite=True, skip_parameter_validation=True):
        counts = metrics.confusion_matrix(truth, called, labels=[False, True])
        precision, recall, f1, _ = metrics.precision_recall_fscore_support(
            truth, called, average="binary", pos_label=True, zero_division=0.0
        )
        mcc = metrics.matthews_corrcoef(truth, called)
    (tn, fp), (fn, tp) = counts.tolist()
    recalls = [right / rows for right, rows in ((tp, tp + fn), (tn, tn + fp)) if rows]
    return {
        "f1": float(f1),
        "mcc": float(mcc),
        "balanced_accuracy": sum(recalls) / len(recalls),
        "precision": float(precision),
        "recall": float(recall),
        "accuracy": (tp + tn) / len(truth),
        "tp": float(tp),
        "fp": float(fp),
        "fn": float(fn),
        "tn": float(tn),
    }
