"""Where a search starts: the configuration's own values, and what becomes of those that the space does not hold."""

import random
import shlex
from collections.abc import Collection, Container, Iterable, Mapping
from dataclasses import replace

from sweep.config import Config
from sweep.config.settings import Plain, value_of
from sweep.errors import UserError
from sweep.search.parameter import Kind, Parameter, layout
from sweep.search.space import Space
from sweep.seeds import derive
from sweep.typed import spelled


def outside(space: Space, base: Config) -> list[Parameter]:
    """Find what is searched, but not at the value that the configuration has.

    Args:
        space: the search space.
        base: the configuration.

    Returns:
        The parameters; the compared setting is one where no arm has its value.
    """
    own = {path: value for arm in space.arms for path, value in space.own(arm, base).items()}
    if space.compare is not None:
        own[space.compare] = value_of(base, space.compare)
    return [p for p in space.parameters if p.path in own and not p.holds(own[p.path])]


def keep_given(space: Space, base: Config, given: Container[str]) -> None:
    """See that no value that a person gave is replaced by the search.

    Args:
        space: the search space.
        base: the configuration.
        given: dotted names of the settings that the person gave.

    Raises:
        UserError: the space does not hold some of them; the text shows the ways out, to be typed as they stand.
    """
    lost = [p for p in outside(space, base) if p.path in given]
    if not lost:
        return
    own = {p.path: value_of(base, p.path) for p in lost}
    told = [
        f"  {path}={spelled(value)}, but searched: {_range(space, path)}"
        for path, value in own.items()
    ]
    ways = [f"for every trial, out of the search:\n    {_typed(_fixing(space, base, own))}"]
    wider = [_widened(p, own[p.path]) for p in lost]
    if all(wider):
        words = _typed(word for each in wider for word in each)
        ways.append(f"for the first trial, in a wider search:\n    {words}")
    raise UserError(
        "What is given and also searched must lie in the search space, or no trial would have it:\n"
        + "\n".join(told)
        + "\nLeave it out, or add to the command\n  "
        + "\n  ".join(ways)
    )


def moved(space: Space, base: Config) -> list[str]:
    """Say where the first trial of an arm is not the configuration itself.

    Args:
        space: the search space.
        base: the configuration.

    Returns:
        One line a setting and value.
    """
    found: dict[tuple[str, Plain], list[str]] = {}
    for arm in space.arms:
        for path, taken in space.defaults(arm, base).items():
            if path != space.compare and taken != value_of(base, path):
                found.setdefault((path, taken), []).append(arm)
    lines = []
    for (path, taken), arms in found.items():
        whose = "" if tuple(arms) == space.arms else f" of {', '.join(arms)}"
        own = spelled(value_of(base, path))
        lines.append(
            f"the first trial{whose} has {path}={spelled(taken)}, since the space does not hold the default {own}"
        )
    return lines


def varied(space: Space, base: Config, given: Iterable[str]) -> list[str]:
    """Say which of the values that a person gave are in the first trial only.

    Args:
        space: the search space.
        base: the configuration.
        given: dotted names of the settings that the person gave.

    Returns:
        One line, or none.
    """
    searched = [
        p.path for p in space.parameters if p.path != space.compare and p.path in set(given)
    ]
    if not searched:
        return []
    words = ", ".join(f"{path}={spelled(value_of(base, path))}" for path in searched)
    way = _typed(_fixing(space, base, searched))
    return [
        f"searched, so that only the first trial is sure to have it: {words} (for all trials: {way})"
    ]


def shuffled_grid(space: Space, arm: str, base: Config) -> list[dict[str, Plain]]:
    """List every combination of an arm in the order in which they are tried.

    Args:
        space: the search space.
        arm: name of the arm.
        base: the configuration.

    Returns:
        The configuration's own values first, the others in an order that the sweep's seed decides.

    Raises:
        UserError: see `Space.grid`.
    """
    grid = space.grid(arm)
    random.Random(derive(base.seed, arm, "grid")).shuffle(grid)
    # The space moves defaults onto the grid, so they are always there.
    grid.insert(0, grid.pop(grid.index(space.defaults(arm, base))))
    return grid


def _range(space: Space, path: str) -> str:
    parameter = next(p for p in space.parameters if p.path == path)
    if parameter.kind is Kind.categorical:
        return ", ".join(spelled(choice) for choice in parameter.choices)
    low, high = (spelled(bound) for bound in (parameter.edges() * 2)[:2])
    step = f" in steps of {parameter.step:g}" if parameter.step else ""
    return f"{low} to {high}{step}"


def _fixing(space: Space, base: Config, paths: Collection[str]) -> list[str]:
    apart = ["search.compare=null"] if space.compare in paths else []
    if {p.path for p in space.parameters} <= {space.compare, *paths}:
        # A space of nothing is refused; this trains the configuration, under one seed after the other.
        return [*apart, "search.vary=false"]
    return [*apart, f"search.fix=[{','.join([*base.search.fix, *paths])}]"]


def _widened(parameter: Parameter, own: Plain) -> list[str]:
    place = f"search.space.{parameter.path}"
    if parameter.kind is Kind.categorical:
        values = ",".join(spelled(choice) for choice in (*parameter.choices, own))
        return [f"{place}.choices=[{values}]"]
    number = isinstance(own, int if parameter.kind is Kind.int else int | float)
    if not number or isinstance(own, bool):
        return []  # no range holds it
    bound: dict[str, Plain] = {}
    if own < parameter.low:  # type: ignore[operator]
        bound = {"low": own}
    elif own > parameter.high:  # type: ignore[operator]
        bound = {"high": own}
    for more in ({}, {"step": None}, {"log": False}):
        if _fits(parameter, changes := bound | more, own):
            return [f"{place}.{key}={spelled(value)}" for key, value in changes.items()]
    return []


def _fits(parameter: Parameter, changes: Mapping[str, Plain], own: Plain) -> bool:
    wide = replace(parameter, **changes)  # type: ignore[arg-type]
    bounds = {"low": wide.low, "high": wide.high, "step": wide.step, "log": wide.log}
    return not layout(bounds) and wide.holds(own)


def _typed(words: Iterable[str]) -> str:
    return " ".join(shlex.quote(word) for word in words)
