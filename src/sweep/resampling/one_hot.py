"""One-hot rows that stand for texts, and estimators that measure distances between those texts.

A sampler that mixes one-hot rows answers with the indices and shares of the parents. Its
neighbours and its support vectors come from the estimators here, which look up the texts' points
in a real space; samplers take such estimators as public parameters.
"""

from typing import Any, Self

import numpy as np
from scipy.sparse import csr_matrix, identity
from sklearn.neighbors import NearestNeighbors
from sklearn.svm import SVC


def one_hot(n: int) -> csr_matrix:
    """Give n rows, of which row i is 1 in column i and 0 elsewhere.

    Args:
        n: number of texts.

    Returns:
        Sparse, (n, n).
    """
    return csr_matrix(identity(n, dtype=np.float64, format="csr"))


def parents(mixed: csr_matrix) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Read parents and shares off rows that were mixed from two one-hot rows each.

    Args:
        mixed: sparse, (m, n); each row sums to 1.

    Returns:
        The parent of the larger share, int64; the other one, int64; the other one's share,
        float32; each (m,). Where the share is 0 both parents are the same.
    """
    mixed = mixed.tocsr()
    mixed.sum_duplicates()
    mixed.eliminate_zeros()
    first, last = mixed.indptr[:-1], mixed.indptr[1:] - 1
    swap = mixed.data[first] < mixed.data[last]
    rows = mixed.indices[np.where(swap, last, first)].astype(np.int64)
    partners = mixed.indices[np.where(swap, first, last)].astype(np.int64)
    weights = mixed.data[np.where(swap, first, last)].astype(np.float32)
    # A row mixed with itself is one index of share 1; and 32 bits may round a share to 0.
    alone = (first == last) | (weights == 0)
    return rows, np.where(alone, rows, partners), np.where(alone, np.float32(0), weights)


class Neighbors(NearestNeighbors):  # type: ignore[misc]
    """Nearest neighbours of one-hot rows, measured between the points they stand for.

    Args:
        space: points of all texts, (n, c).
        n_neighbors: neighbours to find, a row itself among them.
        n_jobs: as scikit-learn's.
    """

    def __init__(self, space: np.ndarray, n_neighbors: int = 5, n_jobs: int | None = None) -> None:
        super().__init__(n_neighbors=n_neighbors, n_jobs=n_jobs)
        self.space = space

    def fit(self, X: csr_matrix, y: Any = None) -> Self:
        """Remember the points that one-hot rows stand for.

        Args:
            X: one-hot rows, (m, n).
            y: ignored.

        Returns:
            This estimator.
        """
        super().fit(self.space[X.indices])
        return self

    def kneighbors(self, X: csr_matrix, **options: Any) -> Any:
        """Find the neighbours of one-hot rows.

        Args:
            X: one-hot rows, (m, n).
            **options: as scikit-learn's.

        Returns:
            As scikit-learn's.
        """
        return super().kneighbors(self.space[X.indices], **options)


class SupportVectors(SVC):  # type: ignore[misc]
    """Support vectors among one-hot rows, found between the points they stand for.

    Args:
        space: points of all texts, (n, c).
    """

    def __init__(self, space: np.ndarray) -> None:
        super().__init__(gamma="scale", cache_size=500)
        self.space = space

    def fit(self, X: csr_matrix, y: np.ndarray, sample_weight: np.ndarray | None = None) -> Self:
        """Find the support vectors.

        Args:
            X: one-hot rows, (m, n).
            y: their labels, (m,).
            sample_weight: as scikit-learn's.

        Returns:
            This estimator, with `support_`.
        """
        super().fit(self.space[X.indices], y, sample_weight)
        return self
