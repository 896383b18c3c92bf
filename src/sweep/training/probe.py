"""The probe: what each epoch of a training was like, beside the trial, for whoever asks why it failed.

It reads and never writes: a training gives the same weights, bit for bit, with it and without. It judges nothing.
"""

import contextlib
import json
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import Callback
from torch import Tensor

from sweep.config import ObjectiveConfig
from sweep.files import write_whole
from sweep.network.batches import TrainingBatches
from sweep.scoring.decision import Decision
from sweep.scoring.threshold import MAXIMISED
from sweep.training.layers import layer_of
from sweep.training.learner import Learner
from sweep.training.loss import loss
from sweep.training.step_record import StepRecord
from sweep.workspace import TrialFolder

DIGITS = 5
AT_ONCE = 20
"""Epochs after which the file is no longer written anew for each, but for every so manieth part more."""
LATE = 0.2
"""Share of a training's epochs, the last ones, in which progress means that it was still improving."""
TOLD = ("embedding", "rnn", "head")
"""Layers that MLflow is told of; all recurrent ones together."""


@dataclass(frozen=True, slots=True)
class Scored:
    """The validation part as an epoch left it."""

    labels: np.ndarray
    """(N,)."""
    logits: np.ndarray
    """(N,)."""
    decision: Decision
    metrics: dict[str, float]
    """Of `Decision.scores`, and `train_loss`."""


class Probe(Callback):
    """Records each epoch of a trial into its `probe.json`.

    Args:
        files: of the trial.
        objective: whose rule of the threshold is compared with a threshold of one half.
        share: of positives among the rows trained on, as the loss meets them.
        batches: of the training part.
    """

    def __init__(
        self,
        files: TrialFolder,
        objective: ObjectiveConfig,
        share: float,
        batches: TrainingBatches,
    ) -> None:
        self.file = files.probe
        self.file.unlink(missing_ok=True)  # of an earlier attempt
        rule = str(objective.threshold_for)
        self.rule = rule if rule in MAXIMISED else "f1"
        self.share = share
        self.batches = batches
        self.epochs: list[dict[str, Any]] = []
        self.ending: dict[str, Any] = {}
        self._values: list[float] = []
        self._scored: Scored | None = None
        self._next_write = 0
        self._rows: Tensor | None = None
        self._used: Tensor | None = None

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Begin to read the steps."""
        learner = _learner(pl_module)
        names = {id(weight): layer_of(name) for name, weight in learner.named_parameters()}
        weights = [w for group in trainer.optimizers[0].param_groups for w in group["params"]]
        learner.record = StepRecord(
            weights,
            [names[id(weight)] for weight in weights],
            clip=learner.optimizer["clip_norm"],
            an_epoch=len(self.batches),
        )
        embedding = learner.network.embedding
        if embedding is not None and embedding.weight.requires_grad:
            used = self.batches.used(len(embedding.weight))
            self._used = torch.from_numpy(used[1:]).to(embedding.weight.device)
            self._rows = _row_norms(embedding)

    def on_train_epoch_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """An epoch begins."""
        steps = _learner(pl_module).record
        assert steps is not None, "since the training's start"
        steps.start()

    def scored(self, scored: Scored) -> None:
        """Take the validation part's scores, once an epoch; before `ended`."""
        self._scored = scored

    def ended(
        self, learner: Learner, epoch: int, *, best: int, value: float, progress: float, most: int
    ) -> dict[str, float]:
        """Record an epoch.

        Args:
            learner: that was trained.
            epoch: which, from 0.
            best: the best epoch so far.
            value: the objective, larger is better.
            progress: rise of the objective that is none by chance.
            most: epochs of a training at most.

        Returns:
            The few numbers that MLflow is told, by the names it shows.
        """
        self._values.append(value)
        self.ending["epochs_to_best"] = best + 1
        if len(self._values) == most and most > 2:
            late = math.ceil(LATE * most)
            rise = max(self._values[-late:]) - max(self._values[:-late])
            self.ending["still_improving"] = rise > progress
        elif most > 2:
            self.ending["still_improving"] = False
        self.epochs.append(self._record(learner, epoch))
        if len(self.epochs) >= self._next_write:
            self.write()
            self._next_write = len(self.epochs) + 1 + len(self.epochs) // AT_ONCE
        return _told(self.epochs[-1])

    def on_exception(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, exception: BaseException
    ) -> None:
        """Record what there was of the epoch that failed: the one that its reader wants to see."""
        # A device or a disk that has failed may fail again here; what ended the training is what is told.
        with contextlib.suppress(RuntimeError, MemoryError, OSError):
            learner = _learner(pl_module)
            if learner.record is not None and learner.record.count:
                self._scored = None
                self.epochs.append(self._record(learner, trainer.current_epoch) | {"failed": True})
            self.write()

    def write(self) -> None:
        """Write what has been recorded, whole."""
        # Not waiting for the disk: a killed process loses nothing, and each epoch would pay for a power cut.
        told = {"epochs": self.epochs} | self.ending
        text = json.dumps(_plain(told), allow_nan=False, separators=(",", ":"))
        write_whole(self.file, text + "\n", at_once=False)

    def _record(self, learner: Learner, epoch: int) -> dict[str, Any]:
        assert learner.record is not None, "since the training's start"
        record: dict[str, Any] = {"epoch": epoch} | learner.record.read()
        embedding = learner.network.embedding
        if self._rows is not None and self._used is not None and embedding is not None:
            # Since the training's start: a token seen once stands for the unknown one in half of the epochs.
            alive = self._used & (self._rows != _row_norms(embedding))
            record["dead_embedding_rows"] = 1 - float(alive.double().mean())
        if (scored := self._scored) is not None:
            record |= self._of_validation(learner, scored)
        return record

    def _of_validation(self, learner: Learner, scored: Scored) -> dict[str, Any]:
        p = scored.decision.probabilities(scored.logits)
        own = self._loss_as_trained(learner, scored)
        train = scored.metrics["train_loss"]
        truth = scored.labels == 1
        return {
            "loss": train,
            "validation_loss": own,
            "gap": train - own,
            "positive_share": float((p >= 0.5).mean()),
            "positive_share_at_best": float((p >= scored.decision.threshold).mean()),
            "logit_sd": float(scored.logits.std()),
            "score_at_half": _score(self.rule, truth, p >= 0.5),
            "score_at_best": _score(self.rule, truth, p >= scored.decision.threshold),
            "score": self.rule,
            "auc": scored.metrics["roc_auc"],
            "ece": scored.metrics["ece"],
        }

    def _loss_as_trained(self, learner: Learner, scored: Scored) -> float:
        # Resampling and dropout apart, the very loss that training lowers: each class weighs what it weighs there.
        parts = []
        with torch.random.fork_rng(devices=[]), torch.no_grad():  # a plug-in's loss may draw
            for label, weight in ((0, 1 - self.share), (1, self.share)):
                logits = torch.from_numpy(scored.logits[scored.labels == label])
                if len(logits):
                    value = loss(logits, torch.full_like(logits, label), **learner.loss)
                    parts.append((weight, float(value)))
        total = sum(weight for weight, _ in parts)
        return sum(weight * value for weight, value in parts) / total if total else math.nan


def _learner(module: pl.LightningModule) -> Learner:
    assert isinstance(module, Learner), "what trials train"
    return module


def _row_norms(embedding: torch.nn.Embedding) -> Tensor:
    norms: Tensor = torch.linalg.vector_norm(embedding.weight.detach(), dim=1)
    return norms[1:]  # but the padding's


def _score(rule: str, truth: np.ndarray, called: np.ndarray) -> float:
    # The last cut of a curve calls everything positive: from it the rules know how many of each class there are.
    tp, fp = (
        np.array([(called & kind).sum(), kind.sum()], dtype=float) for kind in (truth, ~truth)
    )
    return float(MAXIMISED[rule](tp, fp)[0])


def _told(record: dict[str, Any]) -> dict[str, float]:
    layers = record.get("layers", {})
    found: dict[str, float] = {}
    for group in TOLD:
        own = [layer for name, layer in layers.items() if name.split(".")[0] == group]
        for key, name in (("grad_norm_median", "gradient_norm"), ("update_ratio", "update_ratio")):
            if values := [layer[key] for layer in own if key in layer]:
                found[f"{name}/{group}"] = max(values)
    if "grad_norm" in record:
        found["gradient_norm/all"] = record["grad_norm"]["median"]
    line = [value for value in record.get("gradient_by_time", []) if value is not None]
    if len(line) > 1 and line[-1]:
        found["gradient_first_to_last"] = line[0] / line[-1]
    if gates := record.get("gates"):
        shares = [gate["saturated_low"] + gate["saturated_high"] for gate in gates.values()]
        found["gates_saturated"] = max(shares)
    names = ("clipped_share", "dead_embedding_rows", "positive_share", "logit_sd", "gap")
    found |= {name: record[name] for name in names if name in record}
    return {f"probe/{name}": value for name, value in found.items() if math.isfinite(value)}


def _plain(value: Any) -> Any:
    # JSON has no NaN, and nobody needs the sixth digit of a norm.
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None
    return value
