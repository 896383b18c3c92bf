"""What happens at the end of each epoch of a trial."""

import json
import math
import time
from collections.abc import Callable

import numpy as np
import pytorch_lightning as pl
from pytorch_lightning.callbacks import Callback, EarlyStopping

from sweep.network.batches import EvaluationBatches
from sweep.records import EpochReport, Stopped, TrialJob
from sweep.scoring.chance import above_chance, standard_error
from sweep.scoring.decision import Decision, Priors
from sweep.training.learner import Learner
from sweep.training.probe import Probe, Scored
from sweep.workspace import TrialFolder

Report = Callable[[EpochReport], bool]


class EpochLog(Callback):
    """Scores each epoch, keeps the history, reports, and stops a trial that is pruned or does not learn.

    Args:
        job: the trial.
        labels: of the validation part, (N,).
        watched: batches of the validation part.
        priors: `trained_prior` and `true_prior` of `Decision.fit`.
        report: called after each validation; true prunes the trial, unless it ends with this epoch anyway.
        probe: records what the epochs were like, if any does.
    """

    def __init__(
        self,
        job: TrialJob,
        labels: np.ndarray,
        watched: EvaluationBatches,
        priors: Priors,
        report: Report,
        probe: Probe | None = None,
    ) -> None:
        self.probe = probe
        self.key = job.key
        self.objective = job.config.objective
        self.labels = labels
        self.watched = watched
        self.priors = priors
        self.report = report
        self.settings = job.config.trainer
        self.best = math.nan
        self.best_epoch = 0
        self.best_now = False
        """Whether the epoch that has just been scored is the best so far."""
        self._best_loss = math.inf
        self.epochs = 0
        self.error = math.nan
        self.learned = 0
        self._learns = False
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
        found = decision.scores(self.labels, logits)
        seen = self.objective.metric, self.labels, decision.probabilities(logits), found
        self._learns = self._learns or above_chance(*seen, margin=self.settings.chance_margin)
        self.metrics = found | {"standard_error": standard_error(*seen), "train_loss": train_loss}
        if self.probe is not None:
            self.probe.scored(Scored(self.labels, logits, decision, self.metrics))
        # Lightning compares in single precision; rounding here keeps its best epoch and ours the same.
        value = float(np.float32(self.metrics[self.objective.metric]))
        return value if self.objective.metric.maximize else -value

    def on_validation_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Record the epoch and ask whether to go on."""
        epoch = trainer.current_epoch
        now = time.monotonic()
        metric = self.objective.metric
        value = float(np.float32(self.metrics[metric]))
        # Few rows let a score reach its ceiling long before the network is at its best: the loss tells equals apart.
        loss = self.metrics["log_loss"]
        better = value > self.best if metric.maximize else value < self.best
        self.best_now = epoch == 0 or better or (value == self.best and loss < self._best_loss)
        if self.best_now:
            self.best = value
            self.best_epoch = epoch
            self._best_loss = loss
            self.error = self.metrics["standard_error"]
        self.epochs = epoch + 1
        self.learned += self._learns
        rate = trainer.optimizers[0].param_groups[0]["lr"]
        self.metrics |= {"learning_rate": rate, "seconds": now - self.started}
        self.started = now
        # Opened for each line: a trial may end by an exception, after which nobody would close it.
        with self.history.open("a", encoding="utf-8") as history:
            history.write(json.dumps({"epoch": epoch, **self.metrics}) + "\n")
        told = EpochReport(
            key=self.key,
            epoch=epoch,
            best=self.best,
            error=self.error,
            learned=self.learned,
            metrics=self.metrics,
            probe=self._probed(pl_module, epoch, value),
        )
        most = self.settings.max_epochs
        resting = not self.learned and self.epochs >= self.settings.chance_share * most
        # The last epoch is paid in full: its trial is complete, whatever it is worth beside the others.
        if self.report(told) and not resting and self.epochs < most:
            self.pruned = True
        if self.pruned or resting:
            trainer.should_stop = True

    def _probed(self, learner: pl.LightningModule, epoch: int, value: float) -> dict[str, float]:
        if self.probe is None:
            return {}
        assert isinstance(learner, Learner), "what trials train"
        return self.probe.ended(
            learner,
            epoch,
            best=self.best_epoch,
            value=value if self.objective.metric.maximize else -value,
            progress=self.settings.min_progress * self.metrics["standard_error"],
            most=self.settings.max_epochs,
        )


class Patience(EarlyStopping):
    """Early stopping that counts from the first epoch of learning.

    Args:
        scored: stands before this one in the list of callbacks.
    """

    def __init__(self, scored: EpochLog) -> None:
        super().__init__(
            "objective",
            patience=scored.settings.patience,
            mode="max",
            check_on_train_epoch_end=False,
        )
        self.scored = scored

    @property
    def ended_by(self) -> Stopped:
        """What ended the training; a trial that was to be pruned in the epoch that was its last was not."""
        if self.stopped_epoch:
            return Stopped.early_stopping
        if self.scored.pruned:
            return Stopped.pruned
        return Stopped.max_epochs if self.scored.learned else Stopped.no_learning

    def on_validation_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Count an epoch without progress, and stop after too many."""
        if self.scored.learned:
            self.min_delta = (
                self.scored.settings.min_progress * self.scored.metrics["standard_error"]
            )
            super().on_validation_end(trainer, pl_module)
