"""Run the default search on a corpus, and score its first trials on the test part beside its winner.

    python experiments/default_search/default_search.py builtin --workdir runs
    python experiments/default_search/default_search.py sst2 data=sst2 data.train=train.tsv ... --workdir runs

The first trial of each arm is the configuration itself. What the search is worth is the winner's score over theirs.
One line a seed goes to the folder's `results.jsonl`, in place of the older one; `--read` prints the table. A sweep that
is there already is not run again.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from sweep.compose.compose import compose
from sweep.compose.flags import read_flags
from sweep.coordinator.final_scores import score_winner
from sweep.data.load import load_split
from sweep.search.space import Space, apply
from sweep.text.cache import store_corpus
from sweep.workspace import Workspace

RESULTS = Path(__file__).parent / "results.jsonl"
KEPT = ("average_precision", "roc_auc", "mcc", "accuracy")
Row = dict[str, Any]


def searched(corpus: str, words: list[str], seed: int, workdir: Path) -> Row:
    """Run the search, or go on with it; what the table shows of it."""
    name = f"default_search_{corpus}_{seed}"
    words = ["+search=lstm_vs_gru", f"seed={seed}", f"name={name}", f"workdir={workdir}", *words]
    subprocess.run([sys.executable, "-m", "sweep", *words], check=True)
    config = compose(read_flags(words))
    folder = Workspace(workdir).sweep(name)
    told = json.loads(folder.summary.read_text(encoding="utf-8"))
    cached = store_corpus(workdir / "cache", load_split(config))
    trials = results(folder.root)
    space = Space.of(config)
    first = {}
    for arm in space.arms:
        own = trials[f"{arm}-0"]
        settings = apply(config, space.defaults(arm, config))
        digests = (own["sha256"], own["decision_sha256"])
        found = score_winner(settings, cached, folder.trial(f"{arm}-0").root, *digests)
        first[arm] = {"validation": own["value"], **picked(found)}
    best = told["best"]
    return {
        "corpus": corpus,
        "seed": seed,
        "wall_s": told["wall_s"],
        "epochs": sum(trial["epochs"] for trial in trials.values()),
        "trial_s": round(sum(trial["seconds"] for trial in trials.values())),
        **{
            kind: sum(arm[kind] for arm in told["arms"].values())
            for kind in ("complete", "no_learning", "pruned", "failed")
        },
        "winner": {
            "trial": f"{best['arm']}-{best['number']}",
            "validation": best["value"],
            **picked(best["test"]),
        },
        "first": first,
        "linear": picked(told["baselines"]["tfidf_logreg"]["test"]),
        "settings": best["settings"],
    }


def results(folder: Path) -> dict[str, Row]:
    """How each trial ended, under its name."""
    paths = sorted(folder.glob("trials/*/result.json"))
    return {path.parent.name: json.loads(path.read_text(encoding="utf-8")) for path in paths}


def picked(scores: dict[str, float]) -> Row:
    """The scores that the table shows."""
    return {name: round(scores[name], 4) for name in KEPT if name in scores}


def main() -> None:
    """Run, write, print."""
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("corpus", nargs="?", help="what its rows are called")
    ask.add_argument("settings", nargs="*", help="NAME=VALUE: data.path=FILE")
    ask.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    ask.add_argument("--workdir", type=Path, help="what is trained goes there")
    ask.add_argument("--read", action="store_true", help="print the table and run nothing")
    given = ask.parse_intermixed_args()
    if not given.read:
        for seed in given.seeds:
            row = searched(given.corpus, given.settings, seed, given.workdir)
            rows = [r for r in read() if (r["corpus"], r["seed"]) != (given.corpus, seed)]
            text = "".join(json.dumps(r) + "\n" for r in [*rows, row])
            RESULTS.write_text(text, encoding="utf-8")
    for row in read():
        print(table(row))


def read() -> list[Row]:
    """Every row that is there."""
    if not RESULTS.exists():
        return []
    return [json.loads(line) for line in RESULTS.read_text(encoding="utf-8").splitlines()]


def table(row: Row) -> str:
    """One row as a line of Markdown."""
    first = [row["first"][arm]["average_precision"] for arm in sorted(row["first"])]
    winner, linear = row["winner"], row["linear"]
    cells = [
        row["corpus"], row["seed"], row["complete"], row["no_learning"], row["pruned"], row["failed"],
        row["epochs"], row["trial_s"], winner["trial"], *(winner[name] for name in KEPT), *first,
        *(linear[name] for name in KEPT),
    ]  # fmt: skip
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


if __name__ == "__main__":
    main()
