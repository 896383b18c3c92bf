"""How weights are updated: optimizers as asked, schedules by hand."""

import math

import pytest
import torch

from support.tiny_learners import learner
from sweep.config import OptimizerConfig, OptimizerName, Schedule
from sweep.training.learner import Learner
from sweep.training.optimizer import make_optimizer


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


@pytest.mark.parametrize("name", OptimizerName)
def test_the_factor_of_sgd_multiplies_its_rate_alone(name):
    weights = [torch.nn.Parameter(torch.zeros(2)) for _ in range(2)]
    settings = OptimizerConfig(name=name, learning_rate=0.01, sgd_factor=50, vectors_rate=0.1)
    made = make_optimizer(settings, weights, weights[1])
    expected = 0.5 if name == "sgd" else 0.01
    assert [g["lr"] for g in made.param_groups] == pytest.approx([expected, expected / 10])


@pytest.mark.parametrize("name", OptimizerName)
def test_ready_made_vectors_move_at_their_own_rate(name):
    weights = [torch.nn.Parameter(torch.zeros(2)) for _ in range(2)]
    settings = OptimizerConfig(name=name, learning_rate=0.5, vectors_rate=0.1, momentum=0.0)
    made = make_optimizer(settings, weights, weights[1])
    for weight in weights:
        weight.grad = torch.ones(2)
    made.step()
    moved = [-weight.detach()[0].item() for weight in weights]
    assert moved[1] == pytest.approx(moved[0] / 10, rel=1e-4)
    assert moved[0] > 0
    assert made.param_groups[0]["lr"] == 0.5  # what is recorded for the trial


@pytest.mark.parametrize(("share", "taken"), [(0.1, False), (1.0, True)])
def test_otherwise_there_is_one_rate(share, taken):
    weights = [torch.nn.Parameter(torch.zeros(2)) for _ in range(2)]
    settings = OptimizerConfig(vectors_rate=share)
    (group,) = make_optimizer(settings, weights, weights[1] if taken else None).param_groups
    assert len(group["params"]) == 2
