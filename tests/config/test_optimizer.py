"""Settings of how weights are updated."""

from typing import Any

import pytest

from support.broken_rules import unsaid
from sweep.config import OptimizerConfig


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"learning_rate": 0.0}, ["above 0", "got 0"]),
        ({"learning_rate": float("nan")}, ["above 0", "got nan"]),
        ({"sgd_factor": 0.0}, ["optimizer.sgd_factor", "above 0", "got 0"]),
        ({"vectors_rate": 0.0}, ["above 0", "got 0", "freeze_vectors"]),
        ({"momentum": 1.0}, ["[0, 1)"]),
        ({"clip_norm": -1.0}, ["not be negative", "-1"]),
        ({"weight_decay": -0.5}, ["optimizer.weight_decay", "-0.5"]),
        ({"plateau_patience": -1}, ["optimizer.plateau_patience", "-1"]),
    ],
    ids=str,
)
def test_a_broken_rule_is_told_with_its_value(values: dict[str, Any], told: list[str]) -> None:
    assert unsaid(OptimizerConfig, values, told) == []
