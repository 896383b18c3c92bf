"""Frozen values that pass between the layers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from sweep.config import Config


class Status(StrEnum):
    """How a trial ended."""

    COMPLETE = "COMPLETE"
    PRUNED = "PRUNED"
    FAILED = "FAILED"


class Reason(StrEnum):
    """Why a trial failed."""

    diverged = "diverged"
    refused = "refused"
    raised = "raised"
    crashed = "crashed"
    killed = "killed"
    exited = "exited"
    out_of_memory = "out_of_memory"
    timeout = "timeout"
    interrupted = "interrupted"

    @property
    def retry(self) -> bool:
        """Whether another attempt may end otherwise; a diverged or refused trial would end the same."""
        return self not in (Reason.diverged, Reason.refused, Reason.interrupted)


class Stopped(StrEnum):
    """What ended the training of a trial that did not fail."""

    max_epochs = "max_epochs"
    early_stopping = "early_stopping"
    pruned = "pruned"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialKey:
    """Names one attempt at one trial."""

    arm: str
    number: int
    """Place in the arm's budget, from 0."""
    attempt: int = 1

    @property
    def trial(self) -> str:
        """Name of the trial's folder and MLflow run."""
        return f"{self.arm}-{self.number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialJob:
    """All that a worker needs to train one trial."""

    key: TrialKey
    config: Config
    """The sweep's configuration with this trial's values in it."""
    seed: int
    corpus: Path
    """Folder of the cached corpus."""
    folder: Path
    """Folder that the worker writes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochReport:
    """What a worker tells after each validation."""

    key: TrialKey
    epoch: int
    """From 0."""
    best: float
    """Best objective so far; what pruning looks at."""
    metrics: Mapping[str, float]
    """This epoch's scores on the validation part, the training loss, learning rate and seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialResult:
    """How one attempt ended."""

    key: TrialKey
    status: Status
    reason: Reason | None = None
    message: str = ""
    """For a failed trial: what happened, in one sentence."""
    stopped: Stopped | None = None
    value: float | None = None
    """Best objective."""
    epoch: int | None = None
    """Epoch of the best objective, or the one that failed; from 0."""
    epochs: int = 0
    """Epochs trained."""
    threshold: float | None = None
    """Decision threshold chosen on validation."""
    metrics: Mapping[str, float] = field(default_factory=dict)
    """Scores on the validation part with the best epoch's weights."""
    seconds: float = 0.0
    checkpoint: str | None = None
    """The checkpoint's file name in the trial's folder."""
    sha256: str | None = None
    """SHA-256 of the checkpoint."""
    decision_sha256: str | None = None
    """SHA-256 of the threshold and calibration that go with it."""
