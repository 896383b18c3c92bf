"""What does a sweep with real networks say of two arms that are equal, and of a gain that was planted?

    python experiments/verdict/real_null.py --null 100 --gain 100 --minutes 60

Every sweep has a fresh corpus, a search of three trials an arm and a confirmation on five folds, by the program's own
search loop, race and verdict, without MLflow; its networks are tiny, so that it takes seconds. Each is a line of
`real_null.jsonl`; what is there is not run again. `real_null.json` holds the rates.
"""

import argparse
import json
import math
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from scipy import special

from sweep.config import (
    Config,
    ConfirmConfig,
    ExecutorConfig,
    ModelConfig,
    SearchConfig,
    TextConfig,
    TrainerConfig,
)
from sweep.confirmation.members import folds_of
from sweep.coordinator.confirm import confirm
from sweep.coordinator.search_loop import SearchLoop
from sweep.data import Corpus, split
from sweep.executors.local import LocalExecutor
from sweep.files import write_json
from sweep.plugins.load import load_files
from sweep.records import Ending
from sweep.report.progress import Progress
from sweep.report.watched import Searched
from sweep.search.space import Space
from sweep.search.studies import open_studies
from sweep.text.cache import store_corpus
from sweep.tracking.tracker import Tracker
from sweep.workspace import Workspace

HERE = Path(__file__).parent
LINES, RATES = HERE / "real_null.jsonl", HERE / "real_null.json"
ARMS = {"null": ("lstm_as_well", "lstm_again"), "gain": ("lstm_as_well", "lstm_missing")}
"""By kind; of `gain` the first is the better one."""
ROWS, WORDS, POSITIVE = 600, 60, 0.35


def corpus(seed: int) -> Corpus:
    """Texts of 6 to 14 words; a third of the words are commoner among the positive ones, a third rarer.

    Who knows the shares reaches an average precision of .995, and of .981 without every third word.
    """
    draw = np.random.default_rng([seed, 13])
    labels = (draw.random(ROWS) < POSITIVE).astype(np.int8)
    tilt = np.repeat([0.8, 0.0, -0.8], WORDS // 3)
    shares = [np.exp(sign * tilt) for sign in (-1, 1)]
    words = np.array([f"w{number}" for number in range(WORDS)])
    texts = []
    for number, label in enumerate(labels):
        share = shares[label] / shares[label].sum()
        picked = draw.choice(words, size=draw.integers(6, 15), p=share)
        texts.append(" ".join([*picked, f"n{number}"]))  # so that no two rows are equal
    return Corpus(name="tilted", texts=texts, labels=labels, positive="up", negative="down")


def settings(kind: str, seed: int, workdir: str) -> Config:
    """A sweep of three trials an arm, two finalists and the first, five folds."""
    space: dict[str, Any] = {
        "model": {
            "cell": {"type": "categorical", "choices": list(ARMS[kind])},
            "hidden": {"type": "categorical", "choices": [16, 24]},
        },
        "optimizer": {"learning_rate": {"type": "float", "low": 0.01, "high": 0.03, "log": True}},
    }
    config = Config(
        workdir=workdir,
        seed=seed,
        text=TextConfig(min_frequency=2),
        model=ModelConfig(vectors="none", cell=ARMS[kind][0], embedding=16, hidden=16),
        trainer=TrainerConfig(max_epochs=6, batch_size=32, accelerator="cpu"),
        executor=ExecutorConfig(workers=1),
        confirm=ConfirmConfig(top=2, folds=5),
        search=SearchConfig(name=kind, compare="model.cell", trials=3, space=space),
    )
    config.optimizer.learning_rate = 0.02
    return config


def sweep(kind: str, seed: int, executor: LocalExecutor) -> dict[str, Any]:
    """Search, confirm and judge one corpus."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as workdir:
        config = settings(kind, seed, workdir)
        parts = split(corpus(seed), **asdict(config.split), seed=seed)
        files = Workspace(Path(workdir)).sweep(kind)
        files.root.mkdir()
        studies = open_studies(config, Space.of(config), create=False)
        tracker = Tracker(
            files.root, uri="sqlite:///never.db", experiment=kind, artifacts=Path(workdir)
        )  # never started: what it is told goes no further
        tracker.sweep_started({}, {})
        nowhere = Console(quiet=True)
        loop = SearchLoop(
            config,
            studies=studies,
            executor=executor,
            tracker=tracker,
            observer=Progress(nowhere, Searched(studies, 0), "average_precision", 1),
            corpus=store_corpus(Workspace(Path(workdir)).cache, parts),
            folder=files,
            tags={},
        )
        assert loop.search() is Ending.complete
        ending, outcome = confirm(
            config,
            held_out=folds_of(config, parts),
            studies=studies,
            executor=executor,
            tracker=tracker,
            console=nowhere,
            tags={},
        )
        assert ending is Ending.complete
        assert outcome is not None
        found: dict[str, Any] = {"arms": {arm: {} for arm in studies}}
        outcome.tell(found)
    (verdict,) = found["verdict"]
    told = {name: verdict[name] for name in ("decision", "difference", "p", "probability")}
    told["interval"] = verdict["difference_interval"]
    told["detectable"] = verdict["detectable"]
    arms = found["arms"].values()
    return {
        "kind": kind,
        "seed": seed,
        **told,
        "means": [arm["confirmed"]["mean"] for arm in arms],
        "winners": [arm["confirmed"]["number"] for arm in arms],
        "seconds": round(time.monotonic() - began, 1),
    }


def exact_interval(hits: int, of: int, level: float = 0.05) -> tuple[float, float]:
    """Clopper and Pearson's interval of a share."""
    low = 0.0 if hits == 0 else float(special.betaincinv(hits, of - hits + 1, level / 2))
    high = 1.0 if hits == of else float(special.betaincinv(hits + 1, of - hits, 1 - level / 2))
    return low, high


def rates(lines: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What the sweeps of each kind said."""
    found = {}
    for kind in ARMS:
        some = [line for line in lines if line["kind"] == kind]
        if not some:
            continue
        truth = 0.0 if kind == "null" else float(np.mean([line["difference"] for line in some]))
        right = "no evidence" if kind == "null" else "A better"
        said = [line["decision"] for line in some]
        holds = [line["interval"][0] <= truth <= line["interval"][1] for line in some]
        differences = [line["difference"] for line in some]
        found[kind] = {
            "sweeps": len(some),
            "mean_score": float(np.mean([line["means"] for line in some])),
            "mean_difference": float(np.mean(differences)),
            "deviation_of_differences": float(np.std(differences)),
            "detectable": float(np.median([line["detectable"] for line in some])),
            "said": {word: said.count(word) for word in sorted(set(said))},
            "right": said.count(right) / len(some),
            "right_interval": exact_interval(said.count(right), len(some)),
            "interval_holds_it": float(np.mean(holds)),
            "interval_holds_it_interval": exact_interval(sum(holds), len(some)),
            "seconds": math.fsum(line["seconds"] for line in some),
        }
    return found


def main() -> None:
    """Run the sweeps that are missing, in turn, as long as there is time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--null", type=int, default=100)
    parser.add_argument("--gain", type=int, default=100)
    parser.add_argument("--minutes", type=float, default=math.inf)
    asked = parser.parse_args()
    end = time.monotonic() + 60 * asked.minutes
    load_files([HERE / "arms.py"])
    lines = [json.loads(line) for line in LINES.read_text().splitlines()] if LINES.exists() else []
    known = {(line["kind"], line["seed"]) for line in lines}
    due = [
        (kind, seed)
        for kind in ARMS
        for seed in range(getattr(asked, kind))
        if (kind, seed) not in known
    ]
    executor = LocalExecutor(workers=1)
    executor.start()
    for kind, seed in due:
        if time.monotonic() > end:
            break
        lines.append(sweep(kind, seed, executor))
        with LINES.open("a") as stream:
            stream.write(json.dumps(lines[-1]) + "\n")
        print(lines[-1], flush=True)
    write_json(RATES, rates(lines))
    print(json.dumps(rates(lines), indent=1))


if __name__ == "__main__":
    main()
