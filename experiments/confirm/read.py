"""Keep what a confirmed sweep found, and print it as a table.

python experiments/confirm/read.py NAME runs/SWEEP     # keeps the numbers as results/NAME.json
python experiments/confirm/read.py                     # prints what is kept
"""

import json
import sys
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
METRICS = ("average_precision", "roc_auc", "mcc", "accuracy", "ece")
KEPT = (
    "name",
    "seed",
    "objective",
    "wall_s",
    "trials_run",
    "test_reads",
    "confirm",
    "gate",
    "verdict",
)


def kept(summary: dict[str, Any]) -> dict[str, Any]:
    """The numbers of a sweep that the tables below read."""
    best = summary["best"]
    scores = {"bag": best["test"], "out of fold": best["validation"]}
    linear = summary["baselines"]["tfidf_logreg"]
    scores |= {"linear": linear["test"], "linear, out of fold": linear["validation"]}
    alone = [{m: told[m] for m in METRICS} for told in best["alone"]]
    names = ("arm", "number", "value", "confirmed", "optimism", "threshold", "threshold_interval")
    return {
        **{name: summary[name] for name in KEPT if name in summary},
        "best": {name: best[name] for name in names},
        "scores": {row: {m: told[m] for m in METRICS} for row, told in scores.items()},
        "alone": alone,
    }


def show(name: str, told: dict[str, Any]) -> None:
    """Print one sweep's rows."""
    print(
        f"\n{name}: winner {told['best']['arm']}-{told['best']['number']}, gate {told['gate']['decision']}"
    )
    rows = told["scores"] | {f"member {n}": row for n, row in enumerate(told["alone"])}
    for row, scores in rows.items():
        print(f"  {row:<20}" + "  ".join(f"{m} {scores[m]:.4f}" for m in METRICS))


if __name__ == "__main__":
    if len(sys.argv) == 3:
        summary = json.loads((Path(sys.argv[2]) / "summary.json").read_text(encoding="utf-8"))
        text = json.dumps(kept(summary), indent=1) + "\n"
        (RESULTS / f"{sys.argv[1]}.json").write_text(text, encoding="utf-8")
    for file in sorted(RESULTS.glob("*.json")):
        show(file.stem, json.loads(file.read_text(encoding="utf-8")))
