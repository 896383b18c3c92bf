"""A plug-in's resampler: what imbalanced-learn's interface says, read as rows and parents."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from sweep.errors import ResamplingError
from sweep.plugins.tables import Entry
from sweep.resampling.resampled import Resampled, picked

MARK = 1e-6
"""What stands in a row's own column: it adds the same to all distances, far less than tells two texts apart."""


def resampled(
    entry: Entry,
    space: np.ndarray,
    labels: np.ndarray,
    *,
    seed: int,
    settings: Mapping[str, Mapping[str, Any]] | None,
    cannot: Callable[[str], str],
) -> Resampled:
    """Balance the training part by a plug-in's resampler.

    Args:
        entry: of `RESAMPLERS`.
        space: points of the training texts, (n, c).
        labels: 0 or 1, (n,), int64.
        seed: what it draws by.
        settings: of plug-ins, by their names.
        cannot: words a reason why it cannot work on these rows.

    Returns:
        The new training part.

    Raises:
        ResamplingError: it has no such interface, or gives rows that are none of the training part.
        Exception: whatever the plug-in raises.
    """
    make = entry.bound(settings)
    points = np.array(space, dtype=np.float64)  # it may write into what it gets
    sampler = _fitted(make(seed), points, labels.copy(), cannot)[0]
    chosen = getattr(sampler, "sample_indices_", None)
    if chosen is None:
        found = _told_by_marks(make(seed), points, labels, cannot)
    else:
        found = _told_by_indices(sampler, _indices(chosen, len(labels), cannot), labels, cannot)
    if (labels[found.rows] != labels[found.partners]).any():
        raise ResamplingError(cannot("it mixed rows of both classes, which have no label."))
    return found


def _fitted(sampler: Any, points: Any, labels: np.ndarray, cannot: Callable[[str], str]) -> Any:
    if not callable(getattr(sampler, "fit_resample", None)):
        kind = type(sampler).__name__
        raise ResamplingError(
            cannot(f"it must give an object with fit_resample, but gave {kind}.")
        )
    return sampler, *sampler.fit_resample(points, labels)


def _indices(given: Any, n: int, cannot: Callable[[str], str]) -> np.ndarray:
    found = np.asarray(given)
    whole = found.ndim == 1 and (found.dtype.kind in "iu" or not len(found))
    if not whole or len(found) and not 0 <= found.min() <= found.max() < n:
        raise ResamplingError(cannot(f"its indices must be whole numbers from 0 to {n - 1}."))
    return found.astype(np.int64)


def _told_by_indices(
    sampler: Any, rows: np.ndarray, labels: np.ndarray, cannot: Callable[[str], str]
) -> Resampled:
    given = getattr(sampler, "partner_indices_", None)
    if given is None:
        return picked(rows)
    partners = _indices(given, len(labels), cannot)
    shares = np.asarray(getattr(sampler, "partner_shares_", ()), dtype=np.float32)
    if not rows.shape == partners.shape == shares.shape or not (np.abs(shares) <= 0.5).all():
        raise ResamplingError(
            cannot(
                "sample_indices_, partner_indices_ and partner_shares_ must be as many, the shares between -.5 and .5."
            )
        )
    return Resampled(rows, np.where(shares == 0, rows, partners), shares)


def _told_by_marks(
    sampler: Any, points: np.ndarray, labels: np.ndarray, cannot: Callable[[str], str]
) -> Resampled:
    from scipy.sparse import csr_matrix, hstack

    from sweep.resampling.one_hot import one_hot, parents

    marked = hstack([csr_matrix(points), MARK * one_hot(len(labels))], format="csr")
    _, made, classes = _fitted(sampler, marked, labels.copy(), cannot)
    marks = csr_matrix(csr_matrix(made)[:, points.shape[1] :]) / MARK
    marks.data[np.abs(marks.data) < 1e-6] = 0  # the rest of a subtraction
    marks.eliminate_zeros()
    kinds = np.diff(marks.indptr)
    if not ((kinds >= 1) & (kinds <= 2)).all():
        worst = int(kinds[(kinds < 1) | (kinds > 2)][0])
        raise ResamplingError(
            cannot(
                f"it has no sample_indices_, and made a row of {worst} training rows; one or two are understood."
            )
        )
    rows, partners, shares = parents(marks)
    if (np.asarray(classes) != labels[rows]).any():
        raise ResamplingError(cannot("it gave a row another label than its parents have."))
    return Resampled(rows, partners, shares)
