"""One-hot rows that stand for texts: parents read off, distances between what they stand for."""

import numpy as np
import pytest
from imblearn.over_sampling import SMOTE
from scipy.sparse import csr_matrix
from sklearn.svm import SVC

from support.resampled_points import cloud, counts, points_of, run
from sweep.resampling.one_hot import Neighbors, SupportVectors, one_hot, parents


@pytest.mark.parametrize("apart", [0.1, 0.5, 6.0])
@pytest.mark.parametrize("seed", range(4))
def test_svm_smote_makes_all_rows_also_where_support_vectors_are_of_one_kind(
    apart: float, seed: int
) -> None:
    labels, space = cloud(n0=60, n1=25, apart=apart)
    assert counts(labels, run(labels, space, "svm_smote", seed=seed)) == [60, 60]


def test_smote_names_the_very_points_that_imbalanced_learn_makes() -> None:
    labels, space = cloud()
    wide = space.astype(np.float64)
    plain, _ = SMOTE(random_state=3, k_neighbors=4).fit_resample(wide, labels)
    found = run(labels, wide, "smote", seed=3, k_neighbors=4)
    np.testing.assert_allclose(points_of(wide, found), plain, atol=1e-6)


MIXED = {
    "of one alone": ([(1.0, 2)], (2, 2, 0.0)),
    "the larger share first": ([(0.75, 3), (0.25, 0)], (3, 0, 0.25)),
    "the larger share last": ([(0.1, 0), (0.9, 3)], (3, 0, 0.1)),
    "with itself": ([(0.4, 1), (0.6, 1)], (1, 1, 0.0)),
    "a share of nothing": ([(1.0, 1), (0.0, 3)], (1, 1, 0.0)),
    "a share that 32 bits lose": ([(1.0, 1), (1e-60, 3)], (1, 1, 0.0)),
    "beyond the first, as SVM-SMOTE goes": ([(1.25, 1), (-0.25, 2)], (1, 2, -0.25)),
}


@pytest.mark.parametrize(("shares", "expected"), MIXED.values(), ids=MIXED)
def test_parents_and_shares_are_read_off_a_mixed_row(
    shares: list[tuple[float, int]], expected: tuple[int, int, float]
) -> None:
    data, columns = zip(*shares, strict=True)
    mixed = csr_matrix((data, ([0] * len(shares), columns)), shape=(1, 4))
    rows, partners, weights = parents(mixed)
    assert (rows.dtype, partners.dtype, weights.dtype) == (np.int64, np.int64, np.float32)
    assert (rows[0], partners[0]) == expected[:2]
    assert weights[0] == pytest.approx(expected[2])


def test_neighbours_are_those_of_the_points() -> None:
    space = np.array([[0.0], [10.0], [1.0], [11.0], [3.0]])
    rows = one_hot(len(space))
    found = Neighbors(space, n_neighbors=2).fit(rows[:4]).kneighbors(rows[[4, 1]])
    assert found[1].tolist() == [[2, 0], [1, 3]]
    assert found[0].tolist() == [[2.0, 3.0], [0.0, 1.0]]


def test_support_vectors_are_those_of_the_points() -> None:
    labels, space = cloud(n0=40, n1=20)
    points = space.astype(np.float64)
    plain = SVC(gamma="scale").fit(points, labels)
    found = SupportVectors(points).fit(one_hot(len(points)), labels)
    assert found.support_.tolist() == plain.support_.tolist()
