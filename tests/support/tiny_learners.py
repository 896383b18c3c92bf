"""Learners of five tokens and three units, over forty steps."""

from dataclasses import asdict
from typing import Any

import torch

from sweep.config import LossConfig, OptimizerConfig
from sweep.training.learner import Learner
from sweep.training.loss import loss_arguments

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
