"""A sweep of one tiny trial, made once a session by the real parts, for what comes after training."""

import atexit
import functools
import shutil
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sweep.config import (
    Config,
    ModelConfig,
    ResamplingConfig,
    SearchConfig,
    TextConfig,
    TrainerConfig,
)
from sweep.coordinator import fingerprint
from sweep.data import Corpus, SplitCorpus, split
from sweep.files import sha256
from sweep.records import TrialJob, TrialKey, TrialResult
from sweep.report import summary
from sweep.search.space import Space
from sweep.search.studies import open_studies
from sweep.text.cache import store_corpus
from sweep.training.trial import train

SPACE = {"model": {"hidden": {"type": "categorical", "choices": [8, 16]}}}


@dataclass(frozen=True)
class Trained:
    """Where it is and what it was."""

    workdir: Path
    config: Config
    split: SplitCorpus
    result: TrialResult
    summary: dict[str, Any]

    @property
    def folder(self) -> Path:
        return self.workdir / "tiny"

    @property
    def trial(self) -> Path:
        return self.folder / "trials" / "all-0"

    @property
    def probabilities(self) -> np.ndarray:
        """What the trial gave the validation part."""
        return np.load(self.trial / "validation.npz")["probabilities"]


def corpus() -> Corpus:
    draw = np.random.default_rng(0)
    words = np.array("win prize now call free meet lunch home later fine ok yes no the a".split())
    labels = (np.arange(160) % 4 == 0).astype(np.int8)
    texts = []
    for number, label in enumerate(labels):
        picked = draw.choice(words[:6] if label else words[4:], size=draw.integers(2, 9))
        texts.append(f"{' '.join(picked)} n{number} <b>&amp;</b> café!")
    return Corpus(name="tiny|corpus", texts=texts, labels=labels, positive="spam", negative="ham")


@functools.cache
def trained() -> Trained:
    workdir = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, workdir, ignore_errors=True)
    config = Config(
        workdir=str(workdir),
        text=TextConfig(strip_html=True, strip_accents=True, min_frequency=1),
        resampling=ResamplingConfig(method="random_over"),  # type: ignore[arg-type]
        model=ModelConfig(vectors="none", embedding=8, hidden=8, bidirectional=True),
        trainer=TrainerConfig(max_epochs=2, chance_share=1.0, accelerator="cpu"),
        search=SearchConfig(name="tiny", trials=1, space=SPACE),
    )
    parts = split(corpus(), **asdict(config.split), seed=0)
    key = TrialKey(arm="all", number=0)
    folder = workdir / "tiny" / "trials" / key.trial
    cached = store_corpus(workdir / "cache", parts)
    job = TrialJob(key=key, config=config, seed=1, corpus=cached, folder=folder)
    result = train(job, lambda report: False)
    assert result.checkpoint, result
    space = Space.parse(SPACE, config, None)
    studies = open_studies(
        config, space, fingerprint.noted(config, fingerprint.fingerprint(config, parts, space))
    )
    studies["all"].next()
    studies["all"].tell(0, result)
    scores = dict(result.metrics)
    told = {
        "name": "tiny", "search": "tiny", "seed": 0, "status": "complete", "threshold_for": "mcc",
        "best": {
            "arm": "all", "number": 0, "settings": {"model.hidden": 8}, "validation": scores,
            "test": scores, "threshold": result.threshold, "sha256": sha256(folder / "best.ckpt"),
        },
        "baselines": {"majority": {"test": scores}, "tfidf_logreg": {"test": scores}},
    }  # fmt: skip
    summary.write_summary(workdir / "tiny", told)
    return Trained(workdir, config, parts, result, told)
