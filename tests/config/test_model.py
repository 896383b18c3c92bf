"""Settings of the network: its sizes, and several mistakes at once."""

from typing import Any

import pytest

from support.broken_rules import unsaid
from sweep.config import ModelConfig
from sweep.errors import UserError


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"hidden": 0}, ["model.hidden", "got 0"]),
        ({"embedding": 0}, ["model.embedding", "got 0"]),
        ({"layers": 0}, ["model.layers", "got 0"]),
        ({"dropout": 1.0}, ["[0, 1)", "got 1"]),
        ({"embedding_dropout": -0.1}, ["[0, 1)", "got -0.1"]),
        ({"vectors": ""}, ["model.vectors"]),
        ({"vectors_coverage": 1.5}, ["model.vectors_coverage"]),
    ],
    ids=str,
)
def test_a_broken_rule_is_told_with_its_value(values: dict[str, Any], told: list[str]) -> None:
    assert unsaid(ModelConfig, values, told) == []


def test_several_broken_rules_are_told_together() -> None:
    with pytest.raises(UserError) as info:
        ModelConfig(hidden=0, layers=0, dropout=1.0)
    assert len(info.value.mistakes) == 3
