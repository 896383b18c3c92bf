"""Registering: what a name and its settings may be, and that nothing happens outside of loading."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import pytest

from sweep import plugins
from sweep.errors import UserError
from sweep.plugins.register import registering
from sweep.plugins.tables import CELLS, LOSSES, NETWORKS, READ_OUTS, Plugin

MINE = Plugin(name="mine.py", digest="0" * 64, place="/nowhere/mine.py")


class Way(StrEnum):
    up = "up"
    down = "down"


@dataclass
class Good:
    way: Way = Way.up
    share: float | None = None
    on: bool = True
    name: str = "a"


@dataclass
class Bad:
    size: int
    sizes: list[int] = field(default_factory=list)


@pytest.mark.parametrize(
    ("register", "table"),
    [
        (plugins.cell, CELLS),
        (plugins.network, NETWORKS),
        (plugins.read_out, READ_OUTS),
        (plugins.loss, LOSSES),
    ],
    ids=lambda x: getattr(x, "__name__", ""),
)
def test_each_kind_goes_to_its_table(register: Any, table: Any) -> None:
    with registering(MINE) as found:
        assert register("mine", settings=Good)(len) is len
    ((kind, entry),) = found
    assert kind is table
    assert (entry.name, entry.made, entry.settings, entry.plugin) == ("mine", len, Good, MINE)
    assert "mine" not in table


def test_outside_of_loading_nothing_is_registered() -> None:
    assert plugins.cell("mine")(len) is len
    assert "mine" not in CELLS


@pytest.mark.parametrize(
    ("name", "settings", "told"),
    [
        ("Mine", None, ["must be lower-case letters"]),
        ("my.cell", None, ["must be lower-case letters"]),
        ("bce", None, ["is one of ours; take another, as in my_bce"]),
        ("mine", Good(), ["must be a dataclass"]),
        ("mine", int, ["must be a dataclass"]),
        (
            "mine",
            Bad,
            ["'size' of 'mine' needs a default", "'sizes' of 'mine' must be a bool, int"],
        ),
    ],
)
def test_what_cannot_be_registered_is_told(name: str, settings: Any, told: list[str]) -> None:
    with registering(MINE) as found, pytest.raises(UserError) as refused:
        plugins.cell(name, settings=settings)(len)
    assert found == []
    assert len(refused.value.mistakes) == len(told)
    for text, part in zip(refused.value.mistakes, told, strict=True):
        assert part in text


def test_a_name_stands_once() -> None:
    with registering(MINE):
        plugins.cell("mine")(len)
        with pytest.raises(UserError, match="registered twice"):
            plugins.loss("mine")(len)
