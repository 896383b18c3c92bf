"""Exported models without what only people and MLflow read: the files that `Bundle.load` needs."""

from pathlib import Path

from support.trained_sweep import Trained
from sweep.config import Config
from sweep.export.winner import single
from sweep.export.write import _write_core
from sweep.text.settings import text_settings
from sweep.workspace import ModelFolder, TrialFolder


def write_bundle(folder: Path, config: Config, corpus: Path, trial: Path, digest: str) -> None:
    """Write the needed files of a trained trial into an empty folder."""

    from sweep.text.cache import encoded

    encoder = encoded(corpus, text_settings(config)).encoder
    winner = single({"sha256": digest, "test": {}}, TrialFolder(trial), encoder)
    names = {"labels": {"negative": "ham", "positive": "spam"}}
    _write_core(ModelFolder(folder), winner, names)


def write_trained(folder: Path, made: Trained) -> Path:
    """The same of the sweep that is trained once a session."""
    from sweep.text.cache import store_corpus

    cached = store_corpus(made.workdir / "cache", made.split)
    write_bundle(folder, made.config, cached, made.trial, made.summary["best"]["sha256"])
    return folder
