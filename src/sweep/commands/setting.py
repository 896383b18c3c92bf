"""Settings that one command alone takes: read from its words, and told by its `--help`."""

from collections.abc import Sequence
from dataclasses import dataclass

from sweep.errors import UserError, nearest
from sweep.typed import unspelled


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting, written NAME=VALUE.

    Args:
        name: its name.
        about: meaning and unit, in one line.
        default: what is taken where it is not given, as it would be typed; None where nothing is.
        needed: whether the command cannot do without it.
        choices: the values that it takes; any where there are none.
    """

    name: str
    about: str
    default: str | None = None
    needed: bool = False
    choices: tuple[str, ...] = ()


def taken(
    words: list[str], settings: Sequence[Setting]
) -> tuple[dict[str, str], list[str], list[str]]:
    """Take the words that give a command's own settings.

    Args:
        words: of the command line.
        settings: the command's own.

    Returns:
        Every setting's value where it has one; the words that are left; and what is wrong: a setting that is missing
        or given twice, a value that is none of its choices.
    """
    known = {setting.name: setting for setting in settings}
    given: dict[str, str] = {}
    rest, mistakes = [], []
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or name not in known:
            rest.append(word)
        elif name in given and given[name] != unspelled(value):
            mistakes.append(f"`{name}` is given twice: {given[name]!r} and {unspelled(value)!r}.")
        else:
            given[name] = unspelled(value)
    for setting in settings:
        chosen = given.get(setting.name) or setting.default
        if not chosen and setting.needed:
            mistakes.append(f"`{setting.name}=` must be given: {setting.about}.")
        elif chosen and setting.choices and chosen not in setting.choices:
            mistakes.append(
                f"`{setting.name}` takes {' or '.join(setting.choices)}, but got {chosen!r}."
            )
        elif chosen:
            given[setting.name] = chosen
    return given, rest, mistakes


def taken_alone(command: str, words: list[str], settings: Sequence[Setting]) -> dict[str, str]:
    """Take the words of a command that takes no others.

    Args:
        command: its name.
        words: of the command line.
        settings: the command's own.

    Returns:
        Every setting's value where it has one.

    Raises:
        UserError: as under `taken`, and words that are none of its settings, each told with the nearest one.
    """
    given, rest, mistakes = taken(words, settings)
    names = [setting.name for setting in settings]
    takes = f"`{command}` takes {', '.join(f'{name}=' for name in names)}."
    strangers = []
    for word in rest:
        name, equals, _ = word.partition("=")
        if equals:
            strangers.append(f"`{name}` is no setting.{nearest(name, names)} {takes}")
        else:
            strangers.append(f"`{word}` sets nothing: write NAME=VALUE without spaces. {takes}")
    if strangers or mistakes:
        raise UserError(*strangers, *mistakes)
    return given
