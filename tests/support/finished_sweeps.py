"""Sweeps that lie finished in a folder, with studies, settings and a summary; nothing has been trained for them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from support.told_studies import make_config
from sweep.compose.compose import as_yaml
from sweep.config import Config, Metric, ObjectiveConfig
from sweep.coordinator.fingerprint import DATA, FINGERPRINT, WORDS
from sweep.report.summary import write_summary
from sweep.report.table import SHOWN
from sweep.search.space import Space
from sweep.search.studies import open_studies
from sweep.workspace import Workspace

CORPUS = {"name": "messages", "rows": 100, "sha256": "a" * 64}


def finish(
    workdir: Path,
    name: str,
    scores: Sequence[float] = (0.5, 0.5),
    corpus: Mapping[str, Any] = CORPUS,
    folds: str = "f",
    **changes: Any,
) -> Config:
    """Leave a sweep whose winner `lstm-0` scored so much on each fold; without folds it was not confirmed."""
    config = replace(make_config(workdir, trials=2), name=name, **changes)
    kept = {FINGERPRINT: {"corpus": dict(corpus)}, DATA: {}, WORDS: ["+search=tried"]}
    assert (
        open_studies(config, Space.of(config), kept)["lstm"].next() is not None
    )  # a study begins with its first trial
    files = Workspace(workdir).sweep(name)
    files.root.mkdir()
    files.config.write_text(as_yaml(config), encoding="utf-8")
    write_summary(files.root, _summary(config, scores, folds))
    return config


def _summary(config: Config, scores: Sequence[float], folds: str) -> dict[str, Any]:
    counts = {"budget": 2, "complete": 1, "no_learning": 0, "pruned": 1, "failed": 0}
    test = dict.fromkeys(SHOWN, 0.75)
    best: dict[str, Any] = {
        "arm": "lstm",
        "number": 0,
        "settings": {},
        "threshold": 0.4,
        "test": test,
    }
    found: dict[str, Any] = {
        "name": config.sweep,
        "status": "complete",
        "seed": config.seed,
        "wall_s": 9.0,
        "objective": str(config.objective.metric),
        "arms": {arm: counts | {"best": {"number": 0, "value": 0.5}} for arm in ("lstm", "gru")},
        "baselines": {"tfidf_logreg": {"test": dict.fromkeys(SHOWN, 0.5)}},
        "best": best,
    }
    if scores:
        finalists = {"lstm-0": {"value": 0.5, "scores": list(scores)}}
        found["confirm"] = {"folds": len(scores), "finalists": finalists}
        best["members"] = [{"corpus": f"{folds}{fold}"} for fold in range(len(scores))]
        best["confirmed"] = sum(scores) / len(scores)
    return found


def judged_by(metric: str) -> ObjectiveConfig:
    """Settings of another objective."""
    return replace(ObjectiveConfig(), metric=Metric(metric))
