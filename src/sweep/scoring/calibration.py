"""Probabilities brought nearer to frequencies.

Resampling and a positive weight change the prior that the loss sees; `correct_prior` undoes that
exactly. Focal loss and label smoothing bend probabilities too; there a `Calibrator`, fitted on
what the validation part shows, is the answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from sweep.scoring.metrics import SMALLEST, checked

KINDS = ("none", "temperature", "isotonic")
"""Kinds of calibrators."""
COLDEST, HOTTEST = 0.05, 20.0
"""Bounds of the temperature; a part that is ranked without a mistake would drive it to 0."""


def effective_prior(negatives: float, positives: float, positive_weight: float) -> float:
    """Tell the share of positives as the loss saw it.

    Args:
        negatives: negative rows of the resampled training part.
        positives: positive rows of it.
        positive_weight: weight of a positive row against a negative one.

    Returns:
        A share in [0, 1].
    """
    return positive_weight * positives / (positive_weight * positives + negatives)


def correct_prior(probabilities: ArrayLike, *, trained: float, true: float) -> np.ndarray:
    """Correct probabilities for a share of positives that training changed.

    Args:
        probabilities: of the label 1, (n,), in [0, 1].
        trained: share of positives that the loss saw (see `effective_prior`), in (0, 1).
        true: share of positives where the model is used, in (0, 1).

    Returns:
        Probabilities, (n,), in the same order of size; 0 and 1 stay.

    Raises:
        ValueError: a share outside (0, 1).

    References:
        Elkan, "The foundations of cost-sensitive learning", 2001, theorem 2; Saerens, Latinne &
        Decaestecker, 2002.
    """
    for name, share in (("trained", trained), ("true", true)):
        if not 0 < share < 1:
            raise ValueError(f"The share `{name}` must lie in (0, 1), but got {share}.")
    p = np.asarray(probabilities, dtype=np.float64)
    positive = p * (true / trained)
    negative = (1 - p) * ((1 - true) / (1 - trained))
    return positive / (positive + negative)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibrator:
    """A map from probabilities to probabilities, fitted on the validation part.

    `temperature` divides the log-odds by one number, so the order stays; `isotonic` follows any
    rising curve through `knots`, and makes equal what lies on one step of it.

    References:
        Guo et al., 2017 (temperature); Zadrozny & Elkan, 2002 (isotonic).
    """

    kind: str = "none"
    """none, temperature or isotonic."""
    temperature: float = 1.0
    """What log-odds are divided by."""
    knots: tuple[tuple[float, float], ...] = ()
    """Points of the isotonic curve: probability before and after, both rising."""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"`kind` must be one of {', '.join(KINDS)}, but got {self.kind!r}.")

    @classmethod
    def fit(cls, kind: str, labels: ArrayLike, probabilities: ArrayLike) -> Self:
        """Fit on one part.

        Args:
            kind: none, temperature or isotonic.
            labels: 0 or 1, (n,).
            probabilities: of the label 1, (n,), in [0, 1].

        Returns:
            The calibrator.

        Raises:
            ValueError: an unknown kind, or as under `metrics.scores`.
        """
        truth, p = checked(labels, probabilities)
        if kind == "temperature":
            return cls(kind=kind, temperature=_best_temperature(truth, _logits(p)))
        if kind == "isotonic":
            return cls(kind=kind, knots=_rising_curve(truth, p))
        return cls(kind=kind)

    def __call__(self, probabilities: ArrayLike) -> np.ndarray:
        """Calibrate.

        Args:
            probabilities: of the label 1, (n,), in [0, 1].

        Returns:
            Calibrated probabilities, (n,); strictly inside (0, 1) unless the kind is none.
        """
        p = np.asarray(probabilities, dtype=np.float64)
        if self.kind == "temperature":
            logits = _logits(p) / self.temperature
            return np.clip(1 / (1 + np.exp(-logits)), SMALLEST, 1 - SMALLEST)
        if self.kind == "isotonic":
            before, after = zip(*self.knots, strict=True)
            risen: np.ndarray = np.interp(p, before, after)
            return risen
        return p

    def to_dict(self) -> dict[str, Any]:
        """Give the calibrator as plain JSON types."""
        return {
            "kind": str(self.kind),
            "temperature": self.temperature,
            "knots": [list(knot) for knot in self.knots],
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Make the calibrator that `to_dict` gave.

        Args:
            values: what `to_dict` returned, before or after a trip through JSON.

        Returns:
            The calibrator.
        """
        knots = tuple((float(before), float(after)) for before, after in values["knots"])
        # A plain string: an enum's member would not survive every JSON writer.
        return cls(kind=str(values["kind"]), temperature=float(values["temperature"]), knots=knots)


def _logits(p: np.ndarray) -> np.ndarray:
    safe = np.clip(p, SMALLEST, 1 - SMALLEST)
    log_odds: np.ndarray = np.log(safe) - np.log1p(-safe)
    return log_odds


def _best_temperature(truth: np.ndarray, logits: np.ndarray) -> float:
    from scipy.optimize import minimize_scalar

    against = np.where(truth, -logits, logits)  # how far each row lies on the wrong side

    def loss(log_temperature: float) -> float:
        return float(np.logaddexp(0, against / np.exp(log_temperature)).mean())

    bounds = (np.log(COLDEST), np.log(HOTTEST))
    return float(np.exp(minimize_scalar(loss, bounds=bounds, method="bounded").x))


def _rising_curve(truth: np.ndarray, p: np.ndarray) -> tuple[tuple[float, float], ...]:
    from sklearn.isotonic import IsotonicRegression

    fitted = IsotonicRegression(out_of_bounds="clip").fit(p, truth.astype(np.float64))
    # n rows without an exception do not prove certainty (rule of succession).
    room = 1 / (len(p) + 2)
    after = np.clip(fitted.y_thresholds_, room, 1 - room)
    return tuple(zip(fitted.X_thresholds_.tolist(), after.tolist(), strict=True))
