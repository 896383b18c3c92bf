"""The contract of losses."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from sweep.training.loss import loss


def loss_breaches(name: str, own: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """See that a loss is finite, lower for right answers, and above 0 in doubt.

    Args:
        name: of `LOSSES`.
        own: its settings by its name.

    Returns:
        What it breaks.
    """
    logits = torch.tensor([-40.0, -2.0, 0.0, 2.0, 40.0], requires_grad=True)

    def of(target: float) -> Tensor:
        return torch.stack(
            [
                loss(
                    logits[i : i + 1], torch.full((1,), target), name=name, positive_weight=1.0,
                    focal_gamma=2.0, label_smoothing=0.0, settings=own,
                )
                for i in range(len(logits))
            ]
        )  # fmt: skip

    no, yes = of(0.0), of(1.0)
    breaches = []
    if not (torch.isfinite(no).all() and torch.isfinite(yes).all()):
        breaches.append("it is no finite number at logits between -40 and 40.")
    if not (yes[1] > yes[3] and no[3] > no[1]):
        breaches.append("a right answer must cost less than a wrong one (logits 2 and -2).")
    if not (yes[2] > 0 and no[2] > 0):
        breaches.append(
            "at a logit of 0 it must be above 0: what has diverged is told by how far it lies above that."
        )
    torch.autograd.backward(no.sum() + yes.sum())
    if logits.grad is None or not torch.isfinite(logits.grad).all():
        breaches.append("its gradient is no finite number at logits between -40 and 40.")
    return breaches
