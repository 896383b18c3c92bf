"""The command `doctor`: what is ill in a corpus, before anything trains."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sweep.audit.examined import measured
from sweep.config import Config
from sweep.config.settings import flat
from sweep.data.load import load_split
from sweep.diagnosis.facts import Facts
from sweep.diagnosis.finding import Finding
from sweep.diagnosis.table import diagnose
from sweep.errors import UserError
from sweep.files import write_json
from sweep.report.doctor_screen import introduction, screen, verdict
from sweep.report.table import make_console

ILL = 1
"""Exit code where an error was found; 2 is a refusal."""


def run(config: Config) -> int:
    """Audit the corpus, and print one screen of what is ill, the worst first.

    Args:
        config: all settings; those of `data`, `split`, `text`, `objective`, `model.vectors` and `doctor` are read.

    Returns:
        0 where no error was found, else 1; under `doctor.strict` warnings count as errors.

    Raises:
        UserError: the files or settings cannot be used.
    """
    output = _place(config.doctor.output)
    split = load_split(config)
    console = make_console()
    with console.status("auditing") as status:
        facts = measured(config, split, told=lambda check: status.update(f"auditing: {check}"))
    found = findings(config, facts)
    bad = ("error", "warning") if config.doctor.strict else ("error",)
    healthy = not any(finding.severity in bad for finding in found)
    if output is not None:
        write_json(output, _told(facts, found, healthy))
    for line in [*introduction(facts), *screen(found), verdict(found)]:
        console.print(line, markup=False)
    if output is not None:
        console.print(f"all of it: {output}", markup=False)
    return 0 if healthy else ILL


def findings(config: Config, facts: Mapping[str, Any]) -> list[Finding]:
    """Say what ails a corpus of which the audit is known, and no trial.

    Args:
        config: all settings.
        facts: what `measured` gave.

    Returns:
        The findings, the worst first.
    """
    groups = ("data", "split", "text", "resampling", "model", "optimizer", "loss", "trainer")
    settings = flat({name: asdict(getattr(config, name)) for name in groups})
    return diagnose(Facts(audit=facts, corpus=facts["classes"], settings=settings))


def _told(facts: dict[str, Any], found: list[Finding], healthy: bool) -> dict[str, Any]:
    return {"healthy": healthy, "findings": [one.to_dict() for one in found], "audit": facts}


def _place(output: str | None) -> Path | None:
    # Before any work: a minute's audit must not end on a folder that is not there.
    if output is None:
        return None
    path = Path(output).expanduser()
    if path.is_dir() or not path.parent.is_dir():
        raise UserError(
            f"doctor.output={output}: must be a file in a folder that exists; give another name, or make "
            f"{path if path.is_dir() else path.parent} {'no folder' if path.is_dir() else 'first'}."
        )
    return path
