"""Settings of how the training part is balanced."""

from typing import Any

import pytest

from support.broken_rules import unsaid
from sweep.config import ResamplingConfig


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"ratio": 0.0}, ["(0, 1]", "got 0"]),
        ({"ratio": 1.5}, ["(0, 1]", "got 1.5"]),
        ({"k_neighbors": 0}, ["k_neighbors", "got 0"]),
        ({"components": 0}, ["components", "got 0"]),
    ],
    ids=str,
)
def test_a_broken_rule_is_told_with_its_value(values: dict[str, Any], told: list[str]) -> None:
    assert unsaid(ResamplingConfig, values, told) == []
