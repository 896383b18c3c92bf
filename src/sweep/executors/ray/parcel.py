"""Files on their way between the coordinator and a node that does not see its folder.

A corpus goes to a node once: each folder of the cache that its seal calls whole is one object of Ray's store. What a
trial leaves comes back with the result, and each file only counts under its SHA-256.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path, PurePosixPath

from sweep.errors import SweepError
from sweep.files import locked, whole_folder, write_whole
from sweep.plugins.tables import Plugin
from sweep.records import TrialJob
from sweep.workspace import NodeFolder, seal_of

KEPT_S = 14 * 86_400
"""A corpus that no trial of a node has used for so long is removed there."""


@dataclass(frozen=True, slots=True)
class Packed:
    """A file with its digest."""

    name: str
    """Below its folder, with slashes."""
    sha256: str
    content: bytes


def packed(folder: Path, names: Iterable[str] | None = None) -> list[Packed]:
    """Read files of a folder.

    Args:
        folder: the folder; an absent one holds nothing.
        names: of the files; by default all.
    """
    if names is None:
        found = (path for path in folder.rglob("*") if path.is_file())
        names = (path.relative_to(folder).as_posix() for path in found)
    contents = {name: (folder / name).read_bytes() for name in sorted(names)}
    return [Packed(name, sha256(held).hexdigest(), held) for name, held in contents.items()]


def unpack(files: Iterable[Packed], folder: Path, *, at_once: bool = True) -> None:
    """Write files, each whole.

    Args:
        files: what was packed.
        folder: where they go; made where absent.
        at_once: see `sweep.files.write_whole`.

    Raises:
        SweepError: one is not what was packed, or would lie outside the folder.
    """
    for file in files:
        path = PurePosixPath(file.name)
        if path.is_absolute() or ".." in path.parts:
            raise SweepError(f"{file.name} would lie outside {folder}")
        if (found := sha256(file.content).hexdigest()) != file.sha256:
            raise SweepError(f"{file.name} was sent as {file.sha256} and arrived as {found}")
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        write_whole(folder / path, file.content, at_once=at_once)


def parts_of(corpus: Path) -> list[str]:
    """Name the folders of a cached corpus that are sealed: itself, encoded texts, vectors.

    Args:
        corpus: its folder in the cache.

    Returns:
        Names below it, itself first.
    """
    inner = sorted(f.name for f in corpus.iterdir() if f.is_dir() and not f.name.startswith("."))
    return [name for name in (".", *inner) if seal_of(corpus / name).is_file()]


def pack_part(corpus: Path, part: str) -> list[Packed]:
    """Pack one of `parts_of`: what its seal names, and the seal.

    Args:
        corpus: folder of the corpus in the cache.
        part: the name.
    """
    import json

    seal = seal_of(corpus / part)
    names = json.loads(seal.read_text(encoding="utf-8"))
    return packed(corpus / part, [*names, seal.name])


def has_part(corpus: Path, part: str) -> bool:
    """Tell whether a part lies here whole.

    Args:
        corpus: folder of the corpus in a cache.
        part: the name.
    """
    from sweep.text.cache import is_whole

    return is_whole(corpus / part)


def receive(files: Iterable[Packed], corpus: Path, part: str) -> None:
    """Put a part into this node's cache, unless another process of the node has done so meanwhile.

    Args:
        files: what `pack_part` packed.
        corpus: folder of the corpus in this node's cache.
        part: the name.

    Raises:
        SweepError: it arrived damaged.
    """
    folder = corpus / part if part != "." else corpus
    folder.parent.mkdir(parents=True, exist_ok=True)
    with locked(folder):
        if has_part(corpus, part):
            return
        with whole_folder(folder) as partial:
            unpack(files, partial, at_once=False)


def node_folder() -> NodeFolder:
    """This person's folder on a node, for nobody else's eyes.

    Raises:
        SweepError: the place is taken by somebody else.
    """
    place = NodeFolder(Path(tempfile.gettempdir()) / NodeFolder.name_of(os.getuid()))
    place.root.mkdir(mode=0o700, exist_ok=True)
    found = place.root.lstat()
    if place.root.is_symlink() or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise SweepError(f"{place.root} must be a folder of this user that nobody else may enter")
    return place


def forget_old(place: NodeFolder) -> None:
    """Remove corpora that have not been used for `KEPT_S`.

    Args:
        place: this node's folder.
    """
    for corpus in place.cache.iterdir() if place.cache.is_dir() else ():
        if corpus.is_dir() and time.time() - corpus.stat().st_mtime > KEPT_S:
            shutil.rmtree(corpus, ignore_errors=True)


def code_of(plugins: Iterable[Plugin]) -> list[tuple[Plugin, Packed]]:
    """Pack the files of plug-ins; what is installed is installed on the nodes.

    Args:
        plugins: of a job.
    """
    own = [plugin for plugin in plugins if not plugin.installed]
    return [(p, packed(Path(p.place).parent, [Path(p.place).name])[0]) for p in own]


def settled(job: TrialJob, place: NodeFolder, code: Iterable[tuple[Plugin, Packed]]) -> TrialJob:
    """Put a job's paths on this node.

    Args:
        job: as the coordinator knows it.
        place: this node's folder.
        code: of `code_of`.

    Returns:
        The same job, with the corpus, the trial's folder and the plug-ins' files here.
    """
    moved = {}
    for plugin, file in code:
        folder = place.plugins(file.sha256)
        unpack([file], folder)
        moved[plugin.place] = replace(plugin, place=str((folder / file.name).resolve()))
    corpus = place.cache / job.corpus.name
    os.utime(corpus)  # it is in use
    plugins = tuple(moved.get(plugin.place, plugin) for plugin in job.plugins)
    folder = place.trials / job.folder.parent.name / job.folder.name
    return replace(job, corpus=corpus, folder=folder, plugins=plugins)
