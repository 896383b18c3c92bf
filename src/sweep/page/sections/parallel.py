"""The trials as lines across their settings, of which a reader chooses ranges."""

import math
from collections.abc import Sequence
from typing import Any

from sweep.page.blocks import Block, Live, escaped
from sweep.page.records import Records, name_of
from sweep.search.parameter import Kind, Parameter

LINES = 300
"""Trials that the lines, and the points of a picture, show."""
AXES = 9
"""Settings beside which the lines could not be told apart."""


def parallel(records: Records, chosen: Sequence[Parameter]) -> list[Block]:
    """Draw the trials across the settings that weigh most.

    Args:
        records: of the sweep.
        chosen: the settings that varied, the one that weighs most first.

    Returns:
        The lines; none where nothing varied.
    """
    if not chosen:
        return []
    arm = [p for p in records.parameters if p.path == records.compare]
    kept = chosen[: AXES - len(arm)]
    # In the order of the search space, where what belongs together stands together.
    varied = [p for p in records.parameters if p in [*arm, *kept]]
    left = len(chosen) - len(kept)
    drawn = thin(records.scored, LINES)
    axes: list[dict[str, Any]] = [
        {
            "name": escaped(p.path),
            "kind": "words" if p.kind is Kind.categorical else "log" if p.log else "linear",
            "values": [plain(t[p.path]) if p.path in t else None for t in drawn],
            "choices": [escaped(str(choice)) for choice in p.choices],
        }
        for p in varied
    ]
    axes.append({"name": records.metric, "kind": "linear", "values": [t["value"] for t in drawn]})
    names = [name_of(t) for t in drawn]
    said = f"{len(drawn)} of {len(records.scored)} trials, the best and an even draw of the others. " if (
        len(drawn) < len(records.scored)
    ) else ""  # fmt: skip
    if left:
        said += f"{left} more settings, which weigh less, have no axis. "
    return [
        Live(
            key="parallel",
            title="Choose a range on any axis to see which trials have it and what they score",
            said=f"{said}Each line is a trial, from setting to setting to its score at the right. Drag along an axis "
            "or use the two boxes below it; the list names what is left.",
            data={
                "axes": axes,
                "names": [escaped(name) for name in names],
                "arms": [records.arms.index(t["arm"]) for t in drawn],
                "maximize": records.maximize,
            },
        )
    ]


def thin(trials: Sequence[Any], most: int) -> list[Any]:
    """Keep the first half of `most`, and as many of the others in even steps.

    Args:
        trials: the best first.
        most: how many are kept.
    """
    if len(trials) <= most:
        return list(trials)
    head, rest = trials[: most // 2], trials[most // 2 :]
    step = len(rest) / (most - len(head))
    return [*head, *(rest[math.floor(i * step)] for i in range(most - len(head)))]


def plain(value: Any) -> Any:
    """Keep a number, and write anything else for a picture."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if number else escaped(str(value))
