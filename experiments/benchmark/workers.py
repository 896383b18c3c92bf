"""What a second worker brings: equal trials with one worker and with two.

    python experiments/benchmark/workers.py --data SMSSpamCollection

A trial's time is the difference between a run of `--more` equal trials and one of `--few`, over the difference in
trials: start-up and what follows the search are the same in both and fall out.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import record
import same_work

TRIAL = 6  # of the list: its largest LSTM, ten seconds long


def seconds(given: argparse.Namespace, workers: int, count: int) -> float:
    """Wall time of that many equal trials, in a process of its own."""
    trial = json.loads(given.trials.read_text(encoding="utf-8"))[TRIAL]
    with tempfile.TemporaryDirectory() as name:
        trials = Path(name) / "trials.json"
        trials.write_text(json.dumps([trial] * count), encoding="utf-8")
        words = ["--data", str(given.data), "--epochs", str(given.epochs)]
        words += ["--trials", str(trials), "--workers", str(workers)]
        command = [sys.executable, str(Path(same_work.__file__)), *words]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return float(json.loads(done.stdout.splitlines()[-1])["wall_s"])


def main() -> None:
    """Measure and record."""
    ask = same_work.arguments_of(__doc__)
    ask.add_argument("--few", type=int, default=2)
    ask.add_argument("--more", type=int, default=6)
    ask.add_argument("--out", type=Path, default=record.RESULTS)
    given = ask.parse_args()
    each = {
        workers: (seconds(given, workers, given.more) - seconds(given, workers, given.few))
        / (given.more - given.few)
        for workers in (1, 2)
    }
    found = {f"seconds_a_trial_{workers}": round(value, 2) for workers, value in each.items()}
    record.write(given.out, "workers", found | {"ratio": round(each[1] / each[2], 2)})


if __name__ == "__main__":
    main()
