"""One searched setting: its leaf is read and checked, its values are suggested and moved."""

from typing import Any

import optuna
import pytest

from support.space_trees import (
    DROPOUT,
    RATE,
    assert_told_once,
    choices,
    number,
    parse,
    tree,
)
from sweep.config import Config
from sweep.search.space import apply

MISTAKES = {
    "no type": (tree(model__cell={"choices": ["lstm"]}), "the key `type` is missing"),
    "unknown type": (tree(model__cell={"type": "categorial"}), "Did you mean `categorical`?"),
    "unknown key": (tree(model__dropout=number(hihg=1)), "`hihg` is no key of type float"),
    "key of another type": (tree(model__cell=choices("gru", low=1)), "`low` is no key of type categorical"),
    "missing bound": (tree(model__dropout={"type": "float", "low": 0}), "the bound `high` is missing"),
    "low above high": (tree(model__dropout=number(low=0.5, high=0.1)), "must hold, but got low=0.5 high=0.1"),
    "log from 0": (tree(model__dropout=number(log=True)), "with log=true low must be above 0"),
    "log with step": (tree(optimizer__learning_rate={**RATE, "step": 0.1}), "step=0.1 does not go with log=true"),
    "log is a word": (tree(model__dropout=number(log="yes")), "log must be true or false, but got 'yes'"),
    "step 0": (tree(model__dropout=number(step=0)), "step must be above 0"),
    "step misses high": (tree(model__dropout=number(step=0.2)), "the last value that can is 0.4"),
    "bound is a word": (tree(model__dropout=number(high="big")), "high must be a number, but got 'big'"),
    "bound is endless": (tree(model__dropout=number(high=float("inf"))), "high must be finite"),
    "fraction for int": (tree(model__layers=number("int", 1, 2.5)), "high must be a whole number, but got 2.5"),
    "true for int": (tree(model__layers=number("int", True, 3)), "low must be a whole number, but got True"),
    "float for an int": (tree(model__layers=number("float", 1, 3)), "use type int"),
    "int for a name": (tree(model__cell=number("int", 1, 3)), "use type categorical with `choices`"),
    "float for a switch": (tree(model__bidirectional=number()), "the setting must be true or false"),
    "wrong choice": (tree(model__cell=choices("lstm", "rnn")), "each choice must be one of lstm, gru, but got 'rnn'"),
    "near choice": (tree(model__cell=choices("lstn", "gru")), "Did you mean `lstm`?"),
    "choice of wrong type": (tree(model__hidden=choices(64, "big")), "must be a whole number, but got 'big'"),
    "null choice": (tree(model__hidden=choices(64, None)), "must be a whole number, but got None"),
    "no choices": (tree(model__cell=choices()), "at least one value, but got []"),
    "double choice": (tree(model__hidden=choices(64, 64)), "64 stands there twice"),
    "when is no mapping": (tree(model__cell=choices("gru", when="sgd")), "when must map searched settings"),
}  # fmt: skip


@pytest.mark.parametrize(("found", "text"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_once_with_its_place(found: dict[str, Any], text: str) -> None:
    assert_told_once(found, text)


DEFAULTS = {
    "inside": ("model.dropout", number(), 0.2, 0.2),
    "below": ("model.dropout", number(low=0.3), 0.2, 0.3),
    "above": ("model.dropout", number(high=0.1), 0.2, 0.1),
    "onto a step": ("model.dropout", DROPOUT, 0.33, 0.3),
    "int onto a step": ("model.hidden", number("int", 16, 96, step=16), 50, 48),
    "number near a choice": ("model.hidden", choices(16, 64), 128, 64),
    "name that is no choice": ("model.read_out", choices("max", "mean"), "last", "max"),
    "word where a number is searched": ("loss.positive_weight", number(low=1, high=9), "balanced", 1.0),
    "int in a float setting": ("text.max_length", number("int", 20, 60), 0.99, 20),
}  # fmt: skip


@pytest.mark.parametrize(("path", "leaf", "value", "moved"), DEFAULTS.values(), ids=DEFAULTS)
def test_defaults_are_the_configurations_own_or_the_nearest(
    path: str, leaf: dict[str, Any], value: Any, moved: Any
) -> None:
    space = parse(tree(**{path.replace(".", "__"): leaf}))
    found = space.defaults("all", apply(Config(), {path: value}))
    assert found == {path: moved}
    assert type(found[path]) is type(moved)


def test_a_stepped_float_is_a_short_decimal() -> None:
    space = parse(tree(model__dropout=DROPOUT))
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    seen = {space.suggest(study.ask(), "all")["model.dropout"] for _ in range(60)}
    assert seen == {0.0, 0.1, 0.2, 0.3, 0.4, 0.5}
