"""Names of layers, of every network that there is."""

import pytest
from torch import nn

from sweep.network.classifier import Classifier
from sweep.training.layers import layer_of

SIZES = {"vocabulary_size": 5, "embedding": 2, "hidden": 3, "read_out": "max"}


@pytest.mark.parametrize(
    ("layers", "two_ways", "names"),
    [
        (1, False, ["rnn.0"]),
        (2, False, ["rnn.0", "rnn.1"]),
        (2, True, ["rnn.0", "rnn.1", "rnn.0.back", "rnn.1.back"]),
    ],
)
@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_ours(cell: str, layers: int, two_ways: bool, names: list[str]) -> None:
    network = Classifier(cell=cell, layers=layers, bidirectional=two_ways, **SIZES)  # type: ignore[arg-type]
    weights = [f"network.{name}" for name, _ in network.named_parameters()]
    assert [*dict.fromkeys(map(layer_of, weights))] == ["embedding", *names, "head"]


@pytest.mark.parametrize(
    ("weight", "layer"),
    [
        ("stack.ahead.0.layers.1.inner.weight", "rnn.1"),
        ("stack.back.1.layers.0.inner.weight", "rnn.1.back"),
        ("read_out.body.query.weight", "read_out"),
        ("body.embedding.weight", "embedding"),
        ("body.rnn.weight_ih_l0", "rnn.0"),
        ("body.rnn.weight_hh_l1_reverse", "rnn.1.back"),
        ("body.blocks.3.norm.bias", "blocks.3"),
        ("body.encoder.lstm.bias_ih_l0", "encoder.0"),
        ("body.scale", "own"),
        ("body.weight_ih_l0", "own.0"),
        ("body.head.bias", "head"),
    ],
)
def test_a_plug_ins(weight: str, layer: str) -> None:
    assert layer_of(f"network.{weight}") == layer


def test_a_module_of_ours_is_named_by_where_it_stands() -> None:
    modules = dict(nn.Sequential(nn.Linear(1, 1)).named_parameters())
    assert [layer_of(f"network.body.{name}") for name in modules] == ["0", "0"]
