"""The learner: weights that stay, and numbers that are no numbers."""

import math

import numpy as np
import pytest
import torch

from support.tiny_learners import learner
from sweep.config import Schedule
from sweep.training.learner import DivergedError


def test_frozen_weights_are_left_out():
    made = learner()
    made.network.embedding.weight.requires_grad_(False)
    held = made.configure_optimizers().param_groups[0]["params"]
    assert len(held) == len(list(made.parameters())) - 1


@pytest.mark.parametrize(
    ("train_loss", "logit", "what"),
    [
        (math.nan, 0.0, "the training loss is not a finite number"),
        (math.inf, 0.0, "the training loss is not a finite number"),
        (1.0, math.nan, "an output .* is not a finite number"),
        (1.0, -math.inf, "an output .* is not a finite number"),
        (7.1, 0.0, "the training loss is 7.1, far above where it began"),
    ],
)
def test_what_is_no_finite_number_or_far_above_the_start_is_a_divergence(train_loss, logit, what):
    made = learner()
    made.highest_loss = 7.0
    made._train_loss, made._train_steps = torch.tensor(train_loss), 1
    made._logits = [torch.tensor([0.0, logit])]
    with pytest.raises(DivergedError, match=f"{what}.* in epoch 0") as told:
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
