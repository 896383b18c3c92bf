"""Corrected means over folds against published examples and simulated folds."""

import math

import numpy as np
import pytest
from scipy import stats

from sweep.statistics.fold_means import FoldMean


def one(spread: float, n: int, folds: int = 5) -> FoldMean:
    return FoldMean(value=0.0, spread=spread, n=n, folds=folds)


def test_noethers_29_pairs_of_bouthillier() -> None:
    # Bouthillier et al. 2021: by Noether's formula 29 pairs find P(A beats B) = .75 with errors of 5 % of either
    # kind. Normal differences that are above 0 so often have a mean of .674 deviations; a t-test is a little
    # stronger than the sign test's kin.
    found = one(1.0, 29, 10**9).detectable(level=0.1, power=0.95)
    assert 0.9 < found / stats.norm.ppf(0.75) < 1


@pytest.mark.parametrize(("effect", "n"), [(0.5, 34), (0.8, 15), (0.2, 199)])
def test_cohens_sample_sizes(effect: float, n: int) -> None:
    # Cohen, "Statistical power analysis", and G*Power: pairs for effects of .2, .5 and .8 deviations, two-sided 5
    # %, power 80 %.
    assert one(1.0, n, 10**9).detectable() <= effect
    assert one(1.0, n - 1, 10**9).detectable() > effect


def test_the_correction_is_exact_for_folds_that_share_a_kth_of_their_variance() -> None:
    # Equally correlated normals, 1/K apart: the case that Nadeau and Bengio's factor stands for.
    draw = np.random.default_rng(0)
    scores = math.sqrt(0.2) * draw.normal(size=(4000, 1)) + math.sqrt(0.8) * draw.normal(
        size=(4000, 5)
    )
    missed = [not low <= 0 <= high for low, high in (FoldMean.of(s).interval() for s in scores)]
    assert 0.04 < np.mean(missed) < 0.06


def test_a_published_interval_of_an_effect() -> None:
    # Cumming & Finch, 2001: t(19) = 2.0 of one sample of 20, so d = .447, has a 95 % interval of d of about -.02 to
    # .90.
    sample = np.linspace(-1, 1, 20)
    sample = sample / np.std(sample, ddof=1) + 2 / math.sqrt(20)
    low, high = stats.norm.ppf(FoldMean.of(sample, folds=10**9).chance_interval())
    assert (round(low, 2), round(high, 2)) == (-0.02, 0.90)


def power(shift: float, n: int, folds: int, draws: int = 3000) -> float:
    """Share of draws in which a shift is found, folds correlated as the correction assumes."""
    draw = np.random.default_rng(1)
    shared = draw.normal(size=(draws, 1)) * math.sqrt(1 / folds)
    scores = shift + shared + draw.normal(size=(draws, n)) * math.sqrt(1 - 1 / folds)
    return float(np.mean([FoldMean.of(s, folds=folds).p <= 0.05 for s in scores]))


@pytest.mark.parametrize(("folds", "n"), [(5, 5), (5, 25), (10, 10)])
def test_what_is_detectable_is_found_four_times_in_five(folds: int, n: int) -> None:
    spread = math.sqrt(1 - 1 / folds)  # what the folds show of their spread
    assert 0.77 < power(one(spread, n, folds).detectable(), n, folds) < 0.83


def test_a_difference_that_no_number_of_folds_shows() -> None:
    assert FoldMean.of([0.1, -0.1, 0.1, -0.1, 0.1]).more_folds() is None
    # The overlap of the training rows leaves a floor, whatever the number of folds.
    assert one(1.0, 10**6).detectable() == pytest.approx(0.5 * (1.96 + 0.8416), rel=1e-3)


def test_one_fold_says_nothing() -> None:
    found = FoldMean.of([0.9, math.nan])
    assert (found.value, found.n, found.p, found.detectable()) == (0.9, 1, 1.0, math.inf)
    assert found.interval() == (-math.inf, math.inf)
    assert found.chance_interval() == (0.0, 1.0)
    assert found.more_folds() is None
    assert math.isnan(found.error)


def test_what_has_no_mean() -> None:
    with pytest.raises(ValueError, match="none has"):
        FoldMean.of([math.nan])
    with pytest.raises(ValueError, match="at least 2 folds, but got 1"):
        FoldMean.of([0.5, 0.6], folds=1)
