"""The configuration's own values at the start of a search: kept, told of, or refused with the ways out."""

import shlex
from typing import Any

import pytest

from support.space_trees import CELL, RATE, choices, number, tree
from sweep.config import Config, SearchConfig
from sweep.config.settings import replaced
from sweep.errors import UserError
from sweep.search.space import Space
from sweep.search.start import keep_given, moved, outside, varied

TREE = tree(
    model__cell=CELL,
    model__hidden=number("int", 32, 256, log=True),
    model__embedding=number("int", 32, 256, step=32),
    model__dropout=number("float", 0.0, 0.5, step=0.1),
    optimizer__name=choices("adam", "rmsprop"),
    optimizer__learning_rate=RATE,
    optimizer__momentum=number("float", 0.0, 0.9, when={"optimizer.name": ["rmsprop"]}),
    text__max_length=choices(0.9, 0.99),
)


def given(values: dict[str, Any], **search: Any) -> tuple[Space, Config]:
    config = Config(search=SearchConfig(name="s", compare="model.cell", space=TREE, **search))
    config = replaced(config, values)
    return Space.of(config), config


def refusal(values: dict[str, Any], **search: Any) -> str:
    with pytest.raises(UserError) as refused:
        keep_given(*given(values, **search), set(values))
    (mistake,) = refused.value.mistakes
    return mistake


def test_what_the_space_holds_is_the_first_trial_exactly() -> None:
    values = {
        "model.hidden": 77, "model.embedding": 96, "model.dropout": 0.3, "optimizer.name": "rmsprop",
        "optimizer.learning_rate": 0.0123, "optimizer.momentum": 0.123, "text.max_length": 0.9,
    }  # fmt: skip
    space, config = given(values)
    keep_given(space, config, set(values))
    assert outside(space, config) == []
    assert moved(space, config) == []
    for arm in ("lstm", "gru"):
        assert space.defaults(arm, config) == {"model.cell": arm} | values


OUTSIDE = {
    "choice": ({"optimizer.name": "sgd"}, ["optimizer.name.choices=[adam,rmsprop,sgd]"]),
    "below": ({"model.hidden": 8}, ["model.hidden.low=8"]),
    "above": ({"optimizer.learning_rate": 1e12}, ["optimizer.learning_rate.high=1000000000000.0"]),
    "no step reaches it": ({"model.embedding": 33}, ["model.embedding.step=null"]),
    "above and no step": ({"model.dropout": 0.75}, ["model.dropout.high=0.75", "model.dropout.step=null"]),
    "above and a step": ({"model.dropout": 0.6}, ["model.dropout.high=0.6"]),
    "no logarithm": ({"optimizer.learning_rate": 1e-300}, ["optimizer.learning_rate.low=1e-300"]),
    "below, under its condition": (
        {"optimizer.name": "rmsprop", "optimizer.momentum": 0.95}, ["optimizer.momentum.high=0.95"],
    ),
    "two": (
        {"optimizer.name": "sgd", "model.hidden": 300},
        ["model.hidden.high=300", "optimizer.name.choices=[adam,rmsprop,sgd]"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("values", "wider"), OUTSIDE.values(), ids=OUTSIDE)
def test_what_it_does_not_hold_is_refused_with_the_words_that_widen_it(
    values: dict[str, Any], wider: list[str]
) -> None:
    told = refusal(values)
    assert shlex.split(told.splitlines()[-1]) == [f"search.space.{word}" for word in wider]
    for path in [word.partition("=")[0].rpartition(".")[0] for word in wider]:
        assert f"  {path}=" in told


def test_a_range_that_no_bound_makes_fit_leaves_one_way() -> None:
    space = Space.parse(tree(text__max_length=number("int", 10, 100)), Config(), None)
    with pytest.raises(UserError) as refused:
        keep_given(space, Config(search=SearchConfig(name="s")), {"text.max_length"})
    assert "wider" not in str(refused.value)
    assert "search.vary=false" in str(refused.value)


FIXING = {
    "one": ({"optimizer.name": "sgd"}, {}, ["search.fix=[optimizer.name]"]),
    "two": (
        {"model.hidden": 300, "optimizer.name": "sgd"}, {}, ["search.fix=[model.hidden,optimizer.name]"],
    ),
    "beside one": (
        {"optimizer.name": "sgd"}, {"fix": ["model.hidden"]}, ["search.fix=[model.hidden,optimizer.name]"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("values", "search", "words"), FIXING.values(), ids=FIXING)
def test_the_other_way_out_fixes_it(
    values: dict[str, Any], search: dict[str, Any], words: list[str]
) -> None:
    line = next(line for line in refusal(values, **search).splitlines() if "search.fix=" in line)
    assert shlex.split(line) == words


def test_what_is_compared_and_has_no_arm_leaves_the_comparison() -> None:
    found = tree(model__read_out=choices("last", "max"), model__hidden=choices(8, 16))
    config = Config(search=SearchConfig(name="s", compare="model.read_out", space=found))
    config = replaced(config, {"model.read_out": "mean", "model.hidden": 8})
    with pytest.raises(UserError) as refused:
        keep_given(Space.of(config), config, {"model.read_out"})
    assert "search.compare=null 'search.fix=[model.read_out]'" in str(refused.value)
    assert "search.space.model.read_out.choices=[last,max,mean]" in str(refused.value)


def test_what_nobody_gave_gives_way_and_is_told() -> None:
    space, config = given({"model.hidden": 300, "optimizer.name": "sgd"})
    keep_given(space, config, {"model.layers"})
    assert [line.partition(",")[0] for line in moved(space, config)] == [
        "the first trial has model.hidden=256",
        "the first trial has optimizer.name=adam",
    ]


def test_a_default_that_one_arm_lacks_is_told_with_the_arm() -> None:
    found = tree(
        model__cell=CELL, model__hidden=choices(8, 16, when={"model.cell": ["gru"]})
    )  # the configuration has 128
    config = Config(search=SearchConfig(name="s", compare="model.cell", space=found))
    (line,) = moved(Space.of(config), config)
    assert line.startswith("the first trial of gru has model.hidden=16, since")


def test_a_value_that_others_do_without_is_told() -> None:
    space, config = given({"optimizer.name": "rmsprop", "model.layers": 2})
    (line,) = varied(space, config, {"optimizer.name", "model.layers", "model.cell"})
    assert "optimizer.name=rmsprop (for all trials: 'search.fix=[optimizer.name]')" in line
    assert varied(space, config, {"model.layers", "model.cell"}) == []


def test_a_setting_that_is_not_searched_under_its_condition_is_no_ones_business() -> None:
    space, config = given({"optimizer.momentum": 0.95})  # beside adam
    keep_given(space, config, {"optimizer.momentum"})
