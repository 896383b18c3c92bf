"""Settings of preprocessing: sizes and lengths that can be."""

from typing import Any

import pytest

from support.broken_rules import unsaid
from sweep.config import TextConfig


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"vocabulary_size": 2}, ["at least 3", "got 2"]),
        ({"min_frequency": 0}, ["at least 1", "got 0"]),
        ({"max_length": 1.5}, ["max_length", "1.5"]),
        ({"max_length": 0.0}, ["max_length", "got 0"]),
    ],
    ids=str,
)
def test_a_broken_rule_is_told_with_its_value(values: dict[str, Any], told: list[str]) -> None:
    assert unsaid(TextConfig, values, told) == []


@pytest.mark.parametrize("length", [0.5, 1.0, 1, 2, 300.0])
def test_a_length_is_a_quantile_or_a_whole_number(length: float) -> None:
    assert TextConfig(max_length=length).max_length == length
