"""What the gates of LSTM and GRU layers do on given inputs, whatever kernel trains them.

Shapes: T tokens, B rows, I inputs, H hidden, N real tokens of all rows.
"""

from collections.abc import Iterator, Mapping

import torch
from torch import Tensor, nn

from sweep.network.gru import run_layer
from sweep.network.stack import Stack, reversal

NAMES: dict[type[nn.RNNBase], tuple[str | None, ...]] = {
    nn.LSTM: ("input", "forget", None, "output"),
    nn.GRU: ("reset", "update", None),
}
"""The gates in PyTorch's order; None is the new value, which is no gate."""
LOW, HIGH = 0.1, 0.9
"""A gate is saturated below and above: Karpathy, Johnson & Fei-Fei, "Visualizing and understanding recurrent
networks", 2015."""

Gates = dict[str, Tensor]


def measurable(module: nn.Module) -> bool:
    """Whether the gates of a module are known: an LSTM or GRU of PyTorch without projections."""
    return type(module) in NAMES and not getattr(module, "proj_size", 0)


def known(stack: Stack) -> bool:
    """Whether the gates of our recurrent layers are known; those of a plug-in's cell are not."""
    return all(measurable(rnn) for rnn in (*stack.ahead, *stack.back))


@torch.no_grad()
def stack_gates(stack: Stack, x: Tensor, lengths: Tensor) -> Iterator[tuple[str, Gates]]:
    """Find the gates of our recurrent layers, without dropout between them.

    Args:
        stack: the layers, see `known`.
        x: token vectors, (T, B, I).
        lengths: tokens of each text, (B,).

    Yields:
        A layer's number, with `.back` behind it where it reads from the end, and the values of its gates, (N, H) each.
    """
    if not stack.back:
        yield from module_gates(stack.ahead[0], x, lengths)
        return
    for layer, pair in enumerate(zip(stack.ahead, stack.back, strict=True)):
        states = []
        for rnn, end in zip(pair, ("", ".back"), strict=True):
            out, gates = _one(rnn, 0, x, lengths, back=bool(end))
            states.append(out)
            yield f"{layer}{end}", gates
        x = torch.cat(states, dim=2)


@torch.no_grad()
def module_gates(rnn: nn.Module, x: Tensor, lengths: Tensor) -> Iterator[tuple[str, Gates]]:
    """Find the gates of one recurrent module, without dropout between its layers.

    Args:
        rnn: an LSTM or GRU, see `measurable`.
        x: its inputs, (T, B, I), tokens first whatever the module takes.
        lengths: tokens of each row, (B,).

    Yields:
        As `stack_gates`.
    """
    assert isinstance(rnn, nn.RNNBase), "asked for by `measurable`"
    ends = ("", ".back") if rnn.bidirectional else ("",)
    for layer in range(rnn.num_layers):
        states = []
        for side, end in enumerate(ends):
            out, gates = _one(rnn, layer * len(ends) + side, x, lengths, back=bool(end))
            states.append(out)
            yield f"{layer}{end}", gates
        x = torch.cat(states, dim=2)


def saturation(gates: Mapping[str, Tensor]) -> dict[str, float]:
    """Tell how much of the gates is saturated.

    Args:
        gates: values by the gate's name, (N, H) each.

    Returns:
        Shares in [0, 1]: `saturated_low` and `saturated_high` of all gates, and of each, as in `forget_high`.
    """
    shares = {
        name: (float((value < LOW).double().mean()), float((value > HIGH).double().mean()))
        for name, value in gates.items()
    }
    found = {
        f"saturated_{end}": sum(share[side] for share in shares.values()) / len(shares)
        for side, end in enumerate(("low", "high"))
    }
    for name, (low, high) in shares.items():
        found |= {f"{name}_low": low, f"{name}_high": high}
    return found


def _one(
    rnn: nn.Module, which: int, x: Tensor, lengths: Tensor, *, back: bool
) -> tuple[Tensor, Gates]:
    # One layer and direction: its states from PyTorch's own kernel, then all tokens' gates from the states before.
    assert isinstance(rnn, nn.RNNBase), "asked for by `measurable`"
    steps, rows, size = *x.shape[:2], rnn.hidden_size
    order = reversal(lengths, steps)
    if back:
        x = _moved(x, order)
    weights: list[Tensor] = list(rnn.all_weights[which])
    start = x.new_zeros(1, rows, size)
    how = (
        rnn.bias,
        1,
        0.0,
        False,
        False,
        False,
    )  # biases, layers, dropout, training, directions, rows first
    if isinstance(rnn, nn.GRU) and rnn.bias and x.device.type == "cpu":
        states = run_layer(x, weights)
    elif isinstance(rnn, nn.LSTM):
        states = torch._VF.lstm(x, [start, start], weights, *how)[0]
    else:
        states = torch._VF.gru(x, start, weights, *how)[0]
    before = torch.cat([start, states[:-1]])
    sums = x @ weights[0].t() + before @ weights[1].t()
    if rnn.bias:
        sums = sums + weights[2] + weights[3]
    inside = torch.arange(steps, device=x.device)[:, None] < lengths
    names = NAMES[type(rnn)]
    cut = torch.split(sums[inside], size, dim=1)
    gates = {name: torch.sigmoid(part) for name, part in zip(names, cut, strict=True) if name}
    return (_moved(states, order) if back else states), gates


def _moved(x: Tensor, order: Tensor) -> Tensor:
    return x.reshape(-1, x.shape[2]).index_select(0, order).view(x.shape)
