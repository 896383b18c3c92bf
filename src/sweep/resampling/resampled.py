"""What balancing makes of the training part."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Resampled:
    """The training part after resampling: texts, and points between two texts of one class.

    Row i is text `rows[i]` where `weights[i]` is 0 (then `partners[i] == rows[i]`); else it is
    `(1 - weights[i]) * rows[i] + weights[i] * partners[i]`. Weights lie in [0, 0.5]: the nearer
    parent is the row. svm_smote alone also steps beyond a text, away from its partner; there
    they lie in (-0.5, 0.5].
    """

    rows: np.ndarray
    """Indices of training texts, int64, (m,)."""
    partners: np.ndarray
    """Indices of the other parents, int64, (m,)."""
    weights: np.ndarray
    """Shares of the other parents, float32, (m,)."""


def picked(rows: np.ndarray) -> Resampled:
    """Texts alone, none of them mixed.

    Args:
        rows: indices of training texts, (m,).
    """
    rows = np.asarray(rows, dtype=np.int64)
    return Resampled(rows, rows.copy(), np.zeros(len(rows), dtype=np.float32))
