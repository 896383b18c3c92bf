"""Pruners: who is stopped when, and settings that cannot work."""

from collections.abc import Callable
from typing import Any

import pytest
from optuna.storages import RDBStorage

from support.arm_studies import (
    EPOCHS,
    SMALL,
    finish,
    result,
    run,
)
from sweep.config import (
    PrunerConfig,
    PrunerName,
)
from sweep.errors import UserError
from sweep.records import Status, Stopped
from sweep.search.pruners import build_pruner
from sweep.search.study import ArmStudy

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


def test_pruned_trials_do_not_push_rivals_out_of_sight(study: Callable[..., ArmStudy]) -> None:
    arm = study(pruner="median", trials=20, history=8)
    compared(arm, values=(0.6, 0.7, 0.8, 0.9))
    for _ in range(9):
        assert run(arm, arm.next(), WEAK)
    assert arm.counts()["pruned"] == 9


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


def test_hyperband_has_brackets(study: Callable[..., ArmStudy]) -> None:
    arm = study(pruner="hyperband", trials=20)
    finish(arm)
    lengths = {r.epochs for r in arm.records() if r.status is Status.PRUNED}
    assert {1, 3} <= lengths


def test_the_default_spares_a_trial_that_rises_from_below_the_median(
    study: Callable[..., ArmStudy],
) -> None:
    assert PrunerConfig().name is PrunerName.patient
    arm = study(pruner=PrunerConfig().name, trials=8)
    compared(arm, values=(0.5, 0.6, 0.7, 0.8))
    rising = arm.next()
    assert not any(arm.report(rising.number, e + 1, 0.1 + 0.05 * e, 0.0) for e in range(EPOCHS))
    resting = arm.next()
    assert arm.report(resting.number, 1, 0.1, 0.0) is False
    assert any(arm.report(resting.number, e + 1, 0.1, 0.0) for e in range(1, EPOCHS))


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
