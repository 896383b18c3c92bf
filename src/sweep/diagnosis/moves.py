"""Words that change a sweep: a bound of its space where a setting is searched, else the setting itself."""

from collections.abc import Sequence
from typing import Any

from sweep.diagnosis.facts import Facts

SPACE = "search.space."


def at_most(facts: Facts, path: str, value: float) -> tuple[str, ...]:
    """Lower a number, or the upper bound that it is searched to.

    Args:
        facts: of the sweep.
        path: dotted name of the setting.
        value: the most that it should be.

    Returns:
        Words to add to the command; none where it lies below already.
    """
    found = facts.searched(path)
    if found is None:
        own = facts.setting(path)
        return (word(path, value),) if isinstance(own, int | float) and own > value else ()
    if found.number and found.high is not None and found.low is not None:
        if found.high <= value:
            return ()
        below = (word(f"{SPACE}{path}.low", value / 10),) if found.low >= value else ()
        return (*below, word(f"{SPACE}{path}.high", value))
    return _choose(path, found.choices, [c for c in found.choices if c <= value], value)


def at_least(facts: Facts, path: str, value: float) -> tuple[str, ...]:
    """Raise a number, or the lower bound that it is searched from; as `at_most` otherwise."""
    found = facts.searched(path)
    if found is None:
        own = facts.setting(path)
        return (word(path, value),) if isinstance(own, int | float) and own < value else ()
    if found.number and found.high is not None and found.low is not None:
        if found.low >= value:
            return ()
        above = (word(f"{SPACE}{path}.high", value * 10),) if found.high <= value else ()
        return (word(f"{SPACE}{path}.low", value), *above)
    return _choose(path, found.choices, [c for c in found.choices if c >= value], value)


def to(facts: Facts, path: str, value: Any) -> tuple[str, ...]:
    """Give a setting a value; where it is searched, all its trials that value.

    Args:
        facts: of the sweep.
        path: dotted name of the setting.
        value: the value.

    Returns:
        Words to add to the command; none where it has that value already.
    """
    found = facts.searched(path)
    if found is None:
        return () if facts.setting(path) == value else (word(path, value),)
    if found.number:
        return (word(f"{SPACE}{path}.low", value), word(f"{SPACE}{path}.high", value))
    return _choose(path, found.choices, [value], value)


def without(facts: Facts, path: str, bad: Any) -> tuple[str, ...]:
    """Take a choice out of the space.

    Args:
        facts: of the sweep.
        path: dotted name of a setting.
        bad: the choice.

    Returns:
        Words to add to the command; none where it is not searched or nothing else is left.
    """
    found = facts.searched(path)
    if found is None or bad not in found.choices or path == facts.compare:
        return ()
    left = [choice for choice in found.choices if choice != bad]
    return _choose(path, found.choices, left, None) if left else ()


def _choose(
    path: str, choices: Sequence[Any], left: list[Any], value: float | str | None
) -> tuple[str, ...]:
    left = left or [value]
    return () if left == list(choices) else (word(f"{SPACE}{path}.choices", left),)


def word(path: str, value: Any) -> str:
    """Write a setting as the command line takes it.

    >>> word("search.space.optimizer.name.choices", ["adam", True, 0.01])
    'search.space.optimizer.name.choices=[adam,true,0.01]'
    """
    return f"{path}={_written(value)}"


def _written(value: Any) -> str:
    if isinstance(value, list | tuple):
        return f"[{','.join(_written(one) for one in value)}]"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    return f"{value:.6g}" if isinstance(value, float) else str(value)
