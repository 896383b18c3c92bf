"""Conditions between searched settings: one is searched only while others have certain values."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sweep.config.settings import Plain, coerced
from sweep.errors import nearest
from sweep.search.parameter import Parameter


def checked_conditions(
    found: Mapping[str, Parameter], hints: Mapping[str, Any], broken: set[str]
) -> tuple[dict[str, Parameter], list[str]]:
    """Check every `when` of a space.

    Args:
        found: the parameters under their dotted names.
        hints: the type of each setting.
        broken: dotted names of searched settings with a mistake of their own; a condition on one
            of them is not complained about as well.

    Returns:
        The parameters with conditions in the form of their parents' values, and what is wrong.
    """
    checked: dict[str, Parameter] = {}
    mistakes: list[str] = []
    for path, parameter in found.items():
        when: dict[str, tuple[Plain, ...]] = {}
        for parent, allowed in parameter.when.items():
            if parent in found:
                when[parent], wrong = _allowed(found[parent], allowed, hints[parent])
            elif parent in broken:
                wrong = []
            else:
                near = nearest(parent, found)
                wrong = [
                    f"`{parent}` is not searched; search it too, or drop the condition.{near}"
                ]
            mistakes += [f"search.space.{path}: when: {text}" for text in wrong]
        checked[path] = replace(parameter, when=when)
    return checked, mistakes


def fixed(found: Mapping[str, Parameter], own: Mapping[str, Plain]) -> dict[str, Parameter]:
    """Take settings out of a space; conditions on them are settled by the values that they keep.

    Args:
        found: the parameters under their dotted names, their conditions checked.
        own: what the settings that are taken out are in every trial.

    Returns:
        The parameters that are left; one whose condition can no longer hold is taken out, too.
    """
    left = {path: parameter for path, parameter in found.items() if path not in own}
    while settled := [path for path, p in left.items() if any(q not in left for q in p.when)]:
        for path in settled:
            outside = {q: allowed for q, allowed in left[path].when.items() if q not in left}
            if all(q in own and own[q] in allowed for q, allowed in outside.items()):
                inside = {q: allowed for q, allowed in left[path].when.items() if q in left}
                left[path] = replace(left[path], when=inside)
            else:
                del left[path]
    return left


def unfixable(fix: Sequence[str], searched: Sequence[str], compare: str | None) -> list[str]:
    """Say which settings cannot be taken out of a space.

    Args:
        fix: their dotted names.
        searched: dotted names of what the space has.
        compare: dotted name of what is compared.

    Returns:
        The mistakes.
    """
    mistakes = []
    for path in fix:
        start = f"search.fix: `{path}`"
        inside = [name for name in searched if name.startswith(f"{path}.")]
        if path == compare:
            mistakes.append(f"{start} is what is compared; add search.compare=null to fix it.")
        elif inside:
            mistakes.append(
                f"{start} is a group of settings; name those that you mean: {', '.join(inside)}."
            )
        elif path not in searched:
            near = nearest(path, searched)
            mistakes.append(
                f"{start} is not searched, so there is nothing to take out; drop it.{near}"
            )
    return mistakes


def _allowed(
    parent: Parameter, allowed: tuple[Plain, ...], hint: Any
) -> tuple[tuple[Plain, ...], list[str]]:
    values: list[Plain] = []
    mistakes = []
    for value in allowed:
        try:
            plain = coerced(value, hint)
        except ValueError as wrong:
            mistakes.append(f"{parent.path} {wrong}")
            continue
        values.append(str(plain) if isinstance(plain, str) else plain)
        if not parent.holds(values[-1]):
            mistakes.append(
                f"{parent.path} never takes {value!r}; name values that its space holds."
            )
    if not allowed:
        mistakes.append(f"{parent.path} needs at least one value.")
    return tuple(values), mistakes


def ordered(found: Mapping[str, Parameter]) -> tuple[tuple[Parameter, ...], list[str]]:
    """Order parameters so that each stands behind those that it depends on.

    Args:
        found: the parameters under their dotted names, in the order given.

    Returns:
        The parameters, otherwise in the order given, and what is wrong: conditions in a circle.
    """
    order: dict[str, Parameter] = {}
    waiting = dict(found)
    while waiting:
        ready = [path for path, p in waiting.items() if all(parent in order for parent in p.when)]
        if not ready:
            circle = ", ".join(waiting)
            return (), [
                f"search.space: the conditions `when` of {circle} form a circle; drop one."
            ]
        order[ready[0]] = waiting.pop(ready[0])
    return tuple(order.values()), []


def enabling(parameter: Parameter, by_path: Mapping[str, Parameter]) -> dict[str, Plain]:
    """Find values of other settings under which a parameter is searched.

    Args:
        parameter: a parameter of a space without circles.
        by_path: all parameters of the space.

    Returns:
        Plain values under dotted names; empty for a parameter that is always searched.
    """
    values: dict[str, Plain] = {}
    for parent, allowed in parameter.when.items():
        if not allowed:  # a broken condition, told already
            continue
        values |= enabling(by_path[parent], by_path) | {parent: allowed[0]}
    return values
