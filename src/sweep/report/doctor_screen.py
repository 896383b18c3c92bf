"""What the doctor says: one screen, the worst first, each line with its number, its rows and what to type."""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sweep.diagnosis.finding import Evidence, Finding

WIDTH = 80
TOLD = 6
"""Findings that are told on a screen of 24 lines or so; the others are counted."""
ROWS_TOLD = 5
MARKS = {"error": "ERROR", "warning": "warn", "note": "note"}
_INDENT = 7


def screen(findings: Sequence[Finding], *, most: int = TOLD) -> list[str]:
    """Write findings as lines of 80 columns.

    Args:
        findings: the worst first.
        most: findings that are told; errors are always told.

    Returns:
        The lines.
    """
    kept = [f for at, f in enumerate(findings) if at < most or f.severity == "error"]
    told = [line for finding in kept for line in _finding(finding)]
    left = len(findings) - len(kept)
    if left:
        told.append(f"{'':{_INDENT}}and {left} more: doctor.output=FILE.json holds all of them")
    return told


def verdict(findings: Sequence[Finding]) -> str:
    """Count the findings in one sentence."""
    counts = [(sum(f.severity == kind for f in findings), kind) for kind in MARKS]
    told = [f"{n} {kind}{'' if n == 1 else 's'}" for n, kind in counts if n]
    return f"{', '.join(told)}." if told else "Nothing ill was found."


def introduction(facts: Mapping[str, Any]) -> list[str]:
    """Say what was audited, and what simple methods reach there.

    Args:
        facts: what the audit found.
    """
    parts = [
        f"{part} {told['rows']} ({told['positives'] / told['rows']:.1%} positive)"
        for part, told in facts["classes"].items()
        if told["rows"]
    ]
    lines = [f"{' + '.join(facts['files'])}: {', '.join(parts)}"]
    reached = [
        f"{name} {told['roc_auc']:.3f} AUC {told['mcc']:.3f} MCC"
        for name, told in facts["baselines"].items()
        if name != "majority"
    ]
    if reached:
        lines.append(f"to beat on validation: {', '.join(reached)}")
    if "vectors" in facts:
        lines.append(f"vectors: {facts['vectors']['note']}")
    return [line for told in lines for line in textwrap.wrap(told, WIDTH, break_on_hyphens=False)]


def _finding(finding: Finding) -> Iterator[str]:
    yield from _wrapped(f"{MARKS[finding.severity]:<{_INDENT}}", finding.title)
    rows = [_rows(one) for one in finding.evidence if one.rows]
    blank = " " * _INDENT
    if rows:
        yield from _wrapped(blank, f"look at {'; '.join(rows)}")
    typed = " ".join(finding.patch)
    yield from _wrapped(blank, f"{finding.remedy}{f' Type: {typed}' if typed else ''}")


def _rows(one: Evidence) -> str:
    numbers = ", ".join(map(str, one.rows[:ROWS_TOLD]))
    more = ", …" if len(one.rows) > ROWS_TOLD else ""
    return f"{one.text}: {'line' if len(one.rows) == 1 else 'lines'} {numbers}{more}"


def _wrapped(first: str, text: str) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=" " * _INDENT,
        break_on_hyphens=False,
    )
