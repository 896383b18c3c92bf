"""Every trial of a sweep as a line of CSV."""

import csv
import io
from collections.abc import Mapping
from typing import Any

from sweep.search.study import ArmStudy


def trials_csv(studies: Mapping[str, ArmStudy]) -> str:
    """Write every trial as a line.

    Args:
        studies: one for each arm.

    Returns:
        CSV: arm, number, how it ended, then one column a setting and a score.
    """
    lines: list[dict[str, Any]] = []
    for arm, study in studies.items():
        for r in study.records():
            line = {"arm": arm, "number": r.number, "attempt": r.attempt, "status": r.status}
            line |= {"reason": r.reason, "stopped": r.stopped, "value": r.value, "epoch": r.epoch}
            line |= {"epochs": r.epochs, "seconds": round(r.seconds, 2), "threshold": r.threshold}
            lines.append(line | dict(r.values) | dict(r.metrics))
    text = io.StringIO()
    columns = list(dict.fromkeys(name for line in lines for name in line))
    writer = csv.DictWriter(text, columns, restval="")
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue()
