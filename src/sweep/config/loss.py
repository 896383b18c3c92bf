"""Settings of what training minimises."""

from dataclasses import dataclass

from sweep.errors import UserError
from sweep.plugins.tables import LOSSES


@dataclass(kw_only=True, slots=True)
class LossConfig:
    """What training minimises."""

    name: str = LOSSES.field("bce")
    """bce: binary cross-entropy; focal: focal loss (Lin et al., 2017); or a plug-in's."""
    positive_weight: int | float | str = 1.0
    """Weight of a positive row against a negative one; `balanced` takes negatives / positives of the training part."""
    focal_gamma: float = 2.0
    """How strongly focal loss plays down rows that are right already."""
    label_smoothing: float = 0.0
    """Share by which the targets 0 and 1 move towards one half."""

    def __post_init__(self) -> None:
        mistakes = LOSSES.refusal(self.name)
        weight = self.positive_weight
        if (
            isinstance(weight, str)
            and weight != "balanced"
            or not isinstance(weight, str)
            and not weight > 0
        ):
            mistakes.append(
                f"loss.positive_weight must be a number above 0 or `balanced`, but got {weight!r}."
            )
        if self.focal_gamma < 0:
            mistakes.append(
                f"loss.focal_gamma must not be negative, but got {self.focal_gamma:g}."
            )
        if not 0 <= self.label_smoothing < 1:
            mistakes.append(
                f"loss.label_smoothing must lie in [0, 1), but got {self.label_smoothing:g}."
            )
        if mistakes:
            raise UserError(*mistakes)
