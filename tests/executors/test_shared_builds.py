"""Workers that want the same encoded corpus, or the same space of distances, build it once between them."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from support import counted_builds
from support.trained_sweep import corpus
from sweep.config import (
    Config,
    Level,
    ModelConfig,
    Reduction,
    ResamplingConfig,
    TextConfig,
    TrainerConfig,
)
from sweep.data import split
from sweep.executors.local import LocalExecutor
from sweep.records import Status, TrialJob, TrialKey, TrialResult
from sweep.text.cache import store_corpus

WORD = TextConfig(min_frequency=1, reduction=Reduction.stem)
CHARACTER = TextConfig(min_frequency=1, level=Level.character)
SAME = replace(CHARACTER, language="de", keep_negations=False)  # which nothing reads here
ASKED = (WORD, WORD, CHARACTER, SAME)


def job(text: TextConfig, number: int, cached: Path, folder: Path) -> TrialJob:
    config = Config(
        text=text,
        resampling=ResamplingConfig(method="smote", k_neighbors=3),
        model=ModelConfig(embedding=4, hidden=4),
        trainer=TrainerConfig(max_epochs=1, accelerator="cpu"),
        search=None,  # type: ignore[arg-type]
    )
    key = TrialKey(arm="all", number=number)
    return TrialJob(key=key, config=config, seed=number, corpus=cached, folder=folder / key.trial)


def run(jobs: list[TrialJob]) -> list[TrialResult]:
    executor = LocalExecutor(workers=2, work=counted_builds.train, timeout=120)
    executor.start()
    results: list[TrialResult] = []
    while jobs or executor.running:
        while jobs and len(executor.running) < 2:
            executor.submit(jobs.pop(0))
        for event in executor.wait(1.0):
            if isinstance(event, TrialResult):
                results.append(event)
            else:
                executor.answer(event.key, prune=False)
    return results


@pytest.mark.slow
def test_two_workers_that_ask_for_the_same_at_once_build_it_once(tmp_path: Path) -> None:
    parts = split(corpus(), validation=0.2, test=0.2, overlap="drop", seed=0)
    cached = store_corpus(tmp_path / "cache", parts)
    folder = tmp_path / "trials"
    folder.mkdir()
    results = run([job(text, number, cached, folder) for number, text in enumerate(ASKED)])
    assert [(r.status, r.message) for r in results] == [(Status.COMPLETE, "")] * len(ASKED)
    builds = Counter((folder / counted_builds.BUILDS).read_text().split())
    assert builds.pop("space") == 1
    assert set(builds.values()) == {1}
    assert len(builds) == 2, "one for words, one for characters"
