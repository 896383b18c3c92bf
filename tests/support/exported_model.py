"""The trained sweep's winner, exported whole."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from support.trained_sweep import Trained
from sweep.config.settings import flat
from sweep.export.card_facts import about_corpus
from sweep.export.winner import single
from sweep.export.write import export
from sweep.text.cache import encoded, store_corpus
from sweep.text.settings import text_settings
from sweep.workspace import TrialFolder


def given_of(made: Trained, out: Path, **summary: object) -> dict[str, Any]:
    """What `export` is given."""
    cached = store_corpus(made.workdir / "cache", made.split)
    encoder = encoded(cached, text_settings(made.config)).encoder
    found = made.summary | summary
    return {
        "summary": found,
        "winner": single(found["best"], TrialFolder(made.trial), encoder),
        "out": out,
        "settings": json.loads(json.dumps(flat({"model": asdict(made.config.model)}))),
        "corpus": about_corpus(made.split),
        "command": "python -m sweep +search=tiny",
    }


def write(made: Trained, out: Path, **summary: object) -> Path:
    export(**given_of(made, out, **summary))
    return out
