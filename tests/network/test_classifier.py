"""The classifier: exact whatever the padding, and started as asked."""

import itertools

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from sweep.network.classifier import Classifier

CELLS, DIRECTIONS, READ_OUTS = ("lstm", "gru"), (False, True), ("last", "mean", "max")


def build(cell: str, bidirectional: bool, read_out: str, layers: int = 2) -> Classifier:
    torch.manual_seed(0)
    model = Classifier(
        vocabulary_size=20,
        cell=cell,
        embedding=5,
        hidden=4,
        layers=layers,
        bidirectional=bidirectional,
        read_out=read_out,
    )
    return model.double().eval()


@pytest.mark.parametrize(
    ("cell", "bidirectional", "read_out"), [*itertools.product(CELLS, DIRECTIONS, READ_OUTS)]
)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_a_logit_does_not_depend_on_the_batch(cell, bidirectional, read_out, data):
    lengths = data.draw(st.lists(st.integers(1, 9), min_size=1, max_size=6))
    extra = data.draw(st.integers(0, 4))
    model = build(cell, bidirectional, read_out)
    ids = torch.zeros(len(lengths), max(lengths) + extra, dtype=torch.long)
    for row, length in enumerate(lengths):
        ids[row, :length] = torch.randint(1, 20, (length,))
    together = model(ids, torch.tensor(lengths))
    alone = [model(ids[i : i + 1, :n], torch.tensor([n]))[0] for i, n in enumerate(lengths)]
    torch.testing.assert_close(together, torch.stack(alone), rtol=0, atol=1e-12)


@pytest.mark.parametrize("bidirectional", DIRECTIONS)
def test_start_values(bidirectional):
    model = build("lstm", bidirectional, "last")
    vectors = torch.ones(20, 5, dtype=torch.double)
    model.initialise(forget_bias=1.0, orthogonal=True, log_odds=-1.5, vectors=vectors)
    for rnn in model.stack.rnns():
        for layer in range(rnn.num_layers):
            forget = slice(4, 8)
            total = (
                getattr(rnn, f"bias_ih_l{layer}")[forget]
                + getattr(rnn, f"bias_hh_l{layer}")[forget]
            )
            assert total.tolist() == [1.0] * 4
            for gate in getattr(rnn, f"weight_hh_l{layer}").split(4):
                torch.testing.assert_close(gate @ gate.T, torch.eye(4).double())
    assert model.head.bias.item() == -1.5
    assert model.embedding.weight[0].abs().sum() == 0
    assert model.embedding.weight[1:].min() == 1


def test_start_values_can_be_left_alone():
    model, same = build("lstm", False, "last"), build("lstm", False, "last")
    model.initialise(forget_bias=0.0, orthogonal=False, log_odds=None, vectors=None)
    assert torch.equal(model.head.bias, same.head.bias)
    assert torch.equal(model.stack.rnns()[0].weight_hh_l0, same.stack.rnns()[0].weight_hh_l0)


def test_mixing_lies_between_its_parents():
    model = build("gru", False, "last")
    a, b, lengths = (
        torch.randint(1, 20, (2, 4)),
        torch.randint(1, 20, (2, 4)),
        torch.tensor([4, 4]),
    )
    none, most = torch.zeros(2).double(), torch.ones(2).double()
    torch.testing.assert_close(model.forward_mixed(a, b, none, lengths), model(a, lengths))
    torch.testing.assert_close(model.forward_mixed(a, b, most, lengths), model(b, lengths))
    half = model.forward_mixed(a, b, most / 2, lengths)
    middle = (model.embedding(a.t()) + model.embedding(b.t())) / 2
    torch.testing.assert_close(half, model.classify(middle, lengths))
