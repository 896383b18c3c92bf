"""The contract of cells, read-outs and whole networks."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from sweep.network.own import make_network

LENGTHS = (7, 1, 4, 7, 2)
PADDING = 3
CLOSE = 1e-9  # of float64; what is exact but for the order of additions stays far below


def network_breaches(arguments: dict[str, Any]) -> list[str]:
    """See that a network is exact under padding, reached by the gradient, and the same when loaded.

    Args:
        arguments: of `make_network`.

    Returns:
        What it breaks.
    """
    with _drawn(0):
        model = make_network(arguments).double()
        ids = torch.zeros(len(LENGTHS), max(LENGTHS), dtype=torch.long)
        for row, length in enumerate(LENGTHS):
            ids[row, :length] = torch.randint(1, arguments["vocabulary_size"], (length,))
    lengths = torch.tensor(LENGTHS)
    breaches = _gradients(model, ids, lengths)
    model.eval()
    with torch.no_grad():
        together = model(ids, lengths)
        padded = torch.nn.functional.pad(ids, (0, PADDING))
        alone = torch.stack(
            [model(ids[i : i + 1, :n], lengths[i : i + 1])[0] for i, n in enumerate(LENGTHS)]
        )
        if not torch.isfinite(together).all():
            breaches.append("a logit is no finite number.")
        breaches += _same(model(padded, lengths), together, "more padding")
        breaches += _same(alone, together, "the texts beside it in the batch")
        breaches += _same(model(ids.flip(0), lengths.flip(0)).flip(0), together, "its row")
        breaches += _loaded(model, arguments, ids, lengths)
    return breaches


def _same(found: Tensor, wanted: Tensor, what: str) -> list[str]:
    worst = float((found - wanted).abs().max())
    if worst <= CLOSE:
        return []
    return [
        f"a text's logit depends on {what}: it moved by {worst:.2g} where {CLOSE:g} is allowed."
    ]


def _gradients(model: nn.Module, ids: Tensor, lengths: Tensor) -> list[str]:
    targets = torch.arange(len(ids)) % 2
    logits = model(ids, lengths)
    nn.functional.binary_cross_entropy_with_logits(logits, targets.double()).backward()  # type: ignore[no-untyped-call]
    missed = [
        name
        for name, weight in model.named_parameters()
        if weight.requires_grad and weight.grad is None
    ]
    return [f"no gradient reaches {', '.join(missed)}."] if missed else []


def _loaded(
    model: nn.Module, arguments: dict[str, Any], ids: Tensor, lengths: Tensor
) -> list[str]:
    stored = io.BytesIO()
    torch.save(model.state_dict(), stored)
    stored.seek(0)
    with _drawn(1):  # other start values: what is not saved shows
        other = make_network(arguments).double().eval()
    other.load_state_dict(torch.load(stored, weights_only=True))
    if torch.equal(other(ids, lengths), model(ids, lengths)):
        return []
    return ["saved and loaded it answers otherwise; keep what it needs as parameters or buffers."]


@contextmanager
def _drawn(seed: int) -> Iterator[None]:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield
