"""Studies that were told their results, for what is shown and summed up afterwards."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from support import scripted_search
from sweep.config import Config
from sweep.records import Reason, Status, Stopped, TrialKey, TrialResult
from sweep.search.space import Space
from sweep.search.studies import open_studies
from sweep.search.study import ArmStudy

Told = float | Status | Reason


def result(arm: str = "lstm", number: int = 0, told: Told = 0.5, **changes: Any) -> TrialResult:
    """The result of one trial: a number completes it, a status or reason ends it otherwise."""
    key = TrialKey(arm=arm, number=number)
    if isinstance(told, Reason):
        failed = {"status": Status.FAILED, "reason": told, "message": "planted\nsecond line"}
        return TrialResult(key=key, **(failed | changes))
    pruned = told is Status.PRUNED
    fields: dict[str, Any] = {
        "status": Status.PRUNED if pruned else Status.COMPLETE,
        "stopped": Stopped.pruned if pruned else Stopped.max_epochs,
        "value": 0.1 if pruned else told,
        "epoch": 1,
        "epochs": 3,
        "threshold": 0.4,
        "metrics": {"f1": 0.25},
        "seconds": 2.0,
        "sha256": f"{number:064}",
        "decision_sha256": f"{number:064}",
        "checkpoint": "best.ckpt",
    }
    return TrialResult(key=key, **(fields | changes))


def make_studies(
    folder: Path, told: Mapping[str, list[Told]], *, config: Config
) -> dict[str, ArmStudy]:
    """Open the arms' studies and tell each its results in order."""
    config = replace(config, workdir=str(folder))
    studies = open_studies(config, Space.of(config))
    for arm, results in told.items():
        for each in results:
            proposal = studies[arm].next()
            assert proposal is not None
            studies[arm].tell(proposal.number, result(arm, proposal.number, each))
    return studies


def make_config(folder: Path, trials: int = 4) -> Config:
    """The scripted search of two arms, in a folder of its own."""
    config = scripted_search.make_config(trials=trials)
    config.workdir = str(folder)
    return config
