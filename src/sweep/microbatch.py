"""Micro-batches: the parts of a batch that go through the network one after the other.

A batch's gradient is the sum of its parts' gradients, so cutting it changes the step in its last bits only;
memory is bounded by the part, whatever the batch and the texts.
"""

import torch

from sweep.batches import Batch

# Tokens, padding included, of one pass on a CPU. oneDNN's LSTM is a sixth to a quarter faster on texts of hundreds
# of tokens where what a pass keeps for its way back stays in the cache; our GRU wants many rows a token, and
# the limit only bounds its memory. Measured by experiments/benchmark/passes.py.
AUTO = {"lstm": 4096, "gru": 16384}


def tokens_at_once(setting: int | str, cell: str, accelerator: str) -> int | None:
    """Tokens that training takes through the network at once.

    Args:
        setting: a number, 0 for no limit, or "auto".
        cell: "lstm" or "gru".
        accelerator: Lightning's name of it.

    Returns:
        Tokens, padding included; None for no limit.
    """
    if setting != "auto":
        return int(setting) or None
    return AUTO[cell] if on_cpu(accelerator) else None


def on_cpu(accelerator: str) -> bool:
    """Whether Lightning will train on the processor.

    Args:
        accelerator: Lightning's name of it.
    """
    if accelerator == "auto":
        return not torch.accelerator.is_available()
    return accelerator == "cpu"


def micro_batches(batch: Batch, tokens: int | None) -> list[Batch]:
    """Cut a batch into micro-batches.

    Args:
        batch: B rows.
        tokens: of a part at most, padding included, unless a single row has more; None cuts nothing.

    Returns:
        The batch itself where it is small enough; otherwise its rows by length, each part padded to
        its own longest. Parts hold a power of two of rows: oneDNN compiles its kernels for each shape.
    """
    longest, rows = batch.ids.shape[1], 1
    if tokens is None or batch.ids.numel() <= tokens:
        return [batch]
    while 2 * rows * longest <= tokens:
        rows *= 2
    return [_rows(batch, part) for part in torch.argsort(batch.lengths, stable=True).split(rows)]


def _rows(batch: Batch, which: torch.Tensor) -> Batch:
    lengths = batch.lengths[which]
    longest = int(lengths.max())
    part = Batch(batch.ids[which, :longest], lengths, batch.targets[which])
    if batch.partner_ids is None or batch.weights is None:
        return part
    return part._replace(
        partner_ids=batch.partner_ids[which, :longest], weights=batch.weights[which]
    )
