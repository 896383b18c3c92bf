"""Settings of what training minimises."""

from typing import Any

import pytest

from support.broken_rules import unsaid
from sweep.config import LossConfig


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"label_smoothing": 1.0}, ["[0, 1)"]),
        ({"focal_gamma": -0.5}, ["focal_gamma", "-0.5"]),
        ({"positive_weight": "heavy"}, ["balanced", "heavy"]),
        ({"positive_weight": 0}, ["above 0", "got 0"]),
    ],
    ids=str,
)
def test_a_broken_rule_is_told_with_its_value(values: dict[str, Any], told: list[str]) -> None:
    assert unsaid(LossConfig, values, told) == []


@pytest.mark.parametrize("weight", ["balanced", 1, 0.5])
def test_a_weight_is_a_number_or_balanced(weight: float | str) -> None:
    assert LossConfig(positive_weight=weight).positive_weight == weight
