"""Dotted names of settings: which there are, what they may hold, reading and replacing them."""

import copy
import dataclasses
import types
import typing
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from sweep.config import Config
from sweep.errors import UserError, nearest
from sweep.plugins.tables import BY_FLAG, Table, defaults, hints, own

Plain = bool | int | float | str | None
"""A value as JSON holds it; what a search proposes and what records keep."""
PLUGINS = "plugins"
"""The group of plug-ins' settings."""


def settings(kind: type = Config) -> dict[str, Any]:
    """List every setting below a config class.

    Args:
        kind: a config dataclass.

    Returns:
        The type of each setting under its dotted name, in the order of the classes: what `described` and `coerced`
        take. Plug-ins' settings are among them.
    """
    found: dict[str, Any] = {}
    for name, hint in hints(kind).items():
        if dataclasses.is_dataclass(hint) and isinstance(hint, type):
            found |= {f"{name}.{path}": inner for path, inner in settings(hint).items()}
        elif (kind, name) == (Config, PLUGINS):
            for own_name, own_kind in own().items():
                inner_hints = hints(own_kind).items()
                found |= {f"{name}.{own_name}.{path}": inner for path, inner in inner_hints}
        else:
            found[name] = hint
    return found


def value_of(config: object, path: str) -> Plain:
    """Read one setting as a plain value.

    Args:
        config: a config object.
        path: dotted name of one of its settings.

    Returns:
        The value; a name for an enumeration.
    """
    value: Any = config
    for name in path.split("."):
        value = value[name] if isinstance(value, Mapping) else getattr(value, name)
    return str(value) if isinstance(value, StrEnum) else value


def flat(tree: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Give every leaf of a tree its dotted name.

    Args:
        tree: mappings within mappings.
        prefix: what every name begins with.

    >>> flat({"model": {"cell": "lstm", "layers": 2}, "seed": 0})
    {'model.cell': 'lstm', 'model.layers': 2, 'seed': 0}
    """
    leaves: dict[str, Any] = {}
    for name, value in tree.items():
        if isinstance(value, Mapping):
            leaves |= flat(value, f"{prefix}{name}.")
        else:
            leaves[f"{prefix}{name}"] = value
    return leaves


def replaced(config: Config, values: Mapping[str, Plain]) -> Config:
    """Copy a configuration with some settings replaced.

    Args:
        config: the configuration to start from; it stays as it is.
        values: new plain values under their dotted names.

    Returns:
        A copy that shares nothing with `config`; the classes that changed check themselves again.

    Raises:
        UserError: one of the changed classes refuses the combination.
        ValueError: a value does not fit its setting.
    """
    return typing.cast(Config, _replaced(copy.deepcopy(config), values))


def _replaced(config: Any, values: Mapping[str, Plain]) -> Any:
    kinds = hints(type(config))
    nested: dict[str, dict[str, Plain]] = {}
    changes: dict[str, Any] = {}
    for path, value in values.items():
        name, _, rest = path.partition(".")
        if rest:
            nested.setdefault(name, {})[rest] = value
        else:
            changes[name] = coerced(value, kinds[name])
    for name, inner in nested.items():
        before = getattr(config, name)
        if name == PLUGINS and isinstance(config, Config):
            changes[name] = own_settings(_nested(inner), before)
        else:
            changes[name] = _replaced(before, inner)
    return dataclasses.replace(config, **changes)


def _nested(values: Mapping[str, Plain]) -> dict[str, dict[str, Plain]]:
    tree: dict[str, dict[str, Plain]] = {}
    for path, value in values.items():
        name, _, setting = path.partition(".")
        tree.setdefault(name, {})[setting] = value
    return tree


def own_settings(
    given: Mapping[str, Any], before: Mapping[str, Mapping[str, Any]] | None = None
) -> dict[str, dict[str, Any]]:
    """Check the settings of plug-ins by their dataclasses.

    Args:
        given: values by setting by plug-in.
        before: what those that are not given stay at; by default what the plug-ins say.

    Returns:
        Every setting of every plug-in, as plain values.

    Raises:
        UserError: a plug-in is not loaded, or a value is none that its setting takes.
    """
    found = {name: dict(values) for name, values in (before or defaults()).items()}
    kinds = own()
    mistakes: list[str] = []
    for name, values in given.items():
        if name not in kinds or not isinstance(values, Mapping):
            mistakes.append(lacking(f"{PLUGINS}.{name}"))
            continue
        wanted = hints(kinds[name])
        for setting, value in values.items():
            try:
                found.setdefault(name, {})[setting] = coerced(value, wanted[setting])
            except KeyError:
                known = ", ".join(wanted)
                mistakes.append(
                    f"`{PLUGINS}.{name}.{setting}` is no setting.{nearest(setting, wanted)} `{name}` has {known}."
                )
            except ValueError as wrong:
                mistakes.append(f"{PLUGINS}.{name}.{setting} {wrong}")
    for name in () if mistakes else found:
        try:
            kinds[name](**found[name])
        except UserError as wrong:
            mistakes += wrong.mistakes
        except ValueError as wrong:
            mistakes.append(f"{PLUGINS}.{name}: {wrong}")
    if mistakes:
        raise UserError(*mistakes)
    return {
        name: {path: value_of(values, path) for path in values} for name, values in found.items()
    }


def lacking(path: str) -> str:
    """Say that a plug-in's settings are given and the plug-in is not.

    Args:
        path: dotted name of the settings.
    """
    there = ", ".join(own())
    known = f" Those loaded have {there}." if there else ""
    near = nearest(path.partition(".")[2], own())
    return (
        f"`{path}`: no plug-in that is loaded has settings of this name.{near}{known} "
        f"A plug-in {BY_FLAG}."
    )


def members(hint: Any) -> tuple[Any, ...]:
    """Take a union apart.

    Args:
        hint: the type of a setting.

    Returns:
        The types it allows; one, where it is no union.
    """
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return typing.get_args(hint)
    return (hint,)


def coerced(value: object, hint: Any) -> Any:
    """Turn a plain value into what a setting holds.

    Args:
        value: a value as YAML or JSON gives it.
        hint: the type of the setting.

    Returns:
        The value, as a member of the enumeration or with the number type that the setting has.

    Raises:
        ValueError: the value does not fit; the text says what would.
    """
    kinds = members(hint)
    if value is None and types.NoneType in kinds:
        return None
    if isinstance(value, bool):
        if bool in kinds:
            return value
    elif isinstance(value, int | float):
        whole = isinstance(value, int) or value.is_integer()
        if int in kinds and (isinstance(value, int) or (whole and float not in kinds)):
            return int(value)
        if float in kinds:
            return float(value)
    elif isinstance(value, str):
        for kind in kinds:
            if isinstance(kind, Table) and value in kind:
                return str(value)
            if isinstance(kind, type) and issubclass(kind, StrEnum) and value in list(kind):
                return kind(value)
        if str in kinds:
            return str(value)
    raise ValueError(f"must be {described(hint)}, but got {value!r}.{_near(value, kinds)}")


def _near(value: object, kinds: tuple[Any, ...]) -> str:
    return nearest(value, [name for kind in kinds for name in _names(kind)])


def _names(kind: Any) -> list[str]:
    listed = isinstance(kind, Table) or isinstance(kind, type) and issubclass(kind, StrEnum)
    return [str(name) for name in kind] if listed else []


def described(hint: Any) -> str:
    """Say in words what a setting may hold.

    Args:
        hint: the type of the setting.

    Returns:
        Words that go on after "must be".
    """
    words: dict[Any, str] = {
        bool: "true or false",
        int: "a whole number",
        float: "a number",
        str: "a text",
        list[str]: "a list of texts, as in [a,b]",
        Any: "a text, a number, true or false, or a list of them, or null",
    }
    parts = []
    for kind in members(hint):
        if names := _names(kind):
            parts.append(f"one of {', '.join(names)}")
        else:
            parts.append(words.get(kind, "null"))
    return " or ".join(parts)
