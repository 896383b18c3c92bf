"""Dotted names of settings: listing, reading, coercing and replacing them."""

from typing import Any

import pytest

from sweep.config import Config, Metric, OptimizerConfig, SearchConfig
from sweep.config.settings import (
    coerced,
    described,
    flat,
    members,
    replaced,
    settings,
    value_of,
)
from sweep.errors import UserError
from sweep.plugins.tables import CELLS


def make_config() -> Config:
    return Config(search=SearchConfig(name="s", space={"model": {"hidden": {}}}))


def test_settings_of_one_class_have_no_group() -> None:
    found = settings(OptimizerConfig)
    assert list(found)[:2] == ["name", "learning_rate"]
    assert found["learning_rate"] is float


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("seed", 0),
        ("name", None),
        ("model.cell", "lstm"),
        ("model.hidden", 128),
        ("model.bidirectional", False),
        ("text.max_length", 0.99),
        ("executor.workers", "auto"),
    ],
)
def test_a_setting_is_read_as_a_plain_value(path: str, expected: Any) -> None:
    found = value_of(make_config(), path)
    assert (found, type(found)) == (expected, type(expected))


def test_every_setting_can_be_read() -> None:
    config = make_config()
    for path in settings():
        if not path.startswith("search.") and path != "executor.resources":
            assert isinstance(value_of(config, path), bool | int | float | str | None), path


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        ({}, {}),
        ({"seed": 0}, {"seed": 0}),
        ({"a": {"b": {"c": 1}, "d": [2]}, "e": None}, {"a.b.c": 1, "a.d": [2], "e": None}),
        ({"a": {}}, {}),
    ],
    ids=["nothing", "a leaf", "nested", "an empty group"],
)
def test_leaves_get_their_dotted_names(tree: dict[str, Any], expected: dict[str, Any]) -> None:
    assert flat(tree) == expected


def test_a_prefix_stands_before_every_name() -> None:
    assert flat({"b": {"c": 1}, "d": 2}, "a.") == {"a.b.c": 1, "a.d": 2}


def test_replacing_copies_coerces_and_leaves_the_rest() -> None:
    base = make_config()
    values = {"model.cell": "gru", "model.hidden": 32, "seed": 7, "text.max_length": 40}
    found = replaced(base, values)
    assert found.model.cell == "gru"
    assert {path: value_of(found, path) for path in values} == values
    assert isinstance(found.text.max_length, float)
    assert base == make_config()
    assert found.loss == base.loss
    assert found.loss is not base.loss
    found.search.space["model"]["hidden"] = 1
    assert base.search.space == make_config().search.space


@pytest.mark.parametrize(
    ("values", "error", "told"),
    [
        ({"model.dropout": 1.0}, UserError, "model.dropout must lie"),
        ({"data.path": "a.csv", "data.train": "b.csv"}, UserError, "not both"),
        ({"model.hidden": "many"}, ValueError, "must be a whole number, but got 'many'"),
    ],
    ids=["a rule", "a combination", "a type"],
)
def test_what_does_not_fit_is_not_put_in(
    values: dict[str, Any], error: type[Exception], told: str
) -> None:
    with pytest.raises(error, match=told):
        replaced(make_config(), values)


def test_a_mistyped_name_is_told_the_nearest() -> None:
    with pytest.raises(ValueError, match="Did you mean `lstm`"):
        coerced("lsmt", CELLS)


@pytest.mark.parametrize(
    ("hint", "kinds", "words"),
    [
        (int, (int,), "a whole number"),
        (float | None, (float, type(None)), "a number or null"),
        (bool, (bool,), "true or false"),
        (int | str, (int, str), "a whole number or a text"),
        (CELLS, (CELLS,), "one of lstm, gru"),
        (Any, (Any,), "a text, a number, true or false, or a list of them, or null"),
        (Metric | None, (Metric, type(None)), f"one of {', '.join(Metric)} or null"),
    ],
)
def test_what_a_setting_may_hold_is_said(hint: Any, kinds: tuple[type, ...], words: str) -> None:
    assert members(hint) == kinds
    assert described(hint) == words


def test_every_setting_has_a_place_and_most_may_be_searched() -> None:
    found = settings()
    assert found["model.hidden"] is int
    assert {"seed", "search.trials", "trainer.max_epochs"} <= set(found)


@pytest.mark.parametrize(
    ("value", "hint", "expected"),
    [
        (64.0, int, 64),
        (1, float, 1.0),
        (1, int | float | str, 1),
        (2.0, int | float | str, 2.0),
        ("balanced", int | float | str, "balanced"),
        (None, str | None, None),
        (True, bool, True),
        ("gru", CELLS, "gru"),
    ],
)
def test_a_value_takes_the_type_of_its_setting(value: Any, hint: Any, expected: Any) -> None:
    found = coerced(value, hint)
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("value", "hint"),
    [(1, bool), (True, int), (True, float), ("1", int), (1.5, int), (None, int), (1, str)],
)
def test_a_value_of_another_type_is_refused(value: Any, hint: Any) -> None:
    with pytest.raises(ValueError, match="must be"):
        coerced(value, hint)
