"""How soon the program answers: its help, a refused setting, the first trial in training.

    python experiments/benchmark/start.py --rounds 5

Each number is the median over the rounds of the wall time from the command; the first trial counts from
when its folder holds its settings, which is the first thing that training does. Every round has a new `workdir`:
no corpus is cached and no database exists.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import record

PROGRAM = [sys.executable, "-m", "sweep"]


def answered(words: list[str], code: int) -> float:
    """Seconds until a command has ended with this exit code."""
    start = time.perf_counter()
    done = subprocess.run([*PROGRAM, *words], capture_output=True, check=False)
    wall = time.perf_counter() - start
    assert done.returncode == code, done.stderr.decode()
    return wall


def trained(words: list[str]) -> tuple[float, float]:
    """Seconds until a sweep's first trial is in training, and until the sweep is over."""
    with tempfile.TemporaryDirectory() as folder:
        start, first = time.perf_counter(), 0.0
        with subprocess.Popen(
            [*PROGRAM, *words, f"workdir={folder}"], stdout=subprocess.DEVNULL
        ) as running:
            while running.poll() is None:
                if not first and list(Path(folder).glob("*/trials/*/settings.json")):
                    first = time.perf_counter() - start
                time.sleep(0.02)
        whole = time.perf_counter() - start
    assert running.returncode == 0, "the sweep must end well to be measured"
    return first, whole


def main() -> None:
    """Measure and record."""
    ask = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    ask.add_argument("--rounds", type=int, default=5)
    ask.add_argument("--out", type=Path, default=record.RESULTS)
    given = ask.parse_args()
    rounds = range(given.rounds)
    sweeps = [trained(["+search=smoke"]) for _ in rounds]
    found = {
        "help_s": [answered(["--help"], 0) for _ in rounds],
        "refused_s": [
            answered(["+search=smoke", "optimizer.learning_rate=-1"], 2) for _ in rounds
        ],
        "first_trial_s": [first for first, _ in sweeps],
        "smoke_s": [whole for _, whole in sweeps],
    }
    medians = {name: round(statistics.median(values), 2) for name, values in found.items()}
    record.write(given.out, "start", medians | {"rounds": given.rounds})


if __name__ == "__main__":
    main()
