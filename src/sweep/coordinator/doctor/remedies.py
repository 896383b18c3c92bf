"""Remedies that are tried: a failing trial trained again with what its finding advises, all else equal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console

from sweep.config import Config
from sweep.config.settings import replaced, value_of
from sweep.confirmation.members import keep, kept
from sweep.diagnosis.facts import Facts, TrialFacts
from sweep.diagnosis.finding import Evidence, Finding, Proof
from sweep.errors import UserError
from sweep.executors import Executor
from sweep.files import json_lines
from sweep.plugins.load import loaded
from sweep.records import EpochReport, Status, TrialJob, TrialKey, TrialResult
from sweep.search.space import apply
from sweep.seeds import derive
from sweep.signals import stop_with
from sweep.workspace import SweepFolder, TrialFolder

GROUPS = ("text", "resampling", "model", "optimizer", "loss", "trainer")
"""Settings that an experiment may change; what data, split or objective are, it leaves as it is."""
SPACE = "search.space."
WAKE_S = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """One remedy on one trial."""

    finding: int
    """Place among the findings."""
    trial: TrialFacts
    job: TrialJob
    words: str
    """What is changed, as it is typed."""


def experiments(
    config: Config, facts: Facts, findings: Sequence[Finding], corpus: Path, folder: SweepFolder
) -> list[Experiment]:
    """Choose what is tried: the remedies of the worst errors that no other proof stands beside.

    Args:
        config: all settings of the sweep.
        facts: of the sweep.
        findings: the worst first.
        corpus: folder of the cached corpus.
        folder: the sweep's own.

    Returns:
        `doctor.experiments` of them at most, each of another change.
    """
    found: list[Experiment] = []
    for place, finding in enumerate(findings):
        trial = _failing(facts, finding)
        if finding.severity != "error" or finding.proof != "none" or trial is None:
            continue
        own = apply(config, trial.values) if trial.values else config
        changes = _changes(own, finding.patch)
        try:
            changed = replaced(own, changes) if changes else None
        except (UserError, ValueError):
            continue  # what is advised does not go with this trial's other settings
        words = " ".join(f"{path}={value}" for path, value in changes.items())
        taken = [(one.trial.name, one.words) for one in found]
        if changed is None or (trial.name, words) in taken:
            continue
        job = TrialJob(
            key=TrialKey(arm=trial.arm, number=trial.number),
            config=changed,
            seed=derive(config.seed, "trial", trial.number),
            corpus=corpus,
            folder=folder.remedy(f"{trial.name}-{finding.symptom}").root,
            plugins=loaded(),
        )
        found.append(Experiment(finding=place, trial=trial, job=job, words=words))
    return found[: config.doctor.experiments]


def proved(
    config: Config,
    facts: Facts,
    findings: Sequence[Finding],
    corpus: Path,
    folder: SweepFolder,
    at_work: tuple[Executor, Console] | None = None,
) -> list[Finding]:
    """Say of findings whether their remedies helped.

    Args:
        config: as under `experiments`.
        facts: as there.
        findings: as there.
        corpus: as there.
        folder: as there.
        at_work: where what has not been tried yet is trained, and told; None tries nothing anew.

    Returns:
        The findings in their order, those that were tried confirmed or refuted.
    """
    found = list(findings)
    for one in experiments(config, facts, findings, corpus, folder):
        member = kept(one.job)
        result = None if member is None else member.result
        if result is None and at_work is not None:
            executor, console = at_work
            cost = f"about {max(one.trial.seconds, 1):.0f} s, doctor.experiments=0 leaves it out"
            said = f"testing a remedy: {one.trial.name} again with {one.words} ({cost})"
            console.print(said, markup=False, soft_wrap=True)
            result = _train(one.job, executor)
            if result is None:  # stopped; the same command tries it
                break
            ended = keep(one.job, result.checked())
            if not ended.lasting:  # what struck the worker from outside says nothing of the remedy
                continue
            result = ended.result
        if result is not None:
            found[one.finding] = _with_proof(found[one.finding], one, result, facts)
    return found


def _failing(facts: Facts, finding: Finding) -> TrialFacts | None:
    names = {name for one in finding.evidence for name in one.trials}
    ranked = [*facts.complete, *(t for t in facts.trials if t not in facts.complete)]
    return next((t for t in ranked if not names or t.name in names), None)


def _changes(own: Config, patch: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for word in patch:
        path, _, text = word.partition("=")
        value, bound = _value(text), ""
        if path.startswith(SPACE):
            path, _, bound = path.removeprefix(SPACE).rpartition(".")
        if path.partition(".")[0] not in GROUPS:
            return {}
        now = found.get(path, value_of(own, path))
        if bound == "low":
            value = max(now, value)
        elif bound == "high":
            value = min(now, value)
        elif bound == "choices":
            value = now if now in value else value[0]
        elif bound:
            return {}
        found[path] = value
    return {path: value for path, value in found.items() if value != value_of(own, path)}


def _value(text: str) -> Any:
    try:
        return float(text) if "e" in text else yaml.safe_load(text)
    except ValueError:  # a word with an e in it
        return yaml.safe_load(text)


def _train(job: TrialJob, executor: Executor) -> TrialResult | None:
    asked: list[bool] = []
    with stop_with(lambda: asked.append(True)):
        try:
            executor.submit(job)
            while not asked:
                for event in executor.wait(WAKE_S):
                    if not isinstance(event, EpochReport):
                        return event
                    executor.answer(event.key, False)
            return None
        finally:
            executor.close()


def _with_proof(finding: Finding, one: Experiment, result: TrialResult, facts: Facts) -> Finding:
    before, after = one.trial.value, result.value
    ran = result.status is not Status.FAILED and after is not None
    error = max(_error(one.trial.history), _error(json_lines(TrialFolder(one.job.folder).history)))
    gain = None
    if ran and before is not None and after is not None:
        gain = (after - before) * (1 if facts.maximize else -1)
    # Two trainings on the same rows: what one validation draw can move is more than what parts them by chance.
    helped = ran and (gain is None or gain > error)
    was = f"{before:.3f}" if before is not None else f"no score ({one.trial.reason})"
    now = f"{after:.3f}" if ran and after is not None else f"no score ({result.reason})"
    proof: Proof = "confirmed" if helped else "refuted"
    text = f"{one.trial.name} again with {one.words}, all else equal: {facts.metric} {now}, before {was}"
    evidence = Evidence(text=text, number=gain, trials=(one.trial.name,))
    return replace(finding, proof=proof, evidence=(*finding.evidence, evidence))


def _error(history: Sequence[Mapping[str, Any]]) -> float:
    return max((float(epoch.get("standard_error") or 0.0) for epoch in history), default=0.0)
