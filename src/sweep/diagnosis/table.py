"""The one table of symptoms, and what they find in a sweep, the worst first."""

from sweep.diagnosis import (
    answers,
    architecture,
    epochs,
    evaluation,
    imbalance,
    training,
    words,
)
from sweep.diagnosis.corpus import rows, shortcuts, writing
from sweep.diagnosis.facts import Facts
from sweep.diagnosis.finding import SEVERITIES, Finding
from sweep.diagnosis.symptom import Symptom

FILES = (
    rows,
    shortcuts,
    writing,
    training,
    architecture,
    words,
    imbalance,
    epochs,
    answers,
    evaluation,
)
SYMPTOMS: dict[str, Symptom] = {row.key: row for file in FILES for row in file.ROWS}
"""Every symptom under its key; what may be the cause of others stands before them."""


def diagnose(facts: Facts) -> list[Finding]:
    """Look for every symptom.

    Args:
        facts: of the sweep.

    Returns:
        The findings: errors first, then warnings, then notes; among equals those that name a cause, the surer first.
    """
    found = [finding for symptom in SYMPTOMS.values() for finding in symptom.findings(facts)]
    return sorted(found, key=_order)


def _order(one: Finding) -> tuple[int, bool, float]:
    return SEVERITIES.index(one.severity), not SYMPTOMS[one.symptom].says_why, -one.confidence
