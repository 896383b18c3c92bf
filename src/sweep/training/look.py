"""A close look at one training batch as it is trained on: how far back its gradient reaches, and what the gates do.

Nothing goes through the network a second time and nothing random is drawn: hooks read what the training pass makes.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence, pad_packed_sequence
from torch.utils.hooks import RemovableHandle

from sweep.network.batches import Batch
from sweep.network.classifier import Classifier
from sweep.network.gates import Gates, known, measurable, module_gates, saturation, stack_gates
from sweep.network.own import OwnNetwork
from sweep.training.layers import layer_of
from sweep.training.micro_batches import micro_batches

BINS = 10
ROWS = 16
"""Rows of which the gates are computed: with a text's tokens and the hidden units that is sample enough."""
TOKENS = 32
"""Tokens of each of them, from its beginning."""


class Look:
    """Reads one batch while it is trained on; entered around `Learner.add_gradients`.

    Args:
        network: what is trained.
        batch: what it is trained on.
        tokens: of a micro-batch, as the learner cuts it.
        gates: whether the gates are looked at, too.
    """

    def __init__(
        self,
        network: Classifier | OwnNetwork,
        batch: Batch,
        tokens: int | None,
        *,
        gates: bool = True,
    ) -> None:
        self.network = network
        self.wants_gates = gates
        self.shapes = {tuple(part.ids.shape) for part in micro_batches(batch, tokens)}
        self.ours = isinstance(network, Classifier) and known(network.stack)
        self.norms = np.zeros(BINS)
        """Sum of the gradients' norms in each tenth of a text."""
        self.counts = np.zeros(BINS)
        """Tokens in each tenth."""
        self.texts = 0
        self.gates: dict[str, dict[str, float]] = {}
        """Saturation by layer, see `sweep.network.gates.saturation`."""
        self._due: dict[str, Callable[[], Iterator[tuple[str, Gates]]]] = {}
        self._hooks: list[RemovableHandle] = []

    def __enter__(self) -> "Look":
        if (embedding := self.network.embedding) is not None:
            self._hooks.append(embedding.register_forward_hook(self._embedded))
        if self.wants_gates and not self.ours:
            for name, module in self.network.named_modules():
                if measurable(module):
                    read = partial(self._entered, layer_of(f"network.{name}.weight"))
                    self._hooks.append(module.register_forward_pre_hook(read))
        return self

    def __exit__(self, *raised: object) -> None:
        for hook in self._hooks:
            hook.remove()
        for name, found in self._due.items():
            self.gates |= {f"{name}.{layer}": saturation(gates) for layer, gates in found()}
        self._due.clear()

    def _embedded(self, _: nn.Module, given: tuple[Any, ...], vectors: Tensor) -> None:
        ids = given[0] if given else None
        if not (isinstance(ids, Tensor) and ids.dim() == 2 and torch.is_grad_enabled()):
            return
        in_rows = self._in_rows(tuple(ids.shape))
        if in_rows is None:
            return
        if (
            not vectors.requires_grad
        ):  # frozen vectors: the gradient comes as far as here all the same
            vectors.requires_grad_()
        lengths = (ids != 0).sum(1 if in_rows else 0)
        vectors.register_hook(partial(self._gradient, lengths, in_rows))  # type: ignore[no-untyped-call]
        if self.wants_gates and self.ours and not self._due:
            few = vectors.detach()[:TOKENS, :ROWS], lengths[:ROWS].clamp(max=TOKENS)
            assert isinstance(self.network, Classifier), "ours"
            self._due["rnn"] = partial(stack_gates, self.network.stack, *few)

    def _in_rows(self, shape: tuple[int, ...]) -> bool | None:
        # Whether a text is a row or a column; of a batch whose shape does not tell, nothing is said.
        if isinstance(self.network, Classifier):
            return False
        rows, columns = shape in self.shapes, shape[::-1] in self.shapes
        return None if rows is columns else rows

    def _gradient(self, lengths: Tensor, in_rows: bool, gradient: Tensor) -> None:
        norms = torch.linalg.vector_norm(gradient.detach(), dim=2)
        found = (norms if in_rows else norms.t()).cpu().double().numpy()  # (B, T)
        own = lengths.cpu().numpy()[:, None]
        steps = np.arange(found.shape[1])
        inside = steps < own
        tenths = ((steps + 0.5) / np.maximum(own, 1) * BINS).astype(int)[inside]
        self.norms += np.bincount(tenths, found[inside], BINS)
        self.counts += np.bincount(tenths, minlength=BINS)
        self.texts += len(found)

    def _entered(self, name: str, module: nn.Module, given: tuple[Any, ...]) -> None:
        few = _first(module, given[0]) if given and torch.is_grad_enabled() else None
        if few is not None and name not in self._due:
            self._due[name] = partial(module_gates, module, *few)


def _first(module: nn.Module, given: Any) -> tuple[Tensor, Tensor] | None:
    # What a plug-in hands to an LSTM or GRU, tokens first, with the length of each row as far as it is known.
    if isinstance(given, PackedSequence):
        x, lengths = pad_packed_sequence(given)
    elif isinstance(given, Tensor) and given.dim() == 3:
        x = given.transpose(0, 1) if getattr(module, "batch_first", False) else given
        lengths = torch.full((x.shape[1],), len(x))
    else:
        return None
    x = x.detach()[:TOKENS, :ROWS].contiguous()
    return x, lengths[:ROWS].clamp(max=TOKENS).to(x.device)


def by_time(looks: Sequence[Look]) -> list[float | None]:
    """Tell how much the tokens of a text move the loss, from its beginning to its end.

    Args:
        looks: at batches of one epoch.

    Returns:
        For each tenth of a text the mean norm of the loss's gradient at a token's vector, in units of the mean over all
        tokens: 1 where each token weighs the same, None where no token stood. Empty where it cannot be measured.
    """
    norms = sum((look.norms for look in looks), np.zeros(BINS))
    counts = sum((look.counts for look in looks), np.zeros(BINS))
    mean = norms.sum() / max(counts.sum(), 1.0)
    if not mean > 0:  # NaN, too
        return []
    return [float(n / c / mean) if c else None for n, c in zip(norms, counts, strict=True)]
