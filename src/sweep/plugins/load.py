"""Plug-ins come from the command line or an installed package, and run once a process.

No configuration can name one: what a file of settings says never runs code.
"""

import hashlib
import importlib
import sys
from collections.abc import Callable, Iterable
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

from sweep.errors import UserError
from sweep.plugins.register import registering
from sweep.plugins.tables import TABLES, Entry, Plugin, Table

GROUP = "sweep.plugins"
"""Entry points of installed packages: each names a module that registers."""
_loaded: dict[str, Plugin] = {}


def loaded() -> tuple[Plugin, ...]:
    """Every plug-in that this process has loaded."""
    return tuple(_loaded.values())


def load_files(files: Iterable[str | Path]) -> list[Plugin]:
    """Load plug-ins from files; one that is loaded and has not changed is left as it is.

    Args:
        files: Python files.

    Returns:
        The plug-ins.

    Raises:
        UserError: a file is not there, raises, registers nothing, or a name in it is taken.
    """
    found = []
    mistakes: list[str] = []
    for file in files:
        try:
            found.append(_load_file(Path(file)))
        except UserError as wrong:
            mistakes += wrong.mistakes
    if mistakes:
        raise UserError(*mistakes)
    return found


def load_all(files: Iterable[str | Path]) -> None:
    """Load the plug-ins of installed packages, and those from files.

    Args:
        files: Python files.

    Raises:
        UserError: one of them cannot be loaded.
    """
    load_installed()
    load_files(files)


def load_installed() -> None:
    """Load the plug-ins of installed packages.

    Raises:
        UserError: one of them raises, registers nothing, or a name in it is taken.
    """
    for point in entry_points(group=GROUP):
        version = point.dist.version if point.dist else "unknown"
        name = point.dist.name if point.dist else point.name
        plugin = Plugin(name=name, digest=version, place=point.value, installed=True)
        _load_package(plugin)


def ensure(plugins: Iterable[Plugin]) -> None:
    """Load in this process what another one has loaded.

    Args:
        plugins: of that process.

    Raises:
        UserError: one is not what it was there.
    """
    for plugin in plugins:
        if plugin.installed:
            _load_package(plugin)
            continue
        here = _load_file(Path(plugin.place))
        if here.digest != plugin.digest:
            raise UserError(
                f"{plugin.place} was changed while its sweep ran: its SHA-256 was {plugin.digest}, but is "
                f"{here.digest}. Put the old file back, or begin another sweep: name=ANOTHER_NAME."
            )


def _load_file(path: Path) -> Plugin:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UserError(
            f"--plugin {path}: the file cannot be read ({error.strerror}); give the path of a Python file."
        ) from error
    digest = hashlib.sha256(content).hexdigest()
    place = str(path.resolve())
    plugin = Plugin(name=path.name, digest=digest, place=place)
    if _loaded.get(place) == plugin:
        return plugin

    def run() -> None:
        module = ModuleType(f"sweep_plugin_{digest[:16]}")
        module.__file__ = place
        sys.modules[module.__name__] = module  # dataclasses look their module up
        # What is run is what the digest was taken of.
        exec(compile(content, place, "exec"), module.__dict__)  # noqa: S102 - a plug-in is code

    _register(plugin, run)
    return plugin


def _load_package(plugin: Plugin) -> None:
    if plugin.place not in _loaded:
        _register(plugin, lambda: importlib.import_module(plugin.place.partition(":")[0]))


def _register(plugin: Plugin, run: Callable[[], Any]) -> None:
    with registering(plugin) as found:
        try:
            run()
        except UserError as wrong:
            raise UserError(*(f"{plugin.name}: {text}" for text in wrong.mistakes)) from wrong
        except Exception as error:  # whatever a plug-in raises is its author's to mend
            raise UserError(plugin.told(error)) from error
    if not found:
        raise UserError(
            f"{plugin.name} registers nothing; decorate a part of yours, as in "
            '`@sweep.plugins.cell("my_cell")` (docs/extend.md).'
        )
    before = _loaded.get(plugin.place)
    _refuse_taken(plugin, before, found)
    if before is not None:  # the file was changed since; a notebook loads it again
        for table in TABLES:
            table.forget(before)
    for table, entry in found:
        table.add(entry)
    _loaded[plugin.place] = plugin


def _refuse_taken(plugin: Plugin, before: Plugin | None, found: list[tuple[Table, Entry]]) -> None:
    taken = {
        name: entry.plugin
        for table in TABLES
        for name, entry in table.items()
        if entry.plugin is not None and entry.plugin != before
    }
    mistakes = [
        f"{plugin.name}: the name {entry.name!r} is taken by {taken[entry.name]}; rename one of them."
        for _, entry in found
        if entry.name in taken
    ]
    if mistakes:
        raise UserError(*mistakes)
