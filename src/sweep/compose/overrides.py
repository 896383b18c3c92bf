"""The words of a command line that set something, read by Hydra's grammar: what each chooses or changes."""

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from hydra.errors import HydraException

from sweep.compose.catalogue import Catalogue

APPENDED = ("search", "debug")
"""Groups that the defaults list leaves out; Hydra wants `+` before them, here it may be left out."""

LONGEST = 10_000
MOST_COMMAS = 500
MOST_BRACKETS = 100
"""Bounds of one word."""


def parsed(words: list[str]) -> tuple[list[Override], list[str]]:
    """Read the words of a command line.

    Args:
        words: as typed, flags left out.

    Returns:
        What can be taken, in the order in which it counts, and what is wrong with the others.
    """
    parser = OverridesParser.create()
    overrides: list[Override] = []
    mistakes: list[str] = []
    for word in words:
        if (refusal := _bounds(word)) is not None:
            mistakes.append(refusal)
            continue
        try:
            override = parser.parse_overrides([_with_plus(word)])[0]
        except (HydraException, ValueError):  # a number of thousands of digits
            mistakes.append(_unreadable(word))
            continue
        refusal = _refusal(override) or _second_search(override, overrides)
        if refusal:
            mistakes.append(refusal)
        else:
            overrides.append(override)
    # The file named last wins, and what `+debug=...` sets must win over the search.
    overrides.sort(key=lambda o: o.key_or_group == "debug")
    return overrides, mistakes


def chooses(override: Override, catalogue: Catalogue) -> bool:
    """Tell whether an override chooses a file of a group, rather than changing a setting."""
    return override.key_or_group in catalogue.groups() and not isinstance(override.value(), dict)


def sign(override: Override) -> str:
    """Name the sign before an override: nothing, `+`, `++` or `~`."""
    if override.is_delete():
        return "~"
    return "+" if override.is_add() else "++" if override.is_force_add() else ""


def wrong_choice(override: Override, catalogue: Catalogue) -> str | None:
    """Say that an override chooses a file that is not there, or chooses a second one; None where it is right."""
    group = override.key_or_group
    choice = override.value()
    if override.is_add() and group not in APPENDED:
        return f"`+{group}={choice}`: a choice of `{group}` is there already; change it without `+`: {group}={choice}"
    return None if override.is_delete() else catalogue.wrong_choice(group, choice)


def _with_plus(word: str) -> str:
    return f"+{word}" if word.partition("=")[0] in APPENDED and "=" in word else word


def _bounds(word: str) -> str | None:
    # Hydra's grammar takes time with the square of a word's parts and calls itself for each bracket.
    for what, there, most in (
        ("signs", len(word), LONGEST),
        ("commas", word.count(","), MOST_COMMAS),
        ("brackets of a kind", max(map(word.count, "[{(")), MOST_BRACKETS),
    ):
        if there > most:
            return (
                f"`{word[:60]}…` may hold {most} {what}, but holds {there}; put it into a file, see "
                "--config-dir."
            )
    return None


def _unreadable(word: str) -> str:
    if word.find("=") < 1:
        return f"`{word}` sets nothing: a setting is written NAME=VALUE without spaces, as in model.hidden=64."
    name, _, value = word.replace('"', '\\"').partition("=")
    return (
        f"`{word}` cannot be read: a value with spaces, brackets or other signs is quoted twice, once for the shell "
        f"and once for Hydra: '{name}=\"{value}\"'."
    )


def _refusal(override: Override) -> str | None:
    key = override.key_or_group
    word = override.input_line
    if not key:
        return _unreadable(word or "")
    if key.split("/")[0].split(".")[0] == "hydra":
        return (
            f"`{word}`: Hydra's own settings are fixed here, because its logging and plugins can be made to call any "
            "code; add a folder of configurations with --config-dir."
        )
    if override.is_delete() and key in APPENDED:
        return f"`{word}`: there is none to remove; leave this word out."
    if override.is_sweep_override():
        return (
            f"`{word}` asks Hydra for several runs. For a list write {key}=[...]; to quote a comma write "
            f"'{key}=\"...\"'; to search several values put them in the space: "
            f"'+search.space.{key}={{type: categorical, choices: [...]}}'."
        )
    return None


def _second_search(override: Override, before: list[Override]) -> str | None:
    first = next((o for o in before if o.key_or_group == "search"), None)
    if first is None or override.key_or_group != "search":
        return None
    return f"A command runs one search, but got {first.value()} and {override.value()}; drop one."
