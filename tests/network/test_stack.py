"""Recurrent layers: exact whatever the padding."""

import itertools

import pytest
import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from sweep.network.stack import Stack, reversal
from sweep.plugins.tables import CELLS


@pytest.mark.parametrize(("cell", "layers"), [*itertools.product(CELLS.ours, (1, 2, 3))])
def test_both_directions_equal_packed_sequences(cell, layers):
    torch.manual_seed(0)
    stack = Stack(cell, 5, 4, layers, True, 0.0).double()
    packed = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[cell](
        5, 4, layers, bidirectional=True
    ).double()
    for layer, (ahead, back) in enumerate(zip(stack.ahead, stack.back, strict=True)):
        for name, weight in ahead.named_parameters():
            getattr(packed, name.replace("l0", f"l{layer}")).data.copy_(weight.data)
        for name, weight in back.named_parameters():
            getattr(packed, name.replace("l0", f"l{layer}_reverse")).data.copy_(weight.data)
    lengths, weight = torch.tensor([7, 2, 4]), torch.randn(7, 3, 8).double()
    inside = (torch.arange(7)[:, None] < lengths)[:, :, None]
    found = []
    x = torch.randn(7, 3, 5).double()

    def run_packed(x: torch.Tensor) -> torch.Tensor:
        return pad_packed_sequence(
            packed(pack_padded_sequence(x, lengths, enforce_sorted=False))[0]
        )[0]

    for run in (lambda x: stack(x, lengths), run_packed):
        leaf = x.clone().requires_grad_()
        states = run(leaf).masked_fill(~inside, 0)
        (states * weight).sum().backward()
        found.append([states, leaf.grad])
    for ours, theirs in zip(*found, strict=True):
        torch.testing.assert_close(ours, theirs)


def test_reversal_leaves_padding_in_place():
    order = reversal(torch.tensor([1, 3]), 4)
    assert (order.view(4, 2) // 2).t().tolist() == [[0, 1, 2, 3], [2, 1, 0, 3]]
    assert order[order].tolist() == list(range(8))


@pytest.mark.parametrize(
    ("cell", "bidirectional"), [*itertools.product(CELLS.ours, (False, True))]
)
def test_one_layer_has_nothing_between(cell, bidirectional):
    stack = Stack(cell, 5, 4, 1, bidirectional, 0.9)
    x, lengths = torch.randn(6, 3, 5), torch.tensor([6, 4, 1])
    assert torch.equal(stack(x, lengths), stack(x, lengths))
