"""The search space: read from a tree, checked whole, suggested, enumerated, applied."""

import json
from pathlib import Path
from typing import Any

import optuna
import pytest
from optuna.trial import FixedTrial

from sweep.compose.catalogue import CONF
from sweep.compose.compose import compose
from sweep.compose.flags import read_flags
from sweep.config import Cell, Config, OptimizerName, SearchConfig
from sweep.config.settings import value_of
from sweep.errors import UserError
from sweep.search.space import LARGEST_GRID, Space, apply

SEARCHES = sorted((CONF / "search").glob("*.yaml"))
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


MISTAKES = {
    "unknown setting": (tree(model__hiden=CELL), "no such setting. Did you mean `model.hidden`?"),
    "unknown group": ({"modle": {"cell": CELL}}, "modle: there is no such setting. Did you mean `model`?"),
    "a group as a leaf": ({"model": CELL}, "search.space.model: this is a group of settings"),
    "data": (tree(data__path=CELL), "search.space.data: this may not be searched: it must be the same"),
    "seed": ({"seed": number("int", 0, 5)}, "search.space.seed: this may not be searched: every trial"),
    "metric": (tree(objective__metric=CELL), "search.space.objective.metric: this may not be searched"),
    "accelerator": (tree(trainer__accelerator=CELL), "accelerator: this may not be searched: it follows"),
    "sampler": (tree(sampler__name=CELL), "search.space.sampler: this may not be searched: it steers"),
    "no mapping": (tree(model__cell="lstm"), "a mapping was expected, but got 'lstm'"),
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
    "when is no mapping": (tree(model__cell=choices("gru", when="sgd")), "when must map searched settings"),
    "refused by its class, low": (tree(model__layers=number("int", 0, 2)), "must be at least 1, but got 0"),
    "refused by its class, high": (tree(model__dropout=number(high=1)), "model.dropout must lie in [0, 1)"),
    "refused by its class, choice": (tree(loss__positive_weight=choices(1, "balance")), "number above 0 or `balanced`"),
}  # fmt: skip


@pytest.mark.parametrize(("found", "text"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_once_with_its_place(found: dict[str, Any], text: str) -> None:
    with pytest.raises(UserError) as refused:
        parse(found)
    assert len(refused.value.mistakes) == 1
    assert text in str(refused.value)
    assert "search.space" in str(refused.value)


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


def test_all_mistakes_come_together() -> None:
    with pytest.raises(UserError) as refused:
        parse(
            tree(model__hiden=CELL, data__path=CELL, model__layers=number("int", 3, 1)), "model.x"
        )
    assert len(refused.value.mistakes) == 4


def test_a_condition_on_a_broken_setting_is_not_complained_about_too() -> None:
    with pytest.raises(UserError) as refused:
        parse(
            tree(optimizer__name=choices("adm"), optimizer__momentum=number(when=SGD)),
            "optimizer.name",
        )
    assert len(refused.value.mistakes) == 1


def test_a_value_is_tried_under_its_own_condition() -> None:
    frozen = choices(True, False, when={"model.vectors": ["glove.txt"]})
    parse(tree(model__vectors=choices(None, "glove.txt"), model__freeze_vectors=frozen))


ARMS = {
    "names": ("model.cell", CELL, ("lstm", "gru")),
    "switch": ("model.bidirectional", choices(False, True), ("false", "true")),
    "numbers": ("loss.positive_weight", choices(1, 2.5, "balanced"), ("1", "2.5", "balanced")),
    "files": ("model.vectors", choices(None, "../a b.txt"), ("none", ".._a_b.txt")),
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


def test_without_compare_there_is_one_arm_and_everything_is_suggested() -> None:
    space = parse(tree(model__cell=CELL))
    assert space.arms == ("all",)
    assert space.suggest(FixedTrial({"model.cell": "gru"}), "all") == {"model.cell": "gru"}


def test_the_arms_own_value_is_given_and_not_suggested() -> None:
    space = parse(tree(model__cell=CELL, model__layers=number("int", 1, 3)), "model.cell")
    trial = FixedTrial({"model.layers": 2})
    assert space.suggest(trial, "gru") == {"model.cell": "gru", "model.layers": 2}
    assert set(trial.params) == {"model.layers"}


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


def test_whatever_is_suggested_can_be_applied() -> None:
    space = parse(FULL, "model.cell")
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    for _ in range(50):
        values = space.suggest(study.ask(), "gru")
        config = apply(Config(), values)
        assert {path: value_of(config, path) for path in values} == values
        assert ("optimizer.momentum" in values) == (values["optimizer.name"] == "sgd")
        assert json.loads(json.dumps(values)) == values


def test_a_grid_holds_each_combination_once_and_respects_conditions() -> None:
    momentum = number(low=0, high=0.9, step=0.3, when=SGD)
    found = tree(
        model__cell=CELL, optimizer__name=choices("adam", "sgd"), optimizer__momentum=momentum
    )
    grid = parse(found, "model.cell").grid("gru")
    assert [point.get("optimizer.momentum") for point in grid] == [None, 0.0, 0.3, 0.6, 0.9]
    assert all(point["model.cell"] == "gru" for point in grid)
    assert len(parse(found).grid("all")) == 10


def test_a_grid_of_a_float_without_step_is_refused() -> None:
    with pytest.raises(UserError, match="optimizer.learning_rate: a grid needs values"):
        parse(tree(optimizer__learning_rate=RATE)).grid("all")


@pytest.mark.parametrize(
    "leaves",
    [
        {"model__hidden": number("int", 1, 10**4), "model__embedding": number("int", 1, 10**4)},
        {"model__hidden": number("int", 1, 10**12)},
        {"optimizer__learning_rate": number("float", 1.0, 1e9, step=0.001)},
    ],
    ids=["many", "one endless", "small steps"],
)
def test_an_endless_grid_is_refused_before_it_fills_the_memory(leaves: dict[str, Any]) -> None:
    with pytest.raises(UserError, match=f"more than {LARGEST_GRID:,} combinations"):
        parse(tree(**leaves)).grid("all")


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


def test_apply_copies_and_coerces() -> None:
    base = Config(search=SearchConfig(name="s", space={"model": {"cell": CELL}}))
    config = apply(base, {"model.cell": "gru", "optimizer.name": "sgd", "optimizer.momentum": 0})
    assert config.model.cell is Cell.gru
    assert config.optimizer.name is OptimizerName.sgd
    assert (config.optimizer.momentum, type(config.optimizer.momentum)) == (0.0, float)
    assert base == Config(search=base.search)
    assert config.text is not base.text
    assert config.search.space == base.search.space
    assert config.search.space is not base.search.space


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"model.freeze_vectors": True}, "model.vectors is not given"),
        ({"model.hidden": "many"}, "model.hidden: a value must be a whole number"),
    ],
    ids=["combination", "type"],
)
def test_apply_refuses_what_the_classes_refuse(values: dict[str, Any], text: str) -> None:
    with pytest.raises(UserError, match=text):
        apply(Config(), values)


def test_the_written_space_is_json_and_reads_back_as_itself() -> None:
    written = parse(FULL, "model.cell").to_dict()
    assert json.loads(json.dumps(written)) == written
    again = Space.parse(written["space"], Config(), written["compare"])
    assert again.to_dict() == written


def test_two_spellings_of_one_space_are_written_alike() -> None:
    one = parse(tree(model__hidden=choices(64, 128), model__dropout=number(low=0, high=0.5)))
    two = parse(
        {"model.hidden": choices(64.0, 128), "model.dropout": number(low=0.0, high=0.5, log=False)}
    )
    assert one.to_dict() == two.to_dict()


@pytest.mark.parametrize("file", SEARCHES, ids=lambda file: file.stem)
def test_every_search_file_has_a_space_that_holds(file: Path) -> None:
    config = compose(read_flags([f"+search={file.stem}"]))
    assert config is not None
    space = Space.parse(config.search.space, config, config.search.compare)
    for arm in space.arms:
        apply(config, space.defaults(arm, config))
