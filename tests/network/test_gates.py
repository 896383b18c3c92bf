"""What gates do: the numbers that a token-by-token loop of PyTorch's cells gives, in each layer and direction."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from sweep.network.gates import known, measurable, module_gates, saturation, stack_gates
from sweep.network.stack import Stack

LENGTHS = torch.tensor([5, 2, 4])
STEPS, INPUTS, HIDDEN = 5, 3, 4


def inputs() -> Tensor:
    torch.manual_seed(3)
    return torch.randn(STEPS, len(LENGTHS), INPUTS)


def by_hand(weights: list[Tensor], kind: str, x: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
    """One layer over one text, (T, I): its states and its gates, token by token."""
    w_in, w_state, b_in, b_state = weights
    h, c = torch.zeros(HIDDEN), torch.zeros(HIDDEN)
    states, gates = [], []
    for token in x:
        own, old = w_in @ token + b_in, w_state @ h + b_state
        if kind == "lstm":
            i, f, g, o = (own + old).chunk(4)
            gates.append({"input": i.sigmoid(), "forget": f.sigmoid(), "output": o.sigmoid()})
            c = f.sigmoid() * c + i.sigmoid() * g.tanh()
            h = o.sigmoid() * c.tanh()
        else:
            (r, z, n), (r_old, z_old, n_old) = own.chunk(3), old.chunk(3)
            gates.append({"reset": (r + r_old).sigmoid(), "update": (z + z_old).sigmoid()})
            n = (n + gates[-1]["reset"] * n_old).tanh()
            h = n + gates[-1]["update"] * (h - n)
        states.append(h)
    return torch.stack(states), {name: torch.stack([g[name] for g in gates]) for name in gates[0]}


@torch.no_grad()
def expected(stack: Stack, kind: str) -> dict[str, dict[str, Tensor]]:
    """The gates of each text alone, the texts one after the other."""
    found: dict[str, dict[str, list[Tensor]]] = {}
    for text, length in zip(inputs().unbind(1), LENGTHS.tolist(), strict=True):
        x = text[:length]
        layers = len(stack.ahead) if stack.back else stack.ahead[0].num_layers
        for layer in range(layers):
            if not stack.back:
                runs = [("", stack.ahead[0].all_weights[layer], False)]
            else:
                runs = [
                    ("", stack.ahead[layer].all_weights[0], False),
                    (".back", stack.back[layer].all_weights[0], True),
                ]
            states = []
            for end, weights, turned in runs:
                out, gates = by_hand(list(weights), kind, x.flip(0) if turned else x)
                states.append(out.flip(0) if turned else out)
                for name, values in gates.items():
                    place = found.setdefault(f"{layer}{end}", {}).setdefault(name, [])
                    place.append(values)
            x = torch.cat(states, dim=1)
    return {k: {n: torch.cat(v) for n, v in gates.items()} for k, gates in found.items()}


def same(found: dict[str, dict[str, Tensor]], wanted: dict[str, dict[str, Tensor]]) -> None:
    """Whatever the order of the tokens."""
    assert found.keys() == wanted.keys()
    for layer, gates in wanted.items():
        assert found[layer].keys() == gates.keys()
        for name, values in gates.items():
            torch.testing.assert_close(found[layer][name].sort(0)[0], values.sort(0)[0])


@pytest.mark.parametrize("two_ways", [False, True], ids=["one way", "two ways"])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("kind", ["lstm", "gru"])
def test_each_layer_and_direction(kind: str, layers: int, two_ways: bool) -> None:
    torch.manual_seed(0)
    stack = Stack(kind, INPUTS, HIDDEN, layers, two_ways, 0.5).train()
    assert known(stack)
    x, before = inputs(), torch.random.get_rng_state()
    found = dict(stack_gates(stack, x, LENGTHS))
    assert torch.equal(torch.random.get_rng_state(), before), "no dropout is drawn"
    same(found, expected(stack, kind))


def test_a_module_of_pytorchs_own_with_both_directions_in_it() -> None:
    torch.manual_seed(0)
    stack = Stack("lstm", INPUTS, HIDDEN, 2, True, 0.0)
    rnn = nn.LSTM(INPUTS, HIDDEN, 2, bidirectional=True)
    pairs = [each for pair in zip(stack.ahead, stack.back, strict=True) for each in pair]
    for own, given in zip(pairs, rnn.all_weights, strict=True):
        for weight, value in zip(own.parameters(), given, strict=True):
            weight.data.copy_(value.data)
    same(dict(module_gates(rnn, inputs(), LENGTHS)), expected(stack, "lstm"))


def test_a_module_without_biases() -> None:
    torch.manual_seed(0)
    rnn = nn.GRU(INPUTS, HIDDEN, bias=False)
    ((name, gates),) = module_gates(rnn, inputs(), LENGTHS)
    first = (inputs()[0] @ rnn.weight_ih_l0[: 2 * HIDDEN].t()).sigmoid()
    assert name == "0"
    torch.testing.assert_close(gates["reset"][:3], first[:, :HIDDEN])
    torch.testing.assert_close(gates["update"][:3], first[:, HIDDEN:])


@pytest.mark.parametrize(
    ("module", "is_so"),
    [
        (nn.LSTM(2, 3), True),
        (nn.GRU(2, 3), True),
        (nn.LSTM(2, 3, proj_size=2), False),
        (nn.RNN(2, 3), False),
        (nn.Linear(2, 3), False),
    ],
    ids=str,
)
def test_whose_gates_are_known(module: nn.Module, is_so: bool) -> None:
    assert measurable(module) is is_so


@pytest.mark.parametrize(
    ("bias", "told"),
    [
        (40.0, {"saturated_low": 0.0, "saturated_high": 1 / 3, "forget_high": 1.0, "input_high": 0.0}),
        (-40.0, {"saturated_low": 1 / 3, "saturated_high": 0.0, "forget_low": 1.0, "output_low": 0.0}),
        (0.0, {"saturated_low": 0.0, "saturated_high": 0.0, "forget_high": 0.0, "forget_low": 0.0}),
    ],
)  # fmt: skip
def test_a_saturated_forget_gate(bias: float, told: dict[str, Any]) -> None:
    torch.manual_seed(0)
    rnn = nn.LSTM(INPUTS, HIDDEN)
    rnn.bias_ih_l0.data[HIDDEN : 2 * HIDDEN] = bias
    ((_, gates),) = module_gates(rnn, inputs(), LENGTHS)
    assert told.items() <= {k: pytest.approx(v) for k, v in saturation(gates).items()}.items()
