"""Corrected intervals and decisions against published examples and slow independent computations."""

import itertools
import math

import numpy as np
import pytest
from scipy import stats
from sklearn.datasets import make_moons
from sklearn.model_selection import RepeatedStratifiedKFold, cross_val_score
from sklearn.svm import SVC

from sweep.statistics.paired import (
    Comparison,
    Decision,
    compare,
    detectable_difference,
    holm_levels,
    mean_over_folds,
    paired,
)


def test_scikit_learns_example_of_the_corrected_test() -> None:
    # "Statistical comparison of models using grid search", scikit-learn's example gallery: t = 0.750, one-sided p =
    # 0.227.
    texts, labels = make_moons(noise=0.352, random_state=1, n_samples=100)
    folds = RepeatedStratifiedKFold(n_splits=10, n_repeats=10, random_state=0)
    rbf, linear = (
        cross_val_score(SVC(kernel=kernel), texts, labels, scoring="roc_auc", cv=folds)
        for kernel in ("rbf", "linear")
    )
    found = compare(rbf, linear, folds=10)
    assert round(found.p / 2, 3) == 0.227
    reach = found.difference_interval[1] - found.difference
    assert round(found.difference / reach * stats.t.ppf(0.975, 99), 3) == 0.750
    assert found.decision is Decision.no_evidence


def test_pingouins_example_of_holm() -> None:
    # pingouin.holm: p-values .50, .003, .32, .054, .0003 become .64, .012, .64, .162, .0015.
    ps = [0.50, 0.003, 0.32, 0.054, 0.0003]
    adjusted = {1: 0.012, 3: 0.162, 4: 0.0015}
    for level in (0.001, 0.0014, 0.0016, 0.011, 0.013, 0.05, 0.16, 0.17, 0.3):
        levels = holm_levels(ps, level)
        rejected = {i for i, (p, at) in enumerate(zip(ps, levels, strict=True)) if p <= at}
        assert rejected == {i for i, p in adjusted.items() if p <= level}


def test_noethers_29_pairs_of_bouthillier() -> None:
    # Bouthillier et al. 2021: by Noether's formula 29 pairs find P(A beats B) = .75 with errors of 5 % of either
    # kind. Normal differences that are above 0 so often have a mean of .674 deviations; a t-test is a little
    # stronger than the sign test's kin.
    found = detectable_difference(1.0, 29, folds=10**9, level=0.1, power=0.95)
    assert 0.9 < found / stats.norm.ppf(0.75) < 1


@pytest.mark.parametrize(("effect", "n"), [(0.5, 34), (0.8, 15), (0.2, 199)])
def test_cohens_sample_sizes(effect: float, n: int) -> None:
    # Cohen, "Statistical power analysis", and G*Power: pairs for effects of .2, .5 and .8 deviations, two-sided 5
    # %, power 80 %.
    assert detectable_difference(1.0, n, folds=10**9) <= effect
    assert detectable_difference(1.0, n - 1, folds=10**9) > effect


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("folds", "repeats"), [(5, 1), (5, 4), (2, 5)])
def test_the_interval_and_p_by_the_textbook(seed: int, folds: int, repeats: int) -> None:
    n = folds * repeats
    a, b = np.random.default_rng(seed).normal(size=(2, n)) + [[0.4], [0.0]]
    found = compare(a, b, folds=folds)
    error = np.std(a - b, ddof=1) * math.sqrt(1 / n + 1 / (folds - 1))
    low, high = stats.t.interval(0.95, n - 1, loc=np.mean(a - b), scale=error)
    assert found.difference_interval == pytest.approx((low, high))
    assert found.p == pytest.approx(2 * stats.t.sf(abs(np.mean(a - b)) / error, n - 1))
    assert (found.p <= 0.05) == (low > 0 or high < 0)
    one = mean_over_folds(a - b, folds=folds)
    assert (one.value, one.error, *one.interval) == pytest.approx(
        (np.mean(a - b), error, low, high)
    )


def test_the_correction_is_exact_for_folds_that_share_a_kth_of_their_variance() -> None:
    # Equally correlated normals, 1/K apart: the case that Nadeau and Bengio's factor stands for.
    draw = np.random.default_rng(0)
    scores = math.sqrt(0.2) * draw.normal(size=(4000, 1)) + math.sqrt(0.8) * draw.normal(
        size=(4000, 5)
    )
    missed = [not low <= 0 <= high for low, high in (mean_over_folds(s).interval for s in scores)]
    assert 0.04 < np.mean(missed) < 0.06


TOLD = {
    "clear": ([0.90, 0.91, 0.92, 0.90, 0.91], [0.85, 0.86, 0.86, 0.85, 0.86], Decision.a_better),
    "the other way": ([0.5, 0.5, 0.52, 0.5, 0.5], [0.6, 0.6, 0.61, 0.6, 0.6], Decision.b_better),
    "equal": ([0.9] * 5, [0.9] * 5, Decision.no_evidence),
    "noise": ([0.9, 0.8, 0.9, 0.8, 0.9], [0.8, 0.9, 0.8, 0.9, 0.85], Decision.no_evidence),
    # Five of five, which a bootstrap of the share would call certain.
    "five wins by little": (
        [0.91, 0.90, 0.93, 0.96, 0.901],
        [0.90, 0.899, 0.90, 0.90, 0.90],
        Decision.no_evidence,
    ),
    "one fold": ([0.9], [0.1], Decision.no_evidence),
    "a constant lead": ([0.75] * 5, [0.5] * 5, Decision.a_better),
}


@pytest.mark.parametrize(("a", "b", "decision"), TOLD.values(), ids=TOLD)
def test_the_decision(a: list[float], b: list[float], decision: Decision) -> None:
    found = compare(a, b)
    assert found.decision is decision
    assert (found.more_folds == 0) == (decision is not Decision.no_evidence)
    turned = compare(b, a)
    swapped = {Decision.a_better: Decision.b_better, Decision.b_better: Decision.a_better}
    assert turned.decision is swapped.get(decision, decision)
    assert turned.probability == pytest.approx(1 - found.probability)
    lost = compare([-x for x in a], [-x for x in b], maximize=False)
    assert (lost.decision, lost.probability) == (decision, found.probability)


def test_a_gain_by_the_mean_that_loses_most_folds_is_none() -> None:
    lead = np.array([1.0] * 65 + [-0.01] * 35)
    assert compare(lead, np.zeros(100), folds=50).p < 0.05
    assert compare(lead, np.zeros(100), folds=50).decision is Decision.no_evidence


def test_the_share_of_folds_won_and_its_interval() -> None:
    found = compare([1, 1, 1, 1, 0.5], [0, 0, 0, 2, 0.5])
    assert found.probability == 0.7
    # As many independent folds as five that share a fifth of their variance are worth: 5 / (1 + 4 / 5).
    worth = 5 / 1.8
    low, high = found.interval
    assert stats.beta.cdf(low, 0.7 * worth, 0.3 * worth + 1) == pytest.approx(0.025)
    assert stats.beta.cdf(high, 0.7 * worth + 1, 0.3 * worth) == pytest.approx(0.975)
    certain = compare([1.0] * 5, [0.0, 0.1, 0.2, 0.1, 0.0])
    assert certain.interval == (pytest.approx(0.025 ** (1 / worth)), 1.0)


def power(shift: float, n: int, folds: int, draws: int = 3000) -> float:
    """Share of draws in which a shift is found, folds correlated as the correction assumes."""
    draw = np.random.default_rng(1)
    shared = draw.normal(size=(draws, 1)) * math.sqrt(1 / folds)
    scores = shift + shared + draw.normal(size=(draws, n)) * math.sqrt(1 - 1 / folds)
    return float(np.mean([compare(s, np.zeros(n), folds=folds).p <= 0.05 for s in scores]))


@pytest.mark.parametrize(("folds", "n"), [(5, 5), (5, 25), (10, 10)])
def test_what_is_detectable_is_found_four_times_in_five(folds: int, n: int) -> None:
    spread = math.sqrt(1 - 1 / folds)  # what the folds show of their spread
    assert 0.77 < power(detectable_difference(spread, n, folds=folds), n, folds) < 0.83


def test_more_folds_are_the_fewest_that_settle_what_stays_as_it_is() -> None:
    a = np.array([0.1, 1.9, 1.0, 0.2, 2.0])
    found = compare(a, np.zeros(5))
    assert found.decision is Decision.no_evidence
    error, mean = np.std(a, ddof=1), np.mean(a)
    settled = [
        n
        for n in range(5, 1000, 5)
        if mean / (error * math.sqrt(1 / n + 1 / 4)) > stats.t.ppf(0.975, n - 1)
    ]
    assert found.more_folds == settled[0] - 5 > 0


def test_a_difference_that_no_number_of_folds_shows() -> None:
    found = compare([0.1, -0.1, 0.1, -0.1, 0.1], [0.0] * 5)
    assert found.more_folds is None
    # The overlap of the training rows leaves a floor, whatever the number of folds.
    assert detectable_difference(1.0, 10**6) == pytest.approx(0.5 * (1.96 + 0.8416), rel=1e-3)


def test_three_arms_share_one_level() -> None:
    draw = np.random.default_rng(3)
    scores = {name: draw.normal(size=5) + shift for name, shift in (("a", 0), ("b", 5), ("c", 0))}
    found = paired(scores)
    assert [(c.a, c.b) for c in found] == [("a", "b"), ("a", "c"), ("b", "c")]
    levels = sorted(c.level for c in sorted(found, key=lambda c: c.p))
    assert levels[0] == pytest.approx(0.05 / 3)
    for comparison in found:
        low, high = comparison.difference_interval
        assert (low > 0 or high < 0) == (comparison.p <= comparison.level)


def test_three_equal_arms_are_told_apart_in_at_most_one_sweep_of_twenty() -> None:
    draw = np.random.default_rng(4)
    shared, own = draw.normal(size=(1000, 3, 1)), draw.normal(size=(1000, 3, 5))
    sweeps = math.sqrt(0.2) * shared + math.sqrt(0.8) * own
    told = [paired(dict(zip("abc", arms, strict=True))) for arms in sweeps]
    wrong = np.mean([any(c.decision is not Decision.no_evidence for c in found) for found in told])
    assert 0.02 < wrong < 0.07


def test_folds_that_one_of_the_two_lacks_are_left_out() -> None:
    nan = math.nan
    found = compare([0.9, nan, 0.8, 0.7, 0.9], [0.8, 0.9, nan, 0.75, 0.7])
    assert found == compare([0.9, 0.7, 0.9], [0.8, 0.75, 0.7])
    assert found.folds == 3


WRONG = {
    "unequal": (lambda: compare([1, 2], [1, 2, 3]), r"shapes \(2,\) and \(3,\)"),
    "nothing": (lambda: mean_over_folds([math.nan]), "none has"),
    "one part": (lambda: compare([1, 2], [2, 3], folds=1), "at least 2 folds, but got 1"),
}


@pytest.mark.parametrize(("call", "message"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_compared(call, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_one_fold_says_nothing() -> None:
    found = compare([0.9], [0.5])
    assert (found.p, found.detectable, found.more_folds) == (1.0, math.inf, None)
    assert found.difference_interval == (-math.inf, math.inf)
    assert isinstance(found, Comparison)
    assert math.isnan(mean_over_folds([0.9]).error)


def test_every_pair_once() -> None:
    arms = {str(i): np.arange(5) * i for i in range(4)}
    assert [(c.a, c.b) for c in paired(arms)] == list(itertools.combinations("0123", 2))
