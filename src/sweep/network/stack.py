"""Recurrent layers in one or two directions, exact whatever the padding.

Shapes: B batch, T tokens of the longest text in the batch, H hidden, D directions, F features. Tokens come before rows.
"""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from sweep.network.cells import find_cell
from sweep.network.gru import run_layers


class Stack(nn.Module):
    """Recurrent layers in one or two directions, exact on padded batches.

    Args:
        cell: a name of `CELLS`.
        inputs: size of a token's vector.
        hidden: units a layer and direction.
        layers: number of layers.
        bidirectional: whether each layer also reads from the text's end.
        dropout: share dropped between layers.
        settings: of plug-ins, by their names.
    """

    def __init__(
        self,
        cell: str,
        inputs: int,
        hidden: int,
        layers: int,
        bidirectional: bool,
        dropout: float,
        settings: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        super().__init__()
        make = find_cell(cell, settings).make
        between = dropout if layers > 1 else 0.0
        if bidirectional:
            sizes = [inputs] + [2 * hidden] * (layers - 1)
            self.ahead = nn.ModuleList(make(size, hidden, 1, 0.0) for size in sizes)
            self.back = nn.ModuleList(make(size, hidden, 1, 0.0) for size in sizes)
        else:
            # One call for all layers; the states at a text's own tokens never see the padding.
            whole = make(inputs, hidden, layers, between)
            self.ahead, self.back = nn.ModuleList([whole]), nn.ModuleList()
        self.between = nn.Dropout(between)

    def rnns(self) -> list[nn.RNNBase]:
        """Every recurrent module, in order."""
        return [module for module in self.modules() if isinstance(module, nn.RNNBase)]

    def forward(self, x: Tensor, lengths: Tensor) -> Tensor:
        """Run all layers.

        Args:
            x: token vectors, (T, B, E).
            lengths: tokens of each text, (B,).

        Returns:
            States of the last layer, (T, B, H * D); those beyond a text's length mean nothing.
        """
        if not self.back:
            return run_layers(self.ahead[0], x)
        order = reversal(lengths, len(x))
        for layer, (ahead, back) in enumerate(zip(self.ahead, self.back, strict=True)):
            if layer:
                x = self.between(x)
            turned = run_layers(back, _Turned.apply(x, order))  # type: ignore[no-untyped-call]
            x = torch.cat([run_layers(ahead, x), _Turned.apply(turned, order)], dim=2)  # type: ignore[no-untyped-call]
        return x


def reversal(lengths: Tensor, longest: int) -> Tensor:
    """Places that reverse each row within its own length and leave its padding where it is.

    Args:
        lengths: tokens of each text, (B,).
        longest: T.

    Returns:
        For each token of each row, the place t * B + b of the one that takes its place, (T * B,),
        int64. Doing it twice changes nothing.

    >>> reversal(torch.tensor([2, 3]), 3).view(3, 2).tolist()
    [[2, 5], [0, 3], [4, 1]]
    """
    steps = torch.arange(longest, device=lengths.device)[:, None]
    turned = torch.where(steps < lengths, lengths - 1 - steps, steps)  # (T, B)
    rows = torch.arange(len(lengths), device=lengths.device)
    return (turned * len(lengths) + rows).flatten()


class _Turned(torch.autograd.Function):
    """Tokens in another order, (T, B, F); a reversal is its own inverse, which autograd cannot know."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, order: Tensor) -> Tensor:
        ctx.save_for_backward(order)
        return _moved(x, order)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        (order,) = ctx.saved_tensors
        return _moved(gradient, order), None


def _moved(x: Tensor, order: Tensor) -> Tensor:
    return x.reshape(-1, x.shape[2]).index_select(0, order).view(x.shape)
