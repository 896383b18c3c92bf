"""What a sweep is about; a resume under anything else is refused with the difference shown."""

import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

from sweep.compose.begun import recorded_as
from sweep.compose.wording import shown
from sweep.config import Config, DataConfig
from sweep.config.settings import flat, value_of
from sweep.data.corpus import SplitCorpus
from sweep.errors import UserError
from sweep.plugins.tables import TABLES, Plugin, used
from sweep.records import UNDECIDING
from sweep.redaction import redact_all
from sweep.search.space import Space
from sweep.search.studies import kept_studies
from sweep.storage.place import Place, place_of
from sweep.text.vector_sources import AUTO, contents
from sweep.typed import on_sweep, program
from sweep.workspace import CorpusFolder, SweepFolder, Workspace

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
FINGERPRINT = "fingerprint"
DATA = "data"
WORDS = "words"
"""User attributes of a study: this, the settings of `data`, and the words of the latest command that ran the sweep."""
BEGIN = "Add `name=ANOTHER_NAME` to begin a new one, or give the old settings again"
ABSENT = "absent"
CORPUS = "corpus."
ROWS = "corpus.rows"


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
    for path in UNDECIDING:
        group, _, name = path.partition(".")
        del settings[group][name]
    chosen = used({table.setting: _possible(config, space, table.setting) for table in TABLES})
    return plain(
        {
            "corpus": {
                "name": corpus.corpus.name,
                "rows": len(corpus.corpus.texts),
                "sha256": corpus.fingerprint,
            },
            "search": {
                "compare": config.search.compare,
                "random_share": config.search.random_share,
                "space": space.to_dict()["space"],
            },
            "vectors": contents(_vectors(config, space), Workspace(Path(config.workdir)).cache),
            "sampler": asdict(config.sampler),
            "pruner": asdict(config.pruner),
            "plugins": {
                name: _own(plugin, config.plugins.get(name, {})) for name, plugin in chosen.items()
            },
            **settings,
        }
    )


def _own(plugin: Plugin, settings: Mapping[str, Any]) -> dict[str, Any]:
    return {"from": plugin.name, "digest": plugin.digest, "settings": dict(settings)}


def _vectors(config: Config, space: Space) -> list[str]:
    # What `model.vectors` may be in a trial; auto finds none where no token is a word.
    choices, levels = (_possible(config, space, p) for p in ("model.vectors", "text.level"))
    return [choice for choice in choices if choice != AUTO or "word" in levels]


def _possible(config: Config, space: Space, path: str) -> list[str]:
    searched = [choice for p in space.parameters if p.path == path for choice in p.choices]
    return [str(value) for value in dict.fromkeys([value_of(config, path), *searched])]


def noted(config: Config, now: Mapping[str, Any], words: Sequence[str] = ()) -> dict[str, Any]:
    """What each study keeps about its sweep.

    Args:
        config: the sweep's configuration.
        now: of this command.
        words: of the command line; credentials in them are hidden.

    Returns:
        Plain JSON types; the settings of `data` decide nothing, but tell which file another corpus came from.
    """
    data = redact_all(plain(asdict(config.data)))
    return {FINGERPRINT: dict(now), DATA: data, WORDS: redact_all(list(words))}


def digest(about: Mapping[str, Any]) -> str:
    """Shorten a fingerprint to 16 hexadecimal digits."""
    return sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()[:16]


def words_of(config: Config) -> list[str]:
    """Words of the latest command that ran a sweep.

    Args:
        config: the sweep's configuration; of a sweep by an early version, which kept no words, its search and name
            are named.
    """
    for study in kept_studies(place_of(config), config.sweep):
        if study.about.get(WORDS):
            return list(study.about[WORDS])
    search = f"+search={config.search.name}"
    return (
        [search] if config.name in (None, config.search.name) else [search, f"name={config.name}"]
    )


def command_of(config: Config) -> str:
    """Write the latest command that ran a sweep, to be typed again.

    Args:
        config: the sweep's configuration.
    """
    return " ".join([program(), shlex.join(words_of(config))])


def about_of(config: Config) -> dict[str, Any]:
    """What a sweep's trials were begun with, as its studies keep it; empty where none does.

    Args:
        config: the sweep's configuration.
    """
    kept = (study.about.get(FINGERPRINT) for study in kept_studies(place_of(config), config.sweep))
    return next((dict(found) for found in kept if found), {})


def told(config: Config) -> dict[str, Any]:
    """What a report says of a sweep's beginning: its command, the digest of its fingerprint, its corpus.

    Args:
        config: the sweep's configuration.
    """
    about = about_of(config)
    return {
        "command": command_of(config),
        "fingerprint": digest(about) if about else "",
        "corpus": about.get("corpus", {}),
    }


def check(config: Config, now: Mapping[str, Any], way_out: str = "") -> bool:
    """Compare with the fingerprint under which the sweep's trials were begun.

    It lies in the studies, with the trials; sweeps of early versions kept it in their folder.

    Args:
        config: the sweep's configuration.
        now: of this command.
        way_out: what the one who is refused can do; by default what goes before running it.

    Returns:
        Whether the sweep has trials already.

    Raises:
        UserError: they were begun under another one, or nobody knows under which.
    """
    place = place_of(config)
    folder = Workspace(Path(config.workdir)).sweep(config.sweep)
    begun = [study for study in kept_studies(place, config.sweep) if study.trials]
    for study in begun:
        before = study.about.get(FINGERPRINT) or _of_early_version(folder)
        if before is None:
            raise UserError(
                f"{place} holds trials of the sweep `{config.sweep}`, begun by an early version; what they "
                f"were begun with stood in {folder.fingerprint}, which is gone, so nothing can be compared with them. "
                f"Add `name=ANOTHER_NAME` to begin a new one, or start over: {on_sweep('delete', folder.root)}"
            )
        changes = difference(before, now, _files(study.about.get(DATA), config))
        if changes:
            way_out = way_out or f"{BEGIN}; to start over: {on_sweep('delete', folder.root)}"
            raise UserError(_refusal(config.sweep, place, changes, way_out))
    return bool(begun)


def corpora_of(workspace: Workspace, sweep: str) -> frozenset[str]:
    """Name the folders in the cache of the corpora that a sweep's trials were begun with.

    Args:
        workspace: the folder of all sweeps.
        sweep: the sweep's name.

    Returns:
        The names; none where the sweep has no trials, or no fingerprint is left.
    """
    kept = [
        study.about.get(FINGERPRINT)
        for study in kept_studies(place_of(recorded_as(workspace, sweep)), sweep)
    ]
    found = [*kept, _of_early_version(workspace.sweep(sweep))]
    return frozenset(CorpusFolder.name_of(f["corpus"]["sha256"]) for f in found if f)


def _refusal(sweep: str, place: Place, changes: list[str], way_out: str) -> str:
    more = [f"… and {len(changes) - SHOWN} more"] if len(changes) > SHOWN else []
    return (
        f"{place} holds trials of the sweep `{sweep}` under other settings or data; trials of both cannot "
        f"be compared. {way_out} (`absent`: that version of sweep had no such setting):\n"
        + "\n".join(changes[:SHOWN] + more)
    )


def _of_early_version(folder: SweepFolder) -> dict[str, Any] | None:
    if not folder.fingerprint.exists():
        return None
    before: dict[str, Any] = json.loads(folder.fingerprint.read_text(encoding="utf-8"))
    # It held the space's own `compare` and `space` one step deeper.
    before["search"] |= {"space": before["search"]["space"]["space"]}
    return before


def difference(
    before: Mapping[str, Any], now: Mapping[str, Any], files: tuple[str, str] = ("", "")
) -> list[str]:
    """Name what differs between two fingerprints, each setting as the command line takes it.

    Args:
        before: of the first command.
        now: of this one.
        files: words that name the corpus, then and now; empty where they are not known.

    Returns:
        One line a setting, empty where both are equal.

    >>> difference({"seed": 0, "text": {"level": "word"}}, {"seed": 1, "text": {"level": "word"}})
    ['seed: was 0, is 1']
    """
    old, new = flat(before), flat(now)
    paths = [*old, *(path for path in new if path not in old)]
    changed = [path for path in paths if old.get(path, ABSENT) != new.get(path, ABSENT)]
    lines = [
        f"{path}: was {_shown(old.get(path, ABSENT))}, is {_shown(new.get(path, ABSENT))}"
        for path in changed
        if not path.startswith(CORPUS)
    ]
    corpus = [path for path in changed if path.startswith(CORPUS)]
    return [*([_other_corpus(old, new, *files)] if corpus else []), *lines]


def _other_corpus(old: Mapping[str, Any], new: Mapping[str, Any], was: str, now: str) -> str:
    rows = f"{old.get(ROWS)} rows then, {new.get(ROWS)} now"
    if was == now:
        where = f" {now}" if now else ""
        return f"the corpus{where}: its texts, labels or parts are others than they were ({rows})"
    return f"the corpus: was {was or 'another'}, is {now} ({rows})"


def _files(before: Mapping[str, Any] | None, config: Config) -> tuple[str, str]:
    # Every setting of `data` that is not as it is by default, as it is typed.
    usual = plain(asdict(DataConfig()))

    def words(data: Mapping[str, Any]) -> str:
        given = [f"data.{n}={_shown(v)}" for n, v in data.items() if v != usual.get(n)]
        return " ".join(given) or "the built-in corpus"

    return ("" if before is None else words(before)), words(plain(asdict(config.data)))


def _shown(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_shown, value))}]"
    return shown(value)


def plain(tree: Mapping[str, Any]) -> dict[str, Any]:
    """Turn a tree of settings into plain JSON types."""
    found: dict[str, Any] = json.loads(json.dumps(tree))
    return found
