"""What is read from the training steps of one epoch: losses, gradients and what they move, layer by layer.

Shapes: S steps, P trained weights, L layers.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor

from sweep.network.batches import Batch
from sweep.network.classifier import Classifier
from sweep.network.own import OwnNetwork
from sweep.training.look import Look, by_time

SPARSE = 4
"""Where nothing is clipped nobody needs the norms, and every so many steps are enough of them."""
UPDATES = 50
"""Every so many steps the update is compared with the weights."""


class Trained(Protocol):
    """What makes gradients: the learner."""

    network: Classifier | OwnNetwork
    micro_batch_tokens: int | None

    def add_gradients(self, batch: Batch) -> Tensor:
        """Add a batch's gradients to the weights' and give its loss."""


def gradient_norms(weights: Sequence[Tensor]) -> Tensor:
    """Norm of each weight's gradient.

    Args:
        weights: P of them.

    Returns:
        (P,), 0 where a weight has no gradient.
    """
    zero = torch.zeros((), device=weights[0].device)
    return torch.stack(
        [zero if w.grad is None else torch.linalg.vector_norm(w.grad) for w in weights]
    )


class StepRecord:
    """Reads the steps of an epoch as they are made; nothing that it does changes a weight.

    Args:
        weights: what is trained, in the optimizer's order.
        layers: the layer of each.
        clip: largest norm of a step's gradient; 0 clips nothing.
        an_epoch: steps an epoch.
    """

    def __init__(
        self, weights: Sequence[Tensor], layers: Sequence[str], *, clip: float, an_epoch: int
    ) -> None:
        self.weights = weights
        self.names = list(dict.fromkeys(layers))
        self.clip = clip
        self._places = [np.flatnonzero(np.array(layers) == name) for name in self.names]
        # The middle of the epoch, and so on from there: of a short one, too.
        self._update = min(UPDATES, an_epoch) // 2
        self._middle = an_epoch // 2
        self.start()

    def start(self) -> None:
        """Forget what was read: an epoch begins."""
        self.count = 0
        self._looked = 0
        self._chosen: Batch | None = None
        self._looks: list[Look] = []
        self._losses: list[Tensor] = []
        self._norms: list[Tensor] = []
        self._ratios: list[Tensor] = []

    @property
    def due(self) -> bool:
        """Whether the gradients' norms of this step are wanted, be they clipped or not."""
        return self.count % SPARSE == 0

    def choose(self, batches: list[Batch]) -> None:
        """Choose the batch of a group that is looked at: two an epoch, the longest of its first and of a middle group.

        Args:
            batches: of the steps that follow.
        """
        middle = self._looked == 1 and self.count + len(batches) > self._middle
        self._chosen = None
        if self._looked == 0 or middle:
            self._chosen = max(batches, key=lambda batch: batch.ids.shape[1])
            self._looked += 1

    def add_gradients(self, learner: Trained, batch: Batch) -> Tensor:
        """Let the learner add a batch's gradients, and look closely where the batch was chosen."""
        if batch is not self._chosen:
            return learner.add_gradients(batch)
        first = not self._looks
        look = Look(learner.network, batch, learner.micro_batch_tokens, gates=first)
        with look:
            loss = learner.add_gradients(batch)
        self._looks.append(look)
        return loss

    def make(self, step: Callable[[], Any], loss: Tensor, norms: Tensor | None) -> None:
        """Make an optimizer step and note it.

        Args:
            step: makes it.
            loss: of the batch, a scalar.
            norms: of the gradients before clipping, (P,), where they are known.
        """
        before = None
        if self.count % UPDATES == self._update:
            before = [weight.detach().clone() for weight in self.weights]
        step()
        if before is not None:
            pairs = zip(self.weights, before, strict=True)
            moved = torch.stack([torch.linalg.vector_norm(w.detach() - b) for w, b in pairs])
            size = torch.stack([torch.linalg.vector_norm(b) for b in before])
            self._ratios.append(torch.stack([moved, size]))
        self._losses.append(loss)
        if norms is not None:
            self._norms.append(norms)
        self.count += 1

    @np.errstate(invalid="ignore", over="ignore")  # a training that diverges has such numbers
    def read(self) -> dict[str, Any]:
        """Tell what the epoch's steps were like; numbers that are none stay as they are.

        Returns:
            `steps`; `loss_step_sd`, the standard deviation of a step's loss about the one before; `first_bad_step`,
            where a loss was not finite; `grad_norm` and, for each of `layers`, the gradient's norm before clipping,
            median and 90th percentile, and `update_ratio`, the median norm of an update over that of its weights;
            `clipped_share` of the steps; `gradient_by_time`, `gradient_tokens` and `gates` as `Look` sees them.
        """
        losses = _numbers(self._losses)  # (S,)
        told: dict[str, Any] = {"steps": self.count}
        bad = np.flatnonzero(~np.isfinite(losses))
        if len(losses) > 1:
            # About the step before: the fall of the loss over the epoch is no noise (von Neumann, 1941).
            told["loss_step_sd"] = float(np.sqrt(np.mean(np.diff(losses) ** 2) / 2))
        if len(bad):
            told["first_bad_step"] = int(bad[0])
        squares = _numbers(self._norms) ** 2  # (S, P)
        if len(squares):
            whole = np.sqrt(squares.sum(1))
            told["grad_norm"] = _spread(whole)
            told["clipped_share"] = float(np.mean(whole > self.clip)) if self.clip else 0.0
            told["layers"] = self._layers(squares, told["clipped_share"])
        if line := by_time(self._looks):
            told["gradient_by_time"] = line
            tokens, texts = (
                sum(n) for n in zip(*((k.counts.sum(), k.texts) for k in self._looks), strict=True)
            )
            told["gradient_tokens"] = float(tokens / texts)
        if self._looks and self._looks[0].gates:
            told["gates"] = self._looks[0].gates
        return told

    def _layers(self, squares: np.ndarray, clipped: float) -> dict[str, dict[str, float]]:
        norms = np.sqrt(self._by_layer(squares))  # (S, L)
        found = {}
        ratios = _numbers(self._ratios)  # (steps, 2, P)
        if len(ratios):
            moved, size = np.moveaxis(np.sqrt(self._by_layer(ratios**2)), 1, 0)
            update = np.median(moved / np.maximum(size, np.finfo(np.float32).tiny), axis=0)
        for number, name in enumerate(self.names):
            spread = _spread(norms[:, number])
            found[name] = {f"grad_norm_{key}": value for key, value in spread.items()}
            found[name]["clipped_share"] = clipped
            if len(ratios):
                found[name]["update_ratio"] = float(update[number])
        return found

    def _by_layer(self, values: np.ndarray) -> np.ndarray:
        # Not by a product with zeros and ones: an infinite norm would make NaN of every other layer's.
        return np.stack([values[..., own].sum(-1) for own in self._places], axis=-1)


def _spread(values: np.ndarray) -> dict[str, float]:
    median, high = np.quantile(values, [0.5, 0.9])
    return {"median": float(median), "p90": float(high)}


def _numbers(tensors: list[Tensor]) -> np.ndarray:
    if not tensors:
        return np.empty(0)
    return torch.stack(tensors).detach().float().cpu().numpy().astype(np.float64)
