"""From a logit to a probability and a yes or no: corrected prior, calibration, threshold."""

from dataclasses import dataclass
from typing import Any, TypedDict

import numpy as np
from scipy.special import expit

from sweep.config import ObjectiveConfig
from sweep.scoring.calibration import Calibrator, correct_prior
from sweep.scoring.metrics import calibration_error, scores
from sweep.scoring.threshold import choose


class Priors(TypedDict):
    """Positive shares of the training part; see the fields of `Decision`."""

    trained_prior: float
    true_prior: float


@dataclass(frozen=True)
class Decision:
    """All that stands between a network's logit and its answer; travels with the model."""

    trained_prior: float
    """Positive share that the loss saw, after resampling and weighting."""
    true_prior: float
    """Positive share of the training part as it came; equal to the other where nothing is corrected."""
    calibrator: Calibrator
    """Fitted on the validation part."""
    threshold: float
    """A probability at or above it is a yes; chosen on the validation part."""

    @classmethod
    def fit(
        cls,
        objective: ObjectiveConfig,
        labels: np.ndarray,
        logits: np.ndarray,
        *,
        trained_prior: float,
        true_prior: float,
        calibrate: bool = True,
    ) -> "Decision":
        """Choose everything on the validation part.

        Args:
            objective: which correction, calibration and threshold rule.
            labels: 0 or 1, (N,).
            logits: the network's, (N,).
            trained_prior: positive share that the loss saw.
            true_prior: positive share before resampling and weighting.
            calibrate: whether to fit the calibration too; one epoch's scores do without.

        Returns:
            The decision.
        """
        if not objective.prior_correction:
            true_prior = trained_prior
        raw = correct_prior(
            expit(np.asarray(logits, dtype=np.float64)), trained=trained_prior, true=true_prior
        )
        kind = str(objective.calibration) if calibrate else "none"
        calibrator = Calibrator.fit(kind, labels, raw)
        threshold = choose(
            labels,
            calibrator(raw),
            rule=str(objective.threshold_for),
            target=objective.target,
            cost_miss=objective.cost_miss,
            cost_false_alarm=objective.cost_false_alarm,
        )
        return cls(trained_prior, true_prior, calibrator, threshold)

    @property
    def shift(self) -> float:
        """What the correction of the prior adds to a logit."""
        odds = [p / (1 - p) for p in (self.true_prior, self.trained_prior)]
        return float(np.log(odds[0]) - np.log(odds[1]))

    def probabilities(self, logits: np.ndarray) -> np.ndarray:
        """Turn logits into probabilities.

        Args:
            logits: (N,).

        Returns:
            Probabilities of the positive class, (N,), float64.
        """
        raw = expit(np.asarray(logits, dtype=np.float64))
        return self.calibrator(
            correct_prior(raw, trained=self.trained_prior, true=self.true_prior)
        )

    def scores(self, labels: np.ndarray, logits: np.ndarray) -> dict[str, float]:
        """Score logits against labels.

        Args:
            labels: 0 or 1, (N,).
            logits: (N,).

        Returns:
            Every metric of `sweep.scoring.metrics.scores`, and `ece_uncorrected`: the calibration error of
            the network's own probabilities.
        """
        own = expit(np.asarray(logits, dtype=np.float64))
        final = scores(labels, self.probabilities(logits), self.threshold)
        return final | {"ece_uncorrected": calibration_error(labels, own)}

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {
            "trained_prior": self.trained_prior,
            "true_prior": self.true_prior,
            "calibrator": self.calibrator.to_dict(),
            "threshold": self.threshold,
        }

    @classmethod
    def from_dict(cls, value: dict[str, Any]) -> "Decision":
        """Rebuild a decision.

        Args:
            value: what `to_dict` gave.

        Returns:
            The decision.
        """
        calibrator = Calibrator.from_dict(value["calibrator"])
        return cls(value["trained_prior"], value["true_prior"], calibrator, value["threshold"])
