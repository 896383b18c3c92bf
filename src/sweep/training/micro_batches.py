"""Micro-batches: the parts of a batch that go through the network one after the other.

A batch's gradient is the sum of its parts' gradients, so a step is the same to rounding, but for the values that
dropout takes, which are drawn part by part. Memory is bounded by the part, whatever the batch; a single text
is never cut.
"""

import torch

from sweep.network.batches import AT_ONCE, Batch
from sweep.training.device import on_cpu


def tokens_at_once(setting: int | str, own: int, accelerator: str) -> int | None:
    """Tokens that training takes through the network at once.

    Args:
        setting: a number, 0 for no limit, or "auto".
        own: tokens that suit the network on a CPU.
        accelerator: Lightning's name of it.

    Returns:
        Tokens, padding included; None for no limit.
    """
    if setting != "auto":
        return int(setting) or None
    return own if on_cpu(accelerator) else None


def evaluation_tokens(accelerator: str) -> int | None:
    """Tokens that an evaluation batch may hold.

    Args:
        accelerator: Lightning's name of it.

    Returns:
        Tokens, padding included; None for no limit.
    """
    return AT_ONCE if on_cpu(accelerator) else None


def micro_batches(batch: Batch, tokens: int | None) -> list[Batch]:
    """Cut a batch into micro-batches.

    Args:
        batch: B rows.
        tokens: of a part at most, padding included, unless a single row has more; None cuts nothing.

    Returns:
        The batch itself where it is small enough; otherwise its rows, the longest texts first, each part
        padded to its own longest. Parts but the last hold a power of two of rows: oneDNN compiles
        its kernels for each shape.
    """
    if tokens is None or batch.ids.numel() <= tokens:
        return [batch]
    order = torch.argsort(batch.lengths, stable=True, descending=True)
    found = []
    lengths = batch.lengths[order].tolist()
    while lengths:
        rows = 1
        while rows < len(lengths) and 2 * rows * lengths[0] <= tokens:
            rows *= 2
        found.append(_rows(batch, order[:rows], lengths[0]))
        order, lengths = order[rows:], lengths[rows:]
    return found


def _rows(batch: Batch, which: torch.Tensor, longest: int) -> Batch:
    part = Batch(batch.ids[which, :longest], batch.lengths[which], batch.targets[which])
    if batch.partner_ids is None or batch.weights is None:
        return part
    return part._replace(
        partner_ids=batch.partner_ids[which, :longest], weights=batch.weights[which]
    )
