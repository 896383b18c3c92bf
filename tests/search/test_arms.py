"""The arms: one a choice, named after it."""

from typing import Any

import pytest

from support.space_trees import CELL, choices, number, parse, tree
from sweep.config import Config
from sweep.errors import UserError

COMPARED = {
    "not searched": ("model.hidden", "search.compare=model.hidden is not in search.space"),
    "nearly": ("model.cel", "Did you mean `model.cell`?"),
    "no choices": ("model.layers", "must be of type categorical, but is of type int"),
    "one choice": ("model.read_out", "needs at least 2 choices"),
    "conditional": ("model.embedding", "must not be conditional"),
    "one name for two": ("model.vectors", "two choices would share a folder's name"),
}


@pytest.mark.parametrize(("compare", "text"), COMPARED.values(), ids=COMPARED)
def test_compare_needs_a_free_choice(compare: str, text: str) -> None:
    found = tree(
        model__cell=CELL,
        model__layers=number("int", 1, 2),
        model__read_out=choices("last"),
        model__embedding=choices(8, 16, when={"model.cell": ["gru"]}),
        model__vectors=choices("a/b", "a?b"),
    )
    with pytest.raises(UserError, match=".") as refused:
        parse(found, compare)
    assert [text in mistake for mistake in refused.value.mistakes] == [True]


ARMS = {
    "names": ("model.cell", CELL, ("lstm", "gru")),
    "switch": ("model.bidirectional", choices(False, True), ("false", "true")),
    "numbers": ("loss.positive_weight", choices(1, 2.5, "balanced"), ("1", "2.5", "balanced")),
    "files": ("model.vectors", choices("none", "../a b.txt"), ("none", ".._a_b.txt")),
}


@pytest.mark.parametrize(("path", "leaf", "arms"), ARMS.values(), ids=ARMS)
def test_an_arm_is_named_after_its_choice(
    path: str, leaf: dict[str, Any], arms: tuple[str, ...]
) -> None:
    space = parse(tree(**{path.replace(".", "__"): leaf}), path)
    assert space.arms == arms
    assert [space.defaults(arm, Config()) for arm in arms] == [
        {path: choice} for choice in leaf["choices"]
    ]
