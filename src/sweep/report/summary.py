"""What a sweep found, as plain JSON: `summary.json`, for scripts and for the final table."""

import json
import platform
import statistics
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sweep import __version__
from sweep.config import Config, SamplerConfig, SamplerName
from sweep.files import write_json
from sweep.records import Ending, Status, Stopped
from sweep.report.budget_curve import expected_best
from sweep.report.failures import grouped
from sweep.report.what_mattered import what_mattered
from sweep.search.proposals import TrialRecord
from sweep.search.space import Space
from sweep.search.study import ArmStudy
from sweep.workspace import SweepFolder

LIBRARIES = ("torch", "pytorch-lightning", "optuna", "scikit-learn", "imbalanced-learn", "numpy")


def best_of(studies: Mapping[str, ArmStudy], maximize: bool) -> tuple[str, TrialRecord] | None:
    """The best completed trial of all arms; among equals the earlier arm, then the lower number.

    Args:
        studies: one for each arm, in order.
        maximize: whether more is better.

    Returns:
        Its arm and record, or None where no trial has completed.
    """
    found = [(arm, best) for arm, study in studies.items() if (best := study.best()) is not None]
    sign = -1 if maximize else 1
    return min(found, key=lambda pair: sign * (pair[1].value or 0.0), default=None)


def arm_summary(study: ArmStudy) -> dict[str, Any]:
    """Counts, median and best of one arm.

    `complete` are the trials that learnt something and ran to their own end, `no_learning` those that never left
    chance level, `interrupted` those cut short, which will be done again. The median is over all trials that did not
    fail, each with its best value; `median_of` counts them.

    Args:
        study: of the arm.

    Returns:
        Plain JSON types; `best` is absent where no trial has completed, the median where all failed.
    """
    records = study.records()
    ended = [r for r in records if r.status in (Status.COMPLETE, Status.PRUNED)]
    values = [r.value for r in ended if r.value is not None]
    counts = study.counts()
    failures = grouped(records)
    resting = sum(r.stopped is Stopped.no_learning for r in ended)
    told: dict[str, Any] = {
        "budget": study.budget,
        "complete": counts["complete"] - resting,
        "no_learning": resting,
        "pruned": counts["pruned"],
        "failed": counts["failed"],
        "interrupted": counts["interrupted"],
        "reasons": _counted(failures),
        "failures": failures,
    }
    if values:
        told |= {"median": statistics.median(values), "median_of": len(values)}
    best = study.best()
    if best is not None:
        told["best"] = {"number": best.number, "value": best.value, "settings": dict(best.values)}
    return told


def _counted(failures: list[dict[str, Any]]) -> dict[str, int]:
    reasons: dict[str, int] = {}
    for group in failures:
        reasons[group["reason"]] = reasons.get(group["reason"], 0) + len(group["numbers"])
    return reasons


def learned_from(config: Config, space: Space, study: ArmStudy) -> dict[str, Any]:
    """What an arm's trials tell beside their best: which settings mattered, and what a budget buys.

    Args:
        config: the sweep's configuration.
        space: the search space.
        study: of the arm.

    Returns:
        `importance` (`sweep.report.what_mattered`) and `expected_best` (`sweep.report.budget_curve`) of all trials that
        did not fail, each with its best value, a pruned one's until then; absent where there are too few.
    """
    ended = [
        (record, record.value)
        for record in study.records()
        if record.status in (Status.COMPLETE, Status.PRUNED) and record.value is not None
    ]
    if not ended:
        return {}
    metric, values = config.objective.metric, [value for _, value in ended]
    drawn = _drawn(config.sampler, study.budget)
    told: dict[str, Any] = {
        "expected_best": expected_best(
            metric,
            values,
            [record.seconds for record, _ in ended],
            [value for record, value in ended if record.number in drawn],
        )
    }
    searched = [p for p in space.parameters if p.path != space.compare]
    mattered = what_mattered(
        searched, [record.values for record, _ in ended], values, maximize=metric.maximize
    )
    return told | ({"importance": mattered} if mattered else {})


def _drawn(sampler: SamplerConfig, budget: int) -> range:
    """Numbers of the trials that are drawn at random, whatever the others reached; 0 is the configuration itself."""
    if sampler.name is SamplerName.random:
        return range(1, budget)
    learning = (SamplerName.tpe, SamplerName.gp, SamplerName.cmaes)
    return range(1, sampler.startup_trials if sampler.name in learning else 0)


def summarize(
    config: Config,
    studies: Mapping[str, ArmStudy],
    *,
    ending: Ending,
    wall_s: float,
    trials_run: int,
    test_reads: int,
) -> dict[str, Any]:
    """Build the summary; what has not been measured is absent, never invented.

    Args:
        config: the sweep's configuration.
        studies: one for each arm, in order.
        ending: how the search ended.
        wall_s: seconds this and earlier commands spent searching.
        trials_run: trials that ended within them.
        test_reads: how often earlier commands have read the test part.

    Returns:
        Plain JSON types.
    """
    space = Space.of(config)
    told: dict[str, Any] = {
        "name": config.sweep,
        "search": config.search.name,
        "question": config.search.question,
        "status": str(ending),
        "seed": config.seed,
        "wall_s": round(wall_s, 1),
        "trials_per_hour": round(3600 * trials_run / wall_s, 1) if wall_s else 0.0,
        "trials_run": trials_run,
        "test_reads": test_reads,
        "objective": str(config.objective.metric),
        "threshold_for": str(config.objective.threshold_for),
        "versions": versions(),
        "arms": {
            arm: arm_summary(study) | learned_from(config, space, study)
            for arm, study in studies.items()
        },
    }
    winner = best_of(studies, config.objective.metric.maximize)
    if winner is not None:
        arm, record = winner
        told["best"] = {
            "arm": arm,
            "number": record.number,
            "value": record.value,
            "settings": dict(record.values),
            "validation": dict(record.metrics),
            "threshold": record.threshold,
            "sha256": record.sha256,
            "decision_sha256": record.decision_sha256,
        }
    return told


def versions() -> dict[str, str]:
    """Look up what this sweep runs on: Python, this program and the libraries that decide a trial's result."""
    from importlib.metadata import version

    found = {name: version(name) for name in LIBRARIES}
    return {"python": platform.python_version(), "sweep": __version__} | found


def read_summary(folder: Path) -> dict[str, Any] | None:
    """Read a sweep's summary.

    Args:
        folder: the sweep's own folder.

    Returns:
        The summary, or None where there is none yet.
    """
    path = SweepFolder(folder).summary
    if not path.exists():
        return None
    summary: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return summary


def write_summary(folder: Path, summary: dict[str, Any]) -> None:
    """Write a sweep's summary, whole.

    Args:
        folder: the sweep's own folder.
        summary: of `summarize`.
    """
    write_json(SweepFolder(folder).summary, summary)
