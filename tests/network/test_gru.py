"""The GRU of our own is PyTorch's, forward and backward."""

import pytest
import torch

from sweep.network.gru import run_layers


def both_ways(layers, steps, rows, inputs, hidden):
    torch.manual_seed(0)
    rnn = torch.nn.GRU(inputs, hidden, layers).double()
    x = torch.randn(steps, rows, inputs, dtype=torch.double)
    weight = torch.randn(steps, rows, hidden, dtype=torch.double)
    found = []
    for run in (lambda x: run_layers(rnn, x), lambda x: rnn(x)[0]):
        rnn.zero_grad()
        leaf = x.clone().requires_grad_()
        out = run(leaf)
        (out * weight).sum().backward()
        found.append([out.detach(), leaf.grad, *(p.grad.clone() for p in rnn.parameters())])
    return found


@pytest.mark.parametrize(
    ("layers", "steps", "rows", "inputs", "hidden"),
    [(1, 1, 1, 1, 1), (1, 7, 3, 5, 4), (1, 2, 6, 3, 8), (2, 9, 2, 4, 3), (3, 5, 4, 2, 6)],
)
def test_states_and_gradients_are_those_of_pytorch(layers, steps, rows, inputs, hidden):
    for ours, theirs in zip(*both_ways(layers, steps, rows, inputs, hidden), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-12)


def test_gradients_are_the_slopes():
    rnn = torch.nn.GRU(3, 2).double()
    x = torch.randn(4, 2, 3, dtype=torch.double, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x, *_: run_layers(rnn, x), (x, *rnn.parameters()))


def test_inputs_that_are_frozen_get_no_gradient():
    rnn, x = torch.nn.GRU(3, 2), torch.randn(4, 2, 3)
    run_layers(rnn, x).sum().backward()
    assert x.grad is None
    assert all(p.grad is not None for p in rnn.parameters())


def test_a_gradient_through_the_last_state_alone():
    rnn, x = torch.nn.GRU(3, 2).double(), torch.randn(6, 2, 3).double()
    (ours,) = torch.autograd.grad(run_layers(rnn, x)[-1].sum(), rnn.weight_hh_l0)
    (theirs,) = torch.autograd.grad(rnn(x)[1].sum(), rnn.weight_hh_l0)
    torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-12)


def test_dropout_between_layers_acts_in_training_only():
    rnn, x = torch.nn.GRU(3, 2, 2, dropout=0.5), torch.randn(4, 2, 3)
    assert not torch.equal(run_layers(rnn, x), run_layers(rnn, x))
    rnn.eval()
    assert torch.equal(run_layers(rnn, x), run_layers(rnn, x))


def test_without_gradients_the_states_are_the_same():
    rnn, x = torch.nn.GRU(3, 2), torch.randn(4, 2, 3)
    with torch.inference_mode():
        quiet = run_layers(rnn, x)
    assert torch.equal(quiet, run_layers(rnn, x))


def test_an_lstm_is_left_to_pytorch():
    rnn, x = torch.nn.LSTM(3, 2, 2), torch.randn(4, 2, 3)
    assert torch.equal(run_layers(rnn, x), rnn(x)[0])
