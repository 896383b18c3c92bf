"""Corrected intervals and decisions against published examples and slow independent computations."""

import itertools
import math

import numpy as np
import pytest
from scipy import stats
from sklearn.datasets import make_moons
from sklearn.model_selection import RepeatedStratifiedKFold, cross_val_score
from sklearn.svm import SVC

from sweep.statistics.fold_means import FoldMean
from sweep.statistics.paired import (
    Comparison,
    Decision,
    compare,
    holm_levels,
    paired,
    search_luck,
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
    one = FoldMean.of(a - b, folds=folds)
    assert (one.value, one.error, *one.interval()) == pytest.approx(
        (np.mean(a - b), error, low, high)
    )


TOLD = {
    "clear": ([0.90, 0.91, 0.92, 0.90, 0.91], [0.85, 0.86, 0.86, 0.85, 0.86], Decision.a_better),
    "the other way": ([0.5, 0.5, 0.52, 0.5, 0.5], [0.6, 0.6, 0.61, 0.6, 0.6], Decision.b_better),
    "equal": ([0.9] * 5, [0.9] * 5, Decision.no_evidence),
    "noise": ([0.9, 0.8, 0.9, 0.8, 0.9], [0.8, 0.9, 0.8, 0.9, 0.85], Decision.no_evidence),
    # Five of five, which a bootstrap of the wins would call certain.
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
    a, b = np.array([1, 1, 1, 1, 0.5]), np.array([0, 0.2, 0.4, 1.1, 0.5])
    found = compare(a, b)
    assert found.probability == 0.7
    t = found.difference / (np.std(a - b, ddof=1) * math.sqrt(0.45))
    for end, q in zip(found.interval, (0.975, 0.025), strict=True):
        # Five folds that share a fifth of their variance: their mean has the variance 1/5 + 4/5 * 1/5 of one.
        shift = stats.norm.ppf(end) / math.sqrt(0.36)
        assert stats.nct.cdf(t, 4, shift) == pytest.approx(q, abs=1e-6)
    assert compare(b, a).interval == pytest.approx(tuple(1 - end for end in found.interval[::-1]))


@pytest.mark.parametrize("truth", [0.5, 0.75, 0.95])
def test_nineteen_intervals_in_twenty_hold_the_chance_to_win(truth: float) -> None:
    draw = np.random.default_rng(6)
    shared, own = draw.normal(size=(1500, 1)), draw.normal(size=(1500, 5))
    differences = math.sqrt(0.2) * shared + math.sqrt(0.8) * own + stats.norm.ppf(truth)
    intervals = [compare(d, np.zeros(5)).interval for d in differences]
    assert 0.935 < np.mean([low <= truth <= high for low, high in intervals]) < 0.975


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
        low, high = comparison.interval
        assert (low > 0.5 or high < 0.5) == (comparison.p <= comparison.level)


def test_three_equal_arms_are_told_apart_in_at_most_one_sweep_of_twenty() -> None:
    draw = np.random.default_rng(4)
    shared, own = draw.normal(size=(1000, 3, 1)), draw.normal(size=(1000, 3, 5))
    sweeps = math.sqrt(0.2) * shared + math.sqrt(0.8) * own
    told = [paired(dict(zip("abc", arms, strict=True))) for arms in sweeps]
    wrong = np.mean([any(c.decision is not Decision.no_evidence for c in found) for found in told])
    assert 0.02 < wrong < 0.07


def searches(sweeps: int, luck: float, seed: int) -> np.ndarray:
    """Two equal arms, two finalists each: luck in their true scores; (sweeps, arms, finalists, folds)."""
    draw = np.random.default_rng(seed)
    true, shared, own = (draw.normal(size=(sweeps, 2, 2, n)) for n in (1, 1, 5))
    return luck * true + math.sqrt(0.2) * shared + math.sqrt(0.8) * own


def test_the_variance_of_what_two_searches_find_is_estimated_without_bias() -> None:
    # The mean before it is cut off at 0: of two finalists' difference, 2 luck ** 2.
    many = searches(3000, 1.5, seed=0)
    pooled = search_luck({str(i): arm for i, arm in enumerate(many.reshape(-1, 2, 5))})
    assert pooled == pytest.approx(2 * 1.5**2, rel=0.08)
    assert (
        search_luck({str(i): arm for i, arm in enumerate(searches(3000, 0, 1).reshape(-1, 2, 5))})
        < 0.05
    )


def test_equal_arms_whose_searches_had_luck_are_not_told_apart() -> None:
    plain = wrong = 0
    for arms in searches(800, 1.0, seed=2):
        best = {name: max(arm, key=np.mean) for name, arm in zip("ab", arms, strict=True)}
        luck = search_luck(dict(zip("ab", arms, strict=True)))
        plain += paired(best)[0].decision is not Decision.no_evidence
        wrong += paired(best, luck=luck)[0].decision is not Decision.no_evidence
    assert plain / 800 > 0.15
    assert wrong / 800 < 0.08


def test_luck_widens_all_alike() -> None:
    a, b = [0.9, 0.92, 0.95, 0.9, 0.91], [0.85, 0.88, 0.86, 0.85, 0.86]
    found, lucky = compare(a, b), compare(a, b, luck=0.02**2)
    error = np.std(np.subtract(a, b), ddof=1) ** 2 * 0.45
    t = stats.t.ppf(0.975, 4)
    low, high = lucky.difference_interval
    assert (high - low) / 2 == pytest.approx(t * math.sqrt(error + 0.02**2))
    assert lucky.detectable / found.detectable == pytest.approx(math.sqrt(1 + 0.02**2 / error))
    assert (found.decision, lucky.decision) == ("A better", "no evidence")
    assert lucky.more_folds == 5
    assert compare(a, b, luck=0.1**2).more_folds is None


def test_finalists_that_dropped_out_count_by_the_folds_they_have() -> None:
    nan = math.nan
    short = search_luck({"a": [[0.9, 0.8, nan], [0.7, 0.5, 0.4]]})
    assert short == search_luck({"a": [[0.9, 0.8], [0.7, 0.5]]}) > 0
    assert search_luck({"a": [[0.9, 0.8, 0.7]], "b": [[0.1, nan, nan], [0.2, 0.3, 0.4]]}) == 0


def test_folds_that_one_of_the_two_lacks_are_left_out() -> None:
    nan = math.nan
    found = compare([0.9, nan, 0.8, 0.7, 0.9], [0.8, 0.9, nan, 0.75, 0.7])
    assert found == compare([0.9, 0.7, 0.9], [0.8, 0.75, 0.7])
    assert found.folds == 3


WRONG = {
    "unequal": (lambda: compare([1, 2], [1, 2, 3]), r"shapes \(2,\) and \(3,\)"),
    "nothing": (lambda: compare([math.nan, 1], [1, math.nan]), "none has"),
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


def test_every_pair_once() -> None:
    arms = {str(i): np.arange(5) * i for i in range(4)}
    assert [(c.a, c.b) for c in paired(arms)] == list(itertools.combinations("0123", 2))
