"""The curves of an arm: what is in them, and what is left out where trials are few."""

import json

import pytest

from sweep.config import Metric
from sweep.report.budget_curve import BUDGETS, expected_best


def test_the_curves_of_an_arm() -> None:
    found = expected_best(
        Metric.average_precision, [0.5, 0.7, 0.9], [10.0, 20.0, 30.0], drawn=[0.5, 0.7]
    )
    assert found["trials"] == pytest.approx([0.7, (0.7 + 0.9 + 0.9) / 3, 0.9])
    budgets, best = found["seconds"]["budgets"], found["seconds"]["best"]
    assert (budgets[0], budgets[-1], len(budgets), len(best)) == (30.0, 60.0, BUDGETS, BUDGETS)
    assert best == sorted(best)
    assert best[-1] == pytest.approx(0.9)
    band = found["random"]
    assert band["best"] == pytest.approx([0.6, 0.7])
    for low, expected, high in zip(band["low"], band["best"], band["high"], strict=True):
        assert 0 <= low <= expected <= high <= 1


def test_a_loss_is_better_small_and_has_no_greatest_value() -> None:
    found = expected_best(Metric.log_loss, [0.5, 0.3], [1.0, 1.0], drawn=[0.5, 0.3])
    assert found["trials"] == pytest.approx([0.4, 0.3])
    assert found["random"]["high"] == [None, None]
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_mcc_may_lie_below_0() -> None:
    found = expected_best(Metric.mcc, [-0.5, 0.3], [1.0, 1.0], drawn=[-0.5, 0.3])
    assert found["random"]["low"][0] < 0


@pytest.mark.parametrize(
    ("values", "seconds", "drawn"), [([0.5], [3.0], []), ([0.5, 0.6], [3.0, 0.0], [0.5])]
)
def test_what_too_few_trials_tell_is_absent(
    values: list[float], seconds: list[float], drawn: list[float]
) -> None:
    found = expected_best(Metric.mcc, values, seconds, drawn)
    assert set(found) == {"trials"}
