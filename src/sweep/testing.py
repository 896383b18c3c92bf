"""The contract of plug-ins as a test: `sweep.testing.check("my_net.py")` in a test file of yours.

Every part that a file registers is tried apart (exact under padding, every weight reached by the gradient, the same
again when loaded) and then in one small trial of the real program: it trains, is saved, and answers the same once
loaded.
"""

import io
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from sweep.config import Config, ModelConfig, SearchConfig, TextConfig, TrainerConfig
from sweep.config.settings import own_settings, replaced
from sweep.data.builtin import generate
from sweep.data.split import split
from sweep.errors import UserError
from sweep.network.batches import EvaluationBatches
from sweep.network.own import make_network
from sweep.plugins.load import load_files, loaded
from sweep.plugins.tables import CELLS, LOSSES, NETWORKS, TABLES, Entry, Table
from sweep.records import EncodedTexts, Status, TrialJob, TrialKey
from sweep.scoring.decision import Decision
from sweep.text.cache import encoded, store_corpus
from sweep.training.fit import logits_of
from sweep.training.learner import Learner
from sweep.training.loss import loss
from sweep.training.trial import text_settings, train
from sweep.workspace import TrialFolder

TOKENS, EMBEDDING = 20, 6
LENGTHS = (7, 1, 4, 7, 2)
PADDING = 3
CLOSE = 1e-9  # of float64; what is exact but for the order of additions stays far below


def check(file: str | Path, settings: Mapping[str, Mapping[str, Any]] | None = None) -> None:
    """Try every part that a plug-in's file registers.

    Args:
        file: the Python file.
        settings: values of its own settings to try it with, by setting by the part's name; by default its defaults.

    Raises:
        UserError: the file cannot be loaded, or a setting is none that it has.
        AssertionError: a part breaks the contract; every breach is told.
    """
    (plugin,) = load_files([file])
    values = own_settings(settings or {})
    breaches = []
    for table in TABLES:
        for entry in [each for each in table.values() if each.plugin == plugin]:
            tried = [*_apart(table, entry, values)]
            tried = tried or [*_in_a_trial(table, entry, values)]
            breaches += [f"{table.setting}={entry.name}: {text}" for text in tried]
    assert not breaches, "\n".join([f"{plugin.name} breaks the contract of plug-ins:", *breaches])


def _apart(table: Table, entry: Entry, values: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    own = {entry.name: values[entry.name]} if entry.name in values else {}
    if table is LOSSES:
        yield from _raised(lambda: _loss(entry.name, own))
        return
    if table in (CELLS, NETWORKS) or table.setting == "model.read_out":
        arguments: dict[str, Any] = {
            "vocabulary_size": TOKENS,
            "embedding": EMBEDDING,
            "settings": own,
        }
        if table is NETWORKS:
            yield from _raised(lambda: _network(arguments | {"network": entry.name}))
            return
        ours = {
            "cell": "lstm",
            "read_out": "mean",
            "hidden": 5,
            "layers": 2,
            "bidirectional": True,
        }
        arguments |= ours | {table.setting.removeprefix("model."): entry.name}
        yield from _raised(lambda: _network(arguments))


def _raised(tried: Callable[[], list[str]]) -> list[str]:
    try:
        return tried()
    except UserError as wrong:
        return [*wrong.mistakes]
    except Exception as error:  # whatever a plug-in raises is the breach
        return [f"it raised {type(error).__name__}: {error}"]


@contextmanager
def _drawn(seed: int) -> Iterator[None]:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield


def _network(arguments: dict[str, Any]) -> list[str]:
    with _drawn(0):
        model = make_network(arguments).double()
        ids = torch.zeros(len(LENGTHS), max(LENGTHS), dtype=torch.long)
        for row, length in enumerate(LENGTHS):
            ids[row, :length] = torch.randint(1, TOKENS, (length,))
    lengths = torch.tensor(LENGTHS)
    breaches = _gradients(model, ids, lengths)
    model.eval()
    with torch.no_grad():
        together = model(ids, lengths)
        padded = torch.nn.functional.pad(ids, (0, PADDING))
        alone = torch.stack(
            [model(ids[i : i + 1, :n], lengths[i : i + 1])[0] for i, n in enumerate(LENGTHS)]
        )
        if not torch.isfinite(together).all():
            breaches.append("a logit is no finite number.")
        breaches += _same(model(padded, lengths), together, "more padding")
        breaches += _same(alone, together, "the texts beside it in the batch")
        breaches += _same(model(ids.flip(0), lengths.flip(0)).flip(0), together, "its row")
        breaches += _loaded(model, arguments, ids, lengths)
    return breaches


def _same(found: Tensor, wanted: Tensor, what: str) -> list[str]:
    worst = float((found - wanted).abs().max())
    if worst <= CLOSE:
        return []
    return [
        f"a text's logit depends on {what}: it moved by {worst:.2g} where {CLOSE:g} is allowed."
    ]


def _gradients(model: nn.Module, ids: Tensor, lengths: Tensor) -> list[str]:
    targets = torch.arange(len(ids)) % 2
    logits = model(ids, lengths)
    nn.functional.binary_cross_entropy_with_logits(logits, targets.double()).backward()  # type: ignore[no-untyped-call]
    missed = [
        name
        for name, weight in model.named_parameters()
        if weight.requires_grad and weight.grad is None
    ]
    return [f"no gradient reaches {', '.join(missed)}."] if missed else []


def _loaded(
    model: nn.Module, arguments: dict[str, Any], ids: Tensor, lengths: Tensor
) -> list[str]:
    stored = io.BytesIO()
    torch.save(model.state_dict(), stored)
    stored.seek(0)
    with _drawn(1):  # other start values: what is not saved shows
        other = make_network(arguments).double().eval()
    other.load_state_dict(torch.load(stored, weights_only=True))
    if torch.equal(other(ids, lengths), model(ids, lengths)):
        return []
    return ["saved and loaded it answers otherwise; keep what it needs as parameters or buffers."]


def _loss(name: str, own: Mapping[str, Mapping[str, Any]]) -> list[str]:
    logits = torch.tensor([-40.0, -2.0, 0.0, 2.0, 40.0], requires_grad=True)

    def of(target: float) -> Tensor:
        return torch.stack(
            [
                loss(
                    logits[i : i + 1], torch.full((1,), target), name=name, positive_weight=1.0,
                    focal_gamma=2.0, label_smoothing=0.0, settings=own,
                )
                for i in range(len(logits))
            ]
        )  # fmt: skip

    no, yes = of(0.0), of(1.0)
    breaches = []
    if not (torch.isfinite(no).all() and torch.isfinite(yes).all()):
        breaches.append("it is no finite number at logits between -40 and 40.")
    if not (yes[1] > yes[3] and no[3] > no[1]):
        breaches.append("a right answer must cost less than a wrong one (logits 2 and -2).")
    if not (yes[2] > 0 and no[2] > 0):
        breaches.append(
            "at a logit of 0 it must be above 0: what has diverged is told by how far it lies above that."
        )
    torch.autograd.backward(no.sum() + yes.sum())
    if logits.grad is None or not torch.isfinite(logits.grad).all():
        breaches.append("its gradient is no finite number at logits between -40 and 40.")
    return breaches


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
    part: EncodedTexts = encoded(corpus, text_settings(config)).parts["validation"]
    decision = Decision.from_dict(json.loads(files.decision.read_text(encoding="utf-8")))
    again = decision.probabilities(logits_of(learner, EvaluationBatches(part, 64)))
    first = np.load(files.validation)["probabilities"]
    if np.allclose(again, first, rtol=0, atol=1e-5):
        return []
    worst = float(np.abs(again - first).max())
    return [
        f"a trained network answers otherwise when loaded: a probability moved by {worst:.2g}."
    ]
