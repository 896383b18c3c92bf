"""What training minimises."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from sweep.config import LossConfig


def loss(
    logits: Tensor,
    targets: Tensor,
    *,
    name: str,
    positive_weight: float,
    focal_gamma: float,
    label_smoothing: float,
) -> Tensor:
    """Mean loss of a batch.

    Args:
        logits: (B,).
        targets: 0 or 1, (B,).
        name: "bce" or "focal".
        positive_weight: weight of a positive row against a negative one.
        focal_gamma: how strongly focal loss plays down rows that are right already.
        label_smoothing: share by which targets move towards one half.

    Returns:
        A scalar.

    Raises:
        ValueError: `name` is neither.

    References:
        Lin et al., "Focal loss for dense object detection", 2017; Szegedy et al., 2016 (label smoothing).
    """
    smooth = targets * (1 - label_smoothing) + label_smoothing / 2
    # The weight belongs to the row, not to a share of a smoothed target.
    weights = 1 + (positive_weight - 1) * targets if positive_weight != 1 else None
    if name == "bce":
        return binary_cross_entropy_with_logits(logits, smooth, weight=weights)
    if name == "focal":
        each = binary_cross_entropy_with_logits(logits, smooth, reduction="none")
        right = torch.sigmoid(torch.where(targets > 0.5, logits, -logits))
        each = (1 - right) ** focal_gamma * each
        return (each if weights is None else weights * each).mean()
    raise ValueError(f"`name` must be bce or focal, but got {name!r}.")


def loss_of_a_half(share: float, arguments: Mapping[str, Any]) -> float:
    """Mean loss of answering one half to every row, about where training begins.

    Args:
        share: of positives among the rows, in [0, 1].
        arguments: keyword arguments of `loss`.

    Returns:
        The loss.
    """
    half = torch.zeros(1)
    negative, positive = (float(loss(half, half + label, **arguments)) for label in (0, 1))
    return (1 - share) * negative + share * positive


def loss_arguments(settings: LossConfig, *, positives: float, negatives: float) -> dict[str, Any]:
    """Flat arguments of `loss`, the word `balanced` turned into a number.

    Args:
        settings: the loss settings.
        positives: positive rows trained on.
        negatives: negative rows trained on.

    Returns:
        Keyword arguments of `sweep.training.loss.loss`.
    """
    arguments = asdict(settings) | {"name": str(settings.name)}
    if settings.positive_weight == "balanced":
        arguments["positive_weight"] = negatives / positives
    return arguments
