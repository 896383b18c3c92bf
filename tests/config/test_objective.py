"""Settings of the objective, the threshold and calibration."""

import math
from typing import Any

import pytest

from support.broken_rules import unsaid
from sweep.config import Metric, ObjectiveConfig


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"target": 0.0}, ["(0, 1]"]),
        ({"cost_miss": 0.0}, ["above 0"]),
        ({"cost_false_alarm": -1.0}, ["cost_false_alarm", "got -1"]),
    ],
    ids=str,
)
def test_a_broken_rule_is_told_with_its_value(values: dict[str, Any], told: list[str]) -> None:
    assert unsaid(ObjectiveConfig, values, told) == []


def test_errors_are_minimised_and_scores_maximised() -> None:
    smaller = {metric for metric in Metric if not metric.maximize}
    assert smaller == {Metric.log_loss, Metric.brier, Metric.ece}


def test_no_score_leaves_its_bounds() -> None:
    bounds = {metric: metric.bounds for metric in Metric}
    assert bounds[Metric.mcc] == (-1, 1)
    assert bounds[Metric.log_loss] == (0, math.inf)
    assert {bounds[m] for m in Metric if m not in (Metric.mcc, Metric.log_loss)} == {(0, 1)}
