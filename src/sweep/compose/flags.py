"""The flags of Hydra's command line: which are taken, which are refused and why."""

import argparse
import os
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from sweep.compose.catalogue import Catalogue
from sweep.compose.patch import patch_words
from sweep.errors import UserError, nearest

_REFUSED = {
    "multirun": (
        "--multirun would start a sweep for each combination of values, outside of any search. Give the values to "
        "one search instead: '+search.space.model.layers={type: categorical, choices: [1, 2]}'."
    ),
    "config_path": "--config-path would replace the shipped configuration. Add a folder of yours with --config-dir.",
    "config_name": (
        "--config-name would replace conf/config.yaml. A search file that begins with `# @package _global_` can set "
        "everything; put it into a folder of yours and add that with --config-dir."
    ),
    "experimental_rerun": "--experimental-rerun would execute what a file says. Repeat the command instead.",
}


@dataclass(frozen=True, slots=True)
class Flags:
    """A command line, read.

    Args:
        words: the overrides: those typed, then those of the patches.
        catalogue: the files that they can name.
        help: whether the program's help is wanted.
        version: whether the program's version is wanted.
        completes: whether Hydra is to install or answer a shell's completion.
        asked: flags by which Hydra itself shows something, ready to hand on to it; empty where a command is to run.
        package: the part of the configuration that Hydra is to show.
        plugins: files of code of one's own, not yet loaded.
    """

    words: list[str]
    catalogue: Catalogue
    help: bool
    version: bool
    completes: bool
    asked: list[str]
    package: str | None
    plugins: tuple[str, ...] = ()


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UserError(
            f"The command line cannot be read: {message}. `python -m sweep --help` shows what there is."
        )


def read_flags(arguments: list[str]) -> Flags:
    """Read the flags of a command line.

    Args:
        arguments: all words after the command's name.

    Returns:
        The flags and the overrides.

    Raises:
        UserError: a flag is unknown, refused, or does not go with another.
    """
    flags, mistakes = flags_and_mistakes(arguments)
    if mistakes:
        raise UserError(*mistakes)
    return flags


def flags_and_mistakes(arguments: list[str]) -> tuple[Flags, list[str]]:
    """Read the flags of a command line as far as they can be read.

    Args:
        arguments: all words after the command's name.

    Returns:
        The flags and the overrides, those that are wrong left out; and what is wrong.

    Raises:
        UserError: a flag lacks its value, or its value is none of those it takes.
    """
    parser = _parser()
    found, words = parser.parse_known_intermixed_args(arguments)
    refused = [_unknown_flag(parser, word) for word in words if word.startswith("-")]
    refused += [text for name, text in _REFUSED.items() if getattr(found, name)]
    shown = [
        name for name in ("cfg", "info", "hydra_help", "shell_completion") if getattr(found, name)
    ]
    if len(shown) > 1:
        pair = " and ".join(f"--{name.replace('_', '-')}" for name in shown)
        refused.append(f"{pair} ask for different things; give one of them.")
    if (found.resolve or found.package) and not found.cfg:
        refused.append("--resolve and --package go with --cfg, as in `--cfg job --resolve`.")
    catalogue = Catalogue(Path(os.path.abspath(found.config_dir)) if found.config_dir else None)
    try:
        catalogue.check()
    except UserError as wrong:
        refused += wrong.mistakes
        catalogue = Catalogue()
    flags = Flags(
        # What stands behind an unknown flag is read too: it may be as wrong.
        words=_patched(
            [*found.overrides, *(w for w in words if not w.startswith("-"))], found.patch
        ),
        catalogue=catalogue,
        help=found.help,
        version=found.version,
        completes=found.shell_completion,
        asked=_asked(found) if shown else [],
        package=found.package,
        plugins=tuple(found.plugin),
    )
    return flags, refused


def split_plugins(words: list[str]) -> tuple[list[str], list[str]]:
    """Take `--plugin FILE` out of the words of a command that composes nothing.

    Args:
        words: as typed.

    Returns:
        The other words, and the files.

    Raises:
        UserError: the last word is a `--plugin` without a file.
    """
    parser = _Parser(add_help=False, allow_abbrev=False)
    parser.add_argument("--plugin", action="append", default=[])
    found, rest = parser.parse_known_args(words)
    return rest, found.plugin


def _parser() -> _Parser:
    parser = _Parser(add_help=False, allow_abbrev=False)
    parser.add_argument("overrides", nargs="*")
    for short, long in (
        ("-h", "--help"),
        ("-r", "--run"),
        ("-m", "--multirun"),
        ("-sc", "--shell-completion"),
    ):
        parser.add_argument(short, long, action="store_true")
    for long in ("--version", "--hydra-help", "--resolve"):
        parser.add_argument(long, action="store_true")
    parser.add_argument("-c", "--cfg", choices=("job", "hydra", "all"))
    parser.add_argument(
        "-i",
        "--info",
        nargs="?",
        const="all",
        choices=("all", "config", "defaults", "defaults-tree", "plugins", "searchpath"),
    )
    parser.add_argument("-p", "--package")
    parser.add_argument("-cp", "--config-path")
    parser.add_argument("-cn", "--config-name")
    parser.add_argument("-cd", "--config-dir")
    parser.add_argument("--experimental-rerun")
    parser.add_argument("--plugin", action="append", default=[])
    parser.add_argument("--patch", action="append", default=[])
    return parser


def _patched(words: list[str], files: list[str]) -> list[str]:
    # What comes last counts. A patch changes the command that it was made for, but a name that is typed is meant.
    patch = [word for file in files for word in patch_words(Path(file))]
    named = [word for word in patch if word.startswith("name=")]
    return [*named, *words, *(word for word in patch if word not in named)]


def _asked(found: argparse.Namespace) -> list[str]:
    flags: list[str] = []
    for name in ("cfg", "info", "package"):
        if getattr(found, name):
            flags += [f"--{name}", getattr(found, name)]
    for name in ("hydra_help", "shell_completion", "resolve"):
        if getattr(found, name):
            flags.append(f"--{name.replace('_', '-')}")
    return flags + (
        ["--config-dir", str(Path(os.path.abspath(found.config_dir)))] if found.config_dir else []
    )


def _unknown_flag(parser: argparse.ArgumentParser, word: str) -> str:
    known = [option for option in parser._option_string_actions if option.startswith("--")]
    if "=" in word and "." in word:
        return f"`{word}` is no flag; settings are written without dashes: {word.lstrip('-')}"
    return (
        f"`{word}` is no flag.{nearest(word, known)} `python -m sweep --help` shows what there is."
    )
