"""What is chosen by name: a table a kind, holding ours and those of plug-ins in the same form.

An entry of ours says where it stands, so that no name costs an import before it is used.
"""

import dataclasses
import importlib
import traceback
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sweep.errors import UserError, nearest

BY_FLAG = "comes with --plugin FILE"
"""How every refusal ends that a plug-in would mend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugin:
    """Code of one's own: a file, or an installed package."""

    name: str
    """The file's name, or the package's."""
    digest: str
    """SHA-256 of the file, or version of the package: what a result depends on."""
    place: str
    """The file's path, or the module to import."""
    installed: bool = False
    """Whether it is an installed package."""

    def __str__(self) -> str:
        return (
            f"{self.name} {self.digest}"
            if self.installed
            else f"{self.name} (SHA-256 {self.digest})"
        )

    def told(self, error: Exception) -> str:
        """Say what its code raised, and in which of its lines."""
        if isinstance(error, SyntaxError):
            return f"{self.place}, line {error.lineno}: {type(error).__name__}: {error.msg}"
        frames = traceback.extract_tb(error.__traceback__)
        lines = [frame.lineno for frame in frames if frame.filename == self.place]
        line = f", line {lines[-1]}" if lines else ""
        return f"{self.place}{line}: {type(error).__name__}: {error}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One name of a table."""

    name: str
    made: Any
    """What stands behind the name; for ours where that stands, "module:attribute"."""
    settings: type[Any] | None = None
    """Dataclass of its own settings, `plugins.NAME.SETTING`."""
    plugin: Plugin | None = None
    """Where it comes from; None for ours."""

    def get(self) -> Any:
        """What stands behind the name; ours is imported now."""
        if self.plugin is not None:
            return self.made
        module, _, attribute = self.made.partition(":")
        return getattr(importlib.import_module(module), attribute)

    def call(self, settings: Mapping[str, Mapping[str, Any]] | None, *arguments: Any) -> Any:
        """Call what a plug-in has registered.

        Args:
            settings: of all plug-ins, by their names; what is not given keeps its default.
            *arguments: what this kind is called with; the entry's own settings follow as an object, where it has any.

        Returns:
            What it returned.
        """
        return self.bound(settings)(*arguments)

    def bound(self, settings: Mapping[str, Mapping[str, Any]] | None) -> Callable[..., Any]:
        """What a plug-in has registered, its own settings made once: to be called with the rest."""
        made: Callable[..., Any] = self.get()
        if self.settings is None:
            return made
        own = self.settings(**(settings or {}).get(self.name, {}))
        return lambda *arguments: made(*arguments, own)


class Table(Mapping[str, Entry]):
    """The names that a setting may hold.

    Args:
        setting: its dotted name.
        ours: where each of ours stands.
    """

    def __init__(self, setting: str, ours: Mapping[str, str]) -> None:
        self.setting = setting
        self.ours = tuple(ours)
        self._entries = {name: Entry(name=name, made=place) for name, place in ours.items()}

    def __getitem__(self, name: str) -> Entry:
        return self._entries[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, entry: Entry) -> None:
        """Add a plug-in's entry."""
        self._entries[entry.name] = entry

    def forget(self, plugin: Plugin) -> None:
        """Drop every entry of a plug-in."""
        self._entries = {n: entry for n, entry in self._entries.items() if entry.plugin != plugin}

    def refusal(self, value: str) -> list[str]:
        """Say that the setting may not hold a value.

        Args:
            value: the value.

        Returns:
            The mistake, or nothing where the table has the name.
        """
        if value in self:
            return []
        return [
            f"`{self.setting}` takes one of {', '.join(self)}, but got `{value}`.{nearest(value, self)} "
            f"One of your own {BY_FLAG}."
        ]

    def field(self, default: str) -> Any:
        """Make the field of a config class that holds one of the names."""
        return dataclasses.field(default=default, metadata={"names": self})


CELLS = Table(
    "model.cell",
    {"lstm": "sweep.network.cells:LSTM", "gru": "sweep.network.cells:GRU"},
)
NETWORKS = Table("model.network", {"recurrent": "sweep.network.classifier:Classifier"})
READ_OUTS = Table(
    "model.read_out",
    {
        "last": "sweep.network.read_outs:last",
        "mean": "sweep.network.read_outs:mean",
        "max": "sweep.network.read_outs:largest",
    },
)
LOSSES = Table(
    "loss.name", {"bce": "sweep.training.loss:BCE", "focal": "sweep.training.loss:FOCAL"}
)
_HERE = "sweep.resampling.resample"
RESAMPLERS = Table(
    "resampling.method",
    {
        "none": f"{_HERE}:whole",
        "random_over": f"{_HERE}:picking",
        "random_under": f"{_HERE}:picking",
        "near_miss_1": f"{_HERE}:picking",
        "near_miss_2": f"{_HERE}:picking",
        "near_miss_3": f"{_HERE}:picking",
        "tomek_links": f"{_HERE}:picking",
        "edited_nearest_neighbours": f"{_HERE}:picking",
        "smote": f"{_HERE}:mixing",
        "borderline_smote": f"{_HERE}:mixing",
        "svm_smote": f"{_HERE}:mixing",
        "adasyn": f"{_HERE}:mixing",
        "smote_tomek": f"{_HERE}:mixing",
        "balanced_batches": f"{_HERE}:whole",
    },
)
CLEANINGS = Table("text.cleaning", {"none": "sweep.text.clean:unchanged"})
TABLES = (CELLS, NETWORKS, READ_OUTS, LOSSES, RESAMPLERS, CLEANINGS)
PREDICTING = (CELLS, NETWORKS, READ_OUTS, CLEANINGS)
"""Those whose plug-ins a trained model needs."""


def hints(kind: type) -> dict[str, Any]:
    """The type of each field of a config class; a table for one that holds its names.

    Args:
        kind: a dataclass.

    Returns:
        Types by field.
    """
    found = typing.get_type_hints(kind)
    tables = {field.name: field.metadata.get("names") for field in dataclasses.fields(kind)}
    return {name: tables.get(name) or hint for name, hint in found.items()}


def own() -> dict[str, type[Any]]:
    """The settings of all plug-ins that are loaded: a dataclass by the plug-in's name."""
    return {
        name: entry.settings
        for table in TABLES
        for name, entry in table.items()
        if entry.settings is not None
    }


def defaults() -> dict[str, dict[str, Any]]:
    """What every setting of every loaded plug-in is, unless something else is given."""
    return {name: dataclasses.asdict(kind()) for name, kind in own().items()}


def used(values: Mapping[str, Any], tables: Sequence[Table] = TABLES) -> dict[str, Plugin]:
    """Find the plug-ins that settings take something from.

    Args:
        values: settings by dotted name; several values of one as a list.
        tables: those that are looked at.

    Returns:
        The plug-in behind each name that is chosen.

    Raises:
        UserError: a name is known to no table.
    """
    found: dict[str, Plugin] = {}
    mistakes: list[str] = []
    for table in tables:
        given = values.get(table.setting, [])
        for name in [given] if isinstance(given, str) else given:
            mistakes += table.refusal(name)
            plugin = table[name].plugin if name in table else None
            if plugin is not None:
                found[name] = plugin
    if mistakes:
        raise UserError(*mistakes)
    return found
