"""Settings of how long and in which batches a trial trains."""

from typing import Any

import pytest

from support.broken_rules import unsaid
from sweep.config import TrainerConfig


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"batch_size": 0}, ["batch_size", "got 0"]),
        ({"max_epochs": 0}, ["max_epochs", "got 0"]),
        ({"min_progress": -0.1}, ["min_progress", "got -0.1"]),
        ({"chance_margin": float("nan")}, ["chance_margin", "got nan"]),
        ({"chance_share": 1.5}, ["[0, 1]", "got 1.5"]),
        ({"micro_batch_tokens": "many"}, ["`auto`", "'many'"]),
        ({"micro_batch_tokens": -1}, ["at least 0", "got -1"]),
        ({"accelerator": "abacus"}, ["auto, cpu, gpu", "'abacus'"]),
    ],
    ids=str,
)
def test_a_broken_rule_is_told_with_its_value(values: dict[str, Any], told: list[str]) -> None:
    assert unsaid(TrainerConfig, values, told) == []
