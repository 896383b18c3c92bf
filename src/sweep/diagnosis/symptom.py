"""A row of the table: how a symptom is recognised, what causes it and what helps."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sweep.diagnosis.facts import Facts
from sweep.diagnosis.finding import Cause, Evidence, Finding, Proof, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """That a symptom is there, and what shows it; what is None stands in the symptom's row."""

    title: str
    """One sentence with the number in it."""
    evidence: tuple[Evidence, ...]
    confidence: float
    """From 0 to 1."""
    cause: Cause | None = None
    severity: Severity | None = None
    remedy: str | None = None
    patch: tuple[str, ...] | None = None
    proof: Proof = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Symptom:
    """One symptom."""

    key: str
    cause: Cause
    severity: Severity
    name: str
    """What it is called in the documents."""
    definition: str
    """When it is said: the measure, the threshold, and where the threshold comes from."""
    remedy: str
    """What to do, in one sentence."""
    patch: tuple[str, ...] = ()
    """Words to add to the command."""
    says_why: bool = True
    """Whether it names a cause, which goes before what merely follows from one."""
    look: Callable[[Facts], Iterable[Seen]]
    """Looks for it; gives nothing where it is not there or its measures are missing."""

    def findings(self, facts: Facts) -> list[Finding]:
        """Look for the symptom.

        Args:
            facts: of the sweep.

        Returns:
            A finding for each time that it is seen.
        """
        return [
            Finding(
                symptom=self.key,
                cause=seen.cause or self.cause,
                severity=seen.severity or self.severity,
                confidence=seen.confidence,
                title=seen.title,
                evidence=seen.evidence,
                remedy=seen.remedy or self.remedy,
                patch=self.patch if seen.patch is None else seen.patch,
                proof=seen.proof,
            )
            for seen in self.look(facts)
        ]
