"""The pre-flight of a sweep: each arm's first trial, tried for seconds before its budget is spent."""

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sweep.errors import UserError
from sweep.preflight.checks import (
    companions,
    finite,
    initial_loss,
    memorises,
    shuffled_labels,
    zeroed_inputs,
)
from sweep.preflight.flight import Flight
from sweep.preflight.rates import rate_range
from sweep.records import EpochReport, TrialJob
from sweep.seeds import derive
from sweep.training.trial import Trial

NICE = 10
"""How far a pre-flight beside trials stands back."""
CHECKS: dict[str, Callable[[Flight], dict[str, Any]]] = {
    "memorises": memorises,
    "zeroed_inputs": zeroed_inputs,
    "companions": companions,
    "rate_range": rate_range,
    "shuffled_labels": shuffled_labels,
}
"""In this order: what follows `memorises` asks the network that has learnt."""


def preflight(
    jobs: Mapping[str, TrialJob], told: Callable[[str], None] = lambda _: None
) -> dict[str, Any]:
    """Try the first trial of each arm.

    On the CPU, whatever the trials train on: few texts are there soonest, and no trial's memory is taken.

    Args:
        jobs: of the trials, by arm; nothing is written to their folders.
        told: is called with the name of each check as it begins.

    Returns:
        The facts by arm and check, as plain JSON types; `raised` in place of checks that could not be made, with what
        was said.
    """
    return {"arms": {arm: _arm(job, told) for arm, job in jobs.items()}}


def beside(jobs: Mapping[str, TrialJob]) -> dict[str, Any]:
    """Try them in a worker, behind whatever else wants the cores; see `preflight`."""
    os.nice(NICE)
    return preflight(jobs)


def _arm(job: TrialJob, told: Callable[[str], None]) -> dict[str, Any]:
    trainer = replace(job.config.trainer, accelerator="cpu")
    try:
        told("the start")
        trial = Trial(replace(job, config=replace(job.config, trainer=trainer)), _never)
        flight = Flight(trial, derive(job.seed, "preflight"))
        found: dict[str, Any] = {"initial_loss": finite(initial_loss(flight))}
    except UserError as error:  # so will the trial be
        return {"raised": str(error)}
    except Exception as error:  # noqa: BLE001 - a network of one's own may raise anything, and is told of it
        return {"raised": f"{type(error).__name__}: {error}"}
    for name, check in CHECKS.items():
        told(name.replace("_", " "))
        try:
            found[name] = finite(check(flight))
        except Exception as error:  # noqa: BLE001 - the other checks still say something
            found[name] = {"raised": f"{type(error).__name__}: {error}"}
    return found


def _never(_: EpochReport) -> bool:
    return False
