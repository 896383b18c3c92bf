"""A network by its arguments: ours and a plug-in's."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import nn

from support.plugins import examples, forget
from sweep.errors import UserError
from sweep.network.batches import AT_ONCE
from sweep.network.classifier import Classifier
from sweep.network.own import OwnNetwork, make_network, training_tokens
from sweep.plugins.load import load_files
from sweep.plugins.tables import NETWORKS, Entry, Plugin

MINE = Plugin(name="mine.py", digest="0" * 64, place="/nowhere/mine.py")
IDS, LENGTHS = torch.tensor([[1, 2, 3], [4, 0, 0]]), torch.tensor([3, 1])
OURS = {
    "vocabulary_size": 9, "cell": "gru", "embedding": 4, "hidden": 3, "layers": 1, "bidirectional": False,
    "read_out": "max",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _none_stays() -> Iterator[None]:
    yield
    NETWORKS.forget(MINE)
    forget()


def bag(folder: Path) -> OwnNetwork:
    examples(folder)
    load_files([folder / "bag.py"])
    made = make_network({"network": "bag", "vocabulary_size": 9, "embedding": 4})
    assert isinstance(made, OwnNetwork)
    return made


def mine(made: object) -> OwnNetwork:
    NETWORKS.add(Entry(name="mine", made=lambda size, embedding: made, plugin=MINE))
    return OwnNetwork("mine", vocabulary_size=9, embedding=4)


def test_ours_is_the_default_and_the_cell_says_how_much_goes_at_once() -> None:
    assert isinstance(make_network(OURS), Classifier)
    assert training_tokens(OURS) == AT_ONCE
    assert training_tokens(OURS | {"cell": "lstm"}) == 4096
    assert training_tokens({"network": "bag", "vocabulary_size": 9, "embedding": 4}) == AT_ONCE


def test_it_starts_from_vectors_and_log_odds(tmp_path: Path) -> None:
    network = bag(tmp_path)
    network.initialise(forget_bias=1.0, orthogonal=True, log_odds=-1.5, vectors=torch.ones(9, 4))
    assert network.embedding is not None
    assert network.embedding.weight.sum(1).tolist() == [0.0] + [4.0] * 8
    assert network.body.head.bias.tolist() == [-1.5]
    assert network(IDS, LENGTHS).shape == (2,)


def test_one_without_these_is_left_as_it_is() -> None:
    network = mine(nn.Flatten(0))
    network.initialise(forget_bias=1.0, orthogonal=True, log_odds=-1.5, vectors=torch.ones(9, 4))
    assert network.embedding is None


def test_what_is_no_network_is_refused() -> None:
    with pytest.raises(
        UserError, match=r"model.network=mine must make an nn.Module, but made int"
    ):
        mine(3)


def test_mixing_needs_a_way_to_mix(tmp_path: Path) -> None:
    weights = torch.tensor([0.5, 0.0])
    with pytest.raises(
        UserError, match="model.network=bag cannot train on rows mixed of two texts"
    ):
        bag(tmp_path).forward_mixed(IDS, IDS, weights, LENGTHS)

    class Mixing(nn.Module):
        def forward_mixed(self, ids, partner_ids, weights, lengths):
            return (1 - weights) * ids[:, 0] + weights * partner_ids[:, 0]

    found = mine(Mixing()).forward_mixed(IDS, IDS + 2, weights, LENGTHS)
    assert found.tolist() == [2.0, 4.0]
