"""What training minimises."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from sweep.config import LossConfig
from sweep.errors import UserError
from sweep.plugins.tables import LOSSES, Entry


@dataclass(frozen=True, slots=True)
class Loss:
    """A loss: from logits, smoothed targets and row weights, (B,) each, weights None for none, to their mean."""

    mean: Callable[[Tensor, Tensor, Tensor | None, float], Tensor]
    """Takes `focal_gamma` as well."""


def _bce(logits: Tensor, targets: Tensor, weights: Tensor | None, _: float) -> Tensor:
    return binary_cross_entropy_with_logits(logits, targets, weight=weights)


def _focal(logits: Tensor, targets: Tensor, weights: Tensor | None, gamma: float) -> Tensor:
    each = binary_cross_entropy_with_logits(logits, targets, reduction="none")
    right = torch.sigmoid(torch.where(targets > 0.5, logits, -logits))
    each = (1 - right) ** gamma * each
    return (each if weights is None else weights * each).mean()


BCE = Loss(_bce)
FOCAL = Loss(_focal)


def _own(entry: Entry, settings: Mapping[str, Mapping[str, Any]] | None) -> Loss:
    def mean(logits: Tensor, targets: Tensor, weights: Tensor | None, _: float) -> Tensor:
        each = entry.call(settings, logits, targets)
        if not isinstance(each, Tensor) or each.shape != logits.shape:
            got = tuple(each.shape) if isinstance(each, Tensor) else type(each).__name__
            raise UserError(
                f"loss.name={entry.name} must give each row's loss, of the shape (rows,) = ({len(logits)},), but "
                f"gave {got}."
            )
        return (each if weights is None else weights * each).mean()

    return Loss(mean)


def loss(
    logits: Tensor,
    targets: Tensor,
    *,
    name: str,
    positive_weight: float,
    focal_gamma: float,
    label_smoothing: float,
    settings: Mapping[str, Mapping[str, Any]] | None = None,
) -> Tensor:
    """Mean loss of a batch.

    Args:
        logits: (B,).
        targets: 0 or 1, (B,).
        name: of `LOSSES`.
        positive_weight: weight of a positive row against a negative one.
        focal_gamma: how strongly focal loss plays down rows that are right already.
        label_smoothing: share by which targets move towards one half.
        settings: of plug-ins, by their names.

    Returns:
        A scalar.

    Raises:
        UserError: a plug-in's loss does not give one value a row.

    References:
        Lin et al., "Focal loss for dense object detection", 2017; Szegedy et al., 2016 (label smoothing).
    """
    entry = LOSSES[name]
    chosen: Loss = entry.get() if entry.plugin is None else _own(entry, settings)
    smooth = targets * (1 - label_smoothing) + label_smoothing / 2
    # The weight belongs to the row, not to a share of a smoothed target.
    weights = 1 + (positive_weight - 1) * targets if positive_weight != 1 else None
    return chosen.mean(logits, smooth, weights, focal_gamma)


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
    arguments = asdict(settings)
    if settings.positive_weight == "balanced":
        arguments["positive_weight"] = negatives / positives
    return arguments
