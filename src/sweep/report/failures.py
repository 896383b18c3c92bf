"""Why trials failed: grouped for the summary, told for a reader with the file that has the rest."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sweep.records import Reason, Status
from sweep.search.proposals import TrialRecord
from sweep.workspace import SweepFolder

NAMED = 4
"""Trials of a group that are named; of the others the number is told."""


def grouped(records: Iterable[TrialRecord]) -> list[dict[str, Any]]:
    """Group an arm's failed trials by what ended them; those cut short with the sweep are none of them.

    Args:
        records: of the arm.

    Returns:
        Plain JSON types: for each reason, and each line that raised, the trials' numbers and what the first one said.
    """
    found: dict[tuple[str, str | None], dict[str, Any]] = {}
    for record in records:
        if record.status is not Status.FAILED or record.reason in (None, Reason.interrupted):
            continue
        reason = str(record.reason)
        message = record.message.partition("\n")[0]
        first: dict[str, Any] = {
            "reason": reason,
            "numbers": [],
            "message": message,
            "where": record.where,
        }
        found.setdefault((reason, record.where), first)["numbers"].append(record.number)
    return list(found.values())


def lines(arms: dict[str, Any], folder: Path) -> list[str]:
    """Tell of the failed trials of every arm.

    Args:
        arms: under their names, as the summary has them.
        folder: the sweep's own folder.

    Returns:
        One line a group, the largest first.
    """
    groups = [(arm, group) for arm, told in arms.items() for group in told.get("failures", ())]
    groups.sort(key=lambda pair: -len(pair[1]["numbers"]))
    return [_line(arm, group, SweepFolder(folder)) for arm, group in groups]


def _line(arm: str, group: dict[str, Any], files: SweepFolder) -> str:
    numbers = group["numbers"]
    names = ", ".join(f"{arm}-{number}" for number in numbers[:NAMED])
    more = f" and {len(numbers) - NAMED} more" if len(numbers) > NAMED else ""
    where = f", raised at {group['where']}" if group["where"] else ""
    trial = files.trial(f"{arm}-{numbers[0]}")
    rest = [place for place in (trial.failure, trial.root) if place.exists()][:1]
    see = f"; more: {rest[0]}" if rest else ""
    return f"{names}{more} ({group['reason']}): {group['message']}{where}{see}"
