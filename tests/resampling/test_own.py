"""A plug-in's resampler: imbalanced-learn's own work as they are, and what is told is what is mixed."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from imblearn.combine import SMOTEENN
from imblearn.over_sampling import SMOTE, RandomOverSampler
from imblearn.under_sampling import TomekLinks

from support.plugins import forget
from support.resampled_points import cloud, counts, points_of, run
from sweep.errors import ResamplingError
from sweep.plugins.tables import RESAMPLERS, Entry, Plugin

MINE = Plugin(name="mine.py", digest="0" * 64, place="/nowhere/mine.py")


@pytest.fixture
def mine() -> Iterator[Callable[[Any], None]]:
    yield lambda made: RESAMPLERS.add(Entry(name="mine", made=made, plugin=MINE))
    RESAMPLERS.forget(MINE)
    forget()


@pytest.mark.parametrize(
    ("make", "ours"),
    [
        (lambda seed: RandomOverSampler(random_state=seed), "random_over"),
        (lambda seed: TomekLinks(), "tomek_links"),
        (lambda seed: SMOTE(random_state=seed), "smote"),
    ],
    ids=["repeats", "leaves out", "mixes"],
)
def test_imbalanced_learns_give_what_ours_give(mine: Any, make: Any, ours: str) -> None:
    mine(make)
    labels, space = cloud()
    found, known = run(labels, space, "mine", seed=3), run(labels, space, ours, seed=3)
    np.testing.assert_array_equal(found.rows, known.rows)
    np.testing.assert_array_equal(found.partners, known.partners)
    np.testing.assert_allclose(found.weights, known.weights, atol=1e-5)
    assert bool(found.weights.any()) == (ours == "smote")


def test_a_method_that_we_have_not_is_read_by_its_marks(mine: Any) -> None:
    made: list[np.ndarray] = []

    class Noted(SMOTEENN):  # type: ignore[misc]
        def fit_resample(self, X: Any, y: Any) -> Any:
            found = super().fit_resample(X, y)
            made.append(found[0][:, :6])
            return found

    mine(lambda seed: Noted(random_state=seed))
    labels, space = cloud()
    found = run(labels, space, "mine", seed=5)
    assert found.weights.any()
    assert len(set(found.rows[found.weights == 0].tolist())) < len(labels)  # it cleans, too
    np.testing.assert_allclose(points_of(space, found), made[-1].toarray(), atol=1e-5)


class Pairs:
    """Mixes the first two rows of class 1 by what it is told."""

    share = 0.25
    other = 1

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def fit_resample(self, X: Any, y: np.ndarray) -> Any:
        X[:] = 0  # what it is given is its own
        first = np.flatnonzero(y == 1)[0]
        partner = np.flatnonzero(y == self.other)[1]
        own = np.arange(len(y))
        self.sample_indices_ = np.append(own, first)
        self.partner_indices_ = np.append(own, partner)
        self.partner_shares_ = np.append(np.zeros(len(y)), self.share)
        return X, y


def test_own_code_may_tell_its_partners(mine: Any) -> None:
    mine(Pairs)
    labels, space = cloud()
    before = space.copy()
    found = run(labels, space, "mine")
    first, second = np.flatnonzero(labels == 1)[:2]
    assert (found.rows[-1], found.partners[-1], found.weights[-1]) == (first, second, 0.25)
    assert counts(labels, found) == [200, 41]
    np.testing.assert_array_equal(space, before)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"other": 0}, "it mixed rows of both classes"),
        ({"share": 0.75}, "the shares between -.5 and .5"),
        ({"share": np.nan}, "the shares between -.5 and .5"),
    ],
    ids=["both classes", "more than half", "no number"],
)
def test_what_cannot_be_mixed_is_refused(mine: Any, changes: dict[str, Any], told: str) -> None:
    mine(type("Other", (Pairs,), changes))
    labels, space = cloud()
    with pytest.raises(ResamplingError, match=told):
        run(labels, space, "mine")


class Means:
    """Three rows in one, and no indices."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def fit_resample(self, X: Any, y: np.ndarray) -> Any:
        return X[:3].mean(0)[None] if isinstance(X, np.ndarray) else X[:3].sum(0) / 3, y[:1]


def test_a_mean_of_three_rows_is_not_understood(mine: Any) -> None:
    mine(Means)
    labels, space = cloud()
    with pytest.raises(ResamplingError, match="made a row of 3 training rows; one or two"):
        run(labels, space, "mine")


def test_a_value_error_means_that_it_cannot_work_here(mine: Any) -> None:
    mine(lambda seed: SMOTE(random_state=seed, k_neighbors=50))
    labels, space = cloud()
    with pytest.raises(
        ResamplingError, match=r"ValueError: Expected n_neighbors <= .* Choose another"
    ):
        run(labels, space, "mine")


def test_another_error_is_its_authors_to_mend(mine: Any) -> None:
    def broken(seed: int) -> Any:
        raise RuntimeError("no idea")

    mine(broken)
    labels, space = cloud()
    with pytest.raises(RuntimeError, match="no idea"):
        run(labels, space, "mine")
