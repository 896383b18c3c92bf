"""Kill a real sweep's confirmation, and its export, at random moments; the same command must end with the same.

    python experiments/confirm/kills.py FOLDER 20 [--seed 0]

FOLDER gets the sweeps; `kills.json` the record. Once a sweep runs undisturbed with one worker and is exported:
the truth. Then the search alone is run with two workers, and its folder is put aside. Each round starts from there: the
command is killed (SIGKILL) at a moment drawn evenly from the time that its confirmation and conclusion take, given
again, and its summary compared with the truth, number by number; then the same with the export and the exported files.
"""

import argparse
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).with_name("kills.json")
NAME = "killed"
SEARCH = [
    "+search=lstm_vs_gru", f"name={NAME}", "search.trials=2", "confirm.top=1", "confirm.folds=3",
    "search.space.model.hidden.choices=[8,16]", "model.hidden=8", "model.vectors=none",
    "search.fix=[model.centre_vectors,optimizer.vectors_rate]", "trainer.max_epochs=2",
    "trainer.accelerator=cpu", "executor.threads=1", "pruner=none",
]  # fmt: skip
"""Two trials an arm are drawn at random whatever the others reach, so that two workers find what one does."""
COMPARED = ("status", "best", "confirm", "verdict", "gate", "baselines", "test_reads")
MEMBER = re.compile(r"^\[\d+/\d+\] (\S+ fold \d+) +(?:COMPLETE|PRUNED)", re.MULTILINE)
CLOCKED = ("MLmodel", "manifest.json")
"""MLflow puts the time and a random id into the first, and the second has its digest."""


def command(*words: str) -> list[str]:
    """The program with these words."""
    return [sys.executable, "-m", "sweep", *words]


def started(folder: Path, log: Path, words: Sequence[str]) -> "subprocess.Popen[bytes]":
    """Start a command, whose output goes to a file."""
    with log.open("wb") as out:
        return subprocess.Popen(
            command(*words), cwd=folder, stdout=out, stderr=subprocess.STDOUT,
            env=os.environ | {"OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip


def ended(folder: Path, log: Path, words: Sequence[str]) -> float:
    """Run a command to its end; seconds that it took."""
    began = time.monotonic()
    code = started(folder, log, words).wait(timeout=900)
    if code:
        raise SystemExit(f"{words} ended with {code}:\n{log.read_text()[-3000:]}")
    return time.monotonic() - began


def killed(folder: Path, log: Path, words: Sequence[str], after: float) -> bool:
    """Kill a command after so many seconds; whether it had not ended by itself."""
    running = started(folder, log, words)
    try:
        running.wait(timeout=after)
    except subprocess.TimeoutExpired:
        running.send_signal(signal.SIGKILL)
    return running.wait() == -signal.SIGKILL


def sweep_words(workers: int) -> list[str]:
    """The command of the sweep."""
    return [*SEARCH, f"executor.workers={workers}"]


def export_words() -> list[str]:
    """The command of the export."""
    return ["export", f"name={NAME}", "output=model"]


def verdict(folder: Path) -> dict[str, Any]:
    """What the sweep found, without what depends on the clock."""
    summary = folder / "runs" / NAME / "summary.json"
    found: dict[str, Any] = json.loads(summary.read_text(encoding="utf-8"))
    return {name: found.get(name) for name in COMPARED}


def exported(folder: Path) -> dict[str, str]:
    """SHA-256 of each exported file."""
    root = folder / "model"
    return {
        str(file.relative_to(root)): sha256(file.read_bytes()).hexdigest()
        for file in sorted(root.rglob("*"))
        if file.is_file() and file.name not in CLOCKED
    }


def members(log: Path) -> set[str]:
    """Members whose training a command has told of."""
    return set(MEMBER.findall(log.read_text(encoding="utf-8")))


def restored(folder: Path, aside: Path) -> None:
    """Put the searched sweep back into its place, and nothing else."""
    for name in ("runs", "model"):
        shutil.rmtree(folder / name, ignore_errors=True)
    shutil.copytree(aside, folder / "runs", symlinks=True)


def searched(folder: Path, aside: Path) -> float:
    """Run the search, kill the command as its confirmation begins, and put the sweep aside.

    Returns:
        Seconds from the command's beginning to there.
    """
    log = folder / "search.log"
    began = time.monotonic()
    running = started(folder, log, sweep_words(2))
    while not (folder / "runs" / NAME / "confirm").exists():
        if running.poll() is not None:
            raise SystemExit(f"the search has ended by itself:\n{log.read_text()[-3000:]}")
        time.sleep(0.02)
    running.send_signal(signal.SIGKILL)
    running.wait()
    time.sleep(20)  # the shipper, a process of its own, sends what it has and ends
    shutil.copytree(folder / "runs", aside, symlinks=True)
    return time.monotonic() - began


def round_of(
    folder: Path, aside: Path, draw: random.Random, took: dict[str, float]
) -> dict[str, Any]:
    """Kill the confirmation and then the export once each, and give both again."""
    restored(folder, aside)
    one, two = folder / "killed.log", folder / "again.log"
    at = draw.uniform(took["starts"], took["confirms"])
    was_killed = killed(folder, one, sweep_words(2), at)
    before = members(one)
    ended(folder, two, sweep_words(2))
    told: dict[str, Any] = {
        "killed_after_s": round(at, 2), "killed": was_killed, "members_before": len(before),
        "members_after": len(members(two)), "trained_twice": sorted(before & members(two)),
        "verdict": verdict(folder),
    }  # fmt: skip
    at = draw.uniform(0.3, took["exports"])
    told |= {
        "export_killed_after_s": round(at, 2),
        "export_killed": killed(folder, one, export_words(), at),
    }
    told["model_there"] = (folder / "model").exists()
    ended(folder, two, export_words())
    return told | {"exported": exported(folder)}


def other(right: dict[str, str], found: dict[str, str]) -> list[str]:
    """Files that one model lacks, or that both have with other contents."""
    return sorted(name for name in {*right, *found} if right.get(name) != found.get(name))


def first_member(log: Path, running: "subprocess.Popen[bytes]") -> float:
    """Seconds until a command that goes on tells of its first member."""
    began = time.monotonic()
    while running.poll() is None and not members(log):
        time.sleep(0.05)
    return time.monotonic() - began


def measured(folder: Path, aside: Path) -> dict[str, float]:
    """How long the command takes from where each round starts; the span that moments are drawn from."""
    restored(folder, aside)
    log = folder / "measured.log"
    began = time.monotonic()
    running = started(folder, log, sweep_words(2))
    starts = first_member(log, running)
    if code := running.wait():
        raise SystemExit(f"ended with {code}:\n{log.read_text()[-3000:]}")
    confirms = time.monotonic() - began
    # From before the first member is whole: a kill with nothing kept is one of the moments.
    return {
        "starts": 0.6 * starts,
        "confirms": confirms,
        "exports": ended(folder, log, export_words()),
    }


def kill(folder: Path, rounds: int, seed: int) -> dict[str, Any]:
    """Make the truth, then kill so often.

    Args:
        folder: an empty one, for all sweeps.
        rounds: how often.
        seed: of the moments.

    Returns:
        What happened in each round, and whether all ended as the undisturbed sweep did.
    """
    truth = folder / "undisturbed"
    place, aside = folder / "disturbed", folder / "aside"
    for made in (truth, place):
        made.mkdir(parents=True)
    ended(truth, folder / "truth.log", sweep_words(1))
    right = verdict(truth)
    searched(place, aside)
    took = measured(place, aside)
    right_files = exported(place)
    draw = random.Random(seed)
    told = []
    for number in range(rounds):
        found = round_of(place, aside, draw, took)
        found["same_verdict"] = found.pop("verdict") == right
        found["other_files"] = other(right_files, found.pop("exported"))
        told.append(found)
        print(number, json.dumps(found), flush=True)
    return {
        "seed": seed, "took_s": took, "rounds": told,
        "measured_as_the_truth": verdict(place) == right,
        "same_verdicts": sum(one["same_verdict"] for one in told),
        "same_models": sum(not one["other_files"] for one in told),
        "killed": sum(one["killed"] for one in told),
        "exports_killed": sum(one["export_killed"] for one in told),
        "trained_twice": sum(len(one["trained_twice"]) for one in told),
    }  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("rounds", type=int)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    result = kill(given.folder, given.rounds, given.seed)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
