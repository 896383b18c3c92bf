"""Words that change a sweep: a bound where a setting is searched, else the setting."""

from typing import Any

import pytest

from support.sick_sweeps import SETTINGS, sweep, trial
from sweep.diagnosis import moves
from sweep.diagnosis.facts import Searched

SPACE = (
    Searched(path="optimizer.learning_rate", kind="float", low=1e-3, high=0.1, log=True),
    Searched(path="model.hidden", kind="categorical", choices=(16, 64, 128)),
    Searched(path="model.read_out", kind="categorical", choices=("last", "max")),
    Searched(path="text.lowercase", kind="categorical", choices=(True, False)),
)
FACTS = sweep(trial(), space=SPACE)


@pytest.mark.parametrize(
    ("move", "path", "value", "words"),
    [
        (moves.at_most, "optimizer.learning_rate", 0.01, ["high=0.01"]),
        (moves.at_most, "optimizer.learning_rate", 0.5, []),
        (moves.at_most, "optimizer.learning_rate", 1e-4, ["low=1e-05", "high=0.0001"]),
        (moves.at_least, "optimizer.learning_rate", 0.01, ["low=0.01"]),
        (moves.at_least, "optimizer.learning_rate", 1e-4, []),
        (moves.at_least, "optimizer.learning_rate", 1.0, ["low=1", "high=10"]),
        (moves.at_least, "model.hidden", 64, ["choices=[64,128]"]),
        (moves.at_most, "model.hidden", 8, ["choices=[8]"]),
        (moves.to, "model.read_out", "max", ["choices=[max]"]),
        (moves.without, "model.read_out", "last", ["choices=[max]"]),
        (moves.without, "text.lowercase", True, ["choices=[false]"]),
    ],
)
def test_a_searched_setting_is_moved_in_the_space(
    move: Any, path: str, value: Any, words: list[str]
) -> None:
    assert move(FACTS, path, value) == tuple(f"search.space.{path}.{word}" for word in words)


@pytest.mark.parametrize(
    ("move", "path", "value", "words"),
    [
        (moves.at_most, "model.dropout", 0.1, ("model.dropout=0.1",)),
        (moves.at_most, "model.dropout", 0.5, ()),
        (moves.at_least, "trainer.patience", 9, ("trainer.patience=9",)),
        (moves.at_least, "trainer.patience", 2, ()),
        (moves.to, "trainer.bucketing", False, ("trainer.bucketing=false",)),
        (moves.to, "trainer.bucketing", SETTINGS["trainer.bucketing"], ()),
        (moves.without, "model.cell", "lstm", ()),
        (moves.at_most, "no.such", 3, ()),
    ],
)
def test_any_other_setting_is_given_its_value(
    move: Any, path: str, value: Any, words: tuple[str, ...]
) -> None:
    assert move(FACTS, path, value) == words


def test_what_is_compared_keeps_its_arms_and_the_last_choice_stays() -> None:
    arms = Searched(path="model.cell", kind="categorical", choices=("lstm", "gru"))
    one = Searched(path="model.read_out", kind="categorical", choices=("last",))
    facts = sweep(trial(), space=(arms, one), compare="model.cell")
    assert moves.without(facts, "model.cell", "gru") == ()
    assert moves.without(facts, "model.read_out", "last") == ()
