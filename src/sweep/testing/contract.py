"""Every part that a plug-in's file registers is tried apart and then in one small trial of the real program.

It trains, is saved, and answers the same once loaded.
"""

import json
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from sweep.config import Config, ModelConfig, SearchConfig, TextConfig, TrainerConfig
from sweep.config.settings import own_settings, replaced
from sweep.data.builtin import generate
from sweep.data.split import split
from sweep.errors import UserError
from sweep.network.batches import EvaluationBatches
from sweep.plugins.load import load_files, loaded
from sweep.plugins.tables import CLEANINGS, LOSSES, NETWORKS, RESAMPLERS, TABLES, Entry, Table
from sweep.records import EncodedTexts, Status, TrialJob, TrialKey
from sweep.scoring.decision import Decision
from sweep.testing.cleanings import cleaning_breaches
from sweep.testing.losses import loss_breaches
from sweep.testing.networks import network_breaches
from sweep.testing.resamplers import resampler_breaches
from sweep.text.cache import encoded, load_texts, store_corpus
from sweep.text.encoder import Encoder
from sweep.text.settings import text_settings
from sweep.training.fit import logits_of
from sweep.training.learner import Learner
from sweep.training.trial import train
from sweep.workspace import TrialFolder

TOKENS, EMBEDDING = 20, 6


def check(
    file: str | Path,
    settings: Mapping[str, Mapping[str, Any]] | None = None,
    *,
    once: Collection[str] = (),
) -> None:
    """Try every part that a plug-in's file registers.

    Args:
        file: the Python file.
        settings: values of its own settings to try it with, by setting by the part's name; by default its defaults.
        once: names of cleaning steps that may change a text again when they are given their own answer.

    Raises:
        UserError: the file cannot be loaded, or a setting is none that it has.
        AssertionError: a part breaks the contract; every breach is told.
    """
    (plugin,) = load_files([file])
    values = own_settings(settings or {})
    breaches = []
    for table in TABLES:
        for entry in [each for each in table.values() if each.plugin == plugin]:
            tried = [*_apart(table, entry, values, once)]
            tried = tried or [*_in_a_trial(table, entry, values)]
            breaches += [f"{table.setting}={entry.name}: {text}" for text in tried]
    assert not breaches, "\n".join([f"{plugin.name} breaks the contract of plug-ins:", *breaches])


def _apart(
    table: Table,
    entry: Entry,
    values: Mapping[str, Mapping[str, Any]],
    once: Collection[str],
) -> list[str]:
    own = {entry.name: values[entry.name]} if entry.name in values else {}
    if table is LOSSES:
        return _raised(lambda: loss_breaches(entry.name, own))
    if table is RESAMPLERS:
        return _raised(lambda: resampler_breaches(entry.name, own))
    if table is CLEANINGS:
        return _raised(lambda: cleaning_breaches(entry, own, repeats=entry.name not in once))
    arguments: dict[str, Any] = {
        "vocabulary_size": TOKENS,
        "embedding": EMBEDDING,
        "settings": own,
    }
    if table is NETWORKS:
        return _raised(lambda: network_breaches(arguments | {"network": entry.name}))
    ours = {"cell": "lstm", "read_out": "mean", "hidden": 5, "layers": 2, "bidirectional": True}
    arguments |= ours | {table.setting.removeprefix("model."): entry.name}
    return _raised(lambda: network_breaches(arguments))


def _raised(tried: Callable[[], list[str]]) -> list[str]:
    try:
        return tried()
    except UserError as wrong:
        return [*wrong.mistakes]
    except Exception as error:  # whatever a plug-in raises is the breach
        return [f"it raised {type(error).__name__}: {error}"]


def _in_a_trial(
    table: Table, entry: Entry, values: Mapping[str, Mapping[str, Any]]
) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        yield from _raised(lambda: _trained(Path(folder), table, entry, values))


def _trained(
    folder: Path, table: Table, entry: Entry, values: Mapping[str, Mapping[str, Any]]
) -> list[str]:
    base = Config(
        model=ModelConfig(vectors="none", embedding=EMBEDDING, hidden=5),
        text=TextConfig(min_frequency=1),
        trainer=TrainerConfig(max_epochs=2, chance_share=1.0, accelerator="cpu"),
        search=SearchConfig(name="contract", trials=1),
    )
    config = replaced(base, {table.setting: entry.name})
    config.plugins = {name: dict(own) for name, own in values.items()}
    parts = split(generate(0, 200), validation=0.2, test=0.2, overlap="drop", seed=0)
    corpus = store_corpus(folder / "cache", parts)
    job = TrialJob(
        key=TrialKey(arm="all", number=0),
        config=config,
        seed=1,
        corpus=corpus,
        folder=folder / "trial",
        plugins=loaded(),
    )
    result = train(job, lambda report: False)
    if result.status is not Status.COMPLETE:
        return [f"a small trial ended as {result.status} ({result.reason}): {result.message}"]
    files = TrialFolder(job.folder)
    learner = Learner.load_from_checkpoint(files.checkpoint, map_location="cpu", weights_only=True)
    encoding = encoded(corpus, text_settings(config))
    part: EncodedTexts = encoding.parts["validation"]
    texts = load_texts(corpus, "validation")[0]
    if not np.array_equal(Encoder.load(encoding.encoder).encode(texts).ids, part.ids):
        return ["texts are encoded otherwise by the encoder that was saved."]
    decision = Decision.from_dict(json.loads(files.decision.read_text(encoding="utf-8")))
    again = decision.probabilities(logits_of(learner, EvaluationBatches(part, 64)))
    first = np.load(files.validation)["probabilities"]
    if np.allclose(again, first, rtol=0, atol=1e-5):
        return []
    worst = float(np.abs(again - first).max())
    return [
        f"a trained network answers otherwise when loaded: a probability moved by {worst:.2g}."
    ]
