"""Tiny trials, trained for real in this process."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from sweep.config import Config, ModelConfig, TextConfig, TrainerConfig
from sweep.records import TrialJob, TrialKey, TrialResult
from sweep.search.space import apply
from sweep.training.epoch_log import Report
from sweep.workspace import TrialFolder

MIXED: dict[str, Any] = {
    "resampling__method": "smote",
    "model__embedding_dropout": 0.3,
    "model__dropout": 0.3,
    "model__bidirectional": True,
    "trainer__max_epochs": 3,
}
FAST: dict[str, Any] = {
    "optimizer__learning_rate": 0.03,
    "trainer__max_epochs": 6,
    "model__hidden": 8,
}


def go_on(told: object) -> bool:
    """Never prune."""
    return False


def make_job(
    corpus: Path, folder: Path, *, seed: int = 1, number: int = 0, **changes: Any
) -> TrialJob:
    """Make a job; `optimizer__name="sgd"` changes `optimizer.name`."""
    base = Config(
        text=TextConfig(min_frequency=1),
        model=ModelConfig(
            vectors="none", embedding=4, hidden=4, embedding_dropout=0.0, dropout=0.0
        ),
        trainer=TrainerConfig(max_epochs=2, chance_share=1.0, accelerator="cpu"),
        search=None,  # type: ignore[arg-type]
    )
    config = apply(base, {path.replace("__", "."): value for path, value in changes.items()})
    key = TrialKey(arm="all", number=number)
    return TrialJob(key=key, config=config, seed=seed, corpus=corpus, folder=folder)


def train(corpus: Path, folder: Path, report: Report = go_on, **changes: Any) -> TrialResult:
    """Train in this process."""
    from sweep.training import trial as training

    return training.train(make_job(corpus, folder, **changes), report)


def history(folder: Path) -> list[dict[str, float]]:
    """The epochs of a trial; how long each took is left out."""
    lines = (TrialFolder(folder).history).read_text(encoding="utf-8").splitlines()
    return [{k: v for k, v in json.loads(line).items() if k != "seconds"} for line in lines]


def same(result: TrialResult) -> TrialResult:
    """A result without its time, which no seed decides."""
    return replace(result, seconds=0.0)
