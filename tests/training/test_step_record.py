"""What is read from training steps, number by number against a plain loop."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from support.tiny_learners import learner
from sweep.network.batches import Batch
from sweep.training.learner import Learner
from sweep.training.step_record import SPARSE, StepRecord, gradient_norms

LAYERS = ["embedding", "rnn", "rnn", "rnn", "rnn", "head", "head"]


def batches(count: int) -> list[Batch]:
    draw = np.random.default_rng(0)
    found = []
    for number in range(count):
        steps = 3 + number % 4
        ids = torch.from_numpy(draw.integers(1, 5, (6, steps)))
        found.append(Batch(ids, torch.full((6,), steps), torch.from_numpy(draw.integers(0, 2, 6)).float()))  # fmt: skip
    return found


def watched(clip: float, given: list[Batch]) -> tuple[StepRecord, list[list[Tensor]]]:
    """Steps of plain gradient descent; beside the record the weights after each."""
    made = learner()
    weights = list(made.parameters())
    optimizer = torch.optim.SGD(weights, lr=0.5)
    record = StepRecord(weights, LAYERS, clip=clip, an_epoch=len(given))
    after = [[w.detach().clone() for w in weights]]
    for group in (given[start : start + 16] for start in range(0, len(given), 16)):
        record.choose(group)
        for batch in group:
            optimizer.zero_grad()
            loss = record.add_gradients(made, batch)
            norms = gradient_norms(weights) if clip or record.due else None
            record.make(optimizer.step, loss, norms)
            after.append([w.detach().clone() for w in weights])
    return record, after


def plain(given: list[Batch], after: list[list[Tensor]]) -> tuple[list[float], np.ndarray]:
    losses, norms = [], []
    made = learner()
    for batch, weights in zip(given, after, strict=False):
        for own, value in zip(made.parameters(), weights, strict=True):
            own.data.copy_(value)
        made.zero_grad()
        losses.append(made.add_gradients(batch).item())
        norms.append([w.grad.norm().item() for w in made.parameters()])  # type: ignore[union-attr]
    return losses, np.array(norms)


@pytest.mark.parametrize("clip", [0.05, 0.0])
def test_an_epoch_is_told_as_a_plain_loop_finds_it(clip: float) -> None:
    given = batches(35)
    record, after = watched(clip, given)
    told = record.read()
    losses, norms = plain(given, after)
    if not clip:
        norms = norms[::SPARSE]
    whole = np.sqrt((norms**2).sum(1))
    assert told["steps"] == 35
    assert told["loss_step_sd"] == pytest.approx(np.sqrt((np.diff(losses) ** 2).mean() / 2), rel=1e-4)  # fmt: skip
    assert told["clipped_share"] == (np.mean(whole > clip) if clip else 0.0)
    expected = {"median": np.median(whole), "p90": np.quantile(whole, 0.9)}
    assert told["grad_norm"] == pytest.approx(expected, rel=1e-4)
    assert list(told["layers"]) == ["embedding", "rnn", "head"]
    before, moved = after[17], after[18]  # the middle step's
    for name, layer in told["layers"].items():
        own = [place for place, each in enumerate(LAYERS) if each == name]
        line = np.sqrt((norms[:, own] ** 2).sum(1))
        change = sum(float((moved[k] - before[k]).square().sum()) for k in own) ** 0.5
        size = sum(float(before[k].square().sum()) for k in own) ** 0.5
        assert layer["grad_norm_median"] == pytest.approx(np.median(line), rel=1e-4)
        assert layer["grad_norm_p90"] == pytest.approx(np.quantile(line, 0.9), rel=1e-4)
        assert layer["update_ratio"] == pytest.approx(change / size, rel=1e-3)
        assert layer["clipped_share"] == told["clipped_share"]


@pytest.mark.parametrize("steps", [1, 2, 16, 17, 40])
def test_two_batches_are_looked_at_the_longest_of_their_groups(
    steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    given, chosen = batches(steps), []
    add = StepRecord.add_gradients

    def seen(self: StepRecord, made: Learner, batch: Batch) -> Tensor:
        if batch is self._chosen:
            chosen.append(next(n for n, other in enumerate(given) if other is batch))
        return add(self, made, batch)

    monkeypatch.setattr(StepRecord, "add_gradients", seen)
    record, _ = watched(1.0, given)
    groups = [place // 16 for place in chosen]
    assert groups == ([0] if steps <= 16 else [0, 1])
    longest = [max(b.ids.shape[1] for b in given[16 * g : 16 * g + 16]) for g in groups]
    assert [given[place].ids.shape[1] for place in chosen] == longest
    assert len(record.read()["gradient_by_time"]) == 10
    assert record.read()["gates"].keys() == {"rnn.0"}
    record.start()
    assert record.read() == {"steps": 0}


def test_a_loss_that_becomes_no_number_is_told_with_its_step() -> None:
    weights = [torch.nn.Parameter(torch.ones(2))]
    record = StepRecord(weights, ["own"], clip=1.0, an_epoch=4)
    for value in (0.7, 0.8, float("nan"), float("inf")):
        record.make(lambda: None, torch.tensor(value), gradient_norms(weights))
    told: dict[str, Any] = record.read()
    assert told["first_bad_step"] == 2
    assert told["grad_norm"] == {"median": 0.0, "p90": 0.0}, "a weight without a gradient"


def test_an_infinite_gradient_of_one_layer_leaves_the_others_their_numbers() -> None:
    weights = [torch.nn.Parameter(torch.ones(2)) for _ in range(2)]
    record = StepRecord(weights, ["rnn", "head"], clip=0.0, an_epoch=1)
    weights[0].grad, weights[1].grad = torch.tensor([float("inf"), 0.0]), torch.tensor([3.0, 4.0])

    def step() -> None:
        weights[0].data.fill_(float("inf"))
        weights[1].data += 1

    record.make(step, torch.tensor(0.7), gradient_norms(weights))
    layers = record.read()["layers"]
    assert not np.isfinite(layers["rnn"]["grad_norm_median"])
    assert not np.isfinite(layers["rnn"]["update_ratio"])
    assert layers["head"]["grad_norm_median"] == pytest.approx(5.0)
    assert layers["head"]["update_ratio"] == pytest.approx(1.0)
