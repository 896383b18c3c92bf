"""What ails a sweep, in six lines at most."""

from collections.abc import Mapping
from typing import Any

from sweep.workspace import SweepFolder

MOST = 3
"""Findings that are told; all are in the file."""
TESTED = ("confirmed", "refuted")
NOTES = 1
"""Of those that are merely worth knowing."""


def lines(found: Mapping[str, Any], folder: SweepFolder) -> list[str]:
    """Tell of the findings, the headline first, and of its remedy where that was tried.

    Args:
        found: what `summary.json` holds.
        folder: the sweep's own folder.

    Returns:
        Six lines at most; none where nothing was found.
    """
    findings = found.get("findings", [])
    if not findings:
        return []
    ill = [one for one in findings if one["severity"] != "note"]
    told = [*ill[:MOST], *(one for one in findings if one["severity"] == "note")][
        : max(len(ill[:MOST]), NOTES)
    ]
    said = [_told(one, first=not place) for place, one in enumerate(told)]
    first = told[0]
    if ill:
        said.insert(1, f"  {_advice(first)}")
        if first.get("proof") in TESTED:
            said.insert(2, f"  {first['proof']}: {first['evidence'][-1]['text']}")
    left = len(findings) - len(told)
    more = f"{left} more, and why" if left else "why"
    where = [f"  {more}: {folder.findings}"]
    if folder.patch.exists():
        where[0] += f"; the next search, changed: --patch {folder.patch}"
    return said + where


def _told(one: Mapping[str, Any], *, first: bool) -> str:
    name = one["symptom"].replace("_", " ")
    if one["severity"] == "note":
        return f"note, {name}: {one['title']}"
    sure = f", {one['confidence']:.0%} sure" if first else ""
    start = "what ails it" if first else "  and"
    return f"{start}: {one['cause']}, {name}{sure}: {one['title']}"


def _advice(one: Mapping[str, Any]) -> str:
    words = f"  ({' '.join(one['patch'])})" if one["patch"] else ""
    return f"try: {one['remedy']}{words}"
