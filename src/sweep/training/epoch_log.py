"""What happens at the end of each epoch of a trial."""

import json
import math
import time
from collections.abc import Callable

import numpy as np
import pytorch_lightning as pl
from pytorch_lightning.callbacks import Callback

from sweep.network.batches import EvaluationBatches
from sweep.records import EpochReport, TrialJob
from sweep.scoring.decision import Decision, Priors
from sweep.workspace import TrialFolder

Report = Callable[[EpochReport], bool]


class EpochLog(Callback):
    """Scores each epoch, keeps the history, reports, and stops a trial that is pruned.

    Args:
        job: the trial.
        labels: of the validation part, (N,).
        watched: batches of the validation part.
        priors: `trained_prior` and `true_prior` of `Decision.fit`.
        report: called after each validation; true prunes the trial.
    """

    def __init__(
        self,
        job: TrialJob,
        labels: np.ndarray,
        watched: EvaluationBatches,
        priors: Priors,
        report: Report,
    ) -> None:
        self.key, self.objective = job.key, job.config.objective
        self.labels, self.watched, self.priors, self.report = labels, watched, priors, report
        self.best, self.best_epoch, self.epochs = math.nan, 0, 0
        self.pruned = False
        self.metrics: dict[str, float] = {}
        self.history = TrialFolder(job.folder).history
        self.history.write_text("", encoding="utf-8")
        self.started = time.monotonic()

    def score(self, logits: np.ndarray, train_loss: float) -> float:
        """Score one epoch's logits; the learner calls this.

        Args:
            logits: of the validation part, in the batches' order, (N,).
            train_loss: mean training loss of the epoch.

        Returns:
            The objective, larger is better.
        """
        logits = self.watched.in_order(logits)
        # Calibration is fitted once, at the end; a new one each epoch would only cost time.
        decision = Decision.fit(
            self.objective, self.labels, logits, calibrate=False, **self.priors
        )
        self.metrics = decision.scores(self.labels, logits) | {"train_loss": train_loss}
        # Lightning compares in single precision; rounding here keeps its best epoch and ours the same.
        value = float(np.float32(self.metrics[self.objective.metric]))
        return value if self.objective.metric.maximize else -value

    def on_validation_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Record the epoch and ask whether to go on."""
        epoch, now = trainer.current_epoch, time.monotonic()
        metric = self.objective.metric
        value = float(np.float32(self.metrics[metric]))
        if epoch == 0 or (value > self.best if metric.maximize else value < self.best):
            self.best, self.best_epoch = value, epoch
        self.epochs = epoch + 1
        rate = trainer.optimizers[0].param_groups[0]["lr"]
        self.metrics |= {"learning_rate": rate, "seconds": now - self.started}
        self.started = now
        # Opened for each line: a trial may end by an exception, after which nobody would close it.
        with self.history.open("a", encoding="utf-8") as history:
            history.write(json.dumps({"epoch": epoch, **self.metrics}) + "\n")
        told = EpochReport(key=self.key, epoch=epoch, best=self.best, metrics=self.metrics)
        if self.report(told):
            self.pruned = True
            trainer.should_stop = True
