"""After the search: what the winner reaches on the test part, beside what simple methods reach."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sweep.config import Config
from sweep.executors import Executor
from sweep.search.space import apply
from sweep.workspace import Workspace

WORK = "sweep.coordinator.final_scores"


def conclude(
    found: dict[str, Any],
    earlier: Mapping[str, Any],
    executor: Executor,
    config: Config,
    corpus: Path,
) -> None:
    """Add the winner's test scores and the baselines' to a summary.

    Both are computed in workers, so that the coordinator never loads torch or scikit-learn; what an earlier
    command has computed for the same winner is taken over.

    Args:
        found: the summary; `best.test` and `baselines` are added, and a reading of the test part is counted.
        earlier: the summary of the command before.
        executor: where the work is done.
        config: all settings.
        corpus: folder of the cached corpus.
    """
    best = found["best"]
    before = earlier.get("best", {})
    known = before.get("sha256") == best["sha256"] and "test" in before
    if known and "baselines" in earlier:
        best["test"] = before["test"]
        found["baselines"] = earlier["baselines"]
        return
    found["test_reads"] += 1
    digests = (best["sha256"], best["decision_sha256"])
    winner = apply(config, best["settings"])
    sweep = Workspace(Path(config.workdir)).sweep(config.sweep)
    trial = sweep.trial(f"{best['arm']}-{best['number']}").root
    best["test"], found["baselines"] = executor.compute(
        [
            (f"{WORK}:score_winner", winner, corpus, trial, *digests),
            (f"{WORK}:score_baselines", config.objective, corpus, config.seed),
        ]
    )
