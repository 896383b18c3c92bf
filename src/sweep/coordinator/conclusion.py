"""After the search: what the winner reaches on the test part, beside what simple methods reach."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sweep.config import Config
from sweep.confirmation.finalists import Finalist
from sweep.confirmation.outcome import Outcome
from sweep.executors import Executor
from sweep.files import sha256, whole_file, write_json
from sweep.records import BagScores
from sweep.search.space import apply
from sweep.seeds import derive
from sweep.workspace import FinalistFolder, Workspace

WORK = "sweep.coordinator.final_scores"
JUDGED = ("test", "intervals", "reliability")
"""What is told of a winner that was not confirmed."""


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
        found: the summary; what `final_scores.judge_winner` tells is added to `best`, and `baselines`; a reading of
            the test part is counted.
        earlier: the summary of the command before.
        executor: where the work is done.
        config: all settings.
        corpus: folder of the cached corpus.
    """
    best = found["best"]
    before = earlier.get("best", {})
    known = before.get("sha256") == best["sha256"] and "test" in before
    if known and "baselines" in earlier:
        best |= {name: before[name] for name in JUDGED if name in before}
        found["baselines"] = earlier["baselines"]
        return
    found["test_reads"] += 1
    digests = (best["sha256"], best["decision_sha256"])
    winner = apply(config, best["settings"])
    sweep = Workspace(Path(config.workdir)).sweep(config.sweep)
    trial = sweep.trial(f"{best['arm']}-{best['number']}").root
    judged, found["baselines"] = executor.compute(
        [
            (f"{WORK}:judge_winner", winner, corpus, trial, *digests),
            (f"{WORK}:score_baselines", config.objective, corpus, config.seed),
        ]
    )
    best |= judged


def conclude_bag(found: dict[str, Any], executor: Executor, outcome: Outcome) -> None:
    """Add the scores of the winner's bag, the baselines' on the same folds and the gate between both to a summary.

    They are computed in workers and kept beside the members, so that an end between here and the summary's writing
    costs no second reading of the test part.

    Args:
        found: the summary, after `Outcome.tell`.
        executor: where the work is done.
        outcome: of the confirmation; there is a winner.
    """
    winner = outcome.winner
    assert winner is not None
    files = outcome.folder.finalist(winner.name)
    told = _kept(files, found["best"]["members"])
    if told is None:
        told = _scored(executor, outcome, winner, reads=found["test_reads"] + 1)
        told["members"] = found["best"]["members"]
        write_json(files.scores, told)
    found["best"] |= told["best"]
    found |= {name: told[name] for name in ("baselines", "gate")}
    found["test_reads"] = max(found["test_reads"], told["test_reads"])


def _kept(files: FinalistFolder, members: list[dict[str, Any]]) -> dict[str, Any] | None:
    if not files.scores.is_file() or not files.decision.is_file():
        return None
    told: dict[str, Any] = json.loads(files.scores.read_bytes())
    same = told["members"] == members
    whole = told["best"]["decision_sha256"] == sha256(files.decision)
    return told if same and whole else None


def _scored(
    executor: Executor, outcome: Outcome, winner: Finalist, *, reads: int
) -> dict[str, Any]:
    config, seed = outcome.config, derive(outcome.config.seed, "bag")
    trained, corpora = apply(config, winner.values), outcome.folds.corpora
    bag, (baselines, answers, threshold) = executor.compute(
        [
            (f"{WORK}:score_bag", trained, outcome.bag(winner), seed),
            (f"{WORK}:score_baselines_by_fold", config.objective, corpora, config.seed),
        ]
    )
    files = outcome.folder.finalist(winner.name)
    file = files.decision
    write_json(file, bag.decision)
    _keep(files, bag, answers)
    best = {
        "validation": bag.validation,
        "threshold": bag.decision["threshold"],
        "threshold_interval": list(bag.threshold_interval),
        "test": bag.test,
        "alone": bag.alone,
        "intervals": bag.intervals,
        "alone_intervals": bag.alone_intervals,
        "reliability": bag.reliability,
        "decision_sha256": sha256(file),
    }
    gate = _gate(config, bag, answers, threshold, seed)
    return {"best": best, "baselines": baselines, "gate": gate, "test_reads": reads}


def _keep(files: FinalistFolder, bag: BagScores, baseline: Any) -> None:
    """Keep the out-of-fold answers, which the report draws its curves from."""
    import numpy as np

    with whole_file(files.answers) as path, path.open("wb") as stream:
        np.savez(stream, labels=bag.labels, network=bag.answers, baseline=baseline)


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
