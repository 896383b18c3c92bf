"""Score every confirmed finalist of finished sweeps on the test part: would another rule have chosen better?

    python experiments/confirm/winners.py RUNS SWEEP [SWEEP ...]     # adds to winners.json
    python experiments/confirm/winners.py                            # prints what is kept

Research only: the program scores the test part for the winner alone.
"""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import average_precision_score

from sweep.compose.begun import settings_of
from sweep.coordinator.final_scores import _test_logits
from sweep.scoring.decision import Decision
from sweep.scoring.metrics import scores
from sweep.workspace import TrialFolder, Workspace

KEPT = Path(__file__).parent / "winners.json"


def scored(runs: Path, name: str) -> dict[str, Any]:
    """Each finalist with an answer on every fold: fold scores, size, the bag's scores on the test part."""
    workspace = Workspace(runs)
    summary = json.loads(workspace.sweep(name).summary.read_bytes())
    config = settings_of(workspace, name)
    corpora = [runs / "cache" / member["corpus"] for member in summary["best"]["members"]]
    best, found = summary["best"], {}
    for finalist, told in summary["confirm"]["finalists"].items():
        if "dropped" in told or len(told["scores"]) < len(corpora):
            continue
        answers, size = [], 0
        for fold, corpus in enumerate(corpora):
            files = TrialFolder(runs / name / "confirm" / finalist / str(fold))
            decision = Decision.from_dict(json.loads(files.decision.read_bytes()))
            truth, logits = _test_logits(config, corpus, files)
            answers.append(logits + decision.shift)
            size = files.checkpoint.stat().st_size
        log_odds = np.mean(answers, axis=0)
        found[finalist] = {
            "folds": told["scores"],
            "size": size,
            "test": float(average_precision_score(truth, log_odds)),
            "log_loss": scores(truth, 1 / (1 + np.exp(-log_odds)), 0.5)["log_loss"],
            "won": finalist == f"{best['arm']}-{best['number']}",
        }
    return found


def show(name: str, told: dict[str, Any]) -> None:
    """One line a finalist, the best mean of the folds marked."""
    best = max(told, key=lambda finalist: float(np.mean(told[finalist]["folds"])))
    for finalist, row in told.items():
        marks = ("won " if row["won"] else "") + ("best mean" if finalist == best else "")
        print(
            f"{name:<10}{finalist:<9}folds {np.mean(row['folds']):.4f}  test {row['test']:.4f}"
            f"  {row['size']:>8} bytes  {marks}"
        )


if __name__ == "__main__":
    kept = json.loads(KEPT.read_bytes()) if KEPT.exists() else {}
    for name in sys.argv[2:]:
        kept[name] = scored(Path(sys.argv[1]), name)
    KEPT.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    for name, told in sorted(kept.items()):
        show(name, told)
