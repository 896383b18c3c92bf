"""Every trial of a sweep as a line."""

import csv
import io
from collections.abc import Mapping
from typing import Any

from sweep.search.study import ArmStudy


def trial_lines(studies: Mapping[str, ArmStudy]) -> list[dict[str, Any]]:
    """List every trial: arm, number, how it ended, its settings and scores.

    Args:
        studies: one for each arm.

    Returns:
        A value by column for each trial; what a trial has not is absent.
    """
    lines: list[dict[str, Any]] = []
    for arm, study in studies.items():
        for r in study.records():
            line = {"arm": arm, "number": r.number, "attempt": r.attempt, "status": r.status}
            told = {"reason": r.reason, "message": r.message.partition("\n")[0], "where": r.where}
            line |= told | {"stopped": r.stopped, "value": r.value, "epoch": r.epoch}
            line |= {"epochs": r.epochs, "seconds": round(r.seconds, 2), "threshold": r.threshold}
            lines.append(line | dict(r.values) | dict(r.metrics))
    return lines


def trials_csv(studies: Mapping[str, ArmStudy]) -> str:
    """Write every trial as a line.

    Args:
        studies: one for each arm.

    Returns:
        CSV: the values of `trial_lines`, a column for each name that occurs.
    """
    lines = trial_lines(studies)
    text = io.StringIO()
    columns = list(dict.fromkeys(name for line in lines for name in line))
    writer = csv.DictWriter(text, columns, restval="")
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue()
