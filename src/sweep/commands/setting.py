"""Settings that one command alone takes: read from its words, and told by its `--help`."""

from collections.abc import Sequence
from dataclasses import dataclass

from sweep.errors import UserError, nearest


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


def taken(words: list[str], settings: Sequence[Setting]) -> tuple[dict[str, str], list[str]]:
    """Take the words that give a command's own settings.

    Args:
        words: of the command line.
        settings: the command's own.

    Returns:
        Every setting's value where it has one, and the words that are left.

    Raises:
        UserError: a setting is missing or given twice, or a value is none of its choices; all at once.
    """
    known = {setting.name: setting for setting in settings}
    given: dict[str, str] = {}
    rest, mistakes = [], []
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or name not in known:
            rest.append(word)
        elif name in given and given[name] != _bare(value):
            mistakes.append(f"`{name}` is given twice: {given[name]!r} and {_bare(value)!r}.")
        else:
            given[name] = _bare(value)
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
    if mistakes:
        raise UserError(*mistakes)
    return given, rest


def strangers(command: str, words: list[str], settings: Sequence[Setting]) -> None:
    """Refuse words that a command does not take.

    Args:
        command: its name.
        words: those that `taken` left.
        settings: the command's own.

    Raises:
        UserError: there are some; each is told with the nearest setting.
    """
    names = [setting.name for setting in settings]
    takes = f"`{command}` takes {', '.join(f'{name}=' for name in names)}."
    mistakes = []
    for word in words:
        name, equals, _ = word.partition("=")
        if equals:
            mistakes.append(f"`{name}` is no setting.{nearest(name, names)} {takes}")
        else:
            mistakes.append(f"`{word}` sets nothing: write NAME=VALUE without spaces. {takes}")
    if mistakes:
        raise UserError(*mistakes)


def _bare(value: str) -> str:
    # As Hydra's words are quoted once more inside the shell's quotes.
    if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
        return value[1:-1].replace(f"\\{value[0]}", value[0]).replace("\\\\", "\\")
    return value
