"""How long until a validation score is reached: this program against random search without pruning.

    python experiments/benchmark/target.py --peer plain_sweep.py --data SMSSpamCollection --seeds 5

One split of the collection, every text once, is given to both sides. The best known average precision on
its validation part is that of this program's whole search; the target is 99 % of it. Then each
side searches with each seed, in turn. This program's clock starts with its command, imports and all, and
ends when an epoch at the target is on disk; the opponent's starts when its libraries are loaded.
The first trial of this program's arms is its default configuration, and it may read in both directions; the
opponent draws from the first trial on and reads in one: what is compared is what a user gets from either.
A side that is not there after `--limit` seconds, or at its end, counts with the limit.
"""

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pandas as pd
import record
from sklearn.model_selection import train_test_split

from sweep.compose.compose import compose
from sweep.compose.flags import read_flags
from sweep.data import load
from sweep.data.split import normalised

HERE = Path(__file__).parent
SETTINGS = ("data.text=text", "data.label=label", "data.split=split", "data.positive=1")


def prepare(data: Path, out: Path) -> None:
    """Write every text once, with its split, as a CSV file both sides read."""
    config = compose(
        read_flags(["+search=smoke", "data=sms_spam", f"data.path={data.absolute()}"])
    )
    corpus = load(config.data, seed=0)
    rows = pd.DataFrame({"text": corpus.texts, "label": corpus.labels.astype(int)})
    rows = rows[~rows.text.map(normalised).duplicated()]
    train, rest = train_test_split(rows, test_size=0.25, stratify=rows.label, random_state=0)
    validation, test = train_test_split(rest, test_size=0.2, stratify=rest.label, random_state=0)
    parts = {"train": train, "validation": validation, "test": test}
    whole = pd.concat([part.assign(split=name) for name, part in parts.items()])
    whole.to_csv(out, index=False)


def command(data: Path, workdir: Path, seed: int) -> list[str]:
    """This program's main job."""
    settings = [*SETTINGS, f"data.path={data}", f"workdir={workdir}", f"seed={seed}"]
    return [sys.executable, "-m", "sweep", "+search=lstm_vs_gru", *settings]


def best(folder: Path) -> float:
    """Highest average precision of any epoch on disk so far."""
    found = [0.0]
    for file in folder.glob("*/trials/*/history.jsonl"):
        for line in file.read_text(encoding="utf-8").splitlines(keepends=True):
            if line.endswith("\n"):
                found.append(json.loads(line)["average_precision"])
    return max(found)


def ours(data: Path, seed: int, target: float, limit: float) -> dict[str, Any]:
    """Run this program until the target."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        start = time.perf_counter()
        process = subprocess.Popen(
            command(data, folder, seed), stdout=subprocess.DEVNULL, start_new_session=True
        )
        while best(folder) < target and time.perf_counter() - start < limit:
            if process.poll() is not None:
                break
            time.sleep(0.1)
        wall = time.perf_counter() - start
        found = best(folder)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)  # it leaves nothing running
        process.wait()
        trials = len(list(folder.glob("*/trials/*/history.jsonl")))
    return {
        "wall_s": round(wall if found >= target else limit, 1), "reached": found >= target,
        "best": round(found, 4), "trials": trials,
    }  # fmt: skip


def theirs(peer: Path, data: Path, seed: int, target: float, limit: float) -> dict[str, Any]:
    """Run the opponent until the target."""
    words = ["--peer", peer, "--data", data, "--target", target, "--seed", seed, "--limit", limit]
    done = subprocess.run(
        [sys.executable, str(HERE / "opponent_search.py"), *map(str, words)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    """Find the target, then run both sides with every seed."""
    ask = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    ask.add_argument("--peer", type=Path, required=True)
    ask.add_argument("--data", type=Path, required=True)
    ask.add_argument("--seeds", type=int, default=5)
    ask.add_argument("--limit", type=float, default=300.0)
    ask.add_argument("--best", type=float, help="best known score; else the whole search is run")
    ask.add_argument("--out", type=Path, default=record.RESULTS)
    given = ask.parse_args()
    with tempfile.TemporaryDirectory() as name:
        data = Path(name) / "split.csv"
        prepare(given.data, data)
        known = given.best or ours(data, 1000, 1.0, 3600.0)["best"]
        target = 0.99 * known
        sides: dict[str, list[dict[str, Any]]] = {"ours": [], "theirs": []}
        for seed in range(given.seeds):
            sides["ours"].append(ours(data, seed, target, given.limit))
            sides["theirs"].append(theirs(given.peer, data, seed, target, given.limit))
            print(seed, sides["ours"][-1], sides["theirs"][-1], file=sys.stderr, flush=True)
            keep(given, known, sides)  # after each: what is cut short leaves what it has


def keep(given: argparse.Namespace, known: float, sides: dict[str, list[dict[str, Any]]]) -> None:
    """Record the seeds done so far."""
    pairs = zip(sides["ours"], sides["theirs"], strict=True)
    ratio = statistics.median(b["wall_s"] / a["wall_s"] for a, b in pairs)
    walls = {
        f"{side}_s": statistics.median(x["wall_s"] for x in own) for side, own in sides.items()
    }
    about = {"best_known": known, "target": round(0.99 * known, 4), "limit_s": given.limit}
    record.write(given.out, "target", about | walls | {"ratio": round(ratio, 1)} | sides)


if __name__ == "__main__":
    main()
