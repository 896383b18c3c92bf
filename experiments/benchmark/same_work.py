"""The benchmark's side of this program: a fixed list of trials, a fixed number of epochs, nothing pruned.

    python experiments/benchmark/same_work.py --data SMSSpamCollection --epochs 4

Runs the whole of it: settings, corpus, split, encoder, cache, coordinator, workers, Optuna's storage,
MLflow. The list holds cell, layers, hidden, dropout, optimizer, lr, batch_size and resampling of each trial.
Prints one JSON line: wall seconds, trials per hour, and each trial's best validation F1. The time runs
until every trial has been recorded, as the opponent's does.
"""

import argparse
import io
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sweep.executors import Executor

TRIALS = Path(__file__).with_name("trials_sms.json")
PATHS = {
    "cell": "model.cell",
    "layers": "model.layers",
    "hidden": "model.hidden",
    "dropout": "model.dropout",
    "optimizer": "optimizer.name",
    "lr": "optimizer.learning_rate",
    "batch_size": "trainer.batch_size",
    "resampling": "resampling.method",
}
SAME_AS_THE_OPPONENT = {
    # Its network, vocabulary and split; everything else stays as this program has it.
    "text.vocabulary_size": 5000,
    "text.min_frequency": 1,
    "text.max_length": 100,
    "text.punctuation": "remove",
    "model.vectors": "none",
    "model.embedding": 128,
    "model.bidirectional": False,
    "model.embedding_dropout": 0.0,
    "model.read_out": "last",
    "objective.metric": "f1",
    "objective.threshold_for": "f1",
    "optimizer.clip_norm": 0.0,
    "optimizer.momentum": 0.0,
    "split.validation": 0.2,
    "trainer.chance_share": 1.0,  # it trains every epoch, whatever the score
}


def arguments_of(text: str) -> argparse.ArgumentParser:
    """The command line that the benchmarks share; the first ones are the opponent's, too.

    Args:
        text: what the benchmark does.

    Returns:
        The parser, to which more may be added.
    """
    ask = argparse.ArgumentParser(
        description=text, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    ask.add_argument("--data", type=Path, required=True)
    ask.add_argument("--epochs", type=int, default=4)
    ask.add_argument("--trials", type=Path, default=TRIALS)
    ask.add_argument("--first", type=int, default=None, help="only the first N trials")
    ask.add_argument("--workers", default="auto")
    ask.add_argument("--set", nargs="*", default=[], help="more settings, PATH=VALUE")
    return ask


def command(args: argparse.Namespace, trials: list[dict[str, Any]], folder: Path) -> list[str]:
    """The sweep's command line.

    Args:
        args: of this program.
        trials: the fixed list.
        folder: where everything goes.

    Returns:
        Words for `sweep.compose.compose.compose`.
    """
    if args.data.suffix == ".jsonl":
        data = [f"data.path={args.data.absolute()}"]
    else:
        data = ["data=sms_spam", f"data.path={args.data.absolute()}"]
    settings = SAME_AS_THE_OPPONENT | {
        "workdir": folder,
        "trainer.max_epochs": args.epochs,
        "trainer.patience": args.epochs,
        "executor.workers": args.workers,
        "split.test": 0.01,  # the opponent has no test part; the smallest that holds both classes
        "search.trials": len(trials),
    }
    extra = [f"{path}={value}" for path, value in settings.items()]
    return ["+search=smoke", "pruner=none", "sampler=grid", *data, *extra, *args.set]


def main() -> None:
    """Run every trial once and print what it took."""
    given = arguments_of(__doc__).parse_args()
    print(json.dumps(measured(given, listed(given))))


def listed(given: argparse.Namespace) -> list[dict[str, Any]]:
    """The trials that the command line names."""
    trials: list[dict[str, Any]] = json.loads(given.trials.read_text(encoding="utf-8"))
    return trials[: given.first]


def measured(
    given: argparse.Namespace,
    trials: list[dict[str, Any]],
    make: Callable[..., Executor] | None = None,
) -> dict[str, Any]:
    """Run every trial once.

    Args:
        given: the command line.
        trials: the list.
        make: makes the executor of a number of workers; by default the program's own.

    Returns:
        The fields of the JSON line.
    """
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        scores = run(command(given, trials, folder), trials, folder / "smoke", make)
        wall = time.perf_counter() - start
    fields = {"program": "sweep", "dynamic_padding": True, "epochs": given.epochs}
    fields |= {"trials": len(trials), "wall_s": round(wall, 1)}
    return fields | {"trials_per_hour": round(3600 * len(trials) / wall, 1), "val_f1": scores}


def run(
    words: list[str],
    trials: list[dict[str, Any]],
    folder: Path,
    make: Callable[..., Executor] | None = None,
) -> list[float]:
    """Run the sweep as its command does, but for the list that stands in for the space's grid.

    Args:
        words: the command line.
        trials: the fixed list.
        folder: the sweep's own folder.
        make: see `measured`.

    Returns:
        Each trial's best validation F1, in the order of the list.
    """
    from rich.console import Console

    from sweep.compose.compose import compose
    from sweep.compose.flags import read_flags
    from sweep.coordinator.sweep import Opened, Sweep
    from sweep.records import Ending
    from sweep.search.space import Space

    values = [{PATHS[name]: value for name, value in trial.items()} for trial in trials]

    class Listed(Space):
        """A grid of just the listed trials."""

        def grid(self, arm: str) -> list[dict[str, Any]]:
            return list(values)

        def defaults(self, arm: str, base: object) -> dict[str, Any]:
            return values[0]

    class ListedSweep(Sweep):
        """A sweep that goes through the list in its order, as the opponent does."""

        def _search(self, opened: Opened, earlier: dict[str, Any]) -> Any:
            opened.studies["all"]._grid = values
            self.records = opened.studies["all"].records
            return super()._search(opened, earlier)

    config = compose(read_flags(words))
    config.search.space = leaves(values)
    quiet = Console(file=io.StringIO())
    sweep = ListedSweep(config, quiet)
    sweep.space = Listed.parse(config.search.space, config, None)
    if make:
        sweep.executor = make(workers=sweep.executor.slots)
    assert sweep.run() is Ending.complete, quiet.file.getvalue()
    found = {json.dumps(dict(r.values), sort_keys=True): r for r in sweep.records()}
    return [round(found[json.dumps(v, sort_keys=True)].value or 0.0, 4) for v in values]


def leaves(values: list[dict[str, Any]]) -> dict[str, Any]:
    """A space that holds every value of the list."""
    tree: dict[str, Any] = {}
    for path in values[0]:
        group, field = path.split(".")
        choices = list(dict.fromkeys(value[path] for value in values))
        tree.setdefault(group, {})[field] = {"type": "categorical", "choices": choices}
    return tree


if __name__ == "__main__":
    main()
