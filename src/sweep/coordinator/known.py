"""All that lies on disk about a sweep's trials and corpus, read for the diagnosis."""

import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any, cast

import numpy as np

from sweep.config import Config
from sweep.config.settings import Plain, flat, value_of
from sweep.config.settings import settings as all_settings
from sweep.coordinator.fingerprint import corpora_of, plain
from sweep.data.corpus import PARTS
from sweep.diagnosis.facts import Answers, Facts, Searched, TrialFacts
from sweep.files import json_lines
from sweep.records import GROUPS, Reason
from sweep.search.proposals import TrialRecord
from sweep.search.space import Space, apply
from sweep.search.study import ArmStudy
from sweep.text.cache import encoding_name
from sweep.text.settings import TextSettings
from sweep.workspace import CorpusFolder, EncodedFolder, TrialFolder, Workspace


def known(config: Config, studies: Mapping[str, ArmStudy], summary: Mapping[str, Any]) -> Facts:
    """Read what is known of a sweep; what an earlier version did not keep is empty.

    Args:
        config: all settings.
        studies: one for each arm.
        summary: what `summary.json` holds.

    Returns:
        The facts, of the trials that have ended.
    """
    workspace = Workspace(Path(config.workdir))
    files = workspace.sweep(config.sweep)
    corpora = sorted(corpora_of(workspace, config.sweep))
    corpus = CorpusFolder(workspace.cache / corpora[0]) if len(corpora) == 1 else None
    space = Space.of(config)
    some = _any_encoding(corpus)
    counted, labels = _encoding(some), _labels(some, "validation")
    encodings = cache(lambda text: _encoding(_place(corpus, dict(text))))
    trials = [
        _trial(config, arm, record, files.trial(f"{arm}-{record.number}"), labels, encodings)
        for arm, study in studies.items()
        for record in study.records()
        if record.status is not None and record.reason is not Reason.interrupted
    ]
    return Facts(
        metric=str(config.objective.metric),
        maximize=config.objective.metric.maximize,
        budget=config.search.trials or max(study.budget for study in studies.values()),
        compare=space.compare,
        trials=tuple(trials),
        settings={path: value_of(config, path) for path in all_settings()},
        space=searched(space),
        corpus={part: counted[part] for part in PARTS if part in counted},
        summary=summary,
        audit=_json(files.audit),
        preflight=_json(files.preflight),
    )


def searched(space: Space) -> tuple[Searched, ...]:
    """The searched settings as the diagnosis wants them.

    Args:
        space: the search space.
    """
    return tuple(
        Searched(
            path=p.path, kind=str(p.kind), low=p.low, high=p.high, log=p.log, choices=p.choices
        )
        for p in space.parameters
    )


def _trial(
    config: Config,
    arm: str,
    record: TrialRecord,
    files: TrialFolder,
    labels: np.ndarray | None,
    encodings: Callable[[tuple[tuple[str, Any], ...]], dict[str, Any]],
) -> TrialFacts:
    settings = _settings(config, record.values, files)
    text = {p.removeprefix("text."): v for p, v in settings.items() if p.startswith("text.")}
    return TrialFacts(
        name=f"{arm}-{record.number}",
        arm=arm,
        number=record.number,
        status=str(record.status),
        reason=record.reason and str(record.reason),
        message=record.message,
        stopped=record.stopped and str(record.stopped),
        value=record.value,
        epoch=record.epoch,
        epochs=record.epochs,
        threshold=record.threshold,
        seconds=record.seconds,
        values=dict(record.values),
        settings=settings,
        metrics=dict(record.metrics),
        history=tuple(json_lines(files.history)),
        answers=_answers(files.validation, labels),
        encoding=encodings(tuple(text.items())),
        probe=_json(files.probe) or None,
    )


def _settings(config: Config, values: Mapping[str, Plain], files: TrialFolder) -> dict[str, Any]:
    if kept := _json(files.settings):
        return flat(kept)
    whole = plain(asdict(apply(config, values)))
    return flat({group: whole[group] for group in GROUPS})


def _json(file: Path) -> dict[str, Any]:
    if not file.is_file():
        return {}
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _answers(file: Path, labels: np.ndarray | None) -> Answers | None:
    if labels is None or not file.is_file():
        return None
    try:
        with np.load(file) as arrays:
            probabilities = arrays["probabilities"].astype(np.float64)
    except (KeyError, ValueError, OSError, zipfile.BadZipFile):
        return None
    if len(probabilities) != len(labels):
        return None
    return Answers(labels=labels.astype(np.float64), probabilities=probabilities)


def _place(corpus: CorpusFolder | None, text: Mapping[str, Any]) -> EncodedFolder | None:
    names = TextSettings.__required_keys__
    # What a cleaning step of one's own made of the texts is named by its digest, which no trial's file holds.
    if corpus is None or names - set(text) or text.get("cleaning", "none") != "none":
        return None
    wanted = {name: text[name] for name in names}
    place = corpus.encoded(encoding_name(cast(TextSettings, wanted)))
    return place if place.facts.is_file() else None


def _any_encoding(corpus: CorpusFolder | None) -> EncodedFolder | None:
    # Labels are the same under all settings of `text`, those that an earlier version named otherwise too.
    folders = sorted(corpus.root.iterdir()) if corpus is not None and corpus.root.is_dir() else []
    return next(
        (e for e in map(EncodedFolder, folders) if e.facts.is_file() and e.encoder.is_dir()), None
    )


def _labels(place: EncodedFolder | None, part: str) -> np.ndarray | None:
    file = None if place is None else place.array(part, "labels")
    return np.load(file) if file is not None and file.is_file() else None


def _encoding(place: EncodedFolder | None) -> dict[str, Any]:
    if place is None:
        return {}
    facts = _json(place.facts)
    found: dict[str, Any] = {"vocabulary": facts.get("vocabulary_size")}
    for part in PARTS:
        labels, offsets = _labels(place, part), place.array(part, "offsets")
        if labels is None or not offsets.is_file():
            continue
        lengths = np.diff(np.load(offsets, mmap_mode="r"))
        wide = int(lengths.max(initial=0))
        found[part] = {
            "rows": len(labels),
            "positives": int(labels.sum()),
            "padding": 1 - float(lengths.mean()) / wide if wide else 0.0,
            **facts.get("statistics", {}).get(part, {}),
        }
    return found
