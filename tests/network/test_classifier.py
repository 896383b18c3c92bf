"""The classifier: exact whatever the padding, and started as asked."""

import itertools

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from sweep.network.classifier import Classifier
from sweep.network.read_outs import make_read_out
from sweep.network.stack import Stack

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


def one_layer(stack: Stack, layer: int, cell: str, inputs: int) -> Stack:
    """A layer of a stack as a stack of its own."""
    alone = Stack(cell, inputs, 4, 1, bool(stack.back), 0.0)
    for ours, theirs in ((alone.ahead, stack.ahead), (alone.back, stack.back)):
        if ours:
            # One module a layer in two directions, one module of all layers in one.
            held = theirs[layer] if stack.back else theirs[0]
            suffix = "l0" if stack.back else f"l{layer}"
            for name, weight in ours[0].named_parameters():
                weight.data.copy_(getattr(held, name.replace("l0", suffix)).data)
    return alone


@pytest.mark.parametrize("training", [True, False], ids=["training", "evaluation"])
@pytest.mark.parametrize(
    "shares", [(0.5, 0, 0), (0, 0.5, 0), (0, 0, 0.5), (0.2, 0.3, 0.4), (0, 0, 0)]
)
@pytest.mark.parametrize(("cell", "bidirectional"), [*itertools.product(CELLS, DIRECTIONS)])
def test_each_dropout_acts_in_its_place_and_in_training_only(
    cell, bidirectional, shares, training
):
    torch.manual_seed(0)
    words, between, before = shares
    model = Classifier(
        vocabulary_size=20, cell=cell, embedding=5, hidden=4, layers=2, bidirectional=bidirectional, read_out="mean",
        embedding_dropout=words, layer_dropout=between, dropout=before,
    ).train(training)  # fmt: skip
    first = one_layer(model.stack, 0, cell, 5)
    second = one_layer(model.stack, 1, cell, 8 if bidirectional else 4)
    ids, lengths = torch.randint(1, 20, (3, 6)), torch.tensor([6, 4, 1])

    def dropped(x: torch.Tensor, share: float) -> torch.Tensor:
        return torch.nn.functional.dropout(x, share, training) if share else x

    def by_hand() -> torch.Tensor:
        states = first(dropped(model.embedding.weight[ids.t().contiguous()], words), lengths)
        states = second(dropped(states, between), lengths)
        summary = make_read_out("mean", states.shape[2], bidirectional)(states, lengths)
        return model.head(dropped(summary, before)).squeeze(1)

    found = []
    for forward in (lambda: model(ids, lengths), by_hand):
        torch.manual_seed(1)
        found.append(torch.stack([forward() for _ in range(4)]))
    torch.testing.assert_close(*found)
    assert (found[0].std(0) > 0).all() == (training and any(shares))


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
