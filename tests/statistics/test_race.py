"""The race: who drops out, how often wrongly, and that nobody is dropped who may still come first."""

import math

import numpy as np
import pytest
from scipy import stats

from sweep.statistics.race import race

NAN = math.nan

CASES = {
    "one fold tells nothing": ([[0.9, NAN, NAN], [0.1, NAN, NAN]], "aa", [True, True]),
    "far behind": (
        [[0.90, 0.91, 0.92, NAN, NAN], [0.50, 0.52, 0.51, NAN, NAN]],
        "aa",
        [True, False],
    ),
    "far behind in another arm": (
        [[0.90, 0.91, 0.92, NAN, NAN], [0.50, 0.52, 0.51, NAN, NAN]],
        "ab",
        [True, True],
    ),
    "behind within its noise": (
        [[0.90, 0.91, 0.92, NAN, NAN], [0.91, 0.85, 0.90, NAN, NAN]],
        "aa",
        [True, True],
    ),
    "nothing left to save": ([[0.9, 0.9, 0.9], [0.1, 0.1, 0.2]], "aa", [True, True]),
    "equal": ([[0.9, 0.8, NAN], [0.9, 0.8, NAN]], "aa", [True, True]),
    "one not begun": ([[0.9, 0.8, NAN], [NAN, NAN, NAN]], "aa", [True, True]),
}


@pytest.mark.parametrize(("scores", "arms", "on"), CASES.values(), ids=CASES)
def test_who_goes_on(scores: list[list[float]], arms: str, on: list[bool]) -> None:
    assert race(scores, arms) == on
    assert race(-np.array(scores), arms, maximize=False) == on


def test_who_is_out_stays_out_and_is_no_arms_best() -> None:
    scores = [[0.99, 0.99, NAN, NAN], [0.90, 0.91, 0.92, NAN], [0.5, 0.52, 0.50, NAN]]
    assert race(scores, "aaa", running=[False, True, True]) == [False, True, False]


@pytest.mark.parametrize("m", [2, 3, 4])
def test_the_bound_is_where_the_prediction_interval_ends(m: int) -> None:
    draw = np.random.default_rng(m)
    n = 5
    noise = draw.normal(size=m)
    noise = (noise - noise.mean()) / noise.std(ddof=1)
    t = stats.t.ppf(1 - 0.05 / (n - 2), m - 1)
    bound = (n - m) / n * t * math.sqrt(1 / m + 1 / (n - m))
    for lead, out in ((bound * 1.001, True), (bound * 0.999, False)):
        scores = np.full((2, n), NAN)
        scores[0, :m], scores[1, :m] = 0.0, noise - lead
        assert race(scores, "aa") == [True, not out]


def test_few_drop_out_that_would_have_overtaken() -> None:
    # Folds that share a fifth of their variance; a rival that is truly as good as the arm's best.
    draw = np.random.default_rng(0)
    wrong = races = dropped = 0
    for _ in range(4000):
        shift = draw.normal() * 0.7
        rival = shift + math.sqrt(0.2) * draw.normal() + math.sqrt(0.8) * draw.normal(size=5)
        scores = np.stack([np.zeros(5), rival])
        for m in (2, 3, 4):
            seen = np.where(np.arange(5) < m, scores, NAN)
            on = race(seen, "aa")
            if not all(on):
                out = on.index(False)
                dropped += 1
                wrong += scores[out].mean() > scores[1 - out].mean()
                break
        races += 1
    assert dropped / races > 0.1
    assert wrong / races <= 0.05


def test_a_rival_twice_the_spread_behind_saves_its_last_folds() -> None:
    draw = np.random.default_rng(1)
    saved = []
    for _ in range(1000):
        scores = np.stack([np.zeros(5), draw.normal(size=5) - 2])
        out = [m for m in (2, 3, 4) if not race(np.where(np.arange(5) < m, scores, NAN), "aa")[1]]
        saved.append(5 - out[0] if out else 0)
    assert np.mean(np.array(saved) > 0) > 0.8


def test_shapes_that_do_not_fit() -> None:
    with pytest.raises(ValueError, match="1 arms"):
        race([[1.0], [2.0]], "a")
