"""The cache on disk: corpora, and what each setting of `text` makes of them, written once for all workers.

    cache/<corpus>/                 the texts, their labels and parts
    cache/<corpus>/<settings>/      the fitted encoder, the ids of each part, statistics
    cache/<corpus>/<settings>-vectors-<vectors>/    ready-made vectors of that vocabulary

Each folder is written beside under a lock, with the SHA-256 of every file in it, and renamed; that seal is checked
before anything is read.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweep.data.corpus import PARTS, SplitCorpus
from sweep.errors import DataError
from sweep.files import locked, sha256, whole_folder
from sweep.records import EncodedTexts
from sweep.text.clean import whole_unicode
from sweep.text.encoder import VERSION, Encoder
from sweep.text.settings import TextSettings
from sweep.workspace import CorpusFolder, EncodedFolder, seal_of

_LIBRARIES = ("ftfy", "simplemma", "snowballstemmer", "stopwordsiso", "tokenizers")


@dataclass(frozen=True, slots=True)
class EncodedCorpus:
    """A corpus as one setting of `text` encodes it."""

    folder: Path
    parts: dict[str, EncodedTexts]
    """train, validation and test, mapped from disk."""
    encoder: Path
    """Folder of the encoder; `Encoder.load` reads it."""
    vocabulary_size: int
    max_length: int
    """Most tokens a text."""
    statistics: dict[str, dict[str, float]]
    """For each part: `unknown`, the share of its tokens, and `truncated`, the share of its texts."""


def store_corpus(root: Path, corpus: SplitCorpus) -> Path:
    """Write a corpus where every worker finds it, unless it stands there already.

    Args:
        root: folder of the cache; made where absent.
        corpus: the rows and their parts.

    Returns:
        The corpus's folder.
    """
    folder = root / CorpusFolder.name_of(corpus.fingerprint)
    root.mkdir(parents=True, exist_ok=True)

    def write(partial: Path) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        columns = {
            "text": pa.array([whole_unicode(t) for t in corpus.corpus.texts], pa.large_string()),
            "label": pa.array(corpus.corpus.labels, pa.int8()),
            "part": pa.array(corpus.parts.tolist(), pa.string()),
        }
        pq.write_table(pa.table(columns), CorpusFolder(partial).texts)

    write_once(folder, write)
    return folder


def load_texts(folder: Path, part: str) -> tuple[list[str], NDArray[np.int8]]:
    """Read the raw texts of one part.

    Args:
        folder: what `store_corpus` returned.
        part: train, validation or test.

    Returns:
        The texts and their labels, in the corpus's order.

    Raises:
        DataError: the cached corpus is missing or damaged.
    """
    import pyarrow.parquet as pq

    if not is_whole(folder):
        raise DataError(
            f"The cached corpus in {folder} is missing or damaged. Run the same command again: it is written anew."
        )
    table = pq.read_table(CorpusFolder(folder).texts, filters=[("part", "==", part)])
    return table["text"].to_pylist(), table["label"].to_numpy().astype(np.int8)


def rows_of(folder: Path, part: str) -> NDArray[np.intp]:
    """Tell which rows of the corpus a part holds.

    Args:
        folder: what `store_corpus` returned.
        part: train, validation or test.

    Returns:
        Their places in the corpus, in the order of `load_texts`.
    """
    import pyarrow.parquet as pq

    parts = pq.read_table(CorpusFolder(folder).texts, columns=["part"])["part"].to_numpy()
    return np.flatnonzero(parts == part)


def encoded(folder: Path, settings: TextSettings) -> EncodedCorpus:
    """Open the corpus as these settings encode it; encode it first where nobody has.

    Whoever asks for the same settings meanwhile waits for the one that encodes them.

    Args:
        folder: what `store_corpus` returned.
        settings: what `text_settings` returned.

    Returns:
        The encoded corpus, mapped from disk.

    Raises:
        DataError: the cached corpus is missing or damaged.
        UserError: the settings do not fit the training texts.
    """
    place = CorpusFolder(folder).encoded(encoding_name(settings))
    write_once(place.root, lambda partial: _encode(folder, settings, partial))
    return _open(place)


def _encode(folder: Path, settings: TextSettings, partial: Path) -> None:
    place = EncodedFolder(partial)
    statistics = {}
    texts, labels = load_texts(folder, "train")
    encoder, rows = Encoder.fit_encode(texts, **settings)
    for part in PARTS:
        if part != "train":
            texts, labels = load_texts(folder, part)
            rows = encoder.encode(texts)
        for name, values in (("ids", rows.ids), ("offsets", rows.offsets), ("labels", labels)):
            np.save(place.array(part, name), values)
        statistics[part] = _statistics(rows)
    place.encoder.mkdir()
    encoder.save(place.encoder)
    facts = {
        "vocabulary_size": encoder.vocabulary_size,
        "max_length": encoder.max_length,
        "statistics": statistics,
    }
    place.facts.write_text(json.dumps(facts), encoding="utf-8")


def _open(place: EncodedFolder) -> EncodedCorpus:
    facts = json.loads(place.facts.read_text(encoding="utf-8"))
    parts = {
        part: EncodedTexts(
            _mapped(place.array(part, "ids")),
            _mapped(place.array(part, "offsets")),
            _mapped(place.array(part, "labels")),
        )
        for part in PARTS
    }
    return EncodedCorpus(folder=place.root, parts=parts, encoder=place.encoder, **facts)


def _mapped(path: Path) -> NDArray[Any]:
    array: NDArray[Any] = np.load(path, mmap_mode="r")
    return array


def _statistics(rows: EncodedTexts) -> dict[str, float]:
    return {
        "unknown": float(np.mean(rows.ids == 1)) if len(rows) else 0.0,
        "truncated": rows.truncated / max(len(rows), 1),
    }


def encoding_name(settings: TextSettings) -> str:
    """Name the folder of what these settings make of a corpus; equal where they encode alike."""
    # Settings that nothing reads, given the others, must not make two entries of one.
    read: dict[str, Any] = {**settings, "max_length": float(settings["max_length"])}
    if not settings["stop_words"]:
        del read["keep_negations"]
        if settings["reduction"] == "none":
            del read["language"]
    if settings["level"] == "character" and settings["punctuation"] == "separate":
        read["punctuation"] = "keep"
    versions = {library: version(library) for library in _LIBRARIES}
    content = json.dumps([VERSION, versions, read], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def write_once(folder: Path, write: Callable[[Path], None]) -> None:
    """Write a folder of the cache, unless it stands there whole; whoever asks for it meanwhile waits.

    Args:
        folder: the folder.
        write: given an empty folder, writes the files.
    """
    if is_whole(folder):
        return
    with locked(folder):
        if is_whole(folder):  # another process wrote it while this one waited
            return
        with whole_folder(folder) as partial:
            write(partial)
            _seal(partial)


def _seal(folder: Path) -> None:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    digests = {str(path.relative_to(folder)): sha256(path) for path in files}
    seal_of(folder).write_text(json.dumps(digests), encoding="utf-8")


def is_whole(folder: Path) -> bool:
    """Tell whether a folder of the cache holds what its seal says.

    Args:
        folder: a corpus, or one of the folders in it.
    """
    try:
        digests = json.loads(seal_of(folder).read_text(encoding="utf-8"))
        return bool(digests) and all(sha256(folder / n) == d for n, d in digests.items())
    except (FileNotFoundError, NotADirectoryError, ValueError, AttributeError):
        return False
