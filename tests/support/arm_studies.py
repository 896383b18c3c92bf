"""Arms' studies to be searched with a made-up objective, without training."""

import random
from typing import Any

from sweep.config import (
    Config,
    SearchConfig,
)
from sweep.records import Status, Stopped, TrialKey, TrialResult
from sweep.search.proposals import Proposal
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


def outcome(record: Any) -> tuple[Any, ...]:
    return record.number, dict(record.values), record.status, record.value, record.replicate_of
