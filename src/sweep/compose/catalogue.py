"""What stands under conf/: the groups, their files, and the question of each search."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from sweep.compose.yaml_file import BoundsError, read_yaml
from sweep.config.settings import flat
from sweep.errors import UserError, nearest

_HERE = Path(__file__).parents[1]
CONF = _HERE / "conf" if (_HERE / "conf").is_dir() else _HERE.parents[1] / "conf"
"""The shipped configuration: inside the package where it is installed, beside `src/` in a checkout."""
_HYDRA = re.compile(r"\bhydra\b")
_HEADER = re.compile(r"(?m)^\s*#\s*@package\s+hydra\b")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The files that a command can name: the shipped ones and those of a folder of the user's.

    Args:
        extra: the folder given by `--config-dir`.
    """

    extra: Path | None = None

    def groups(self) -> list[str]:
        """Name the groups, in alphabetical order."""
        return sorted(
            {d.name for root in self._roots() for d in root.iterdir() if _holds_files(d)}
        )

    def options(self, group: str) -> list[str]:
        """Name the files of a group, in alphabetical order."""
        return sorted({f.stem for root in self._roots() for f in (root / group).glob("*.yaml")})

    def searches(self) -> str:
        """List the searches, each on a line with its question."""
        names = self.options("search")
        wide = max((len(name) for name in names), default=0)
        return "\n".join(
            f"  +search={name.ljust(wide)}  {self._question(name)}".rstrip() for name in names
        )

    def which_search(self) -> str:
        """Ask for a search, and list them."""
        return f"Which search? Add one of:\n{self.searches()}"

    def wrong_choice(self, group: str, choice: object) -> str | None:
        """Say that a group has no such file, and which there are.

        Args:
            group: name of the group, the folder below conf/.
            choice: name of the file, without its ending.

        Returns:
            The mistake, or None where the file is there.
        """
        options = self.options(group)
        if choice in options:
            return None
        if group == "search":
            return f"There is no search `{choice}`.{nearest(choice, options)} There are:\n{self.searches()}"
        typed = f"{group}={'null' if choice is None else choice}"
        return (
            f"`{typed}`: there is no such file.{nearest(choice, options)} `{group}=` takes one of "
            f"{', '.join(options)}; a single setting is written {group}.NAME=VALUE."
        )

    def settings(self, group: str, choice: str) -> set[str]:
        """Name the settings that a file sets, those of the search itself left out.

        Args:
            group: name of the group.
            choice: name of a file that is there, without its ending.

        Returns:
            Dotted names.
        """
        text = self._file(group, choice).read_text(encoding="utf-8")
        content = yaml.safe_load(text) or {}
        content.pop("defaults", None)
        tree = content if text.startswith("# @package _global_") else {group: content}
        return {path for path in flat(tree) if not path.startswith("search.")}

    def check(self) -> None:
        """Refuse a folder of the user's that would not do what it seems to do.

        Raises:
            UserError: it is no folder, a file in it is hidden by a shipped one, or is no YAML.
        """
        if self.extra is None or self.extra.resolve() == CONF.resolve():
            return
        if not self.extra.is_dir():
            raise UserError(f"--config-dir must name a folder, but there is none at {self.extra}.")
        mistakes: list[str] = []
        seen: set[Path] = set()
        for file in sorted(
            f for group in Catalogue().groups() for f in (self.extra / group).glob("*.yaml")
        ):
            if (CONF / file.relative_to(self.extra)).exists():
                mistakes.append(
                    f"{file} would be hidden by the shipped file of the same name; give it another name."
                )
            mistakes += _unusable(file, self.extra, seen)
        if mistakes:
            raise UserError(*mistakes)

    def _roots(self) -> list[Path]:
        return [CONF] if self.extra is None else [CONF, self.extra]

    def _file(self, group: str, choice: str) -> Path:
        return next(f for root in self._roots() if (f := root / group / f"{choice}.yaml").exists())

    def _question(self, search: str) -> str:
        content = yaml.safe_load(self._file("search", search).read_text(encoding="utf-8"))
        if not isinstance(content, dict):
            return ""
        nested = content.get("search")  # a `# @package _global_` file keeps it one step deeper
        return str(
            content.get("question")
            or (nested.get("question") if isinstance(nested, dict) else None)
            or ""
        )


def _holds_files(folder: Path) -> bool:
    return folder.is_dir() and any(folder.glob("*.yaml"))


def _named(file: Path, content: Mapping[str, Any], root: Path) -> Iterator[Path]:
    # Files that a file's defaults list may bring in: from its own group, or from any folder of the root.
    listed = content.get("defaults")
    for entry in listed if isinstance(listed, list) else []:
        pairs = entry.items() if isinstance(entry, Mapping) else [("", entry)]
        for key, value in pairs:
            group = str(key).removeprefix("override ").strip().removeprefix("/").partition("@")[0]
            for name in value if isinstance(value, list) else [value]:
                path = Path(group, f"{str(name).removeprefix('/').partition('@')[0]}.yaml")
                yield from (f for f in (file.parent / path, root / path) if f.is_file())


def _unusable(file: Path, root: Path, seen: set[Path]) -> list[str]:
    if file.resolve() in seen:
        return []
    seen.add(file.resolve())
    try:
        content = read_yaml(file)
    except BoundsError as error:
        return [f"{file} {error}."]
    except UnicodeDecodeError as error:
        return [f"{file} must be UTF-8, but its byte {error.start} is not; save it as UTF-8."]
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        return [f"{file} is no YAML{line}: {error.problem}."]
    except yaml.YAMLError as error:
        return [f"{file} is no YAML: {error}."]
    if content is None:
        return []
    if not isinstance(content, dict):
        return [
            f"{file} must hold lines of the form `NAME: VALUE`, but holds {type(content).__name__}."
        ]
    defaults = str(content.get("defaults"))
    if "hydra" in content or _HYDRA.search(defaults) or _HEADER.search(file.read_text("utf-8")):
        return [
            f"{file} changes Hydra's own settings, which can be made to call any code; remove `hydra`."
        ]
    if "${" in defaults:
        return [f"{file}: its defaults list must name its files, but computes one with `${{`."]
    return [m for other in _named(file, content, root) for m in _unusable(other, root, seen)]
