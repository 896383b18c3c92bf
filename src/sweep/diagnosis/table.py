"""The one table of symptoms, and what they find in a sweep, the worst first."""

from sweep.diagnosis import training
from sweep.diagnosis.corpus import rows, shortcuts, writing
from sweep.diagnosis.facts import Facts
from sweep.diagnosis.finding import SEVERITIES, Finding
from sweep.diagnosis.symptom import Symptom

FILES = (rows, shortcuts, writing, training)
SYMPTOMS: dict[str, Symptom] = {row.key: row for file in FILES for row in file.ROWS}


def diagnose(facts: Facts) -> list[Finding]:
    """Look for every symptom.

    Args:
        facts: of the sweep.

    Returns:
        The findings: errors first, then warnings, then notes; among equals the surer first.
    """
    found = [finding for symptom in SYMPTOMS.values() for finding in symptom.findings(facts)]
    return sorted(found, key=lambda one: (SEVERITIES.index(one.severity), -one.confidence))
