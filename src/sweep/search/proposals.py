"""What is known about a trial of an arm: as it is proposed, while it runs, when it has ended."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sweep.config.settings import Plain
from sweep.records import Reason, Status, Stopped, TrialResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A trial to run."""

    number: int
    """Place in the arm's budget, from 0."""
    attempt: int
    """From 1; a trial that was interrupted comes back under the next attempt."""
    values: Mapping[str, Plain]
    """The searched settings, under their dotted names."""
    replicate_of: int | None
    """The earlier number with the same values, if there is one."""
    trial_id: int
    """Optuna's id of the trial."""
    interruptions: int = 0
    """How many earlier attempts were interrupted rather than failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialRecord:
    """What is known about one number of an arm's budget."""

    number: int
    values: Mapping[str, Plain]
    """The searched settings, under their dotted names."""
    status: Status | None = None
    """None while the trial runs."""
    reason: Reason | None = None
    message: str = ""
    where: str | None = None
    """File and line that raised."""
    value: float | None = None
    epoch: int | None = None
    epochs: int = 0
    stopped: Stopped | None = None
    threshold: float | None = None
    metrics: Mapping[str, float] = field(default_factory=dict)
    seconds: float = 0.0
    wall_s: float = 0.0
    """Seconds that it took of the sweep's time: those for which its attempts held a worker, by the number of workers.
    What was interrupted counts nothing."""
    attempt: int = 1
    replicate_of: int | None = None
    """The earlier number with the same values, if there is one."""
    checkpoint: str | None = None
    sha256: str | None = None
    decision_sha256: str | None = None
    """None also for a trial of a version that did not keep it."""


def as_json(
    result: TrialResult, *, steps: int, judged: Mapping[str, Any], wall_s: float | None = None
) -> dict[str, Any]:
    """Write a result as JSON values.

    Args:
        result: how the trial ended.
        steps: epochs of learning that the last attempt reported.
        judged: what the pruner kept with the trial.
        wall_s: see `TrialRecord.wall_s`; by default the result's own seconds.

    Returns:
        The fields of the result that a record has, and the other arguments.
    """
    return {
        "status": str(result.status),
        "reason": result.reason and str(result.reason),
        "message": result.message,
        "where": result.where,
        "stopped": result.stopped and str(result.stopped),
        "value": _float(result.value),
        "epoch": result.epoch,
        "epochs": result.epochs,
        "threshold": _float(result.threshold),
        "metrics": {name: float(score) for name, score in result.metrics.items()},
        "seconds": float(result.seconds),
        "wall_s": float(result.seconds if wall_s is None else wall_s),
        "checkpoint": result.checkpoint,
        "sha256": result.sha256,
        "decision_sha256": result.decision_sha256,
        "steps": steps,
        "judged": dict(judged),
    }


def as_record(running: TrialRecord, result: Mapping[str, Any]) -> TrialRecord:
    """Add a result to the record of a running trial.

    Args:
        running: the record so far.
        result: what `as_json` made of the result.

    Returns:
        The final record.
    """
    kept = ("message", "value", "epoch", "epochs", "threshold", "metrics", "seconds")
    return TrialRecord(
        number=running.number,
        values=running.values,
        attempt=running.attempt,
        replicate_of=running.replicate_of,
        status=Status(result["status"]),
        reason=Reason(result["reason"]) if result["reason"] else None,
        where=result.get("where"),
        stopped=Stopped(result["stopped"]) if result["stopped"] else None,
        # Trials of early versions do not tell; their workers were one or few.
        wall_s=result.get("wall_s", result["seconds"]),
        checkpoint=result["checkpoint"],
        sha256=result["sha256"],
        decision_sha256=result.get("decision_sha256"),
        **{name: result[name] for name in kept},
    )


def counted(records: Iterable[TrialRecord]) -> dict[str, int]:
    """Count records: complete (at chance or not), pruned, failed, interrupted (to be done again), running.

    Args:
        records: of one arm.
    """
    found = dict.fromkeys(("complete", "pruned", "failed", "interrupted", "running"), 0)
    for record in records:
        if record.status is None:
            found["running"] += 1
        elif record.reason is Reason.interrupted:
            found["interrupted"] += 1
        else:
            found[record.status.lower()] += 1
    return found


def _float(value: float | None) -> float | None:
    return None if value is None else float(value)
