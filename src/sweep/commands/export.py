"""The command `export`: writes the winner as a folder and makes it MLflow's champion."""

import json
import os
import shlex
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from sweep.config import Config
from sweep.config.settings import flat
from sweep.confirmation.members import folds_of
from sweep.coordinator import fingerprint
from sweep.coordinator.guard import begun
from sweep.data.corpus import SplitCorpus
from sweep.data.load import load_split
from sweep.errors import UserError
from sweep.export.winner import Winner
from sweep.redaction import redact, redact_all
from sweep.report.summary import read_summary
from sweep.search.space import Space, apply
from sweep.storage.place import place_of
from sweep.tracking.outbox import noted_runs
from sweep.tracking.tracker import Tracker, make_tracker
from sweep.typed import typed
from sweep.workspace import ModelFolder, SweepFolder, Workspace

if TYPE_CHECKING:
    from sweep.export.mistakes import Answered

QUIET = {"MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false"}
DESCRIBED = 5000  # characters of a version's description in MLflow's tables
# What a bundle tells of its training; what the parts were stands on the card.
GROUPS = {*fingerprint.DECIDING, "plugins"} - {"split"}


def run(config: Config, output: str) -> int:
    """Export the winner of a sweep and register it.

    Args:
        config: all settings, those that the sweep was run with.
        output: folder that the model is written to.

    Returns:
        0.

    Raises:
        UserError: the sweep has no scored winner, has other settings, there is another model, or MLflow lacks it.
    """
    console, out = Console(highlight=False), Path(output)
    folder = Workspace(Path(config.workdir)).sweep(config.sweep)
    found = winner_of(folder.root, config)
    tracker = make_tracker(config)
    corpus = load_split(config)
    digest = check_same(config, corpus)
    from sweep.export.place import check_place  # loads torch; mistakes are told before

    earlier = check_place(out, sweep=config.sweep, fingerprint=digest)
    exported = write(config, folder, found, corpus, out, digest)
    # What one member of a bag scores is not what the bag does.
    best = found["best"] | {"test": dict(exported.test)}
    found = found | {"best": best}
    test = best["test"]
    there = f", in place of {earlier}, exported before" if earlier else ""
    console.print(f"{out}/ holds the winner {best['arm']}-{best['number']}{there}", markup=False)
    console.print(
        f"  on test: MCC {test['mcc']:.4f}, F1 {test['f1']:.4f}; more in {out}/README.md"
    )
    with begun():
        number = register(config, tracker, folder.root, found, out)
    console.print(f"registered as {config.sweep} version {number}, alias champion", markup=False)
    console.print(f"serve it:  {typed('serve', model=output)}", markup=False, soft_wrap=True)
    console.print(
        f"label texts:  {typed('predict', model=output)} input=FILE output=FILE",
        markup=False,
        soft_wrap=True,
    )
    return 0


def winner_of(folder: Path, config: Config) -> dict[str, Any]:
    """Read a sweep's summary and see that there is a scored winner in it.

    Args:
        folder: the sweep's own folder.
        config: all settings.

    Returns:
        What `summary.json` holds.

    Raises:
        UserError: it has not been run to its end, or no trial has completed.
    """
    found = read_summary(folder)
    again = fingerprint.command_of(config)
    if found is None:
        raise UserError(f"{folder} holds no finished sweep; run it first: {again}")
    if "best" not in found:
        raise UserError(
            f"No trial of {folder} has completed, so there is nothing to export; run: {again}"
        )
    if "test" not in found["best"]:
        raise UserError(f"{folder} has not been run to its end; the same command goes on: {again}")
    return found


def check_same(config: Config, corpus: SplitCorpus) -> str:
    """See that settings and data are those of the sweep; the encoder is made from them.

    Args:
        config: all settings.
        corpus: the split corpus.

    Returns:
        Digest of the sweep's fingerprint.

    Raises:
        UserError: they differ, which the text tells, or the sweep's trials are gone.
    """
    now = fingerprint.fingerprint(config, corpus, Space.of(config))
    known = "Leave out what is given beside `name=`: its own settings are known"
    if not fingerprint.check(config, now, known):
        raise UserError(
            f"{place_of(config)} holds no trial of the sweep `{config.sweep}`, so nothing says "
            "what its winner was trained on. Put that file back."
        )
    return fingerprint.digest(now)


def write(
    config: Config,
    folder: SweepFolder,
    found: dict[str, Any],
    split: SplitCorpus,
    out: Path,
    digest: str,
) -> Winner:
    """Write the model.

    Args:
        config: all settings.
        folder: the sweep's own folder.
        found: what `summary.json` holds.
        split: the split corpus.
        out: folder that the model is written to.
        digest: of the sweep's fingerprint.

    Returns:
        What was written.
    """
    for name, value in QUIET.items():  # before MLflow is imported
        os.environ.setdefault(name, value)
    from sweep.export.card_facts import about_corpus, some_texts
    from sweep.export.write import export

    best = found["best"]
    trained = apply(config, best["settings"])
    networks, answered = winner(config, trained, folder, best, split)
    settings = {name: value for name, value in asdict(trained).items() if name in GROUPS}
    export(
        found,
        networks,
        out,
        settings=json.loads(json.dumps(redact_all(flat(settings)))),
        corpus=about_corpus(split),
        command=shlex.join(["python", "-m", "sweep", *fingerprint.words_of(config)]),
        fingerprint=digest,
        measured=some_texts(split) if config.export.measure else (),
        examples=examples(config, answered, split),
    )
    return networks


def examples(
    config: Config, answered: "Callable[[], Answered]", split: SplitCorpus
) -> list[dict[str, Any]]:
    """Choose the texts for the card that the model is most wrong about.

    Args:
        config: all settings; `export.examples` says how many.
        answered: gives texts, labels and answers of those held out.
        split: the split corpus.

    Returns:
        See `sweep.export.mistakes.most_wrong`; nothing by default.
    """
    from sweep.export.mistakes import most_wrong

    if not config.export.examples:
        return []
    names = (split.corpus.negative, split.corpus.positive)
    return most_wrong(*answered(), count=config.export.examples, names=names)


def winner(
    config: Config, trained: Config, folder: SweepFolder, best: dict[str, Any], split: SplitCorpus
) -> "tuple[Winner, Callable[[], Answered]]":
    """Gather the networks that are exported.

    Args:
        config: all settings.
        trained: the winner's.
        folder: the sweep's own folder.
        best: of the summary.
        split: the split corpus.

    Returns:
        The winner's bag, one of it under export.members=1, or the one network of a winner that was not confirmed; and
        what gives the answers about the rows held out.
    """
    from sweep.export.mistakes import answers_of_bag, answers_of_trial
    from sweep.export.winner import bag, nearest, single
    from sweep.text.cache import encoded, load_texts, store_corpus
    from sweep.text.settings import text_settings

    cache, text = Workspace(Path(config.workdir)).cache, text_settings(trained)
    name = f"{best['arm']}-{best['number']}"
    if "members" not in best:
        corpus = store_corpus(cache, split)
        alone = single(best, folder.trial(name), encoded(corpus, text).encoder)
        return alone, partial(answers_of_trial, folder.trial(name), corpus)
    corpora = [store_corpus(cache, fold) for fold in folds_of(config, split)]
    finalist = folder.finalist(name)
    whole = bag(best, finalist, [encoded(corpus, text).encoder for corpus in corpora])
    answered = partial(answers_of_bag, whole, best, finalist, corpora)
    if config.export.members is None:
        return whole, answered
    texts = [text for part in ("train", "validation") for text in load_texts(corpora[0], part)[0]]
    return nearest(whole, best, finalist, texts), answered


def description(best: Mapping[str, Any], model: ModelFolder) -> str:
    """Describe a registered version: which trial it is, and what the model card says of how good it is.

    Args:
        best: of the summary, with the scores of what is exported.
        model: the exported model.

    Returns:
        Markdown, as long as MLflow's databases take it.
    """
    head, _, _ = model.card.read_text(encoding="utf-8").partition("\n## Threshold")
    first = f"Trial {best['arm']}-{best['number']}, test MCC {best['test']['mcc']:.4f}"
    return f"{first}\n\n{head}"[:DESCRIBED]


def register(
    config: Config, tracker: Tracker, folder: Path, found: dict[str, Any], out: Path
) -> str:
    """Make the model the champion in MLflow, after what is still in the outbox is sent.

    Args:
        config: all settings.
        tracker: of the sweep.
        folder: the sweep's own folder.
        found: what `summary.json` holds.
        out: folder of the model.

    Returns:
        The version.

    Raises:
        UserError: MLflow does not answer or lacks the winner.
    """
    from sweep.export.registry import Registry

    tracker.start()
    left = tracker.drain(config.tracking.drain_s)
    tracker.close()
    if left:
        raise UserError(
            f"{out} is written, but not registered: {left} events have not reached MLflow at "
            f"{redact(tracker.target.uri)}. Why stands in {tracker.files.tracking_log}; when that is mended, "
            "give the same command again."
        )
    best = found["best"]
    attempts = [
        (key.attempt, run)
        for key, run in noted_runs(folder).trials.items()
        if (key.arm, key.number, key.fold) == (best["arm"], best["number"], None)
    ]
    if not attempts:
        raise UserError(
            f"{tracker.files.outbox} knows nothing of the winner; it was changed or deleted."
        )
    return Registry(tracker.target.uri).register(
        out,
        experiment=config.sweep,
        run=max(attempts)[1],
        description=description(best, ModelFolder(out)),
    )
