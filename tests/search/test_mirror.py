"""The study in memory: rebuilt as if nothing was ever interrupted."""

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from optuna.pruners import NopPruner
from optuna.samplers import RandomSampler

from support.arm_studies import (
    EPOCHS,
    TREE,
    finish,
    outcome,
    result,
    rising,
    run,
)
from sweep.records import Status, Stopped
from sweep.search.ledger import Ledger
from sweep.search.mirror import Mirror
from sweep.search.study import ArmStudy

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
    assert [outcome(r) for r in arm.records()] == [outcome(r) for r in whole.records()]
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
    assert [outcome(r) for r in arm.records()] == [outcome(r) for r in whole.records()]


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


@pytest.mark.parametrize("reopened", [False, True])
def test_an_attempt_that_went_further_is_forgotten_too(
    study: Callable[..., ArmStudy], reopened: bool
) -> None:
    arm = study(pruner="median", trials=8)
    for number in range(4):
        proposal = arm.next()
        for step in range(1, 7):
            arm.report(number, step, 0.9, 0.0)
        arm.start_attempt(number, 2)
        for step in range(1, 4):
            arm.report(number, step, 0.2, 0.0)
        ended = {"epochs": 3, "stopped": Stopped.early_stopping}
        arm.tell(number, result(replace(proposal, attempt=2), 0.2, **ended))
    arm = study(pruner="median", trials=8) if reopened else arm
    number = arm.next().number
    assert not any(arm.report(number, step, 0.3, 0.0) for step in range(1, EPOCHS + 1))


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


class Watching(RandomSampler):
    """Draws at random, and keeps which trials it was shown."""

    def __init__(self) -> None:
        super().__init__(seed=0)
        self.shown: list[int] = []

    def infer_relative_search_space(self, study: Any, trial: Any) -> dict[str, Any]:
        self.shown = [other.number for other in study.get_trials(deepcopy=False)]
        return {}


@pytest.mark.parametrize(
    ("history", "shown"), [(8, [0, 1, 6, 7, 8, 9, 10, 11]), (4, [0, 9, 10, 11])]
)
@pytest.mark.parametrize("maximize", [True, False])
def test_a_sampler_sees_a_quarter_of_its_history_in_the_best_trials(
    maximize: bool, history: int, shown: list[int]
) -> None:
    mirror = Mirror(
        "m", [], pruner=NopPruner(), max_epochs=1, maximize=maximize, history=history, rivals=0
    )

    def suggest(trial: Any) -> dict[str, Any]:
        return {"model.dropout": trial.suggest_float("model.dropout", 0, 1)}

    for number in range(12):  # the first are the best ones
        mirror.ask(RandomSampler(seed=number), None, suggest)
        mirror.end(number, Status.COMPLETE, float(-number if maximize else number))
    sampler = Watching()
    mirror.ask(sampler, None, suggest)
    assert sampler.shown == shown
