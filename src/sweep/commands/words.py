"""The words of a command that takes NAME=VALUE alone: read without Hydra, every mistake told at once."""

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields
from typing import Any, TypeVar

from sweep.errors import UserError, nearest

Settings = TypeVar("Settings")


def read_words(
    arguments: Sequence[str],
    kind: type[Settings],
    *,
    example: str,
    choices: Mapping[str, Sequence[str]] | None = None,
    numbers: Mapping[str, tuple[int, int]] | None = None,
) -> Settings:
    """Read the words of the command line.

    Args:
        arguments: `key=value`.
        kind: a dataclass of texts; a field without a default must be given.
        example: a whole command.
        choices: for a field what it may be.
        numbers: for a field the least and the most, where it is not left at its default.

    Returns:
        The settings.

    Raises:
        UserError: unknown, repeated, missing or impossible settings, all at once.
    """
    known = {field.name: field for field in fields(kind)}  # type: ignore[arg-type]
    command = example.split()[3]
    given: dict[str, str] = {}
    mistakes = []
    for word in arguments:
        name, equals, value = word.partition("=")
        if not equals:
            mistakes.append(
                f"`{word}` sets nothing: a setting is written NAME=VALUE without spaces."
            )
        elif name not in known:
            there = f"`{command}` takes {', '.join(known)}."
            mistakes.append(f"`{name}` is no setting.{nearest(name, known)} {there}")
        elif name in given:
            mistakes.append(f"`{name}` is given twice: {given[name]!r} and {value!r}.")
        else:
            given[name] = value
            if not value and known[name].default is MISSING:
                mistakes.append(f"`{name}=` needs a value.")
    missing = [n for n, field in known.items() if field.default is MISSING and n not in given]
    if missing:
        mistakes.append(
            f"Missing: {', '.join(f'{name}=' for name in missing)}. For example: {example}"
        )
    for name, allowed in (choices or {}).items():
        value = given.get(name, allowed[0])
        if value not in allowed:
            mistakes.append(
                f"`{name}` must be one of {', '.join(allowed)}, but got {value!r}.{nearest(value, allowed)}"
            )
    for name, (least, most) in (numbers or {}).items():
        default: Any = known[name].default
        value = given.get(name, default)
        whole = value.isascii() and value.isdecimal() and len(value) < 10
        if value != default and not (whole and least <= int(value) <= most):
            mistakes.append(
                f"`{name}` must be {default} or a number from {least} to {most}, but got {value!r}."
            )
    if mistakes:
        raise UserError(*mistakes)
    return kind(**given)
