"""Expected best against an enumeration of all sets and orderings; its band against the package opda."""

import itertools
import math

import numpy as np
import pytest

from sweep.statistics.expected_best import band, expected_best, expected_best_by_seconds

EIGHT = [0.31, 0.62, 0.55, 0.71, 0.68, 0.74, 0.59, 0.73]


@pytest.mark.parametrize("values", [EIGHT, [0.5], [0.2, 0.2, 0.9], list(np.arange(12.0))])
@pytest.mark.parametrize("maximize", [True, False])
def test_it_is_the_mean_over_every_set_of_trials(values: list[float], maximize: bool) -> None:
    best = max if maximize else min
    slow = [
        np.mean([best(some) for some in itertools.combinations(values, k)])
        for k in range(1, len(values) + 1)
    ]
    assert expected_best(values, maximize=maximize) == pytest.approx(slow)


@pytest.mark.parametrize("n", [5, 60, 1000])
def test_the_german_tanks(n: int) -> None:
    # Goodman, "Serial number analysis", 1952: of k numbers drawn from 1 to n the greatest is expected at k (n + 1)
    # / (k + 1).
    found = expected_best(np.arange(1.0, n + 1))
    assert found == pytest.approx([k * (n + 1) / (k + 1) for k in range(1, n + 1)])


def test_it_has_no_bias_where_the_plug_in_estimate_has() -> None:
    # Tang et al., 2020: Dodge et al.'s estimate draws with replacement and falls short. Uniform scores: k / (k + 1).
    draw = np.random.default_rng(0)
    found, plugged_in = [], []
    for _ in range(4000):
        values = np.sort(draw.random(10))
        found.append(expected_best(values)[7])
        shares = (np.arange(11) / 10) ** 8
        plugged_in.append(np.diff(shares) @ values)
    assert np.mean(found) == pytest.approx(8 / 9, abs=0.003)
    assert np.mean(plugged_in) < 8 / 9 - 0.02


def test_by_seconds_it_is_the_mean_over_every_ordering() -> None:
    values, seconds = [0.3, 0.6, 0.5, 0.9, 0.7, 0.2], [1.0, 4.0, 2.0, 8.0, 3.0, 1.5]
    budgets = [8.0, 9.5, 12.0, 19.5]
    slow = np.zeros(4)
    for order in itertools.permutations(range(6)):
        ends = np.cumsum([seconds[i] for i in order])
        slow += [
            max(values[i] for i, end in zip(order, ends, strict=True) if end <= t) for t in budgets
        ]
    slow /= math.factorial(6)
    found = expected_best_by_seconds(values, seconds, budgets, orderings=20_000)
    assert found == pytest.approx(slow, abs=0.004)
    assert found[-1] == pytest.approx(0.9)
    lost = expected_best_by_seconds([-v for v in values], seconds, budgets, maximize=False)
    won = expected_best_by_seconds(values, seconds, budgets)
    assert lost == pytest.approx([-v for v in won])


def test_trials_of_one_length_are_a_budget_of_trials() -> None:
    found = expected_best_by_seconds(
        EIGHT, [2.0] * 8, [2.0 * k for k in range(1, 9)], orderings=5000
    )
    assert found == pytest.approx(expected_best(EIGHT), abs=0.006)


def test_the_band_is_that_of_opda() -> None:
    # opda 0.8.0: EmpiricalDistribution.confidence_bands(EIGHT, 0.95, a=0, b=1, method="ld_equal_tailed"), and their
    # average_tuning_curve of 1 to 8 trials.
    low = [0.26610, 0.41736, 0.50623, 0.56048, 0.59502, 0.61802, 0.63405, 0.64573]
    high = [0.84687, 0.92920, 0.96517, 0.98256, 0.99122, 0.99556, 0.99776, 0.99886]
    found = band(EIGHT, bounds=(0, 1))
    assert found[0] == pytest.approx(low, abs=5e-4)
    assert found[1] == pytest.approx(high, abs=5e-4)


def test_nineteen_bands_in_twenty_hold_the_whole_curve() -> None:
    draw = np.random.default_rng(1)
    truth = [2 * k / (2 * k + 1) for k in range(1, 11)]  # of the square root of a uniform number
    inside = 0
    for _ in range(400):
        low, high = band(np.sqrt(draw.random(10)), bounds=(0, 1))
        inside += all(a <= t <= b for a, t, b in zip(low, truth, high, strict=True))
    assert inside / 400 >= 0.93


def test_where_less_is_better_the_band_is_turned() -> None:
    low, high = band([-v for v in EIGHT], bounds=(-1, 0), maximize=False)
    up, down = band(EIGHT, bounds=(0, 1))
    assert (low, high) == (pytest.approx([-v for v in down]), pytest.approx([-v for v in up]))


def test_a_score_without_an_upper_bound_has_a_band_on_one_side() -> None:
    low, high = band([0.4, 0.3, 0.6], bounds=(0, math.inf), maximize=False)
    assert all(math.isinf(v) for v in high)
    assert all(0 <= v <= 0.6 for v in low)


WRONG = {
    "none": (lambda: expected_best([]), "At least one trial"),
    "not finite": (lambda: expected_best([0.1, math.nan]), "finite value"),
    "too short": (lambda: expected_best_by_seconds([0.1, 0.2], [1, 5], [4]), "longest trial, 5 s"),
    "too long": (lambda: expected_best_by_seconds([0.1, 0.2], [1, 5], [7]), "all trials, 6 s"),
    "no seconds": (
        lambda: expected_best_by_seconds([0.1, 0.2], [1, 0], [1]),
        "more than 0 seconds",
    ),
    "outside": (lambda: band([1.5], bounds=(0, 1)), r"must lie in \(0, 1\)"),
}


@pytest.mark.parametrize(("call", "message"), WRONG.values(), ids=WRONG)
def test_what_has_no_answer(call, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
