"""A GRU layer on the CPU in fewer and larger operations than PyTorch's own; the same to rounding.

PyTorch hands the LSTM to oneDNN, but builds the GRU of a dozen small operations a token, each of
which autograd records and takes back. Here the forward pass takes six operations a token; the
backward pass, written by hand, takes three, because all that does not depend on the token after it
is computed for the whole text at once.

Shapes: T tokens, B rows, E inputs, H hidden units; gates in PyTorch's order: reset, update, new.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable


def run_layers(rnn: nn.Module, x: Tensor) -> Tensor:
    """Run all layers of a recurrent module of one direction.

    Args:
        rnn: what a cell makes.
        x: inputs, (T, B, E).

    Returns:
        States of the last layer, (T, B, H).
    """
    if not isinstance(rnn, nn.GRU) or x.device.type != "cpu":
        given = rnn(x)
        states: Tensor = given[0] if isinstance(given, tuple) else given
        return states
    for layer in range(rnn.num_layers):
        if layer:
            x = nn.functional.dropout(x, rnn.dropout, rnn.training)
        x = run_layer(x, rnn.all_weights[layer])
    return x


def run_layer(x: Tensor, weights: Sequence[Tensor]) -> Tensor:
    """Run one layer in one direction.

    Args:
        x: inputs, (T, B, E).
        weights: of the input and the state, then their biases, as PyTorch keeps them.

    Returns:
        States, (T, B, H).
    """
    states: Tensor = _GRULayer.apply(x, *weights)  # type: ignore[no-untyped-call]
    return states


class _GRULayer(torch.autograd.Function):
    """r = σ(i_r + h W_r), z = σ(i_z + h W_z), n = tanh(i_n + r (h W_n + b_n)), h' = n + z (h - n)."""

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, w_input: Tensor, w_state: Tensor, b_input: Tensor, b_state: Tensor
    ) -> Tensor:
        steps, rows, size = *x.shape[:2], w_state.shape[1]
        # Two of the state's biases can be added at once for all tokens; the third stands inside r (...).
        both = b_input.clone()
        both[: 2 * size] += b_state[: 2 * size]
        inputs = torch.addmm(both, x.reshape(steps * rows, -1), w_input.t())
        inputs = inputs.view(steps, rows, 3 * size)
        gates, fresh, inner = (x.new_empty(steps, rows, n * size) for n in (2, 1, 1))
        history = x.new_empty(steps + 1, rows, size)
        history[0] = 0.0
        w_gates, w_new, b_new = (
            w_state[: 2 * size].t(),
            w_state[2 * size :].t(),
            b_state[2 * size :],
        )
        h = history[0]
        for i_gates, i_new, gate, r, z, n, inside, following in zip(
            *(inputs[..., : 2 * size], inputs[..., 2 * size :]),
            *(gates, gates[..., :size], gates[..., size:], fresh, inner, history[1:]),
            strict=True,
        ):
            torch.addmm(i_gates, h, w_gates, out=gate).sigmoid_()
            torch.addmm(b_new, h, w_new, out=inside)
            torch.addcmul(i_new, r, inside, out=n).tanh_()
            h = torch.lerp(n, h, z, out=following)
        ctx.save_for_backward(x, w_input, w_state, gates, fresh, inner, history)
        return history[1:]

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, d_states: Tensor) -> tuple[Tensor | None, ...]:
        x, w_input, w_state, gates, fresh, inner, history = ctx.saved_tensors
        steps, rows, size = fresh.shape
        r, z = gates[..., :size], gates[..., size:]
        # A gate's gradient is the state's gradient times a factor known from the forward pass.
        to_new = (1 - z) * (1 - fresh * fresh)
        factors = x.new_empty(steps, rows, 3, size)
        torch.mul(to_new, r, out=factors[:, :, 2])
        torch.mul(factors[:, :, 2] * (1 - r), inner, out=factors[:, :, 0])
        torch.mul((history[:-1] - fresh) * z, 1 - z, out=factors[:, :, 1])
        flat = factors.view(steps, rows, 3 * size)
        d_h = x.new_empty(steps, rows, size)
        d_h[-1] = d_states[-1]
        whole = d_h.view(steps, rows, 1, size)
        for t in range(steps - 1, -1, -1):
            factors[t].mul_(whole[t])  # now the gradients of the token's gates
            if t:
                torch.addcmul(d_states[t - 1], d_h[t], z[t], out=d_h[t - 1])
                d_h[t - 1].addmm_(flat[t], w_state)
        flat = flat.view(steps * rows, 3 * size)
        d_w_state = flat.t() @ history[:-1].reshape(steps * rows, size)
        d_b_state = flat.sum(0)
        # The state reaches the new gate through r, the input reaches it directly.
        torch.mul(d_h, to_new, out=factors[:, :, 2])
        d_w_input = flat.t() @ x.reshape(steps * rows, -1)
        d_b_input = flat.sum(0)
        d_x = (flat @ w_input).view_as(x) if ctx.needs_input_grad[0] else None
        return d_x, d_w_input, d_w_state, d_b_input, d_b_state
