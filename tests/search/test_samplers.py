"""Samplers: grid, seeds, learning, and settings that cannot work."""

import itertools
import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import optuna
import pytest
from optuna.distributions import FloatDistribution
from optuna.storages import RDBStorage
from optuna.trial import TrialState, create_trial

from support.arm_studies import (
    SMALL,
    finish,
    make_config,
    rising,
    run,
)
from support.bombs import Bomb
from sweep.config import (
    PrunerConfig,
    PrunerName,
    SamplerConfig,
    SamplerName,
)
from sweep.errors import UserError
from sweep.search.samplers import build_sampler, drawn_at_random, looked_at
from sweep.search.space import Space
from sweep.search.study import ArmStudy


def test_a_grid_is_run_through_once_from_the_defaults(study: Callable[..., ArmStudy]) -> None:
    arm = study("grid", tree=SMALL, trials=12)
    layers = [p.values["model.layers"] for p in finish(arm)]
    assert (arm.budget, layers[0], sorted(layers)) == (3, 1, [1, 2, 3])
    assert study("grid", tree=SMALL, trials=2, sweep="another").budget == 2


def test_seeds_and_arms_draw_differently_and_one_seed_alike(
    study: Callable[..., ArmStudy],
) -> None:
    drawn = [
        [p.values["optimizer.learning_rate"] for p in finish(study(seed=seed, sweep=name))]
        for seed, name in ((3, "one"), (3, "another"), (4, "third"))
    ]
    assert drawn[0] == drawn[1]
    assert set(drawn[0]) & set(drawn[2]) == {2e-3}  # the configuration's own
    assert len(set(drawn[0])) == 4


def test_tpe_learns(study: Callable[..., ArmStudy]) -> None:
    arm = study("tpe", trials=24, share=0.0)
    while proposal := arm.next():
        run(arm, proposal, [-abs(proposal.values["model.dropout"] - 0.5)])
    late = [r.values["model.dropout"] for r in arm.records()[-8:]]
    assert sum(dropout >= 0.4 for dropout in late) >= 6


def test_workers_beside_each_other_get_different_trials(study: Callable[..., ArmStudy]) -> None:
    arm = study("tpe", trials=12)
    active = [arm.next() for _ in range(3)]
    for turn in itertools.count():
        if not active:
            break
        proposal = active.pop(turn % len(active))
        run(arm, proposal, rising(proposal))
        following = arm.next()
        active += [following] if following else []
    assert arm.counts() == {
        "complete": 12, "pruned": 0, "failed": 0, "interrupted": 0, "running": 0
    }  # fmt: skip
    assert sum(r.replicate_of is not None for r in arm.records()) == 0


@pytest.mark.parametrize(
    ("sampler", "startup", "share", "first", "expected"),
    [
        ("tpe", 5, 0.25, 1, {1, 2, 3, 4, 17}),
        ("tpe", 5, 0.0, 1, {1, 2, 3, 4}),
        ("gp", 1, 0.5, 1, {1, 3, 5, 7, 9, 11, 13, 15, 17, 19}),
        ("cmaes", 5, 0.25, 4, {4, 5, 9, 13, 17}),
        ("tpe", 5, 1.0, 1, set(range(1, 20))),
        ("random", 5, 0.0, 3, set(range(3, 20))),
        ("qmc", 5, 0.5, 1, set()),
        ("grid", 5, 0.5, 1, set()),
    ],
)
def test_which_numbers_are_drawn_at_random(
    sampler: str, startup: int, share: float, first: int, expected: set[int]
) -> None:
    config = SamplerConfig(name=SamplerName(sampler), startup_trials=startup)
    assert drawn_at_random(config, share, 20, first) == expected
    # A budget that grows changes nothing.
    assert drawn_at_random(config, share, 9, first) == {n for n in expected if n < 9}


ALWAYS = {name: FloatDistribution(0, 1) for name in "ab"}
SOMETIMES = {name: FloatDistribution(0, 1) for name in "cd"}


def proposed(runs: bool = False, **settings: Any) -> list[dict[str, float]]:
    """What TPE proposes under six seeds after twelve trials, half of which have all settings, and one beside."""
    config = SamplerConfig(**{"startup_trials": 4} | settings)
    found = []
    for seed in range(6):
        study = optuna.create_study(direction="maximize")
        for number in range(12):
            ranges = ALWAYS | SOMETIMES if number % 2 else ALWAYS
            params = {name: (5 * number % (7 + i)) / 12 for i, name in enumerate(ranges)}
            value = -sum(params.values()) / len(params)
            study.add_trial(create_trial(value=value, params=params, distributions=ranges))
        for trial_seed in (seed, seed + 100):
            study.sampler = build_sampler(config, seed=trial_seed, arm_seed=9)
            trial = study.ask(ALWAYS | SOMETIMES)
            if not runs:
                study.tell(trial, state=TrialState.FAIL)
        found.append(trial.params)
    return found


@pytest.mark.parametrize("liar", [True, False])
def test_a_trial_that_runs_keeps_the_next_one_away_under_the_constant_liar_only(
    liar: bool,
) -> None:
    """The liar takes what runs for bad; without it a trial that has told nothing changes nothing."""
    runs, failed = (proposed(runs, constant_liar=liar) for runs in (True, False))
    assert (runs != failed) is liar


@pytest.mark.parametrize(
    "other",
    [
        {"startup_trials": 40},
        {"group": False},
        {"group": False, "multivariate": False},
    ],
)
def test_each_setting_of_tpe_changes_what_it_proposes(other: dict[str, Any]) -> None:
    assert proposed() == proposed() != proposed(**other)
    assert proposed(group=False) != proposed(group=False, multivariate=False)


def test_a_quasi_random_sequence_fills_its_range_evenly(study: Callable[..., ArmStudy]) -> None:
    """One point in each sixteenth, which points drawn one by one miss."""
    tree = {"model": {"dropout": {"type": "float", "low": 0, "high": 0.5}}}
    arm = study("qmc", tree=tree, trials=18)
    values = [p.values["model.dropout"] for p in finish(arm)]
    # The first trial is the configuration's own, the second draws: the sequence learns the space from it.
    assert sorted(int(value * 32) for value in values[1:17]) == list(range(16))


@pytest.mark.parametrize(
    ("sampler", "pruner", "expected"),
    [
        ("tpe", "median", (70, 80)),
        ("gp", "patient", (70, 80)),
        ("random", "none", (0, 0)),
        ("cmaes", "hyperband", (0, 0)),
        ("qmc", "successive_halving", (0, 0)),
        ("grid", "median", (0, 80)),
    ],
)
def test_how_much_of_a_long_history_is_looked_at(
    sampler: str, pruner: str, expected: tuple[int, int]
) -> None:
    found = looked_at(
        SamplerConfig(name=SamplerName(sampler), history=70),
        PrunerConfig(name=PrunerName(pruner), history=80),
    )
    assert (found["history"], found["rivals"]) == expected


@pytest.mark.parametrize(
    ("config", "text"),
    [
        (SamplerConfig(multivariate=False), "sampler.group=false"),
        (SamplerConfig(startup_trials=-1), "startup_trials must not be negative"),
        (SamplerConfig(history=-1), "history must not be negative"),
        (SamplerConfig(history=200, startup_trials=51), "quarter of sampler.history"),
        (SamplerConfig(history=3, startup_trials=0), "quarter of sampler.history"),
    ],
)
def test_a_sampler_that_cannot_work_is_refused(config: SamplerConfig, text: str) -> None:
    base = make_config(SMALL, "s")
    base.sampler = config
    with pytest.raises(UserError, match=text):
        ArmStudy(None, base, Space.of(base), "all")  # refused before the storage is touched


@pytest.mark.parametrize("name", [SamplerName.random, SamplerName.cmaes, SamplerName.qmc])
def test_a_history_that_a_sampler_does_not_look_at_binds_nothing(name: SamplerName) -> None:
    build_sampler(SamplerConfig(name=name, history=4, startup_trials=60), seed=0, arm_seed=0)


def test_the_state_of_cma_es_in_the_storage_holds_numbers_only(
    study: Callable[..., ArmStudy], storage: RDBStorage, tmp_path: Path
) -> None:
    given = {"sampler": "cmaes", "share": 0.0}
    finish(study(trials=24, **given))
    canary = tmp_path / "canary"
    planted = json.dumps(pickle.dumps(Bomb(canary)).hex())
    # Optuna lets nobody change a trial that has ended; whoever has the database can.
    with storage.engine.begin() as database:
        names = "SELECT DISTINCT key FROM trial_system_attributes WHERE key LIKE 'cma:optimizer%'"
        keys = [row[0] for row in database.exec_driver_sql(names)]
        for key in keys:
            database.exec_driver_sql(
                "UPDATE trial_system_attributes SET value_json = ? WHERE key = ?",
                (planted if key.endswith(":0") else '""', key),
            )
    assert keys
    with pytest.raises(UserError, match=r"names `posix\.mkdir`, which would be run"):
        finish(study(trials=30, **given))
    assert not canary.exists()
