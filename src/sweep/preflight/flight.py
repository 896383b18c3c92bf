"""A network at its start, few texts to try it on, and steps of training that leave no trace."""

import copy
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor, nn

from sweep.config import OptimizerConfig
from sweep.network.batches import UNKNOWN, Batch, pad
from sweep.records import EncodedTexts
from sweep.scoring.metrics import ranking_scores
from sweep.training.loss import loss
from sweep.training.optimizer import make_optimizer
from sweep.training.trial import Trial

ROWS = 16
"""Texts a batch."""
TOKENS = 128
"""Tokens of a text, from its beginning: whether a network can learn shows in as many, and in seconds."""
CONSTANTS = torch.linspace(-8, 8, 161)
LOOKED = 2000
"""Texts among which those of the two batches are looked for."""
SAMPLED = 400
"""Validation texts that are asked."""


class Flight:
    """A trial's network, brought back to its start before each check.

    Args:
        trial: its parts, made and not trained; on the CPU.
        seed: of the texts that are drawn.
    """

    def __init__(self, trial: Trial, seed: int) -> None:
        self.trial = trial
        self.config = trial.config
        self.learner = trial.learner
        self.draw = np.random.default_rng(seed)
        self.train = trial.corpus.parts["train"]
        self.validation = trial.corpus.parts["validation"]
        self._start = copy.deepcopy(self.learner.state_dict())
        self._learnt: dict[str, Tensor] | None = None
        self.few = self._two_batches()

    def begin(self) -> None:
        """Bring the network back to its start."""
        self.learner.load_state_dict(self._start)

    def keep(self) -> None:
        """Keep the network as it is, for `learnt`."""
        self._learnt = copy.deepcopy(self.learner.state_dict())

    def learnt(self) -> None:
        """Bring the network to what was kept last; to its start where nothing was."""
        self.learner.load_state_dict(self._start if self._learnt is None else self._learnt)

    def optimizer(self, rate: float, name: str | None = None) -> torch.optim.Optimizer:
        """Make an optimizer.

        Args:
            rate: its rate, as `optimizer.learning_rate` means it.
            name: another than the configuration's, without decay.
        """
        settings = replace(self.config.optimizer, learning_rate=rate)
        if name is not None:
            settings = replace(settings, name=type(OptimizerConfig().name)(name), weight_decay=0.0)
        return make_optimizer(settings, self._weights())

    def steps(
        self, batches: Sequence[Batch], count: int, optimizer: torch.optim.Optimizer
    ) -> None:
        """Train on batches in turn, without dropout and with gradients clipped to a norm of 1 at most."""
        weights = self._weights()
        with _trained_plainly(self.learner.network):
            for step in range(count):
                optimizer.zero_grad()
                self.learner.add_gradients(batches[step % len(batches)])
                torch.nn.utils.clip_grad_norm_(weights, self.config.optimizer.clip_norm or 1.0)
                optimizer.step()

    def loss(self, batches: Sequence[Batch]) -> float:
        """Mean training loss of batches, answered as in evaluation."""
        self.learner.eval()
        with torch.no_grad():
            found = [float(self.learner.batch_loss(b)) * len(b.targets) for b in batches]
        return sum(found) / sum(len(b.targets) for b in batches)

    def answers(self, batches: Sequence[Batch]) -> np.ndarray:
        """Logits of batches one after the other, (N,)."""
        self.learner.eval()
        with torch.no_grad():
            found = [self.learner(b.ids, b.lengths) for b in batches]
        return torch.cat(found).double().numpy()

    def auc(self, batches: Sequence[Batch]) -> float:
        """How well batches are ranked; one half where an answer is no finite number."""
        logits = self.answers(batches)
        if not np.isfinite(logits).all():
            return 0.5
        p = 1 / (1 + np.exp(-np.clip(logits - np.median(logits), -500, 500)))
        return ranking_scores(np.concatenate([b.targets.numpy() for b in batches]), p)["roc_auc"]

    def drawn(self, part: EncodedTexts, count: int) -> list[Batch]:
        """Draw texts of a part, shortest first, in batches of `ROWS`."""
        rows = self.draw.permutation(len(part))[:count]
        rows = rows[np.argsort(part.lengths[rows], kind="stable")]
        return [batch_of(part, rows[at : at + ROWS]) for at in range(0, len(rows), ROWS)]

    def moved(self, batches: Sequence[Batch], logits: np.ndarray | None = None) -> list[float]:
        """Mean training loss of logits to all of which the same was added, by each of `CONSTANTS`, 0 in the middle.

        Args:
            batches: of the rows.
            logits: in their order; by default those of an answer that knows nothing, one half to every row.
        """
        targets = torch.cat([b.targets for b in batches])
        own = torch.zeros(len(targets)) if logits is None else torch.from_numpy(logits).float()
        return [float(loss(own + more, targets, **self.learner.loss)) for more in CONSTANTS]

    def _weights(self) -> list[Tensor]:
        return [weight for weight in self.learner.parameters() if weight.requires_grad]

    def _two_batches(self) -> list[Batch]:
        part, labels = self.train, self.train.truth
        rows = self.draw.permutation(len(part))[:LOOKED]
        aim = min(float(np.median(part.lengths[rows])), TOKENS)
        rows = rows[np.argsort(abs(part.lengths[rows] - aim), kind="stable")]
        seen: set[bytes] = set()
        sides: dict[int, list[int]] = {0: [], 1: []}
        for row in rows.tolist():
            # The same words in another order are another text to an RNN, but not to every network.
            text = part[row][:TOKENS]
            key = np.sort(text).tobytes()
            side = sides[int(labels[row])]
            if len(side) < ROWS and key not in seen and (text != UNKNOWN).any():
                seen.add(key)
                side.append(row)
        if min(map(len, sides.values())) < 2:
            return []
        return [
            batch_of(part, np.array([row for side in sides.values() for row in side[k::2]]))
            for k in (0, 1)
        ]


def batch_of(part: EncodedTexts, rows: np.ndarray) -> Batch:
    """Lay texts of a part under each other, as far as `TOKENS`.

    Args:
        part: encoded.
        rows: of it, (B,).
    """
    lengths = np.minimum(part.lengths[rows], TOKENS)
    ids = pad(
        np.asarray(part.ids), np.asarray(part.offsets[:-1])[rows], lengths, int(lengths.max())
    )
    targets = torch.from_numpy(part.truth[rows].astype(np.float32))
    return Batch(ids, torch.from_numpy(lengths), targets)


@contextmanager
def _trained_plainly(network: nn.Module) -> Iterator[None]:
    # What is asked is whether it can learn a handful of texts at all; dropout is there to keep it from that.
    network.train()
    own: list[tuple[nn.RNNBase, float]] = []
    for module in network.modules():
        if isinstance(module, nn.modules.dropout._DropoutNd):
            module.eval()
        elif isinstance(module, nn.RNNBase):
            own.append((module, module.dropout))
            module.dropout = 0.0
    try:
        yield
    finally:
        for module, share in own:
            module.dropout = share
