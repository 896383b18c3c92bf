"""Frozen values that pass between the layers."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sweep.config import Config
from sweep.plugins.tables import Plugin

if TYPE_CHECKING:  # a command that is refused need not wait for NumPy
    import numpy as np
    from numpy.typing import NDArray

    Ids = NDArray[np.integer]

GROUPS = ("text", "resampling", "model", "optimizer", "loss", "trainer", "objective")
"""Groups of settings that decide what a training gives."""
UNDECIDING = ("trainer.probe",)
"""Settings in these groups that decide nothing."""


class Ending(StrEnum):
    """How a sweep ended: the word for it in the console, the summary and MLflow."""

    complete = "complete"
    """The budget is used and a trial has completed."""
    fruitless = "fruitless"
    """The budget is used and no trial has completed."""
    given_up = "given_up"
    """Trials failed one after the other for the same reason."""
    interrupted = "interrupted"
    """It was stopped or killed; the same command goes on."""


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
    lost = "lost"
    """The node that it ran on has gone, or what it left did not arrive; no fault of the trial's."""
    interrupted = "interrupted"

    @property
    def retry(self) -> bool:
        """Whether another attempt may end otherwise; what diverged, was refused or took too long would end the same."""
        return self not in (
            Reason.diverged,
            Reason.refused,
            Reason.timeout,
            Reason.interrupted,
        )


class Stopped(StrEnum):
    """What ended the training of a trial that did not fail."""

    max_epochs = "max_epochs"
    early_stopping = "early_stopping"
    no_learning = "no_learning"
    """Its score never left what a constant answer scores."""
    pruned = "pruned"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialKey:
    """Names one attempt at one trial."""

    arm: str
    number: int
    """Place in the arm's budget, from 0."""
    attempt: int = 1
    fold: int | None = None
    """The fold that is held out, for a member of a bag; None for a trial of the search."""

    @property
    def trial(self) -> str:
        """Name of the trial."""
        return f"{self.arm}-{self.number}"

    @property
    def name(self) -> str:
        """What its MLflow run is called and what the user sees: the trial, and the fold of a member."""
        return self.trial if self.fold is None else f"{self.trial} fold {self.fold + 1}"


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
    plugins: tuple[Plugin, ...] = ()
    """What the worker loads first."""

    def settings(self) -> dict[str, Any]:
        """The settings that decide what the training gives: its seed and the groups that a search may vary."""
        settings = asdict(self.config)
        for path in UNDECIDING:
            group, _, name = path.partition(".")
            del settings[group][name]
        found = {"seed": self.seed} | {group: settings[group] for group in GROUPS}
        return found | ({"plugins": settings["plugins"]} if settings["plugins"] else {})


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochReport:
    """What a worker tells after each validation."""

    key: TrialKey
    epoch: int
    """From 0."""
    best: float
    """Best objective so far; what pruning looks at."""
    error: float
    """Standard error of that score on this validation part."""
    learned: int
    """Epochs since the score left chance level, the first one included; 0 while it is there."""
    metrics: Mapping[str, float]
    """This epoch's scores on the validation part, the training loss, learning rate and seconds."""
    probe: Mapping[str, float] = field(default_factory=dict)
    """What the epoch was like inside, in few numbers named `probe/...`; nothing decides by them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialResult:
    """How one attempt ended."""

    key: TrialKey
    status: Status
    reason: Reason | None = None
    message: str = ""
    """For a failed trial: what happened, in one sentence; for an exception its own lines of the traceback below."""
    where: str | None = None
    """File and line that raised, for a trial that an exception ended."""
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

    def checked(self) -> "TrialResult":
        """The same, but a failure where a training that ran to its end has an objective that is no number."""
        value = math.nan if self.value is None else self.value
        if self.status is not Status.COMPLETE or math.isfinite(value):
            return self
        why = f"The trial ended with the objective {self.value}, which is no number."
        failed = replace(self, status=Status.FAILED, value=None)
        return replace(failed, reason=Reason.diverged, message=why)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainedMember:
    """A network of a bag: where it lies, and what shows that it is the one that was trained."""

    corpus: Path
    """Folder of the cached corpus with its fold held out."""
    folder: Path
    """What its training left."""
    sha256: str
    """SHA-256 of the checkpoint."""
    decision_sha256: str
    """SHA-256 of its own threshold and priors."""
    answers_sha256: str
    """SHA-256 of its answers about the fold held out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BagScores:
    """What a bag decides by, and what that scores."""

    decision: dict[str, Any]
    """From the mean of the members' log-odds to a yes or no, `Decision.to_dict`."""
    threshold_interval: tuple[float, float]
    """Where the threshold lies on other rows of the same kind, 95 times in 100."""
    validation: dict[str, float]
    """Scores of the out-of-fold answers about all rows together."""
    test: dict[str, float]
    """Scores of the mean on the test part."""
    alone: list[dict[str, float]]
    """Scores of each member on the test part, by the same decision."""
    intervals: dict[str, dict[str, list[float]]]
    """By part, `validation` and `test`, where each score lies on other rows of the same kind, 95 times in 100."""
    alone_intervals: list[dict[str, list[float]]]
    """The same of each member on the test part."""
    reliability: dict[str, Any]
    """What the bag says on the test part beside what is found there; see `sweep.scoring.reliability`."""
    labels: "NDArray[np.float64]"
    """Of every row that is no test row, in the corpus's order, (N,)."""
    answers: "NDArray[np.float64]"
    """Their out-of-fold probabilities, (N,)."""


@dataclass(frozen=True, slots=True)
class EncodedTexts:
    """N texts as token ids, end to end, with their labels where they have any."""

    ids: "Ids"
    """Ids of all texts: uint16 while the vocabulary allows, else int32."""
    offsets: "NDArray[np.int64]"
    """Text i is `ids[offsets[i]:offsets[i + 1]]`; (N + 1,)."""
    labels: "NDArray[np.int8] | None" = None
    """0 or 1 for each text, (N,)."""
    truncated: int = 0
    """Texts that were longer than the maximum, where they have just been encoded."""

    @property
    def truth(self) -> "NDArray[np.int8]":
        """The labels of texts that have them, (N,)."""
        assert self.labels is not None, "the parts of a corpus have labels"
        return self.labels

    @property
    def lengths(self) -> "NDArray[np.int64]":
        """Tokens of each text, (N,)."""
        return self.offsets[1:] - self.offsets[:-1]

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, index: int) -> "Ids":
        if not 0 <= index < len(self):
            raise IndexError(index)
        return self.ids[self.offsets[index] : self.offsets[index + 1]]

    def __iter__(self) -> Iterator["Ids"]:
        return (self[index] for index in range(len(self)))
