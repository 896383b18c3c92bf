"""Train again to the end what a search ended early, and count what would have been among its best.

    python experiments/early_end/early_end.py builtin --workdir runs
    python experiments/early_end/early_end.py sms_spam data=sms_spam data.path=SMSSpamCollection --workdir runs

Runs the search with one worker for each seed, then trains every trial that was pruned or stopped early once more under
its own seed, with nothing that ends it. Writes one row a trial to the folder's `trials.csv`, in place of the corpus's
older rows, and counts over all rows to `summary.json`. What is there already is not trained again.
"""

import argparse
import csv
import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sweep.compose.compose import compose
from sweep.compose.flags import read_flags
from sweep.config import Config
from sweep.data.load import load_split
from sweep.files import write_json
from sweep.records import Status, Stopped, TrialJob, TrialKey
from sweep.search.space import Space, apply
from sweep.text.cache import store_corpus

Row = dict[str, Any]
NEVER_ENDED = {"trainer.chance_share": 1.0}
"""Besides `trainer.patience`: settings under which only the number of epochs ends a trial."""


def searched(words: list[str], folder: Path) -> list[Row]:
    """Run the search, or go on with it; one row a trial, in the order of arms and numbers."""
    workdir = [f"workdir={folder.parent}", f"name={folder.name}", "executor.workers=1"]
    subprocess.run([sys.executable, "-m", "sweep", *words, *workdir], check=True)
    rows = []
    for path in sorted(folder.glob("trials/*/result.json")):
        told = json.loads(path.read_text(encoding="utf-8"))
        facts = {name: told[name] for name in ("status", "stopped", "value", "epoch", "epochs")}
        rows.append({"arm": told["key"]["arm"], "number": told["key"]["number"], **facts})
    return sorted(rows, key=lambda row: (row["arm"], row["number"]))


def to_the_end(config: Config, space: Space, corpus: Path, folder: Path, row: Row) -> Row:
    """Train one trial with nothing that ends it; its best epoch."""
    from sweep.training.trial import train

    name = f"{row['arm']}-{row['number']}"
    result = folder / "to_the_end" / name / "result.json"
    if not result.exists():
        given = json.loads(
            (folder / "trials" / name / "settings.json").read_text(encoding="utf-8")
        )
        values = {p.path: read(given, p.path) for p in space.parameters}
        own = apply(config, values)
        endless = {"trainer.patience": own.trainer.max_epochs} | NEVER_ENDED
        job = TrialJob(
            key=TrialKey(arm=row["arm"], number=row["number"]), config=apply(own, endless),
            seed=given["seed"], corpus=corpus, folder=result.parent,
        )  # fmt: skip
        print(name, train(job, lambda report: False).value, "instead of", row["value"], flush=True)
    told = json.loads(result.read_text(encoding="utf-8"))
    return {"whole_value": told["value"], "whole_epoch": told["epoch"]}


def read(settings: dict[str, Any], path: str) -> Any:
    """The value under a dotted name."""
    for name in path.split("."):
        settings = settings[name]
    return settings


def trials(corpus: str, words: list[str], seed: int, workdir: Path) -> list[Row]:
    """Search under one seed, and train to the end what was ended early."""
    words = ["+search=lstm_vs_gru", f"seed={seed}", *words]
    folder = workdir / f"early_end_{corpus}_{seed}"
    config = compose(read_flags(words))
    space = Space.of(config)
    rows = searched(words, folder)
    cached = store_corpus(workdir / "cache", load_split(config))
    for row in rows:
        row |= {"whole_value": row["value"], "whole_epoch": row["epoch"]}
        if row["status"] != Status.FAILED and row["stopped"] != Stopped.max_epochs:
            row |= to_the_end(config, space, cached, folder, row)
    return [{"corpus": corpus, "seed": seed, **row} for row in marked(rows)]


def marked(rows: list[Row]) -> list[Row]:
    """Mark the trials that would have come into the best third of their arm, had they not been ended early."""
    for arm in dict.fromkeys(row["arm"] for row in rows):
        own = [row for row in rows if row["arm"] == arm and row["status"] != Status.FAILED]
        kept = [row for row in own if row["status"] == Status.COMPLETE]
        was, would = best_third(kept, len(own), "value"), best_third(own, len(own), "whole_value")
        for row in own:
            row["lost"] = int(row["number"] in would and row["number"] not in was)
    return rows


def best_third(rows: list[Row], size: int, score: str) -> set[int]:
    """Numbers of the trials that are the best third of an arm of `size` trials."""
    ranked = sorted(rows, key=lambda row: (-row[score], row["number"]))
    return {row["number"] for row in ranked[: round(size / 3)]}


def summarise(rows: Iterable[Row]) -> dict[str, dict[str, float]]:
    """Counts for each corpus and over all."""
    rows = [row for row in rows if row["status"] != Status.FAILED]
    found = {}
    for corpus in [*dict.fromkeys(row["corpus"] for row in rows), "all"]:
        own = [row for row in rows if corpus in (row["corpus"], "all")]
        ends = [str(row["stopped"]) for row in own]
        early = [row for row in own if row["stopped"] != Stopped.max_epochs]
        found[corpus] = {
            "trials": len(own),
            **{end: ends.count(end) for end in sorted(set(ends))},
            "ended_early": len(early),
            "lost": sum(int(row["lost"]) for row in early),
            "epochs": sum(int(row["epochs"]) for row in own),
        }
    return found


def main() -> None:
    """Run, write, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", help="what its rows are called")
    parser.add_argument("settings", nargs="*", help="NAME=VALUE: data.path=FILE")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--workdir", type=Path, required=True, help="what is trained goes there")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, help="for the results")
    given = parser.parse_intermixed_args()
    path = given.out / "trials.csv"
    rows: list[Row] = []
    if path.exists():
        with path.open(newline="", encoding="utf-8") as stream:
            rows = [row for row in csv.DictReader(stream) if row["corpus"] != given.corpus]
    for seed in given.seeds:
        rows += trials(given.corpus, given.settings, seed, given.workdir)
        given.out.mkdir(parents=True, exist_ok=True)
        with path.open("w", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, list(rows[-1]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    found = summarise(rows)
    write_json(given.out / "summary.json", found)
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
