"""The learner: schedules by hand, optimizers as asked, and numbers that are no numbers."""

import math
from dataclasses import asdict
from typing import Any

import numpy as np
import pytest
import torch

from sweep.config import LossConfig, LossName, OptimizerConfig, OptimizerName, Schedule
from sweep.training.learner import DivergedError, Learner
from sweep.training.loss import loss_arguments
from sweep.training.optimizer import make_optimizer

NETWORK = {
    "vocabulary_size": 5, "cell": "gru", "embedding": 2, "hidden": 3, "layers": 1,
    "bidirectional": False, "read_out": "last", "embedding_dropout": 0.0, "layer_dropout": 0.0,
    "dropout": 0.0,
}  # fmt: skip


def learner(**changes: Any) -> Learner:
    torch.manual_seed(0)
    optimizer = asdict(OptimizerConfig(**changes))
    loss = loss_arguments(LossConfig(), positives=1.0, negatives=1.0)
    return Learner(network=NETWORK, optimizer=optimizer, loss=loss, steps=40, epochs=4)


def rates(made: Learner) -> list[float]:
    """The learning rate at each of the 40 steps."""
    (optimizer,), (schedule,) = made.configure_optimizers()
    found = []
    for _ in range(40):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return found


def test_warm_up_rises_then_stays():
    found = rates(learner(schedule=Schedule.warmup, learning_rate=0.1, warmup_epochs=0.5))
    assert found == pytest.approx([0.02, 0.04, 0.06, 0.08, 0.1, *[0.1] * 35])


@pytest.mark.parametrize("warmup", [0.0, 1.0])
def test_cosine_falls_from_its_top_to_nothing(warmup):
    found = rates(learner(schedule=Schedule.cosine, learning_rate=0.1, warmup_epochs=warmup))
    top = max(1, round(10 * warmup))
    assert found[:top] == pytest.approx([0.1 * (i + 1) / top for i in range(top)])
    expected = [0.05 * (1 + math.cos(math.pi * i / (40 - top))) for i in range(40 - top)]
    assert found[top:] == pytest.approx(expected)


@pytest.mark.parametrize("shift", [0.0, -1.0], ids=["of a score", "of a negated loss"])
def test_plateau_halves_when_the_objective_rests(shift):
    made = learner(schedule=Schedule.plateau, plateau_patience=1)
    (optimizer,), (plateau,) = made.configure_optimizers()
    found = []
    for objective in (0.5, 0.6, 0.6, 0.6, 0.7):
        plateau.step(objective + shift)
        found.append(optimizer.param_groups[0]["lr"])
    assert found == pytest.approx([2e-3, 2e-3, 2e-3, 1e-3, 1e-3])


@pytest.mark.parametrize("name", OptimizerName)
def test_the_optimizer_takes_its_settings(name):
    weight = torch.nn.Parameter(torch.ones(3))
    settings = OptimizerConfig(name=name, learning_rate=0.03, weight_decay=0.2, momentum=0.7)
    made = make_optimizer(settings, [weight])
    group = made.param_groups[0]
    assert type(made).__name__.lower() == name
    assert (group["lr"], group["weight_decay"]) == (0.03, 0.2)
    assert group.get("momentum", 0.7) == 0.7
    weight.sum().backward()
    made.step()
    assert (weight < 1).all()


def test_frozen_weights_are_left_out():
    made = learner()
    made.network.embedding.weight.requires_grad_(False)
    held = made.configure_optimizers().param_groups[0]["params"]
    assert len(held) == len(list(made.parameters())) - 1


@pytest.mark.parametrize(("weight", "expected"), [("balanced", 9.0), (1.0, 1.0), (2.5, 2.5)])
@pytest.mark.parametrize("name", LossName)
def test_the_word_balanced_becomes_a_number(name, weight, expected):
    settings = LossConfig(name=name, positive_weight=weight, label_smoothing=0.1)
    found = loss_arguments(settings, positives=10.0, negatives=90.0)
    assert found == {
        "name": str(name), "positive_weight": expected, "focal_gamma": 2.0, "label_smoothing": 0.1
    }  # fmt: skip


@pytest.mark.parametrize(
    ("train_loss", "logit", "what"),
    [
        (math.nan, 0.0, "the training loss"),
        (math.inf, 0.0, "the training loss"),
        (1.0, math.nan, "an output"),
        (1.0, -math.inf, "an output"),
    ],
)
def test_what_is_no_finite_number_is_a_divergence(train_loss, logit, what):
    made = learner()
    made._train_loss, made._train_steps = torch.tensor(train_loss), 1
    made._logits = [torch.tensor([0.0, logit])]
    with pytest.raises(DivergedError, match=f"{what}.* is not a finite number in epoch 0") as told:
        made.on_validation_epoch_end()
    assert told.value.epoch == 0


def test_the_learner_scores_the_whole_part_at_once(monkeypatch):
    made, seen, logged = learner(schedule=Schedule.plateau, plateau_patience=0), [], {}
    (optimizer,), (plateau,) = made.configure_optimizers()
    plateau.step(0.5)
    monkeypatch.setattr(made, "lr_schedulers", lambda: plateau)
    made.score = lambda logits, train_loss: seen.append((logits, train_loss)) or 0.25
    monkeypatch.setattr(made, "log", lambda name, value, logger: logged.update({name: value}))
    made._train_loss, made._train_steps = torch.tensor(6.0), 4
    made._logits = [torch.tensor([1.0, 2.0]), torch.tensor([3.0])]
    made.on_validation_epoch_end()
    logits, train_loss = seen[0]
    assert (logits.tolist(), logits.dtype, train_loss) == ([1.0, 2.0, 3.0], np.float64, 1.5)
    assert logged == {"objective": 0.25}
    assert optimizer.param_groups[0]["lr"] == 2e-3, "the epoch's own rate is still to be recorded"
    made.on_train_epoch_end()
    assert optimizer.param_groups[0]["lr"] == 1e-3
    assert made._logits == []
