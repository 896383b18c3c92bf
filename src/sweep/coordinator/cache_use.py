"""What of the cache belongs to one sweep alone."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sweep.compose.begun import settings_of
from sweep.confirmation.members import noted_folds
from sweep.coordinator.fingerprint import corpora_of
from sweep.errors import UserError
from sweep.search.space import Space, apply
from sweep.search.studies import open_studies, sweeps_with_studies
from sweep.storage.place import local
from sweep.text.cache import encoding_name
from sweep.text.settings import text_settings
from sweep.workspace import CorpusFolder, SweepFolder, Workspace, lock_of


@dataclass(frozen=True, slots=True)
class Use:
    """What a sweep has in the cache; None where nobody can tell."""

    corpora: frozenset[str] | None
    """Names of the corpora's folders."""
    encodings: frozenset[str] | None
    """Names of the encodings' folders within them."""


def use_of(workspace: Workspace, name: str) -> Use:
    """Tell what a sweep has in the cache.

    Args:
        workspace: the folder of all sweeps.
        name: the sweep's name.

    Returns:
        Its corpora by the studies' fingerprint, and their folds; its encodings by its settings and every trial's.
    """
    known = corpora_of(workspace, name)
    corpora = known | noted_folds(workspace.sweep(name)) if known else None
    try:
        config = settings_of(workspace, name)
        studies = open_studies(config, Space.of(config), create=False)
    except UserError:  # its settings are gone, or of another version
        return Use(corpora, None)
    varied = {"{}"}
    for study in studies.values():
        for record in study.records():
            text = {p: v for p, v in record.values.items() if p.startswith(("text.", "plugins."))}
            varied.add(json.dumps(text, sort_keys=True))
    every = [apply(config, json.loads(values)) for values in varied]
    return Use(corpora, frozenset(encoding_name(text_settings(each)) for each in every))


def own_cache(workspace: Workspace, name: str) -> list[Path]:
    """List what of the cache no other sweep uses; where that cannot be told, nothing.

    Args:
        workspace: the folder of all sweeps.
        name: the sweep's name.

    Returns:
        Folders and files, those that are there.
    """
    if not workspace.cache.is_dir():
        return []
    others = _others(workspace, name)
    if not others:
        return [workspace.cache]
    used = [use_of(workspace, other) for other in others]
    own = use_of(workspace, name)
    if own.corpora is None or any(use.corpora is None for use in used):
        return []
    found: list[Path] = []
    for corpus in own.corpora:
        folder = workspace.cache / corpus
        shared = [use.encodings for use in used if corpus in (use.corpora or ())]
        if not shared:
            found += [folder, lock_of(folder)]
        elif own.encodings is not None and None not in shared:
            kept = frozenset[str]().union(*(names for names in shared if names is not None))
            for encoding in own.encodings - kept:
                place = CorpusFolder(folder).encoded(encoding).root
                found += [
                    place,
                    *folder.glob(f"{encoding}-vectors-*"),
                    *folder.glob(f"{encoding}*.lock"),
                ]
    return [path for path in dict.fromkeys(found) if path.exists()]


def _others(workspace: Workspace, name: str) -> set[str]:
    # A folder with a lock and nothing else: a first command that is being started.
    folders = [f for f in workspace.root.iterdir() if f.is_dir() and SweepFolder(f).lock.exists()]
    begun = {*workspace.sweeps(), *(f.name for f in folders if not f.name.startswith("."))}
    return (begun | sweeps_with_studies(local(workspace))) - {name}


def bytes_of(path: Path) -> int:
    """Add up the sizes of all files in a folder, or give that of a file."""
    files: Any = path.rglob("*") if path.is_dir() else [path]
    return sum(file.lstat().st_size for file in files if file.is_file() and not file.is_symlink())
