"""The tables of names: every entry of ours stands where it says, and a plug-in's is added and dropped whole."""

import dataclasses
import re
from typing import Any

import pytest

from support.plugins import forget
from sweep.config.settings import settings
from sweep.errors import UserError
from sweep.plugins.tables import CELLS, LOSSES, TABLES, Entry, Plugin, Table, defaults, hints, used

MINE = Plugin(name="mine.py", digest="0" * 64, place="/nowhere/mine.py")


@dataclasses.dataclass
class Settings:
    gates: int = 2


@pytest.fixture
def mine() -> Any:
    CELLS.add(
        Entry(
            name="mine",
            made=lambda inputs, hidden, s: (inputs, hidden, s),
            settings=Settings,
            plugin=MINE,
        )
    )
    yield CELLS["mine"]
    CELLS.forget(MINE)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.setting)
def test_each_of_ours_stands_where_it_says(table: Table) -> None:
    assert settings()[table.setting] is table
    assert set(table.ours) == set(table)
    for entry in table.values():
        assert entry.plugin is None
        assert entry.get() is not None


def test_an_own_entry_is_called_with_its_settings(mine: Entry) -> None:
    assert mine.call(None, 3, 4) == (3, 4, Settings())
    assert mine.call({"mine": {"gates": 7}, "other": {"gates": 1}}, 3, 4) == (3, 4, Settings(7))
    assert defaults() == {"mine": {"gates": 2}}
    assert CELLS.ours == ("lstm", "gru")
    forget()


def test_what_settings_use_is_found(mine: Entry) -> None:
    assert used({"model.cell": ["lstm", "mine"], "loss.name": "bce", "seed": 0}) == {"mine": MINE}
    assert used({"model.cell": "gru"}) == {}
    assert used({"model.cell": "mine"}, [LOSSES]) == {}
    with pytest.raises(UserError) as refused:
        used({"model.cell": "mime", "loss.name": ["bse", "bce"]})
    assert [text.split(" One of")[0] for text in refused.value.mistakes] == [
        "`model.cell` takes one of lstm, gru, mine, but got `mime`. Did you mean `mine`?",
        "`loss.name` takes one of bce, focal, but got `bse`. Did you mean `bce`?",
    ]


def test_dropping_a_plugin_leaves_the_others(mine: Entry) -> None:
    other = dataclasses.replace(MINE, place="/nowhere/other.py")
    CELLS.add(Entry(name="other", made=len, plugin=other))
    CELLS.forget(MINE)
    assert list(CELLS) == ["lstm", "gru", "other"]
    CELLS.forget(other)


def test_a_field_of_names_has_its_table_for_a_type() -> None:
    @dataclasses.dataclass
    class Group:
        cell: str = CELLS.field("lstm")
        size: int = 1

    assert hints(Group) == {"cell": CELLS, "size": int}
    assert Group().cell == "lstm"
    assert re.fullmatch(r"mine.py \(SHA-256 0{64}\)", str(MINE))
