"""Commands as the person would type them, for the lines that say what to do next."""

import argparse
import re
import shlex
import shutil
import sys
from pathlib import Path

from sweep.workspace import Workspace

_BARE = re.compile(r"(\.{0,2}/)?[A-Za-z_][A-Za-z0-9_./-]*|0|-?[1-9][0-9]{0,14}")
_MEANT = {"true", "false", "null", "inf", "nan"}  # Hydra takes these words for values
_TAKE_PLUGINS = {"report", "export", "predict", "serve", "ui"}


def program() -> str:
    """Say how this program was started, so that what is printed works in the same place.

    Returns:
        `PYTHON -m sweep` with the interpreter as it was typed, or the console script.
    """
    first, *rest = sys.orig_argv
    module = next((i for i, word in enumerate(rest) if word == "-m"), None)
    if module is not None and rest[module + 1 : module + 2] == ["sweep"]:
        return f"{shlex.quote(first)} -m sweep"
    script = Path(sys.argv[0]) if sys.argv else Path()
    if script.name == "sweep":
        found = shutil.which("sweep")
        on_path = found is not None and Path(found).resolve() == script.resolve()
        return "sweep" if on_path else shlex.quote(str(script))
    return "python -m sweep"


def typed(command: str, **words: str) -> str:
    """Write a command.

    Args:
        command: its name.
        **words: its settings.

    Returns:
        A line for a shell, each value as the command line's grammar and the shell take it; with the
        `--plugin FILE` that this command was given, where that one needs it, too.

    >>> print(typed("export", name="my sweep"))
    python -m sweep export 'name="my sweep"'
    """
    given = (shlex.quote(f"{name}={spelled(value)}") for name, value in words.items())
    return " ".join([program(), command, *_plugins(command), *given])


def _plugins(command: str) -> list[str]:
    # What a sweep or a model is made of is nowhere run by itself: each command is told the file.
    if command not in _TAKE_PLUGINS:
        return []
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--plugin", action="append", default=[])
    found, _ = parser.parse_known_args(sys.argv[1:])
    return [word for file in found.plugin for word in ("--plugin", shlex.quote(file))]


def on_sweep(command: str, folder: Path) -> str:
    """Write a command that works on a sweep that exists.

    Args:
        command: its name.
        folder: the sweep's own folder.

    Returns:
        A line for a shell; `workdir` stands in it where it is not the default one.
    """
    where = {} if folder.parent == Path(Workspace.DEFAULT) else {"workdir": str(folder.parent)}
    return typed(command, name=folder.name, **where)


def start_over(folder: Path) -> str:
    """Say how a sweep whose files are not those that were written is started over.

    Args:
        folder: the sweep's own folder.
    """
    return f"Put it back, or start over: {on_sweep('delete', folder)}, then the sweep's command again."


def spelled(value: object) -> str:
    """Write a value so that the command line's grammar reads it back, before the shell's own quotes.

    Args:
        value: a text, which stays one, a number, true or false, or a list of them.

    >>> [spelled(v) for v in ("spam", "1", "not so", True, 0.5, ["a", "b, c"])]
    ['spam', '1', '"not so"', 'true', '0.5', '[a,"b, c"]']
    """
    if isinstance(value, list):
        return f"[{','.join(map(spelled, value))}]"
    if isinstance(value, bool) or value is None:
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, float):
        return str(value)
    text = str(value)
    if _BARE.fullmatch(text) and text.casefold() not in _MEANT:
        return text
    # A backslash is doubled only before a quote mark; `${` would be read as a reference.
    marked = re.sub(r"(\\*)\$\{", r"\1\1\\${", text)
    marked = re.sub(r'(\\*)"', r'\1\1\\"', marked)
    marked = re.sub(r"(\\+)$", r"\1\1", marked)
    return f'"{marked}"'


def unspelled(text: str) -> str:
    """Read a text as the command line's grammar reads it: a quoted one without its quotes.

    Args:
        text: what stands behind `NAME=`.

    >>> [unspelled(spelled(text)) for text in ("a", "a b", 'say "a"')]
    ['a', 'a b', 'say "a"']
    """
    if len(text) < 2 or text[0] != text[-1] or text[0] not in "'\"":
        return text
    # Backslashes before a quote mark, `${` or the end stand for half as many.
    ends = rf"(\\+)({text[0]}|\$\{{|$)"
    return re.sub(ends, lambda m: m[1][: len(m[1]) // 2] + m[2], text[1:-1])
