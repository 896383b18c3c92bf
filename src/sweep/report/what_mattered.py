"""Which searched settings decided how an arm's trials came out, for the summary and for one line of the console."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sweep.config.settings import Plain
from sweep.search.parameter import Kind, Parameter

if TYPE_CHECKING:  # a command that is refused need not wait for NumPy
    from sweep.statistics.importance import Column

LEAST_TRIALS = 10
"""Trials below which nothing is said: the best among them would be fewer than five, PED-ANOVA's least."""


def what_mattered(
    parameters: Sequence[Parameter],
    trials: Sequence[Mapping[str, Plain]],
    values: Sequence[float],
    *,
    maximize: bool,
) -> list[dict[str, Any]]:
    """Measure how much each setting decided.

    Args:
        parameters: the searched settings.
        trials: the searched values of each trial that did not fail, (n,); a setting left out by a condition is absent.
        values: the best score of each, (n,).
        maximize: whether more is better.

    Returns:
        For each setting that varied `setting`, `share`, `interval`, `p` and `told`, as in
        `sweep.statistics.importance.Importance`, the largest share first; empty below ten trials.
    """
    if len(trials) < LEAST_TRIALS:
        return []
    from sweep.statistics.importance import importance

    columns = [
        column(parameter, trials)
        for parameter in parameters
        if len({trial[parameter.path] for trial in trials if parameter.path in trial}) > 1
    ]
    found = (
        [asdict(one) for one in importance(columns, values, maximize=maximize)] if columns else []
    )
    return [
        {"setting": one.pop("name"), **one, "interval": list(one["interval"])} for one in found
    ]


def column(parameter: Parameter, trials: Sequence[Mapping[str, Plain]]) -> "Column":
    """Lay a setting's values out on the scale that they were searched on.

    Args:
        parameter: the setting.
        trials: the searched values of each trial, (n,).

    Returns:
        The column; NaN where the setting was left out.
    """
    import numpy as np

    from sweep.statistics.importance import CELLS, Column

    def place(value: Plain) -> float:
        if parameter.kind is Kind.categorical:
            return parameter.choices.index(value)
        assert isinstance(value, int | float)
        scale = math.log if parameter.log else float
        low, high = scale(parameter.low), scale(parameter.high)
        return min(max((scale(value) - low) / (high - low), 0.0), 1.0)

    path = parameter.path
    choices = len(parameter.choices) if parameter.kind is Kind.categorical else 0
    steps = (
        sum(1 for _, value in zip(range(CELLS), parameter.values(), strict=False))
        if (parameter.countable and not choices)
        else CELLS
    )
    return Column(
        name=path,
        values=np.array([place(trial[path]) if path in trial else math.nan for trial in trials]),
        choices=choices,
        steps=steps,
    )


def lines(found: Mapping[str, Any]) -> list[str]:
    """Say in one line an arm which settings mattered.

    Args:
        found: what `summary.json` holds.

    Returns:
        The lines; none for an arm that searched nothing or has hardly a trial.
    """
    said = []
    for arm, told in found["arms"].items():
        if not (settings := told.get("importance")):
            continue
        trials = told["median_of"]
        sure = [one for one in settings if one["told"]]
        shares = ", ".join(
            f"{one['setting']} ({one['share']:.0%}, between {one['interval'][0]:.0%} and {one['interval'][1]:.0%})"
            for one in sure
        )
        rest = len(settings) - len(sure)
        if not sure:
            said.append(f"what mattered for {arm}: {trials} trials cannot tell")
        elif rest:
            said.append(
                f"what mattered for {arm}: {shares}; of {rest} more settings {trials} trials cannot tell"
            )
        else:
            said.append(f"what mattered for {arm}: {shares}")
    return said
