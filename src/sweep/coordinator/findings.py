"""What ails a sweep, at its end: written beside its trials."""

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sweep.config import Config
from sweep.coordinator.fingerprint import words_of
from sweep.coordinator.known import known
from sweep.diagnosis.finding import Finding
from sweep.files import write_json, write_whole
from sweep.report.patch import accepted, patch_yaml
from sweep.search.study import ArmStudy
from sweep.typed import program
from sweep.workspace import SweepFolder, Workspace


def judge(
    config: Config, studies: Mapping[str, ArmStudy], found: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Diagnose a sweep from its records, and write `findings.json` and `patch.yaml`.

    Args:
        config: all settings.
        studies: one for each arm.
        found: the summary.

    Returns:
        The findings as JSON values, the worst first; `patch` names what the next sweep is to change.
    """
    from sweep.diagnosis.table import diagnose

    files = Workspace(Path(config.workdir)).sweep(config.sweep)
    findings = diagnose(known(config, studies, found))
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
