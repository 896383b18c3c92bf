"""Training steps against a plain loop of torch, number by number: zeroing, parts, clipping, optimizer, schedule."""

import copy
import itertools
import math
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional

from support.tiny_trials import make_job
from sweep.config import OptimizerName, Schedule
from sweep.network.batches import GROUP, Batch, EvaluationBatches, TrainingBatches
from sweep.network.classifier import Classifier
from sweep.records import EncodedTexts
from sweep.training.fit import fit
from sweep.training.learner import Learner

EPOCHS, STEPS, RATE = 4, 18, 0.02
OBJECTIVES = [0.5, 0.6, 0.6, 0.6]  # without patience, plateau halves before the last epoch
SETTINGS: dict[str, Any] = {
    "learning_rate": RATE, "weight_decay": 0.02, "momentum": 0.8, "clip_norm": 0.0, "warmup_epochs": 1.5,
    "plateau_patience": 0,
}  # fmt: skip
NETWORK: dict[str, Any] = {
    "vocabulary_size": 12, "cell": "gru", "embedding": 3, "hidden": 4, "layers": 1, "bidirectional": False,
    "read_out": "max",
}  # fmt: skip
OPTIMIZERS: dict[str, Callable[[Iterable[torch.Tensor]], torch.optim.Optimizer]] = {
    "adam": lambda weights: torch.optim.Adam(weights, weight_decay=0.02),
    "adamw": lambda weights: torch.optim.AdamW(weights, weight_decay=0.02),
    "sgd": lambda weights: torch.optim.SGD(weights, weight_decay=0.02, momentum=0.8),
    "rmsprop": lambda weights: torch.optim.RMSprop(weights, weight_decay=0.02, momentum=0.8),
}
RISE = 27  # steps of a warm-up of 1.5 epochs
RATES: dict[str, Callable[[int], float]] = {
    "none": lambda step: 1.0,
    "warmup": lambda step: min(1.0, (step + 1) / RISE),
    "cosine": lambda step: (
        (step + 1) / RISE
        if step < RISE
        else (1 + math.cos(math.pi * (step - RISE) / (EPOCHS * STEPS - RISE))) / 2
    ),
    "plateau": lambda step: 1.0 if step < 3 * STEPS else 0.5,
}


def part(rows: int, seed: int) -> EncodedTexts:
    draw = np.random.default_rng(seed)
    offsets = np.concatenate([[0], np.cumsum(draw.integers(1, 8, rows))])
    ids = draw.integers(1, 12, offsets[-1])
    return EncodedTexts(ids, offsets, (np.arange(rows) % 3 == 0).astype(np.int8))


def batches(mixed: bool) -> TrainingBatches:
    rows = 4 * STEPS
    every, draw = np.arange(rows), np.random.default_rng(2)
    partners = draw.permutation(rows) if mixed else every
    weights = draw.random(rows) / 2 if mixed else np.zeros(rows)
    return TrainingBatches(
        part(rows, 0), rows=every, partners=partners, weights=weights, batch_size=4, bucketing=True, balanced=False,
        seed=5,
    )  # fmt: skip


def made(
    *, network: dict[str, Any] | None = None, tokens: int | None = None, **optimizer: Any
) -> Learner:
    torch.manual_seed(0)
    loss = {"name": "bce", "positive_weight": 2.0, "focal_gamma": 2.0, "label_smoothing": 0.0}
    return Learner(
        network=NETWORK | (network or {}), optimizer=SETTINGS | optimizer, loss=loss, steps=EPOCHS * STEPS,
        epochs=EPOCHS, micro_batch_tokens=tokens,
    ).double()  # fmt: skip


def lightning(learner: Learner, folder: Path, mixed: bool = False) -> list[float]:
    """Train as a trial does; the mean loss of each epoch."""
    losses: list[float] = []

    def score(logits: np.ndarray, train_loss: float) -> float:
        losses.append(train_loss)
        return OBJECTIVES[len(losses) - 1]

    learner.score = score
    config = make_job(folder, folder, trainer__max_epochs=EPOCHS).config
    torch.manual_seed(7)
    fit(config, learner, batches(mixed), EvaluationBatches(part(5, 1), 4), [], folder)
    return losses


def logits_by_hand(model: Classifier, batch: Batch) -> torch.Tensor:
    vectors = model.embedding(batch.ids.t())
    if batch.partner_ids is not None and batch.weights is not None:
        share = batch.weights[:, None]
        vectors = vectors + share * (model.embedding(batch.partner_ids.t()) - vectors)
    return model.classify(vectors, batch.lengths)


def plain_loop(
    model: Classifier, name: str, rate: Callable[[int], float], clip: float, mixed: bool = False
) -> list[float]:
    """The same training as every tutorial of torch writes it; a positive row weighs 2."""
    torch.manual_seed(7)
    optimizer = OPTIMIZERS[name](model.parameters())
    losses, each = [], batches(mixed)
    for step, batch in enumerate(itertools.chain.from_iterable(each for _ in range(EPOCHS))):
        optimizer.param_groups[0]["lr"] = RATE * rate(step)
        model.zero_grad()
        logits, targets = logits_by_hand(model, batch), batch.targets.double()
        loss = functional.binary_cross_entropy_with_logits(logits, targets, weight=1 + targets)
        loss.backward()
        norm = math.sqrt(sum(w.grad.square().sum().item() for w in model.parameters()))
        for weight in model.parameters():
            weight.grad *= min(1.0, clip / norm) if clip else 1.0
        optimizer.step()
        losses.append(loss.item())
    return [
        float(np.mean(losses[start : start + STEPS])) for start in range(0, len(losses), STEPS)
    ]


def compare(
    folder: Path,
    name: str = "sgd",
    schedule: str = "none",
    clip: float = 0.0,
    tokens: int | None = None,
    mixed: bool = False,
    network: dict[str, Any] | None = None,
) -> None:
    changes = {"name": name, "schedule": schedule, "clip_norm": clip}
    learner = made(network=network, tokens=tokens, **changes)
    before = copy.deepcopy(learner.network)
    plain = copy.deepcopy(learner.network).train()
    losses = lightning(learner, folder, mixed)
    assert losses == pytest.approx(plain_loop(plain, name, RATES[schedule], clip, mixed), rel=1e-5)
    ours, theirs = learner.network.state_dict(), plain.state_dict()
    for weight, start in before.named_parameters():
        torch.testing.assert_close(ours[weight], theirs[weight], rtol=1e-4, atol=1e-5)
        assert (ours[weight] - start).abs().max() > 1e-3, f"{weight} has not moved"


def test_an_epoch_is_longer_than_a_group_of_steps() -> None:
    """Lightning counts a group as one step; a schedule that did would be found by what follows."""
    assert len(batches(False)) == STEPS > GROUP


@pytest.mark.parametrize("schedule", Schedule)
@pytest.mark.parametrize("name", OptimizerName)
def test_each_optimizer_under_each_schedule(tmp_path: Path, name: str, schedule: str) -> None:
    compare(tmp_path, str(name), str(schedule), clip=0.4)


@pytest.mark.parametrize(
    ("clip", "tokens", "mixed"),
    [(0.0, None, False), (0.2, None, True), (0.0, 8, True), (0.2, 8, False), (0.2, 1, True)],
)
def test_clipping_parts_and_mixed_rows(
    tmp_path: Path, clip: float, tokens: int | None, mixed: bool
) -> None:
    compare(tmp_path, clip=clip, tokens=tokens, mixed=mixed)


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_dropout_acts_in_every_epoch_of_training_and_in_no_validation(
    tmp_path: Path, cell: str
) -> None:
    """Validation would draw other masks for what follows, and a network left in evaluation none."""
    drops = {"embedding_dropout": 0.3, "layer_dropout": 0.3, "dropout": 0.3}
    network = {"cell": cell, "layers": 2, "bidirectional": True} | drops
    compare(tmp_path, network=network)
