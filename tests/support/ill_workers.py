"""Workers made ill on purpose, and jobs for them; importable by name, so that real processes can run them."""

import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from sweep.config import Config
from sweep.records import EpochReport, Reason, Status, Stopped, TrialJob, TrialKey, TrialResult

Report = Callable[[EpochReport], bool]


def job(folder: Path, number: int = 0) -> TrialJob:
    return TrialJob(
        key=TrialKey(arm="lstm", number=number),
        config=Config(search=None),
        seed=number,
        corpus=folder,
        folder=folder / f"lstm-{number}",
    )


def healthy(job: TrialJob, report: Report) -> TrialResult:
    """Three epochs without training; the score follows from the seed."""
    best, epochs, pruned = 0.0, 0, False
    for epoch in range(3):
        best = max(best, float(np.random.default_rng([job.seed, epoch]).random()))
        epochs = epoch + 1
        told = EpochReport(
            key=job.key, epoch=epoch, best=best, error=0.0, learned=epoch + 1, metrics={"train_loss": 1.0}
        )  # fmt: skip
        if report(told):
            pruned = True
            break
    return TrialResult(
        key=job.key,
        status=Status.PRUNED if pruned else Status.COMPLETE,
        stopped=Stopped.pruned if pruned else Stopped.max_epochs,
        value=best,
        epoch=0,
        epochs=epochs,
        threshold=0.5,
        metrics={"average_precision": best},
        sha256="0" * 64,
    )


def slow(job: TrialJob, report: Report) -> TrialResult:
    """Healthy, but long enough to be killed in the middle."""
    time.sleep(0.3)
    return healthy(job, report)


def segfault(job: TrialJob, report: Report) -> TrialResult:
    os.kill(os.getpid(), signal.SIGSEGV)
    raise AssertionError


def killed(job: TrialJob, report: Report) -> TrialResult:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def raises(job: TrialJob, report: Report) -> TrialResult:
    raise ZeroDivisionError("planted")


def exits(job: TrialJob, report: Report) -> TrialResult:
    sys.exit(7)


def leaves(job: TrialJob, report: Report) -> TrialResult:
    os._exit(7)


def hungry(job: TrialJob, report: Report) -> TrialResult:
    np.ones(2**29).sum()  # 4 GiB
    raise AssertionError


def hangs(job: TrialJob, report: Report) -> TrialResult:
    time.sleep(600)
    raise AssertionError


def diverges(job: TrialJob, report: Report) -> TrialResult:
    return TrialResult(
        key=job.key, status=Status.FAILED, reason=Reason.diverged, message="planted"
    )


def first_attempt_dies(job: TrialJob, report: Report) -> TrialResult:
    if job.key.attempt == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return healthy(job, report)


def odd_numbers_die(job: TrialJob, report: Report) -> TrialResult:
    if job.key.number % 2:
        os._exit(1)
    return healthy(job, report)


def slowly_known(job: TrialJob, report: Report) -> TrialResult:
    """Hang, and leave the number of the process where the corpus lies."""
    (job.corpus / f"process-{job.key.number}").write_text(str(os.getpid()), encoding="utf-8")
    time.sleep(600)
    raise AssertionError


def as_named(job: TrialJob, report: Report) -> TrialResult:
    """Whichever of these the job's arm names."""
    work: Callable[[TrialJob, Report], TrialResult] = globals()[job.key.arm]
    return work(job, report)


def named(work: Callable[..., TrialResult], folder: Path, number: int = 0) -> TrialJob:
    """A job for `as_named`."""
    asked = job(folder, number)
    key = replace(asked.key, arm=work.__name__)
    return replace(asked, key=key, folder=folder / key.trial)
