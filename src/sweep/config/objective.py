"""Settings of the objective, the threshold and calibration."""

import math
from dataclasses import dataclass
from enum import StrEnum

from sweep.errors import UserError


class Metric(StrEnum):
    """A score of the whole validation part; the last three are better when small."""

    average_precision = "average_precision"
    roc_auc = "roc_auc"
    f1 = "f1"
    mcc = "mcc"
    balanced_accuracy = "balanced_accuracy"
    log_loss = "log_loss"
    brier = "brier"
    ece = "ece"

    @property
    def maximize(self) -> bool:
        """Whether more is better."""
        return self not in (Metric.log_loss, Metric.brier, Metric.ece)

    @property
    def bounds(self) -> tuple[float, float]:
        """The least and the greatest value that it can take."""
        return -1.0 if self is Metric.mcc else 0.0, math.inf if self is Metric.log_loss else 1.0


class ThresholdRule(StrEnum):
    """What the decision threshold is chosen for, on the validation part."""

    f1 = "f1"
    mcc = "mcc"
    balanced_accuracy = "balanced_accuracy"
    recall = "recall"
    precision = "precision"
    cost = "cost"


class Calibration(StrEnum):
    """How probabilities are brought nearer to frequencies."""

    none = "none"
    temperature = "temperature"
    isotonic = "isotonic"


@dataclass(kw_only=True, slots=True)
class ObjectiveConfig:
    """What the search optimises, and how probabilities become decisions."""

    metric: Metric = Metric.average_precision
    """Score on the validation part that the search, early stopping and the checkpoint follow."""
    threshold_for: ThresholdRule = ThresholdRule.mcc
    """What the threshold maximises; `recall` and `precision` reach `target`; `cost` uses the two costs."""
    target: float = 0.9
    """The recall or precision to reach, under threshold_for=recall or precision."""
    cost_miss: float = 1.0
    """Cost of a positive called negative, under threshold_for=cost."""
    cost_false_alarm: float = 1.0
    """Cost of a negative called positive, under threshold_for=cost."""
    prior_correction: bool = True
    """Whether probabilities are corrected for resampling and positive weight (Elkan, 2001)."""
    calibration: Calibration = Calibration.none
    """Calibration fitted on the validation part after training."""

    def __post_init__(self) -> None:
        mistakes = []
        if not 0 < self.target <= 1:
            mistakes.append(f"objective.target must lie in (0, 1], but got {self.target:g}.")
        mistakes += [
            f"objective.{name} must be above 0, but got {getattr(self, name):g}."
            for name in ("cost_miss", "cost_false_alarm")
            if not getattr(self, name) > 0
        ]
        if mistakes:
            raise UserError(*mistakes)
