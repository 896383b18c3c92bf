"""The LightningModule: the network, its loss, its optimizer and its scores on the validation part."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytorch_lightning as pl
import torch
from pytorch_lightning.core.optimizer import LightningOptimizer
from torch import Tensor
from torch.optim.lr_scheduler import LambdaLR, ReduceLROnPlateau

from sweep.config import OptimizerConfig
from sweep.network.batches import Batch
from sweep.network.own import make_network
from sweep.training.loss import loss
from sweep.training.micro_batches import micro_batches
from sweep.training.optimizer import make_optimizer, make_schedule
from sweep.training.step_record import StepRecord, gradient_norms


class DivergedError(ArithmeticError):
    """The training loss or an output is no longer a finite number, or the loss is far above where it began.

    Args:
        epoch: the epoch in which that was seen, from 0.
        what: what was seen.
    """

    def __init__(self, epoch: int, what: str) -> None:
        super().__init__(f"{what} in epoch {epoch}")
        self.epoch = epoch


class Learner(pl.LightningModule):
    """Trains a network; made of plain JSON values, so that its checkpoints load without code.

    A training step takes a group of batches and makes one optimizer step of each: what Lightning
    does around a call takes a fifth of the time of a small step, and is done once a group.

    Args:
        network: arguments of `make_network`.
        optimizer: fields of `OptimizerConfig`.
        loss: fields of `LossConfig`, the positive weight as a number.
        steps: training steps of all epochs, for the schedules.
        epochs: epochs at most.
        micro_batch_tokens: tokens that go through the network at once; None sets no limit.
    """

    def __init__(
        self,
        *,
        network: dict[str, Any],
        optimizer: dict[str, Any],
        loss: dict[str, Any],
        steps: int,
        epochs: int,
        micro_batch_tokens: int | None = None,
    ) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.automatic_optimization = False
        self.network = make_network(network)
        self.optimizer = optimizer
        self.loss = loss
        self.steps = steps
        self.epochs = epochs
        self.micro_batch_tokens = micro_batch_tokens
        self.ready_vectors = False
        self.highest_loss = math.inf
        self.score: Callable[[np.ndarray, float], float] | None = None
        self.record: StepRecord | None = None
        self._train_loss: Tensor | None = None
        self._train_steps = 0
        self._objective = math.nan
        self._logits: list[Tensor] = []

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """Classify texts; see `Classifier.forward`."""
        logits: Tensor = self.network(ids, lengths)
        return logits

    def training_step(self, batches: list[Batch], _: int) -> None:
        """Make one optimizer step of each batch; nothing is logged here, which would cost as much."""
        optimizer = self.optimizers()
        schedule = self.lr_schedulers()
        assert isinstance(optimizer, LightningOptimizer), "there is one, made below"
        weights = [w for group in optimizer.param_groups for w in group["params"]]
        clip = self.optimizer["clip_norm"]
        total = torch.zeros((), device=self.device)
        # Lightning's hooks around a step and its gradients, which nothing here uses, cost a twentieth of
        # a small one. The last step of a group goes through them, so that Lightning counts it.
        steps = [optimizer.optimizer.step] * (len(batches) - 1) + [optimizer.step]
        read = self.record
        if read is not None:
            read.choose(batches)
        for batch, step in zip(batches, steps, strict=True):
            optimizer.zero_grad()
            value = self.add_gradients(batch) if read is None else read.add_gradients(self, batch)
            total += value
            norms = None
            if clip or (read is not None and read.due):
                norms = gradient_norms(weights)
            if clip and norms is not None:
                # `clip_grad_norm_`, but for the norms of the single weights, which it does not give away.
                whole = torch.linalg.vector_norm(norms)
                torch.nn.utils.clip_grads_with_norm_(weights, clip, whole)
            if read is None:
                step()
            else:
                read.make(step, value, norms)
            if isinstance(schedule, LambdaLR):
                schedule.step()
        self._train_loss = total if self._train_loss is None else self._train_loss + total
        self._train_steps += len(batches)

    def add_gradients(self, batch: Batch) -> Tensor:
        """Add the gradients of a batch's mean loss to the weights', a micro-batch at a time.

        Args:
            batch: of the training part.

        Returns:
            The loss, a scalar that autograd does not follow.
        """
        total = torch.zeros((), device=self.device)
        for part in micro_batches(batch, self.micro_batch_tokens):
            # A part counts by its rows, so that the sum is the mean over the whole batch.
            value = self.batch_loss(part) * (len(part.targets) / len(batch.targets))
            torch.autograd.backward(value)
            total += value.detach()
        return total

    def batch_loss(self, batch: Batch) -> Tensor:
        """Compute the training loss of one batch.

        Args:
            batch: of the training part.

        Returns:
            A scalar that autograd can follow.
        """
        if batch.partner_ids is not None and batch.weights is not None:
            logits = self.network.forward_mixed(
                batch.ids, batch.partner_ids, batch.weights, batch.lengths
            )
        else:
            logits = self.network(batch.ids, batch.lengths)
        return loss(logits, batch.targets, **self.loss)

    def validation_step(self, batch: Batch, _: int) -> None:
        """Collect the logits of one batch."""
        self._logits.append(self.network(batch.ids, batch.lengths))

    def on_validation_epoch_end(self) -> None:
        """Score the whole validation part and tell the callbacks.

        Raises:
            DivergedError: the training loss or a logit is NaN or infinite, or the loss is above `highest_loss`.
        """
        logits = torch.cat(self._logits).double().cpu().numpy()
        self._logits.clear()
        train_loss = math.nan
        if self._train_loss is not None:
            train_loss = float(self._train_loss) / self._train_steps
        self._train_loss = None
        self._train_steps = 0
        if not math.isfinite(train_loss):
            raise DivergedError(self.current_epoch, "the training loss is not a finite number")
        if not np.isfinite(logits).all():
            what = "an output on the validation part is not a finite number"
            raise DivergedError(self.current_epoch, what)
        if train_loss > self.highest_loss:
            what = (
                f"the training loss is {train_loss:.3g}, far above where it began "
                f"(more than {self.highest_loss:.3g}),"
            )
            raise DivergedError(self.current_epoch, what)
        assert self.score is not None, "set by `training.fit` before the trainer starts"
        # Larger is better, whatever the objective: one direction for every callback.
        self._objective = self.score(logits, train_loss)
        self.log("objective", self._objective, logger=False)

    def on_train_epoch_end(self) -> None:
        """Tell the plateau, after the epoch's own rate has been recorded."""
        schedule = self.lr_schedulers()
        if isinstance(schedule, ReduceLROnPlateau):
            schedule.step(self._objective)

    def configure_optimizers(self) -> Any:
        """The optimizer and its schedule, which is stepped above."""
        settings = OptimizerConfig(**self.optimizer)
        weights: list[Tensor] = [p for p in self.parameters() if p.requires_grad]
        embedding = self.network.embedding
        own = None
        if self.ready_vectors and embedding is not None and embedding.weight.requires_grad:
            own = embedding.weight
        optimizer = make_optimizer(settings, weights, own)
        schedule = make_schedule(settings, optimizer, steps=self.steps, epochs=self.epochs)
        return optimizer if schedule is None else ([optimizer], [schedule])
