"""Both sides of the same work, in turn, several times: trials an hour and their ratio.

    python experiments/benchmark/rounds.py --name same_work_sms --peer plain_sweep.py \
        --data SMSSpamCollection --epochs 4

The sides are this program (`same_work.py`), and the opponent with texts padded to the fixed length and to
the longest of each batch (`opponent.py`). A side's number is the median over the rounds; the ratio is the
median of the rounds' ratios. Scores stand beside it, so that nobody wins by training less.
"""

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

import record

HERE = Path(__file__).parent
SIDES = ("ours", "dynamic", "fixed")


def command(side: str, given: argparse.Namespace) -> list[str]:
    """The command line of one side."""
    shared = ["--data", given.data, "--epochs", str(given.epochs), "--trials", given.trials]
    shared += ["--first", str(given.first)] if given.first else []
    if side == "ours":
        settings = ["--set", f"text.max_length={given.length}"]
        return [sys.executable, str(HERE / "same_work.py"), *shared, *settings]
    padding = ["--dynamic-padding"] if side == "dynamic" else []
    opponent = [str(HERE / "opponent.py"), "--peer", given.peer, "--length", str(given.length)]
    return [sys.executable, *opponent, *shared, *padding]


def run(side: str, given: argparse.Namespace) -> dict[str, Any]:
    """Run one side once.

    Returns:
        The fields of its JSON line.
    """
    done = subprocess.run(command(side, given), stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    print(f"{side}: {found['wall_s']} s, F1 {found['val_f1']}", file=sys.stderr, flush=True)
    return found


def summary(runs: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """Medians of each side, and how much faster this program is than the others."""
    found: dict[str, Any] = {}
    for side, own in runs.items():
        walls = [each["wall_s"] for each in own]
        f1 = [statistics.mean(each["val_f1"]) for each in own]
        found[side] = {
            "wall_s": walls,
            "trials_per_hour": statistics.median(each["trials_per_hour"] for each in own),
            "mean_f1": round(statistics.median(f1), 4),
        }
        if side != "ours":
            ratios = [
                theirs / ours["wall_s"] for theirs, ours in zip(walls, runs["ours"], strict=True)
            ]
            found[side]["ratio"] = round(statistics.median(ratios), 2)
    return found


def main() -> None:
    """Run the rounds and record them."""
    ask = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    ask.add_argument("--name", default="same_work")
    ask.add_argument("--peer", required=True)
    ask.add_argument("--data", required=True)
    ask.add_argument("--trials", default=str(HERE / "trials_sms.json"))
    ask.add_argument("--first", type=int, help="only the first N trials")
    ask.add_argument("--epochs", type=int, default=4)
    ask.add_argument("--length", type=int, default=100, help="tokens at which texts are cut")
    ask.add_argument("--rounds", type=int, default=3)
    ask.add_argument("--sides", nargs="+", choices=SIDES, default=list(SIDES))
    ask.add_argument("--out", type=Path, default=record.RESULTS)
    given = ask.parse_args()
    runs: dict[str, list[dict[str, Any]]] = {side: [] for side in given.sides}
    for _ in range(given.rounds):
        for side, own in runs.items():
            own.append(run(side, given))
    about = {"epochs": given.epochs, "length": given.length, "trials": runs["ours"][0]["trials"]}
    record.write(given.out, given.name, about | summary(runs))


if __name__ == "__main__":
    main()
