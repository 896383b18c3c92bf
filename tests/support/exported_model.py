"""The trained sweep's winner, exported whole."""

import json
from dataclasses import asdict
from pathlib import Path

from support.trained_sweep import Trained
from sweep.config.settings import flat
from sweep.export.card_facts import about_corpus
from sweep.export.winner import single
from sweep.export.write import export
from sweep.text.cache import encoded, store_corpus
from sweep.workspace import TrialFolder


def write(made: Trained, out: Path, **summary: object) -> Path:
    cached = store_corpus(made.workdir / "cache", made.split)
    encoder = encoded(cached, asdict(made.config.text)).encoder
    export(
        made.summary | summary,
        single((made.summary | summary)["best"], TrialFolder(made.trial), encoder),
        out,
        settings=json.loads(json.dumps(flat({"model": asdict(made.config.model)}))),
        corpus=about_corpus(made.split),
        command="python -m sweep +search=tiny",
    )
    return out
