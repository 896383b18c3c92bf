"""The tiny sweep's winner as a bag: three members, trained once a session with a third of the rows held out each."""

import atexit
import functools
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.trained_sweep import trained
from sweep.config.settings import flat
from sweep.data.split import folds
from sweep.export.winner import Winner, bag
from sweep.export.write import export
from sweep.files import sha256, write_json
from sweep.records import TrainedMember, TrialJob, TrialKey
from sweep.text.cache import encoded, store_corpus
from sweep.text.settings import text_settings
from sweep.training.trial import train
from sweep.workspace import FinalistFolder, TrialFolder


@dataclass(frozen=True)
class Bag:
    """Where it is and what a summary says of it."""

    folder: FinalistFolder
    members: list[TrainedMember]
    best: dict[str, Any]
    encoders: list[Path]

    def winner(self) -> Winner:
        return bag(self.best, self.folder, self.encoders)


@functools.cache
def trained_bag() -> Bag:
    from sweep.coordinator.final_scores import score_bag

    made = trained()
    root = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    place = FinalistFolder(root / "all-0")
    members, told = [], []
    held = folds(made.split, count=3, repeats=1, keep_validation=False, seed=0)
    for number, fold in enumerate(held):
        corpus = store_corpus(root / "cache", fold)
        key = TrialKey(arm="all", number=0, fold=number)
        folder = place.member(number).root
        job = TrialJob(key=key, config=made.config, seed=number, corpus=corpus, folder=folder)
        result = train(job, lambda report: False)
        digests = {
            "sha256": str(result.sha256),
            "decision_sha256": str(result.decision_sha256),
            "answers_sha256": sha256(TrialFolder(folder).validation),
        }
        members.append(TrainedMember(corpus=corpus, folder=folder, **digests))
        told.append({"fold": number, "corpus": corpus.name} | digests)
    scored = score_bag(made.config, members, seed=3)
    write_json(place.decision, scored.decision)
    best = made.summary["best"] | {
        "members": told,
        "decision_sha256": sha256(place.decision),
        "validation": scored.validation,
        "test": scored.test,
        "alone": scored.alone,
        "intervals": scored.intervals,
        "alone_intervals": scored.alone_intervals,
        "reliability": scored.reliability,
        "threshold_interval": list(scored.threshold_interval),
    }
    text = text_settings(made.config)
    encoders = [encoded(member.corpus, text).encoder for member in members]
    return Bag(place, members, best, encoders)


def write(out: Path, winner: Winner) -> Path:
    """Export it, whole or one member of it."""
    made = trained()
    parts = {part: {"texts": 9, "positive": 0.25} for part in ("train", "validation", "test")}
    names = {"name": "tiny", "positive": "spam", "negative": "ham", "notes": []}
    export(
        made.summary | {"best": trained_bag().best},
        winner,
        out,
        settings=flat({"model": {"cell": str(made.config.model.cell)}}),
        corpus=names | {"parts": parts, "digest": "00", "groups": False},
        command="python -m sweep +search=tiny",
    )
    return out
