"""What ails a sweep, at its end: written beside its trials."""

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console

from sweep.config import Config
from sweep.coordinator.doctor.remedies import proved
from sweep.coordinator.fingerprint import corpora_of, words_of
from sweep.coordinator.known import known
from sweep.diagnosis.finding import Finding
from sweep.executors import Executor
from sweep.files import write_json, write_whole
from sweep.report.patch import accepted, patch_yaml
from sweep.search.study import ArmStudy
from sweep.typed import program
from sweep.workspace import SweepFolder, Workspace


def judge(
    config: Config,
    studies: Mapping[str, ArmStudy],
    found: Mapping[str, Any],
    at_work: tuple[Executor, Console] | None = None,
) -> list[dict[str, Any]]:
    """Diagnose a sweep from its records, and write `findings.json` and `patch.yaml`.

    Args:
        config: all settings.
        studies: one for each arm.
        found: the summary.
        at_work: where remedies are tried that have not been, and told; None tries none anew.

    Returns:
        The findings as JSON values, the worst first; `patch` names what the next sweep is to change.
    """
    from sweep.diagnosis.table import diagnose

    files = Workspace(Path(config.workdir)).sweep(config.sweep)
    facts = known(config, studies, found)
    findings = diagnose(facts)
    corpora = corpora_of(Workspace(Path(config.workdir)), config.sweep)
    if len(corpora) == 1:
        corpus = Workspace(Path(config.workdir)).cache / next(iter(corpora))
        findings = proved(config, facts, findings, corpus, files, at_work)
    told = [finding.to_dict() for finding in findings]
    files.findings.parent.mkdir(exist_ok=True)
    write_json(files.findings, {"sweep": config.sweep, "findings": told})
    _write_patch(config, files, findings)
    return told


def symptoms(findings: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Sort symptoms by the trials that have them.

    Args:
        findings: of `judge`, or of an earlier command.

    Returns:
        Their keys under each trial's name, those of the whole sweep under the empty one.
    """
    by_trial: dict[str, list[str]] = {"": []}
    for finding in findings:
        names = {name for one in finding["evidence"] for name in one.get("trials", ())}
        for name in ("", *sorted(names)):
            keys = by_trial.setdefault(name, [])
            if finding["symptom"] not in keys:
                keys.append(finding["symptom"])
    return by_trial


def _write_patch(config: Config, files: SweepFolder, findings: list[Finding]) -> None:
    patches = accepted(config, findings)
    if not patches:
        files.patch.unlink(missing_ok=True)
        return
    again = [word for word in words_of(config) if not word.startswith("name=")]
    command = f"{program()} {shlex.join([*again, '--patch', str(files.patch)])}"
    write_whole(files.patch, patch_yaml(patches, name=_next_name(config.sweep), command=command))


def _next_name(name: str) -> str:
    base, _, number = name.rpartition("_")
    if base and number.isdigit():
        return f"{base}_{int(number) + 1}"
    return f"{name}_2"
