"""A close look at a batch: gradients of the tokens as autograd gives them, and what changes nothing."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence

from support.plugins import forget
from sweep.network.batches import Batch
from sweep.network.own import OwnNetwork
from sweep.plugins.load import load_files
from sweep.plugins.tables import NETWORKS, Entry, Plugin
from sweep.training.learner import Learner
from sweep.training.look import BINS, Look, by_time

MINE = Plugin(name="mine.py", digest="0" * 64, place="/nowhere/mine.py")
SIZES = {"vocabulary_size": 9, "embedding": 4}
OURS: dict[str, Any] = {
    "cell": "lstm", "hidden": 3, "layers": 1, "bidirectional": False, "read_out": "last"
}  # fmt: skip
LOSS = {"name": "bce", "positive_weight": 1.0, "focal_gamma": 2.0, "label_smoothing": 0.0}
LENGTHS = [20, 3, 11]


@pytest.fixture(autouse=True)
def _none_stays() -> Iterator[None]:
    yield
    NETWORKS.forget(MINE)
    forget()


def batch(mixed: bool = False) -> Batch:
    torch.manual_seed(1)
    ids, partners = (torch.zeros(3, 20, dtype=torch.long) for _ in range(2))
    for row, length in enumerate(LENGTHS):
        ids[row, :length] = torch.randint(1, 9, (length,))
        partners[row, :length] = torch.randint(1, 9, (length,))
    plain = Batch(ids, torch.tensor(LENGTHS), torch.tensor([1.0, 0.0, 1.0]))
    weights = torch.tensor([0.3, 0.1, 0.0])
    return plain._replace(partner_ids=partners, weights=weights) if mixed else plain


def learner(tokens: int | None = None, **network: Any) -> Learner:
    torch.manual_seed(0)
    network = SIZES | (network if "network" in network else OURS | network)
    return Learner(network=network, optimizer={}, loss=LOSS, steps=1, epochs=1, micro_batch_tokens=tokens)  # fmt: skip


def look(made: Learner, mixed: bool = False) -> tuple[Look, dict[str, Tensor]]:
    given = batch(mixed)
    seen = Look(made.network, given, made.micro_batch_tokens)
    with seen:
        made.add_gradients(given)
    return seen, {
        name: w.grad.clone() for name, w in made.named_parameters() if w.grad is not None
    }


def by_autograd(made: Learner) -> np.ndarray:
    """Norms by tenth of the text, from the gradient at the vectors of one text after the other."""
    sums, counts, given = np.zeros(BINS), np.zeros(BINS), batch()
    for row, length in enumerate(LENGTHS):
        vectors = made.network.embedding(given.ids[row : row + 1, :length].t()).detach()
        vectors.requires_grad_()
        logit = made.network.classify(vectors, given.lengths[row : row + 1])
        target = given.targets[row : row + 1]
        loss = nn.functional.binary_cross_entropy_with_logits(logit, target) / len(LENGTHS)
        (gradient,) = torch.autograd.grad(loss, vectors)
        for place, norm in enumerate(gradient[:, 0].norm(dim=1).tolist()):
            sums[int((place + 0.5) / length * BINS)] += norm
            counts[int((place + 0.5) / length * BINS)] += 1
    return np.asarray(sums / counts / (sums.sum() / counts.sum()))


@pytest.mark.parametrize("tokens", [None, 25])
@pytest.mark.parametrize("changes", [{}, {"cell": "gru"}, {"bidirectional": True, "layers": 2}])
def test_the_gradient_by_time_is_autograds(changes: dict[str, Any], tokens: int | None) -> None:
    seen, _ = look(learner(tokens, **changes))
    assert by_time([seen]) == pytest.approx(by_autograd(learner(**changes)).tolist(), rel=1e-4)
    assert seen.texts == 3
    assert seen.counts.sum() == sum(LENGTHS)


def test_a_network_that_forgets_hears_the_end_only() -> None:
    made = learner()
    size = OURS["hidden"]
    made.network.stack.ahead[0].bias_ih_l0.data[size : 2 * size] = -6.0  # the forget gate is shut
    line = by_time([look(made)[0]])
    assert line[-1] > 5
    assert max(line[:5]) < 0.01


@pytest.mark.parametrize("mixed", [False, True])
@pytest.mark.parametrize("tokens", [None, 25])
@pytest.mark.parametrize("cell", ["gru", "lstm"])
@pytest.mark.parametrize("frozen", [False, True])
def test_looking_changes_no_gradient(
    cell: str, tokens: int | None, mixed: bool, frozen: bool
) -> None:
    drops = {"embedding_dropout": 0.3, "dropout": 0.3}

    def gradients(looks: bool) -> dict[str, Tensor]:
        made = learner(tokens, cell=cell, **drops)
        made.network.embedding.weight.requires_grad_(not frozen)
        torch.manual_seed(5)
        if looks:
            seen, found = look(made, mixed)
            assert len(by_time([seen])) == BINS
            assert set(seen.gates) == {"rnn.0"}
            return found | {"random": torch.random.get_rng_state()}
        given = batch(mixed)
        made.add_gradients(given)
        found = {name: w.grad for name, w in made.named_parameters() if w.grad is not None}
        return found | {"random": torch.random.get_rng_state()}

    plain, seen = gradients(False), gradients(True)
    assert plain.keys() == seen.keys()
    assert all(torch.equal(plain[name], seen[name]) for name in plain)


class Own(nn.Module):
    def __init__(self, way: str) -> None:
        super().__init__()
        self.embedding = nn.Embedding(9, 4, padding_idx=0)
        self.rnn = nn.LSTM(4, 3, batch_first=way != "columns")
        self.head = nn.Linear(3, 1)
        self.way = way

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        if self.way == "columns":
            return self.head(self.rnn(self.embedding(ids.t()))[0][-1]).squeeze(1)
        x = self.embedding(ids)
        if self.way == "functional":
            x = nn.functional.embedding(ids, self.embedding.weight)
        if self.way == "packed":
            packed = pack_padded_sequence(x, lengths.cpu(), batch_first=True, enforce_sorted=False)
            return self.head(self.rnn(packed)[1][0][0]).squeeze(1)
        return self.head(self.rnn(x)[0][:, -1]).squeeze(1)


@pytest.mark.parametrize("way", ["rows", "columns", "packed", "functional"])
def test_what_a_plug_ins_network_lets_see(way: str) -> None:
    NETWORKS.add(Entry(name="mine", made=lambda size, embedding: Own(way), plugin=MINE))
    made = learner(network="mine")
    assert isinstance(made.network, OwnNetwork)
    seen, _ = look(made)
    assert len(by_time([seen])) == (0 if way == "functional" else BINS)
    assert set(seen.gates) == {"rnn.0"}
    assert 0 <= seen.gates["rnn.0"]["saturated_low"] <= 1
    made.network(batch().ids, batch().lengths)
    assert not made.network.body.rnn._forward_pre_hooks
    assert not made.network.embedding._forward_hooks


def test_of_a_square_batch_nothing_is_said() -> None:
    NETWORKS.add(Entry(name="mine", made=lambda size, embedding: Own("rows"), plugin=MINE))
    made, given = learner(network="mine"), batch()
    square = Batch(given.ids[:, :3], torch.full((3,), 3), given.targets)
    with Look(made.network, square, None) as seen:
        made.add_gradients(square)
    assert by_time([seen]) == []


def test_a_plug_ins_cell_has_no_gates_that_are_known(tmp_path: Path) -> None:
    file = tmp_path / "cell.py"
    file.write_text(
        "from torch import nn\nfrom sweep.plugins import cell\n"
        "cell('plain')(lambda inputs, hidden: nn.RNN(inputs, hidden))\n"
        "cell('wrapped')(lambda inputs, hidden: nn.GRU(inputs, hidden))\n",
        encoding="utf-8",
    )
    load_files([file])
    plain, _ = look(learner(cell="plain"))
    wrapped, _ = look(learner(cell="wrapped"))
    assert len(by_time([plain])) == len(by_time([wrapped])) == BINS
    assert (set(plain.gates), set(wrapped.gates)) == (set(), {"rnn.0.0"})


def test_no_look_no_line() -> None:
    assert by_time([]) == []
