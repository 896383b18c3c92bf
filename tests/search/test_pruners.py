"""Pruners: who is stopped when, and settings that cannot work."""

from collections.abc import Callable

import pytest

from support.arm_studies import (
    EPOCHS,
    finish,
    result,
    run,
)
from sweep.config import (
    PrunerConfig,
    PrunerName,
)
from sweep.errors import UserError
from sweep.records import Status
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


@pytest.mark.parametrize(("pruner", "best", "epochs"), PRUNING.values(), ids=PRUNING)
def test_a_weak_trial_is_pruned_at_its_epoch(
    study: Callable[..., ArmStudy], pruner: str, best: list[float], epochs: int
) -> None:
    arm = study(pruner=pruner, trials=8)
    for value in (0.5, 0.6, 0.7, 0.8):
        proposal = arm.next()
        for epoch in range(EPOCHS):  # whatever the pruner says: these are to compare with
            arm.report(proposal.number, epoch + 1, value, 0.0)
        arm.tell(proposal.number, result(proposal, value, epochs=EPOCHS))
    pruned = run(arm, arm.next(), best)
    assert (arm.records()[4].epochs, pruned) == (epochs, epochs < EPOCHS)


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
