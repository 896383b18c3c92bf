"""Corpora in the cache: their texts, what settings of `text` make of them, vectors, seals and locks."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class CorpusFolder:
    """A corpus in the cache."""

    root: Path

    @staticmethod
    def name_of(fingerprint: str) -> str:
        """Name of the folder of the corpus with this SHA-256."""
        return fingerprint[:16]

    @property
    def texts(self) -> Path:
        """Text, label and part of each row."""
        return self.root / "corpus.parquet"

    def encoded(self, settings: str) -> "EncodedFolder":
        """Folder of the corpus under one fingerprint of the settings of `text`."""
        return EncodedFolder(self.root / settings)

    def distances(self, components: int) -> Path:
        """Vectors of the training texts in so many dimensions."""
        return self.root / f"distances-{components}.npy"


@dataclass(frozen=True, slots=True)
class EncodedFolder:
    """A corpus as one setting of `text` encodes it."""

    root: Path

    @property
    def encoder(self) -> Path:
        """Folder of the fitted encoder."""
        return self.root / "encoder"

    @property
    def facts(self) -> Path:
        """Vocabulary size, maximum length, statistics."""
        return self.root / "facts.json"

    def array(self, part: str, name: str) -> Path:
        """One array of a part: ids, offsets or labels."""
        return self.root / f"{part}.{name}.npy"

    def vectors(self, content: str) -> "VectorsFolder":
        """Folder of the vocabulary's ready-made vectors, under the fingerprint of their content."""
        return VectorsFolder(self.root.with_name(f"{self.root.name}-vectors-{content}"))


@dataclass(frozen=True, slots=True)
class VectorsFolder:
    """Ready-made vectors of one vocabulary, in the cache."""

    root: Path

    @property
    def matrix(self) -> Path:
        """A start value for every token."""
        return self.root / "vectors.npy"

    @property
    def facts(self) -> Path:
        """What they cover."""
        return self.root / "facts.json"


@dataclass(frozen=True, slots=True)
class NodeFolder:
    """A person's folder on a node of a cluster that does not see the coordinator's files."""

    root: Path

    @staticmethod
    def name_of(user: int) -> str:
        """Name of the folder, in the node's folder of temporary files."""
        return f"sweep-{user}"

    @property
    def cache(self) -> Path:
        """Corpora that were sent here, as `Workspace.cache`."""
        return self.root / "cache"

    @property
    def trials(self) -> Path:
        """What trials write until their results are sent."""
        return self.root / "trials"

    def plugins(self, digest: str) -> Path:
        """Folder of a plug-in's file with this SHA-256."""
        return self.root / "plugins" / digest[:16]


def seal_of(folder: Path) -> Path:
    """The file that says a folder of the cache is whole: the SHA-256 of every file in it."""
    return folder / "whole.json"


def vectors_note(cache: Path, file: str) -> Path:
    """What is remembered about a file of vectors, so that one that has not changed is not read again."""
    return cache / f"vectors-{file}.json"


def lock_of(path: Path) -> Path:
    """Held by the process that writes a file or folder."""
    return path.with_name(f"{path.name}.lock")
