"""Search spaces as trees, and the leaves they are made of."""

from typing import Any

import pytest

from sweep.config import Config
from sweep.errors import UserError
from sweep.search.space import Space

CELL = {"type": "categorical", "choices": ["lstm", "gru"]}
RATE = {"type": "float", "low": 1e-4, "high": 1e-1, "log": True}
DROPOUT = {"type": "float", "low": 0, "high": 0.5, "step": 0.1}
SGD = {"optimizer.name": ["sgd"]}


def tree(**leaves: Any) -> dict[str, Any]:
    """A tree from leaves whose names are written with two underscores for the dot."""
    found: dict[str, Any] = {}
    for name, leaf in leaves.items():
        group, setting = name.split("__")
        found.setdefault(group, {})[setting] = leaf
    return found


FULL = tree(
    optimizer__momentum={"type": "float", "low": 0, "high": 0.9, "when": SGD},
    optimizer__name={"type": "categorical", "choices": ["adam", "sgd"]},
    model__cell=CELL,
    model__layers={"type": "int", "low": 1, "high": 3},
    model__dropout=DROPOUT,
    optimizer__learning_rate=RATE,
)


def parse(found: dict[str, Any], compare: str | None = None) -> Space:
    return Space.parse(found, Config(), compare)


def choices(*values: Any, **more: Any) -> dict[str, Any]:
    return {"type": "categorical", "choices": list(values), **more}


def number(kind: str = "float", low: Any = 0, high: Any = 0.5, **more: Any) -> dict[str, Any]:
    return {"type": kind, "low": low, "high": high, **more}


def assert_told_once(found: dict[str, Any], text: str) -> None:
    """Read a space with one mistake, which must be told once and with its place."""
    with pytest.raises(UserError) as refused:
        parse(found)
    assert len(refused.value.mistakes) == 1
    assert text in str(refused.value)
    assert "search.space" in str(refused.value)
