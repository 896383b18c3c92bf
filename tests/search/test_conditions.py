"""Conditions between searched settings: checked, ordered, obeyed."""

from typing import Any

import pytest
from optuna.trial import FixedTrial

from support.space_trees import (
    CELL,
    FULL,
    SGD,
    assert_told_once,
    choices,
    number,
    parse,
    tree,
)
from sweep.config import Config
from sweep.errors import UserError
from sweep.search.conditions import fixed

MISTAKES = {
    "when on a stranger": (tree(optimizer__momentum=number(when=SGD)), "`optimizer.name` is not searched"),
    "when on a value it has not": (
        tree(optimizer__name=choices("adam"), optimizer__momentum=number(when=SGD)),
        "optimizer.name never takes 'sgd'",
    ),
    "when on a wrong value": (
        tree(model__cell=CELL, model__dropout=number(when={"model.cell": ["rnn"]})),
        "when: model.cell must be one of lstm, gru, but got 'rnn'",
    ),
    "when without values": (
        tree(model__cell=CELL, model__dropout=number(when={"model.cell": []})),
        "model.cell needs at least one value",
    ),
    "when in a circle": (
        tree(
            model__cell=choices("lstm", when={"model.layers": [1]}),
            model__layers=number("int", 1, 2, when={"model.cell": ["lstm"]}),
        ),
        "the conditions `when` of model.cell, model.layers form a circle",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("found", "text"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_once_with_its_place(found: dict[str, Any], text: str) -> None:
    assert_told_once(found, text)


def test_a_condition_on_a_broken_setting_is_not_complained_about_too() -> None:
    with pytest.raises(UserError) as refused:
        parse(
            tree(optimizer__name=choices("adm"), optimizer__momentum=number(when=SGD)),
            "optimizer.name",
        )
    assert len(refused.value.mistakes) == 1


def test_a_value_is_tried_under_its_own_condition() -> None:
    frozen = choices(True, False, when={"model.vectors": ["glove.txt"]})
    parse(tree(model__vectors=choices("none", "glove.txt"), model__freeze_vectors=frozen))


def test_an_inactive_setting_is_neither_suggested_nor_given() -> None:
    values = {
        "optimizer.name": "adam",
        "model.cell": "gru",
        "model.layers": 2,
        "model.dropout": 0.3,
    }
    values["optimizer.learning_rate"] = 0.01
    assert parse(FULL).suggest(FixedTrial(values), "all") == values


def test_a_parent_is_suggested_before_its_child_and_else_the_order_stays() -> None:
    assert [parameter.path for parameter in parse(FULL).parameters] == [
        "optimizer.name",
        "optimizer.momentum",
        "optimizer.learning_rate",
        "model.cell",
        "model.layers",
        "model.dropout",
    ]


def test_a_condition_may_hang_on_the_arm() -> None:
    bias = number(low=0, high=2, when={"model.cell": ["lstm"]})
    space = parse(tree(model__cell=CELL, model__forget_bias=bias), "model.cell")
    assert space.defaults("lstm", Config()) == {"model.cell": "lstm", "model.forget_bias": 1.0}
    assert space.defaults("gru", Config()) == {"model.cell": "gru"}


def test_a_condition_on_a_huge_range_is_checked_at_once() -> None:
    parent = number("int", 1, 10**12 + 1, step=10)
    for value, held in ((10**12 + 1, True), (10**12 + 2, False), (10**13 + 1, False)):
        leaves = tree(
            model__hidden=parent,
            model__dropout=number("float", 0, 0.5, when={"model.hidden": [value]}),
        )
        if held:
            assert len(parse(leaves).parameters) == 2
        else:
            with pytest.raises(UserError, match="model.hidden never takes"):
                parse(leaves)


CHAIN = tree(
    optimizer__name=choices("adam", "sgd"),
    optimizer__momentum=number("float", 0.0, 0.9, when=SGD),
    text__level=choices("word", "bpe"),
    text__stop_words=choices(False, True, when={"text.level": ["word"]}),
    text__keep_negations=choices(False, True, when={"text.stop_words": [True]}),
    model__dropout=number(when={"optimizer.name": ["sgd"], "text.level": ["word"]}),
)
FIXED: dict[str, tuple[dict[str, Any], list[str], list[str]]] = {
    "one that others hang on, met": (
        {"optimizer.name": "sgd"}, ["model.dropout"],
        ["optimizer.momentum", "text.level", "text.stop_words", "text.keep_negations", "model.dropout"],
    ),
    "one that others hang on, not met": (
        {"optimizer.name": "adam"}, [], ["text.level", "text.stop_words", "text.keep_negations"],
    ),
    "with grandchildren": ({"text.level": "bpe"}, [], ["optimizer.name", "optimizer.momentum"]),
    "a conditional one": (
        {"text.stop_words": True}, ["text.keep_negations"],
        ["optimizer.name", "optimizer.momentum", "text.level", "text.keep_negations", "model.dropout"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("own", "free", "left"), FIXED.values(), ids=FIXED)
def test_conditions_on_what_is_fixed_are_settled(
    own: dict[str, Any], free: list[str], left: list[str]
) -> None:
    before = {p.path: p for p in parse(CHAIN).parameters}
    after = fixed(before, own)
    assert sorted(after) == sorted(left)
    for path in free:
        assert set(after[path].when) == set(before[path].when) - set(own)
    assert all(parent in after for p in after.values() for parent in p.when)
