"""After the search: what the winner reaches on the test part, beside what simple methods reach."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sweep.config import Config
from sweep.coordinator.outcome import Outcome
from sweep.executors import Executor
from sweep.files import sha256, write_json
from sweep.records import BagScores
from sweep.search.space import apply
from sweep.seeds import derive
from sweep.workspace import Workspace

WORK = "sweep.coordinator.final_scores"
OF_BAG = ("validation", "threshold", "threshold_interval", "test", "alone", "decision_sha256")
"""What `conclude_bag` adds to the winner."""


def conclude(
    found: dict[str, Any],
    earlier: Mapping[str, Any],
    executor: Executor,
    config: Config,
    corpus: Path,
) -> None:
    """Add the scores of a winner that was not confirmed, and the baselines', to a summary.

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


def conclude_bag(
    found: dict[str, Any], earlier: Mapping[str, Any], executor: Executor, outcome: Outcome
) -> None:
    """Add the scores of the winner's bag, the baselines' on the same folds and the gate between both to a summary.

    Args:
        found: the summary, after `Outcome.tell`.
        earlier: the summary of the command before; what it holds of the same bag is taken over.
        executor: where the work is done.
        outcome: of the confirmation; there is a winner.
    """
    best = found["best"]
    before = earlier.get("best", {})
    winner, config = outcome.winner, outcome.config
    assert winner is not None
    file = outcome.folder.finalist(winner.name).decision
    whole = file.is_file() and sha256(file) == before.get("decision_sha256")
    if whole and before.get("members") == best["members"] and "gate" in earlier:
        best |= {name: before[name] for name in OF_BAG}
        found |= {name: earlier[name] for name in ("baselines", "gate")}
        return
    found["test_reads"] += 1
    seed = derive(config.seed, "bag")
    trained = apply(config, winner.values)
    bag, (baselines, answers, threshold) = executor.compute(
        [
            (f"{WORK}:score_bag", trained, outcome.bag(winner), seed),
            (
                f"{WORK}:score_baselines_by_fold",
                config.objective,
                outcome.folds.corpora,
                config.seed,
            ),
        ]
    )
    write_json(file, bag.decision)
    best["decision_sha256"] = sha256(file)
    best |= {
        "validation": bag.validation,
        "threshold": bag.decision["threshold"],
        "threshold_interval": list(bag.threshold_interval),
        "test": bag.test,
        "alone": bag.alone,
    }
    found["baselines"] = baselines
    found["gate"] = _gate(config, bag, answers, threshold, seed)


def _gate(
    config: Config, bag: BagScores, answers: Any, threshold: float, seed: int
) -> dict[str, Any]:
    from sweep.statistics.gate import gate

    passed = gate(
        str(config.objective.metric),
        bag.labels,
        bag.answers,
        answers,
        thresholds=(bag.decision["threshold"], threshold),
        maximize=config.objective.metric.maximize,
        seed=seed,
    )
    told = asdict(passed)
    return told | {"interval": list(passed.interval), "decision": str(passed.decision)}
