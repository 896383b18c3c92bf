"""An arm's study: budget, order, resume to the bit, pruning, and what the storage remembers."""

import itertools
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import optuna
import pytest
from optuna.storages import RDBStorage

from support.child_environment import child_environment
from sweep.config import (
    Config,
    Metric,
    PrunerConfig,
    PrunerName,
    SamplerConfig,
    SamplerName,
    SearchConfig,
)
from sweep.errors import UserError
from sweep.records import Reason, Status, Stopped, TrialKey, TrialResult
from sweep.search.ledger import Ledger, open_storage
from sweep.search.proposals import Proposal
from sweep.search.pruners import build_pruner
from sweep.search.samplers import build_sampler
from sweep.search.space import Space
from sweep.search.study import ArmStudy

ARM = "gru"
EPOCHS = 9
TREE = {
    "model": {
        "cell": {"type": "categorical", "choices": ["lstm", "gru"]},
        "hidden": {"type": "categorical", "choices": [64, 128, 256]},
        "layers": {"type": "int", "low": 1, "high": 2},
        "dropout": {"type": "float", "low": 0, "high": 0.5, "step": 0.1},
    },
    "optimizer": {
        "name": {"type": "categorical", "choices": ["adam", "sgd"]},
        "learning_rate": {"type": "float", "low": 5e-4, "high": 2e-2, "log": True},
        "momentum": {"type": "float", "low": 0, "high": 0.99, "when": {"optimizer.name": ["sgd"]}},
    },
}
SMALL = {"model": {"layers": {"type": "int", "low": 1, "high": 3}}}


def make_config(tree: Any, name: str) -> Config:
    compare = "model.cell" if tree is TREE else None
    search = SearchConfig(name="tried", compare=compare, space=tree)
    return Config(name=name, search=search)


@pytest.fixture(scope="module")
def storage() -> RDBStorage:
    """The same SQL without a disk that waits; the database in a file has tests of its own."""
    return RDBStorage("sqlite:///:memory:")


@pytest.fixture
def study(storage: RDBStorage, request: pytest.FixtureRequest) -> Callable[..., ArmStudy]:
    """Opens this test's study, as often as the test likes."""

    def opened(
        sampler: str = "random", pruner: str = "none", tree: Any = TREE, **settings: Any
    ) -> ArmStudy:
        history = settings.pop("history", 200)
        config = make_config(tree, f"{request.node.name}-{settings.pop('sweep', 'one')}")
        config.sampler = SamplerConfig(
            name=SamplerName(sampler), startup_trials=min(4, history // 4), history=history
        )
        config.pruner = PrunerConfig(
            name=PrunerName(pruner), startup_trials=4, warmup_epochs=3, history=history
        )
        config.search.trials = settings.pop("trials", 4)
        config.seed = settings.pop("seed", 3)
        config.trainer.max_epochs = settings.pop("max_epochs", EPOCHS)
        if not settings.pop("maximize", True):
            config.objective.metric = Metric.log_loss
        assert settings == {}
        space = Space.of(config)
        return ArmStudy(storage, config, space, space.arms[-1])

    return opened


def score(proposal: Proposal) -> float:
    """A made-up objective that depends on the values alone."""
    return random.Random(str(sorted(proposal.values.items()))).random()


def result(proposal: Proposal, value: float | None = 0.5, **more: Any) -> TrialResult:
    key = TrialKey(arm=ARM, number=proposal.number, attempt=proposal.attempt)
    found = {"status": Status.COMPLETE, "value": value, "stopped": Stopped.max_epochs} | more
    return TrialResult(key=key, **found)


def run(study: ArmStudy, proposal: Proposal, best: list[float], **more: Any) -> bool:
    """Report the scores and tell the result; says whether the trial was pruned."""
    for epoch, value in enumerate(best):
        if study.report(proposal.number, epoch + 1, value, 0.0):
            pruned = {"status": Status.PRUNED, "stopped": Stopped.pruned} | more
            study.tell(proposal.number, result(proposal, value, epochs=epoch + 1, **pruned))
            return True
    study.tell(proposal.number, result(proposal, best[-1], epochs=len(best), **more))
    return False


def rising(proposal: Proposal) -> list[float]:
    return [score(proposal) * (1 - 0.5 / (epoch + 1)) for epoch in range(4)]


def finish(study: ArmStudy) -> list[Proposal]:
    """Run a study to its budget."""
    found = []
    while proposal := study.next():
        run(study, proposal, rising(proposal))
        found.append(proposal)
    return found


def test_the_first_trial_is_the_configurations_own(study: Callable[..., ArmStudy]) -> None:
    first = study("tpe").next()
    assert first is not None
    assert (first.number, first.attempt, first.replicate_of) == (0, 1, None)
    assert first.values == {
        "model.cell": "gru",
        "optimizer.name": "adam",
        "model.hidden": 128,
        "model.layers": 1,
        "model.dropout": 0.2,
        "optimizer.learning_rate": 2e-3,
    }


def test_the_budget_is_handed_out_once(study: Callable[..., ArmStudy]) -> None:
    arm = study(trials=3)
    assert arm.left == 3
    assert [p.number for p in finish(arm)] == [0, 1, 2]
    assert (arm.left, arm.budget, arm.next(), study(trials=3).next()) == (0, 3, None, None)


def test_a_larger_budget_goes_on_and_a_smaller_one_ends(study: Callable[..., ArmStudy]) -> None:
    finish(study(trials=2))
    larger = study(trials=4)
    assert [p.number for p in (larger.next(), larger.next()) if p] == [2, 3]
    larger.interrupt("stopped")
    assert [p.number for p in finish(study(trials=3))] == [2]
    assert study(trials=3).left == 0


SAMPLERS = ("tpe", "random", "gp", "qmc", "cmaes", "grid")
PRUNERS = ("hyperband", "median", "successive_halving", "patient", "none", "median")
RESUMED = list(zip(SAMPLERS, PRUNERS, strict=True))


@pytest.mark.parametrize(("sampler", "pruner"), RESUMED, ids=SAMPLERS)
def test_a_killed_and_resumed_search_equals_one_that_was_not(
    study: Callable[..., ArmStudy], sampler: str, pruner: str
) -> None:
    space = {"model": TREE["model"]} if sampler == "grid" else TREE
    whole = study(sampler, pruner, space, trials=11, history=6)
    finish(whole)
    draw = random.Random(5)
    while True:
        arm = study(sampler, pruner, space, trials=11, history=6, sweep="another")
        arm.interrupt("killed")
        if _goes_until_killed(arm, draw):
            break
    assert [_outcome(r) for r in arm.records()] == [_outcome(r) for r in whole.records()]
    assert max(r.attempt for r in arm.records()) > 1


def _goes_until_killed(arm: ArmStudy, draw: random.Random) -> bool:
    while proposal := arm.next():
        best = rising(proposal)
        if draw.random() < 0.3:
            for epoch in range(draw.randrange(4)):
                arm.report(proposal.number, epoch + 1, best[epoch], 0.0)
            return False
        run(arm, proposal, best)
    return True


def _outcome(record: Any) -> tuple[Any, ...]:
    return record.number, dict(record.values), record.status, record.value, record.replicate_of


def test_an_interrupted_trial_comes_back_with_its_number_and_values(
    study: Callable[..., ArmStudy],
) -> None:
    arm = study("tpe")
    run(arm, arm.next(), [0.5])
    lost = arm.next()
    assert arm.interrupt("stopped") == 1
    assert (arm.records()[1].status, arm.records()[1].reason) == (
        Status.FAILED,
        Reason.interrupted,
    )
    for again in (arm, study("tpe")):
        assert again.counts()["interrupted"] == 1
        assert again.left == 3
    back = study("tpe").next()
    assert back == replace(lost, attempt=2, interruptions=1, trial_id=back.trial_id)
    assert back.trial_id != lost.trial_id


def test_interrupting_twice_changes_nothing(study: Callable[..., ArmStudy]) -> None:
    arm = study()
    arm.next()
    assert [arm.interrupt("a"), arm.interrupt("b"), study().interrupt("c")] == [1, 0, 0]
    assert arm.records() == study().records()
    assert arm.records()[0].message == "a"


def test_nothing_runs_in_the_storage_after_an_interruption(
    study: Callable[..., ArmStudy], storage: RDBStorage
) -> None:
    arm = study()
    for _ in range(3):
        arm.next()
    arm.interrupt("stopped")
    name = next(n for n in optuna.get_all_study_names(storage) if "nothing_runs" in n)
    states = [t.state.name for t in optuna.load_study(study_name=name, storage=storage).trials]
    assert states == ["FAIL"] * 3


@contextmanager
def dying_before_the_state(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The result is written, then the state: here Ctrl-C comes in between."""

    def dies(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(RDBStorage, "set_trial_state_values", dies)
        with pytest.raises(KeyboardInterrupt):
            yield


@pytest.mark.parametrize("here", [True, False], ids=["same process", "next process"])
def test_a_result_stored_before_the_kill_is_kept(
    study: Callable[..., ArmStudy], monkeypatch: pytest.MonkeyPatch, here: bool
) -> None:
    arm = study()
    proposal = arm.next()
    with dying_before_the_state(monkeypatch):
        run(arm, proposal, [0.25, 0.75])
    resumed = arm if here else study()
    assert resumed.records()[0].status is None
    assert resumed.interrupt("killed") == 0
    assert (resumed.records()[0].status, resumed.records()[0].value) == (Status.COMPLETE, 0.75)
    assert resumed.best() == study().best() == resumed.records()[0]


@pytest.mark.parametrize("here", [True, False], ids=["same process", "next process"])
def test_an_interruption_may_be_interrupted(
    study: Callable[..., ArmStudy], monkeypatch: pytest.MonkeyPatch, here: bool
) -> None:
    arm = study("tpe")
    arm.next()
    arm.report(0, 1, 0.5, 0.0)
    with dying_before_the_state(monkeypatch):
        arm.interrupt("stopped")
    resumed = arm if here else study("tpe")
    assert resumed.interrupt("killed") == 1
    assert [p.attempt for p in finish(resumed)] == [2, 1, 1, 1]
    assert study("tpe").records() == resumed.records()


def test_a_trial_that_another_program_ended_is_run_again(
    study: Callable[..., ArmStudy], storage: RDBStorage
) -> None:
    lost = study().next()
    storage.set_trial_state_values(lost.trial_id, optuna.trial.TrialState.FAIL)
    assert study().records()[0].message.startswith("Another program")
    back = study().next()
    assert (back.number, back.attempt, back.values) == (0, 2, lost.values)


def test_a_failed_proposal_leaves_no_trace(
    study: Callable[..., ArmStudy], monkeypatch: pytest.MonkeyPatch
) -> None:
    arm, whole = study("tpe"), study("tpe", sweep="another")
    finish(whole)
    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "add", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
        with pytest.raises(OSError, match="disk full"):
            arm.next()
    finish(arm)
    assert [_outcome(r) for r in arm.records()] == [_outcome(r) for r in whole.records()]


def test_everything_told_is_there_after_a_restart(study: Callable[..., ArmStudy]) -> None:
    arm = study()
    more = {
        "epoch": 1,
        "threshold": 0.4,
        "metrics": {"mcc": 0.9, "log_loss": float("inf")},
        "seconds": 1.5,
        "checkpoint": "best.ckpt",
        "sha256": "00ff",
        "decision_sha256": "ff00",
    }
    run(arm, arm.next(), [0.1, 0.7, 0.7], stopped=Stopped.early_stopping, **more)
    record = study().records()[0]
    assert record == arm.records()[0]
    assert {name: getattr(record, name) for name in more} == more
    assert (record.value, record.epochs, record.stopped) == (0.7, 3, Stopped.early_stopping)


def test_a_second_or_late_message_is_ignored(study: Callable[..., ArmStudy]) -> None:
    arm = study()
    proposal = arm.next()
    arm.start_attempt(0, 2)
    arm.tell(0, result(proposal, 0.9))  # of attempt 1
    assert arm.records()[0].status is None
    second = replace(proposal, attempt=2)
    arm.tell(0, result(second, 0.5))
    arm.tell(0, result(second, 0.8))
    arm.start_attempt(0, 3)
    assert arm.report(0, 5, 1.0, 0.0) is False
    assert (arm.records()[0].value, arm.records()[0].attempt) == (0.5, 2)
    assert study().records() == arm.records()


def test_a_new_attempt_forgets_what_the_last_one_reported(study: Callable[..., ArmStudy]) -> None:
    arm = study(pruner="median", trials=6)
    for _ in range(4):
        run(arm, arm.next(), [0.5] * EPOCHS)
    proposal = arm.next()
    for epoch in range(2):
        arm.report(proposal.number, epoch + 1, 0.1, 0.0)
    arm.start_attempt(proposal.number, 2)
    assert [arm.report(proposal.number, e + 1, 0.1, 0.0) for e in range(3)] == [False, False, True]
    arm.tell(4, result(replace(proposal, attempt=2), 0.1, status=Status.PRUNED, epochs=3))
    assert study(pruner="median", trials=6).records() == arm.records()


@pytest.mark.parametrize("value", [None, float("nan"), float("inf")])
def test_a_complete_trial_without_a_score_has_diverged(
    study: Callable[..., ArmStudy], value: float | None
) -> None:
    arm = study()
    arm.tell(0, result(arm.next(), value))
    assert (arm.records()[0].status, arm.records()[0].reason) == (Status.FAILED, Reason.diverged)
    assert arm.best() is None


def test_a_duplicate_is_named_and_runs_all_the_same(study: Callable[..., ArmStudy]) -> None:
    arm = study(tree=SMALL, trials=12)
    proposals = finish(arm)
    assert len({p.values["model.layers"] for p in proposals}) == 3
    for p in proposals:
        firsts = [q.number for q in proposals if q.values == p.values]
        assert p.replicate_of == (firsts[0] if p.number > firsts[0] else None)
    assert [r.replicate_of for r in arm.records()] == [p.replicate_of for p in proposals]


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
    arm = study("tpe", trials=24)
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


def test_counts_tell_every_state(study: Callable[..., ArmStudy]) -> None:
    arm = study("random", "successive_halving", trials=9)
    run(arm, arm.next(), [0.9] * EPOCHS)
    assert run(arm, arm.next(), [0.1])
    failed = arm.next()
    arm.tell(failed.number, result(failed, None, status=Status.FAILED, reason=Reason.crashed))
    arm.next()
    expected = {"complete": 1, "pruned": 1, "failed": 1, "interrupted": 0, "running": 1}
    assert arm.counts() == expected
    arm.interrupt("stopped")
    assert arm.counts() == expected | {"interrupted": 1, "running": 0}


@pytest.mark.parametrize(("maximize", "best"), [(True, 1), (False, 0)])
def test_the_best_follows_the_direction_and_the_lower_number(
    study: Callable[..., ArmStudy], maximize: bool, best: int
) -> None:
    arm = study(maximize=maximize)
    for value in (0.2, 0.6, 0.6, 0.2):
        run(arm, arm.next(), [value])
    assert arm.best().number == best


WEAK, STRONG, SLOW = [0.1] * EPOCHS, [0.9] * EPOCHS, [0.1 + 0.02 * e for e in range(EPOCHS)]
PRUNING = {
    "none keeps all": ("none", WEAK, EPOCHS),
    "median, after the warm-up": ("median", WEAK, 3),
    "median keeps the better half": ("median", STRONG, EPOCHS),
    "median, though it rises": ("median", SLOW, 3),
    "patient, after no progress": ("patient", WEAK, 3),
    "patient spares one that rises": ("patient", SLOW, EPOCHS),
    "first rung": ("successive_halving", WEAK, 1),
    "all rungs": ("successive_halving", STRONG, EPOCHS),
}


def compared(arm: ArmStudy, values: tuple[float, ...]) -> None:
    """End trials that later ones are compared with, whatever the pruner says of them."""
    for value in values:
        proposal = arm.next()
        for epoch in range(EPOCHS):
            arm.report(proposal.number, epoch + 1, value, 0.0)
        arm.tell(proposal.number, result(proposal, value, epochs=EPOCHS))


@pytest.mark.parametrize(("pruner", "best", "epochs"), PRUNING.values(), ids=PRUNING)
def test_a_weak_trial_is_pruned_at_its_epoch(
    study: Callable[..., ArmStudy], pruner: str, best: list[float], epochs: int
) -> None:
    arm = study(pruner=pruner, trials=8)
    compared(arm, values=(0.5, 0.6, 0.7, 0.8))
    pruned = run(arm, arm.next(), best)
    assert (arm.records()[4].epochs, pruned) == (epochs, epochs < EPOCHS)


@pytest.mark.parametrize("reopened", [False, True])
def test_a_trial_that_stopped_early_is_compared_by_its_best(
    study: Callable[..., ArmStudy], reopened: bool
) -> None:
    arm = study(pruner="median", trials=8)
    for _ in range(4):
        run(arm, arm.next(), [0.8] * 4, stopped=Stopped.early_stopping)
    arm = study(pruner="median", trials=8) if reopened else arm
    proposal = arm.next()
    assert [arm.report(proposal.number, e + 1, 0.8, 0.0) for e in range(6)] == [False] * 6
    other = arm.next()
    assert arm.report(other.number, 7, 0.5, 0.0)  # no trial trained a seventh epoch


@pytest.mark.parametrize("maximize", [True, False])
@pytest.mark.parametrize("pruner", ["median", "patient", "successive_halving", "hyperband"])
def test_what_the_standard_error_may_explain_prunes_nothing(
    study: Callable[..., ArmStudy], pruner: str, maximize: bool
) -> None:
    arm = study(pruner=pruner, trials=20, maximize=maximize)
    compared(arm, values=(0.5, 0.6, 0.7, 0.8) * 4)
    behind = 0.4 if maximize else 0.9
    close, far = arm.next(), arm.next()
    assert not any(arm.report(close.number, e + 1, behind, 0.5) for e in range(EPOCHS))
    assert any(arm.report(far.number, e + 1, behind, 0.01) for e in range(EPOCHS))


def test_rivals_meet_the_score_itself_on_a_rung(study: Callable[..., ArmStudy]) -> None:
    arm = study(pruner="successive_halving")
    assert not arm.report(arm.next().number, 1, 0.1, 0.8)
    assert not arm.report(arm.next().number, 1, 0.5, 0.0)


def test_a_trial_at_chance_is_not_judged_and_starts_late_at_no_cost(
    study: Callable[..., ArmStudy], storage: RDBStorage
) -> None:
    arm = study(pruner="median", trials=8)
    for _ in range(4):
        run(arm, arm.next(), [0.3, 0.5, 0.7, 0.8, 0.8, 0.8])
    late = arm.next()
    assert not any(arm.report(late.number, 0, 0.1, 0.0) for _ in range(5))
    assert not any(arm.report(late.number, e + 1, v, 0.0) for e, v in enumerate([0.3, 0.5, 0.7]))
    assert arm.report(late.number, 4, 0.75, 0.0)
    assert set(storage.get_trial(late.trial_id).intermediate_values) == {1, 2, 3, 4}


@pytest.mark.parametrize("reopened", [False, True])
@pytest.mark.parametrize("pruner", ["successive_halving", "hyperband"])
def test_a_trial_that_stopped_early_stands_on_later_rungs(
    study: Callable[..., ArmStudy], pruner: str, reopened: bool
) -> None:
    arm = study(pruner=pruner, trials=20)
    for _ in range(12):
        proposal = arm.next()
        for step, best in ((1, 0.1), (2, 0.9)):
            arm.report(proposal.number, step, best, 0.0)
        arm.tell(proposal.number, result(proposal, 0.9, epochs=2, stopped=Stopped.early_stopping))
    arm = study(pruner=pruner, trials=20) if reopened else arm
    for _ in range(6):  # ahead at one epoch, behind at three and nine, which no other has trained
        proposal = arm.next()
        assert not arm.report(proposal.number, 1, 0.5, 0.0)
        assert any(arm.report(proposal.number, step, 0.5, 0.0) for step in range(2, EPOCHS + 1))
        arm.tell(proposal.number, result(proposal, 0.5, status=Status.PRUNED))


@pytest.mark.parametrize(
    ("when", "most"),
    [({}, 30), ({"when": {"model.layers": [2]}}, EPOCHS)],
    ids=["always", "under a condition"],
)
def test_searched_epochs_are_known_to_the_pruner(
    study: Callable[..., ArmStudy], when: dict[str, Any], most: int
) -> None:
    epochs = {"type": "categorical", "choices": [4, most], **when}
    tree = SMALL | {"trainer": {"max_epochs": epochs}}
    arm = study(pruner="median", tree=tree, trials=8)
    for _ in range(4):
        run(arm, arm.next(), [0.8] * 4)
    assert arm.report(arm.next().number, most, 0.5, 0.0)


def test_a_trial_that_another_program_ended_meanwhile_stops_nothing(
    study: Callable[..., ArmStudy], storage: RDBStorage
) -> None:
    arm = study()
    lost = arm.next()
    storage.set_trial_state_values(lost.trial_id, optuna.trial.TrialState.FAIL)
    assert arm.report(lost.number, 1, 0.5, 0.0) is False
    arm.start_attempt(lost.number, 2)
    arm.tell(lost.number, result(replace(lost, attempt=2), 0.5))
    assert (study().next().number, study().left) == (lost.number, 3)


def test_hyperband_has_brackets(study: Callable[..., ArmStudy]) -> None:
    arm = study(pruner="hyperband", trials=20)
    finish(arm)
    lengths = {r.epochs for r in arm.records() if r.status is Status.PRUNED}
    assert {1, 3} <= lengths


WRONG = {
    "reduction": (PrunerConfig(reduction_factor=1), "reduction_factor must be at least 2, but got 1"),
    "epochs": (PrunerConfig(min_epochs=0), "min_epochs must be at least 1, but got 0"),
    "warm-up": (PrunerConfig(warmup_epochs=-1), "warmup_epochs must be at least 0"),
    "rungs": (PrunerConfig(name=PrunerName.hyperband, min_epochs=10), "must not exceed trainer.max_epochs"),
}  # fmt: skip


@pytest.mark.parametrize(("config", "text"), WRONG.values(), ids=WRONG)
def test_a_pruner_that_cannot_work_is_refused(config: PrunerConfig, text: str) -> None:
    with pytest.raises(UserError, match=text):
        build_pruner(config, max_epochs=9)


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


@pytest.mark.parametrize("folder", ["plain", "with space", "50%", "a{b}", "q?x#y", "ünï"])
def test_the_database_may_lie_in_any_folder(tmp_path: Path, folder: str) -> None:
    path = tmp_path / folder / "optuna.db"
    open_storage(path).create_new_study([optuna.study.StudyDirection.MAXIMIZE], "s")
    assert path.is_file()
    assert open_storage(path).get_study_id_from_name("s") == 1


def test_a_study_begins_with_its_first_trial_and_keeps_its_direction(
    study: Callable[..., ArmStudy], storage: RDBStorage
) -> None:
    def begun() -> bool:
        return any("begins_with" in name for name in optuna.get_all_study_names(storage))

    other_way = study(maximize=False)
    assert (other_way.records(), other_way.interrupt("stopped"), begun()) == ([], 0, False)
    assert study().next() is not None
    assert begun()
    with pytest.raises(UserError, match="started to maximise"):
        study(maximize=False)


OPENED = """
import sys, time
from pathlib import Path
from sweep.search.study import open_storage

folder = Path(sys.argv[1])
open_storage(folder / f"own-{sys.argv[2]}.db")
print("ready", flush=True)
began = float(sys.stdin.readline())
for turn in range(6):
    time.sleep(max(0, began + turn / 2 - time.time()))
    open_storage(folder / f"{turn}.db")
"""


def test_two_first_commands_share_a_new_database(tmp_path: Path) -> None:
    piped = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    words = [sys.executable, "-c", OPENED, str(tmp_path)]
    both = [
        subprocess.Popen([*words, name], env=child_environment(), text=True, **piped)
        for name in "ab"
    ]
    assert [opening.stdout.readline() for opening in both] == ["ready\n"] * 2
    soon = time.time() + 0.2
    for opening in both:
        opening.stdin.write(f"{soon}\n")
        opening.stdin.flush()
    told = [opening.communicate(timeout=60)[1] for opening in both]
    assert (told, [opening.returncode for opening in both]) == ([""] * 2, [0] * 2)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "optuna.db").write_text("text, text, and more text " * 100)
    with pytest.raises(UserError, match="optuna.db must be a database of Optuna"):
        open_storage(tmp_path / "optuna.db")


KILLED = """
import sys
from pathlib import Path
from search import test_study as t

path, sweep, kill_at = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
config = t.make_config(t.TREE, sweep)
config.seed, config.search.trials, config.trainer.max_epochs = 3, 12, 9
config.sampler.startup_trials = 4
arm = t.ArmStudy(t.open_storage(path), config, t.Space.of(config), t.ARM)
t.kill_after(kill_at)
arm.interrupt("killed")
t.finish(arm)
print([t._outcome(record) for record in arm.records()])
"""


def kill_after(writes: int) -> None:
    """Kill this process with SIGKILL at its so-manieth write to the storage."""
    left = itertools.count(writes, -1)
    for name in ("create_new_trial", "set_trial_intermediate_value", "set_trial_user_attr",
                 "set_trial_state_values"):  # fmt: skip
        original = getattr(RDBStorage, name)

        def writing(*args: Any, _original: Any = original, **more: Any) -> Any:
            if next(left) == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return _original(*args, **more)

        setattr(RDBStorage, name, writing)


@pytest.mark.slow
def test_ten_kills_at_random_writes_change_nothing(tmp_path: Path) -> None:
    def process(sweep: str, kill_at: int) -> subprocess.CompletedProcess[str]:
        words = [sys.executable, "-c", KILLED, str(tmp_path / "o.db"), sweep, str(kill_at)]
        # Each process hashes its sets of names in another order.
        env = child_environment(PYTHONHASHSEED=str(kill_at))
        env["PYTHONPATH"] = os.pathsep.join([str(Path(__file__).parent), env["PYTHONPATH"]])
        return subprocess.run(words, env=env, capture_output=True, text=True, check=False)

    draw = random.Random(0)
    codes = [process("resumed", draw.randrange(1, 25)).returncode for _ in range(10)]
    assert codes.count(-signal.SIGKILL) >= 5
    resumed, whole = process("resumed", 10**9), process("whole", 10**8)
    assert (resumed.returncode, whole.returncode) == (0, 0)
    assert resumed.stdout == whole.stdout != ""
