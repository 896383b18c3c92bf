"""What is found: a symptom with its cause, what shows it, and what to type against it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

Severity = Literal["error", "warning", "note"]
"""error: the result is worthless as it stands; warning: it is worse than it could be; note: worth knowing."""
Cause = Literal["data", "imbalance", "architecture", "training", "evaluation"]
Proof = Literal["none", "observed", "confirmed", "refuted"]
"""none: the symptom alone; observed: the sweep's trials differ by the setting; confirmed or refuted: the remedy was
tried on a trial that has it, all else equal, and helped or not."""

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
"""The worst first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One thing that shows a finding."""

    text: str
    """A sentence, or the part of one, with the number in it."""
    number: float | None = None
    interval: tuple[float, float] | None = None
    """In which the number lies 95 times in 100."""
    trials: tuple[str, ...] = ()
    """Names of the trials that it was seen in."""
    rows: tuple[int, ...] = ()
    """Lines of the corpus's file to look at, from 1; never their texts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A symptom of one sweep or corpus."""

    symptom: str
    """Key of `sweep.diagnosis.table.SYMPTOMS`."""
    cause: Cause
    severity: Severity
    confidence: float
    """From 0 to 1."""
    title: str
    """One sentence with the number in it."""
    evidence: tuple[Evidence, ...]
    remedy: str
    """One sentence."""
    patch: tuple[str, ...] = ()
    """Words to add to the command, as in `resampling=none`."""
    proof: Proof = "none"

    def to_dict(self) -> dict[str, Any]:
        """Write it as JSON values; what an evidence has not is absent."""
        told = asdict(self) | {"patch": list(self.patch)}
        told["evidence"] = [
            {
                name: list(value) if isinstance(value, tuple) else value
                for name, value in asdict(one).items()
                if value not in (None, ())
            }
            for one in self.evidence
        ]
        return told

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> "Finding":
        """Read what `to_dict` wrote.

        Args:
            told: its values.

        Returns:
            An equal finding.
        """
        evidence = tuple(_evidence(one) for one in told["evidence"])
        return cls(**{**told, "evidence": evidence, "patch": tuple(told["patch"])})


def _evidence(told: Mapping[str, Any]) -> Evidence:
    low_high = told.get("interval")
    return Evidence(
        text=told["text"],
        number=told.get("number"),
        interval=None if low_high is None else (low_high[0], low_high[1]),
        trials=tuple(told.get("trials", ())),
        rows=tuple(told.get("rows", ())),
    )
