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
from sweep.diagnosis.before import network, rows, shortcuts, writing
from sweep.diagnosis.facts import Facts
from sweep.diagnosis.finding import SEVERITIES, Finding
from sweep.diagnosis.symptom import Symptom

FILES = (
    rows,
    shortcuts,
    writing,
    network,
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


TITLES = {
    "data": "Data: texts, labels, what is thrown away",
    "imbalance": "Imbalance: one class is rare",
    "architecture": "Architecture: the network's build",
    "training": "Training: rate, gradients, epochs, dropout",
    "evaluation": "Evaluation: threshold, metric, split, space and budget",
}


def markdown() -> str:
    """Write the table for the documents: every symptom under its usual cause.

    Returns:
        A section a cause, a row a symptom.
    """
    parts = []
    for cause, title in TITLES.items():
        rows = [row for row in SYMPTOMS.values() if row.cause == cause]
        lines = [f"### {title}", "", "| symptom | is said when | what to do |", "|---|---|---|"]
        lines += [_row(row) for row in rows]
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _row(row: Symptom) -> str:
    words = f" `{' '.join(row.patch)}`" if row.patch else ""
    cells = (f"{row.name} (`{row.key}`)", row.definition, f"{row.remedy}{words}")
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
