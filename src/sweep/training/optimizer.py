"""How weights are updated: the optimizer and the schedule of its rate."""

import math
from typing import Any

import torch
from torch import Tensor
from torch.optim.lr_scheduler import LambdaLR, ReduceLROnPlateau

from sweep.config import OptimizerConfig

FUSED = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}


def make_optimizer(
    settings: OptimizerConfig, weights: list[Tensor], vectors: Tensor | None = None
) -> torch.optim.Optimizer:
    """Build the optimizer.

    Args:
        settings: its settings.
        weights: what it updates.
        vectors: the one of them that takes `vectors_rate`, if any.

    Returns:
        The optimizer; the fused kernels where torch has them, a tenth faster on a CPU.
    """
    rate = settings.learning_rate * (settings.sgd_factor if settings.name == "sgd" else 1)
    decay = settings.weight_decay
    parameters: list[Any] = weights
    if vectors is not None and settings.vectors_rate != 1:
        rest = [weight for weight in weights if weight is not vectors]
        parameters = [
            {"params": rest},
            {"params": [vectors], "lr": rate * settings.vectors_rate},
        ]
    if settings.name in FUSED:
        kind = FUSED[settings.name]
        fused: torch.optim.Optimizer = kind(parameters, lr=rate, weight_decay=decay, fused=True)
        return fused
    if settings.name == "sgd":
        return torch.optim.SGD(
            parameters, lr=rate, weight_decay=decay, momentum=settings.momentum, fused=True
        )
    return torch.optim.RMSprop(parameters, lr=rate, weight_decay=decay, momentum=settings.momentum)


def make_schedule(
    settings: OptimizerConfig, optimizer: torch.optim.Optimizer, *, steps: int, epochs: int
) -> LambdaLR | ReduceLROnPlateau | None:
    """Build the schedule of the rate.

    Args:
        settings: of the optimizer.
        optimizer: whose rate moves.
        steps: training steps of all epochs.
        epochs: epochs at most.

    Returns:
        A schedule to be stepped after each step, a plateau to be told each epoch's objective (larger is better), or
        None where the rate stays.
    """
    if settings.schedule == "none":
        return None
    if settings.schedule == "plateau":
        # A share of a negated objective would be a threshold below the best, which a rest passes.
        return ReduceLROnPlateau(
            optimizer,
            mode="max",
            factor=0.5,
            patience=settings.plateau_patience,
            threshold_mode="abs",
        )
    rise = max(1, round(settings.warmup_epochs * steps / epochs))
    fall = settings.schedule == "cosine"

    def share(step: int) -> float:
        if step < rise:
            return (step + 1) / rise
        if not fall:
            return 1.0
        return 0.5 * (1 + math.cos(math.pi * (step - rise) / max(1, steps - rise)))

    return LambdaLR(optimizer, share)
