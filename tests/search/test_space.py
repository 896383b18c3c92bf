"""The search space: read from a tree, checked whole, suggested, enumerated, applied."""

import json
from pathlib import Path
from typing import Any

import optuna
import pytest
from optuna.trial import FixedTrial

from support.space_trees import (
    CELL,
    FULL,
    RATE,
    SGD,
    assert_told_once,
    choices,
    number,
    parse,
    tree,
)
from sweep.compose.catalogue import CONF
from sweep.compose.compose import compose
from sweep.compose.flags import read_flags
from sweep.config import Config, OptimizerName, SearchConfig
from sweep.config.settings import value_of
from sweep.errors import UserError
from sweep.search.space import LARGEST_GRID, Space, apply

SEARCHES = sorted((CONF / "search").glob("*.yaml"))
MISTAKES = {
    "unknown setting": (tree(model__hiden=CELL), "no such setting. Did you mean `model.hidden`?"),
    "unknown group": ({"modle": {"cell": CELL}}, "modle: there is no such setting. Did you mean `model`?"),
    "a group as a leaf": ({"model": CELL}, "search.space.model: this is a group of settings"),
    "data": (tree(data__path=CELL), "search.space.data: this may not be searched: it must be the same"),
    "seed": ({"seed": number("int", 0, 5)}, "search.space.seed: this may not be searched: every trial"),
    "metric": (tree(objective__metric=CELL), "search.space.objective.metric: this may not be searched"),
    "accelerator": (tree(trainer__accelerator=CELL), "accelerator: this may not be searched: it follows"),
    "probe": (tree(trainer__probe=CELL), "probe: this may not be searched: it only watches"),
    "sampler": (tree(sampler__name=CELL), "search.space.sampler: this may not be searched: it steers"),
    "no mapping": (tree(model__cell="lstm"), "a mapping was expected, but got 'lstm'"),
    "refused by its class, low": (tree(model__layers=number("int", 0, 2)), "must be at least 1, but got 0"),
    "refused by its class, high": (tree(model__dropout=number(high=1)), "model.dropout must lie in [0, 1)"),
    "refused by its class, choice": (tree(loss__positive_weight=choices(1, "balance")), "number above 0 or `balanced`"),
}  # fmt: skip


@pytest.mark.parametrize(("found", "text"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_once_with_its_place(found: dict[str, Any], text: str) -> None:
    assert_told_once(found, text)


def test_all_mistakes_come_together() -> None:
    with pytest.raises(UserError) as refused:
        parse(
            tree(model__hiden=CELL, data__path=CELL, model__layers=number("int", 3, 1)), "model.x"
        )
    assert len(refused.value.mistakes) == 4


def test_without_compare_there_is_one_arm_and_everything_is_suggested() -> None:
    space = parse(tree(model__cell=CELL))
    assert space.arms == ("all",)
    assert space.suggest(FixedTrial({"model.cell": "gru"}), "all") == {"model.cell": "gru"}


def test_the_arms_own_value_is_given_and_not_suggested() -> None:
    space = parse(tree(model__cell=CELL, model__layers=number("int", 1, 3)), "model.cell")
    trial = FixedTrial({"model.layers": 2})
    assert space.suggest(trial, "gru") == {"model.cell": "gru", "model.layers": 2}
    assert set(trial.params) == {"model.layers"}


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


def test_apply_copies_and_coerces() -> None:
    base = Config(search=SearchConfig(name="s", space={"model": {"cell": CELL}}))
    config = apply(base, {"model.cell": "gru", "optimizer.name": "sgd", "optimizer.momentum": 0})
    assert config.model.cell == "gru"
    assert config.optimizer.name is OptimizerName.sgd
    assert (config.optimizer.momentum, type(config.optimizer.momentum)) == (0.0, float)
    assert base == Config(search=base.search)
    assert config.text is not base.text
    assert config.search.space == base.search.space
    assert config.search.space is not base.search.space


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"data.path": "a.csv", "data.train": "b.csv"}, "not both"),
        ({"model.hidden": "many"}, "model.hidden: a value must be a whole number"),
    ],
    ids=["combination", "type"],
)
def test_apply_refuses_what_the_classes_refuse(values: dict[str, Any], text: str) -> None:
    with pytest.raises(UserError, match=text):
        apply(Config(), values)


@pytest.mark.parametrize(
    ("fix", "text"),
    [
        ("model.hiden", "`model.hiden` is not searched, so there is nothing to take out; drop it. Did you mean"),
        ("text.level", "`text.level` is not searched"),
        ("optimizer", "`optimizer` is a group of settings; name those that you mean: optimizer.name,"),
        ("model.cell", "`model.cell` is what is compared; add search.compare=null to fix it."),
    ],
    ids=["misspelt", "not searched", "group", "compared"],
)  # fmt: skip
def test_what_cannot_be_fixed_is_told(fix: str, text: str) -> None:
    found = tree(
        model__cell=CELL,
        model__hidden=number("int", 8, 64),
        optimizer__name=choices("adam", "sgd"),
        optimizer__momentum=number(when=SGD),
    )
    with pytest.raises(UserError) as refused:
        Space.parse(found, Config(), "model.cell", [fix])
    (mistake,) = refused.value.mistakes
    assert text in mistake


def test_a_fixed_setting_is_in_no_trial_and_part_of_what_the_space_is() -> None:
    search = SearchConfig(
        name="s", compare="model.cell", space=FULL, fix=["optimizer.name", "model.layers"]
    )
    base = Config(search=search)
    base.optimizer.name = OptimizerName.sgd
    space = Space.of(base)
    whole = Space.of(Config(search=SearchConfig(name="s", compare="model.cell", space=FULL)))
    assert {p.path for p in whole.parameters} - {p.path for p in space.parameters} == set(
        search.fix
    )
    assert space.to_dict() != whole.to_dict()
    # What hung on `sgd` is searched in every trial now.
    assert "optimizer.momentum" in space.suggest(
        FixedTrial(
            {"optimizer.momentum": 0.5, "model.dropout": 0.1, "optimizer.learning_rate": 0.01}
        ),
        "gru",
    )


@pytest.mark.parametrize("compare", [None, "model.cell"])
def test_a_space_of_nothing_is_refused_unless_the_seed_is_meant(compare: str | None) -> None:
    def of(**more: Any) -> Space:
        space = {} if compare is None else tree(model__cell=CELL)
        search = SearchConfig(name="s", compare=compare, space=space, **more)
        return Space.of(Config(search=search))

    if compare is None:
        with pytest.raises(UserError, match=r"is empty: its trials .* search\.vary=false"):
            of()
    else:
        assert of().parameters  # the arms differ, and their trials by the seed alone
    assert of(vary=False).arms == of(trials=1).arms


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
