"""Trials with a value against those without, all else equal."""

import numpy as np
import pytest

from sweep.statistics.counterfactual import Contrast, contrasts
from sweep.statistics.importance import Column


def drawn(seed: int, n: int) -> list[Column]:
    rng = np.random.default_rng(seed)
    return [
        Column(name="two", values=rng.integers(0, 2, n).astype(float), choices=2),
        Column(name="three", values=rng.integers(0, 3, n).astype(float), choices=3),
        Column(name="rate", values=rng.random(n)),
        Column(name="size", values=rng.random(n)),
    ]


def of(found: list[Contrast], name: str, choice: int | None = None) -> Contrast:
    return next(one for one in found if (one.name, one.choice) == (name, choice))


def test_an_effect_is_found_beside_a_larger_one_that_goes_with_it() -> None:
    columns = drawn(0, 60)
    # The rate decides more, and high ones go with the choice: the plain means would say .3.
    side = columns[0].values
    columns[2] = Column(name="rate", values=np.clip(columns[2].values * 0.5 + 0.5 * side, 0, 1))
    noise = np.random.default_rng(1).normal(size=60) * 0.02
    scores = 0.5 - 0.1 * side + 0.8 * columns[2].values + noise
    plain = scores[side == 1].mean() - scores[side == 0].mean()
    found = of(contrasts(columns, scores), "two", 0)
    assert plain > 0.2
    assert found.difference == pytest.approx(0.1, abs=0.03)  # of the choice 0 against the other
    assert found.interval[0] < 0.1 < found.interval[1]
    assert found.told
    assert found.trials == (int((side == 0).sum()), int(side.sum()))


def test_without_any_effect_hardly_anything_is_told() -> None:
    told = 0
    for seed in range(40):
        scores = np.random.default_rng(100 + seed).normal(size=24)
        told += any(one.told for one in contrasts(drawn(seed, 24), scores, draws=20, shuffles=500))
    assert told <= 5  # 2 are expected, 6 or more come once in 70 times


def test_a_number_is_cut_at_its_middle_and_a_condition_leaves_trials_out() -> None:
    columns = drawn(2, 40)
    columns[3].values[:20] = np.nan
    scores = np.where(columns[3].values > 0.5, 0.9, 0.6) + np.linspace(0, 1e-3, 40)
    found = of(contrasts(columns, scores), "size")
    assert sum(found.trials) == 20
    assert found.cut == pytest.approx(float(np.nanmedian(columns[3].values)))
    assert found.difference > 0.15


@pytest.mark.parametrize("n", [9, 10])
def test_below_ten_trials_nothing_is_said(n: int) -> None:
    scores = np.linspace(0, 1, n)
    assert bool(contrasts(drawn(3, n), scores, draws=20, shuffles=50)) is (n >= 10)


def test_what_is_compared_is_adjusted_for_but_not_told() -> None:
    columns = drawn(4, 40)
    scores = 0.5 + 0.2 * columns[0].values + np.random.default_rng(5).normal(size=40) * 0.01
    found = contrasts(columns, scores, skip=["two"], draws=20, shuffles=50)
    assert "two" not in {one.name for one in found}
    assert {one.name for one in found} == {"three", "rate", "size"}


def test_equal_scores_differ_in_nothing() -> None:
    assert contrasts(drawn(6, 30), np.full(30, 0.7)) == []
