"""What a sweep is about; a resume under anything else is refused with the difference shown."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sweep.config import Config
from sweep.config.settings import flat, value_of
from sweep.data.corpus import SplitCorpus
from sweep.errors import UserError
from sweep.files import write_json
from sweep.plugins.tables import TABLES, Plugin, used
from sweep.search.space import Space
from sweep.text.vector_sources import AUTO, contents
from sweep.workspace import SweepFolder, Workspace

DECIDING = (
    "seed",
    "split",
    "text",
    "resampling",
    "model",
    "optimizer",
    "loss",
    "trainer",
    "objective",
)
"""Settings that decide a trial's result; workers, budget and tracking may change between commands."""
SHOWN = 12


def fingerprint(config: Config, corpus: SplitCorpus, space: Space) -> dict[str, Any]:
    """Everything that decides which trials are drawn and what each gives.

    Args:
        config: the sweep's configuration.
        corpus: the split corpus.
        space: the parsed search space.

    Returns:
        Plain JSON types.
    """
    settings = {k: v for k, v in asdict(config).items() if k in DECIDING}
    chosen = used({table.setting: _possible(config, space, table.setting) for table in TABLES})
    about = {
        "corpus": {
            "name": corpus.corpus.name,
            "rows": len(corpus.corpus.texts),
            "sha256": corpus.fingerprint,
        },
        "search": {"compare": config.search.compare, "space": space.to_dict()},
        "vectors": contents(_vectors(config, space), Workspace(Path(config.workdir)).cache),
        "sampler": asdict(config.sampler),
        "pruner": asdict(config.pruner),
        "plugins": {
            name: _own(plugin, config.plugins.get(name, {})) for name, plugin in chosen.items()
        },
        **settings,
    }
    plain: dict[str, Any] = json.loads(json.dumps(about))
    return plain


def _own(plugin: Plugin, settings: Mapping[str, Any]) -> dict[str, Any]:
    return {"from": plugin.name, "digest": plugin.digest, "settings": dict(settings)}


def _vectors(config: Config, space: Space) -> list[str]:
    # What `model.vectors` may be in a trial; auto finds none where no token is a word.
    choices, levels = (_possible(config, space, p) for p in ("model.vectors", "text.level"))
    return [choice for choice in choices if choice != AUTO or "word" in levels]


def _possible(config: Config, space: Space, path: str) -> list[str]:
    searched = [choice for p in space.parameters if p.path == path for choice in p.choices]
    return [str(value) for value in dict.fromkeys([value_of(config, path), *searched])]


def check(folder: Path, now: dict[str, Any], sweep: str) -> bool:
    """Compare with the fingerprint the folder was begun under.

    Args:
        folder: the sweep's own folder.
        now: of this command.
        sweep: the sweep's name.

    Returns:
        Whether the sweep had been begun before.

    Raises:
        UserError: it was begun under another one.
    """
    path = SweepFolder(folder).fingerprint
    if not path.exists():
        return False
    before = json.loads(path.read_text(encoding="utf-8"))
    changes = difference(before, now)
    if not changes:
        return True
    more = [f"… and {len(changes) - SHOWN} more"] if len(changes) > SHOWN else []
    raise UserError(
        f"{folder} holds the sweep `{sweep}` of other settings or data; trials of both cannot be "
        f"compared. Add `name=ANOTHER_NAME` to begin a new one, or give the old settings again "
        f"(`absent`: that version of sweep had no such setting):\n"
        + "\n".join(changes[:SHOWN] + more)
    )


def begin(folder: Path, now: dict[str, Any]) -> None:
    """Begin a sweep's folder; every later command is held to this fingerprint.

    Args:
        folder: the sweep's own folder.
        now: of this command.
    """
    write_json(SweepFolder(folder).fingerprint, now)


def difference(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """Name what differs between two fingerprints.

    Args:
        before: of the first command.
        now: of this one.

    Returns:
        One line a setting, empty where both are equal.

    >>> difference({"seed": 0, "text": {"level": "word"}}, {"seed": 1, "text": {"level": "word"}})
    ['seed: was 0, is 1']
    """
    old, new = flat(before), flat(now)
    paths = [*old, *(path for path in new if path not in old)]
    lines = []
    for path in paths:
        was, now_is = old.get(path, "absent"), new.get(path, "absent")
        if was != now_is:
            lines.append(f"{path}: was {was}, is {now_is}")
    return lines
