"""The read-outs: the states of all tokens become one vector a text.

Shapes: T tokens, B rows, S size of a state, both directions included.
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

from sweep.errors import UserError
from sweep.network.cells import Settings
from sweep.plugins.tables import READ_OUTS, Entry


def last(states: Tensor, lengths: Tensor, bidirectional: bool) -> Tensor:
    """Take the state at a text's last token.

    Args:
        states: of all tokens, (T, B, S).
        lengths: (B,).
        bidirectional: whether the second half of the states was read from the text's end; its last
            state then stands at the first token.

    Returns:
        (B, S).
    """
    final = states[lengths - 1, torch.arange(len(lengths), device=states.device)]
    if not bidirectional:
        return final
    half = states.shape[2] // 2
    return torch.cat([final[:, :half], states[0, :, half:]], dim=1)


def mean(states: Tensor, lengths: Tensor, _: bool) -> Tensor:
    """Take the mean over a text's own tokens; see `last`."""
    return states.masked_fill(_outside(states, lengths), 0.0).sum(0) / lengths[:, None]


def largest(states: Tensor, lengths: Tensor, _: bool) -> Tensor:
    """Take the largest value over a text's own tokens; see `last`."""
    # Added rather than filled in: the same value, and its gradient costs nothing.
    outside = _outside(states, lengths)
    below = torch.zeros_like(outside, dtype=states.dtype).masked_fill_(outside, -math.inf)
    return (states + below).amax(0)


def _outside(states: Tensor, lengths: Tensor) -> Tensor:
    return (torch.arange(len(states), device=lengths.device)[:, None] >= lengths)[:, :, None]


class ReadOut(nn.Module):
    """A read-out of ours: nothing in it is learnt.

    Args:
        read: `last` or its like.
        bidirectional: as there.
    """

    def __init__(
        self, read: Callable[[Tensor, Tensor, bool], Tensor], bidirectional: bool
    ) -> None:
        super().__init__()
        self.read = read
        self.bidirectional = bidirectional

    def forward(self, states: Tensor, lengths: Tensor) -> Tensor:
        """Read (T, B, S) and (B,) to (B, S)."""
        return self.read(states, lengths, self.bidirectional)


class OwnReadOut(nn.Module):
    """A plug-in's read-out.

    Args:
        entry: of it.
        size: S.
        settings: of plug-ins, by their names.
    """

    def __init__(self, entry: Entry, size: int, settings: Settings) -> None:
        super().__init__()
        self.name = entry.name
        self.body = entry.call(settings, size)

    def forward(self, states: Tensor, lengths: Tensor) -> Tensor:
        """Read (T, B, S) and (B,) to (B, S).

        Raises:
            UserError: the plug-in gives something else.
        """
        found = self.body(states, lengths)
        if not isinstance(found, Tensor) or found.shape != states.shape[1:]:
            got = tuple(found.shape) if isinstance(found, Tensor) else type(found).__name__
            raise UserError(
                f"model.read_out={self.name} must give a vector a text, of the shape (rows, size) = "
                f"{tuple(states.shape[1:])}, but gave {got}."
            )
        return found


def make_read_out(
    name: str, size: int, bidirectional: bool, settings: Settings = None
) -> ReadOut | OwnReadOut:
    """Make a read-out.

    Args:
        name: of `READ_OUTS`.
        size: of a state, both directions included.
        bidirectional: whether the second half of the states was read from the text's end.
        settings: of plug-ins, by their names.

    Returns:
        A module from states, (T, B, S), and lengths, (B,), to (B, S).
    """
    entry = READ_OUTS[name]
    if entry.plugin is None:
        return ReadOut(entry.get(), bidirectional)
    return OwnReadOut(entry, size, settings)
