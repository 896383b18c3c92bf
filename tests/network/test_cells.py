"""Cells: the layers that are made of a plug-in's equal layers of PyTorch's."""

from collections.abc import Iterator

import pytest
import torch
from torch import nn

from sweep.network.cells import find_cell
from sweep.network.stack import Stack
from sweep.plugins.tables import CELLS, Entry, Plugin

MINE = Plugin(name="mine.py", digest="0" * 64, place="/nowhere/mine.py")


@pytest.fixture(autouse=True)
def _mine() -> Iterator[None]:
    CELLS.add(Entry(name="mine", made=lambda inputs, hidden: nn.LSTM(inputs, hidden), plugin=MINE))
    yield
    CELLS.forget(MINE)


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_ours_are_pytorchs(cell: str) -> None:
    made = find_cell(cell).make(3, 4, 2, 0.25)
    assert isinstance(made, {"lstm": nn.LSTM, "gru": nn.GRU}[cell])
    assert (made.input_size, made.hidden_size, made.num_layers, made.dropout) == (3, 4, 2, 0.25)


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("training", [False, True])
def test_an_own_cell_is_stacked_like_ours(
    bidirectional: bool, layers: int, training: bool
) -> None:
    x, lengths = torch.randn(5, 3, 4), torch.tensor([5, 2, 1])
    found = []
    for cell in ("lstm", "mine"):
        torch.manual_seed(0)
        stack = Stack(cell, 4, 6, layers, bidirectional, 0.5).train(training)
        torch.manual_seed(1)
        found.append(stack(x, lengths))
    for row, length in enumerate(lengths):
        torch.testing.assert_close(found[0][:length, row], found[1][:length, row])
