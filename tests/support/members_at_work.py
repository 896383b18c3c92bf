"""Workers that train no member but leave what one leaves; importable by name, so that real processes can run them.

They import little: each member is a process of its own.
"""

import json
import os
import signal
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from sweep.files import sha256
from sweep.records import EpochReport, Reason, Status, Stopped, TrialJob, TrialResult
from sweep.workspace import TrialFolder

Report = Callable[[EpochReport], bool]
HIDDEN = {"lstm": (48, 24, 16), "gru": (32, 40)}
"""Hidden units of each arm's finalists."""


def trains(job: TrialJob, report: Report) -> TrialResult:
    """Leave a member's files; the score follows from the network and the fold."""
    hidden = job.config.model.hidden
    draw = np.random.default_rng([hidden, job.seed])
    # The seed is a fold's, the same for all: it moves all scores alike.
    value = (
        hidden / 100
        + float(np.random.default_rng(job.seed).normal(0, 0.02))
        + float(draw.normal(0, 0.002))
    )
    report(
        EpochReport(
            key=job.key, epoch=0, best=value, error=0.0, learned=1, metrics={"train_loss": 1.0}
        )
    )
    job.folder.mkdir(parents=True, exist_ok=True)
    files = TrialFolder(job.folder)
    files.checkpoint.write_bytes(bytes(hidden) * 100)
    files.decision.write_text(json.dumps({"hidden": hidden}), encoding="utf-8")
    np.savez(files.validation, logits=draw.normal(size=4))
    return TrialResult(
        key=job.key,
        status=Status.COMPLETE,
        stopped=Stopped.max_epochs,
        value=value,
        epoch=0,
        epochs=1,
        threshold=0.5,
        metrics={"average_precision": value},
        checkpoint=files.checkpoint.name,
        sha256=sha256(files.checkpoint),
        decision_sha256=sha256(files.decision),
    )


def slow(job: TrialJob, report: Report) -> TrialResult:
    time.sleep(0.15)
    return trains(job, report)


def first_attempt_dies(job: TrialJob, report: Report) -> TrialResult:
    if job.key.attempt == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return trains(job, report)


def one_always_dies(job: TrialJob, report: Report) -> TrialResult:
    if job.config.model.hidden == HIDDEN["lstm"][0] and job.key.fold == 1:
        os._exit(3)
    return trains(job, report)


def one_diverges(job: TrialJob, report: Report) -> TrialResult:
    if job.config.model.hidden == HIDDEN["lstm"][0] and job.key.fold == 1:
        return TrialResult(
            key=job.key, status=Status.FAILED, reason=Reason.diverged, message="planted\nmore"
        )
    return trains(job, report)


def gives_no_number(job: TrialJob, report: Report) -> TrialResult:
    return replace(trains(job, report), value=float("nan"))
