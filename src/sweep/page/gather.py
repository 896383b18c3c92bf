"""The records of a sweep, gathered from where they lie."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sweep.config import Config
from sweep.files import write_whole
from sweep.page.records import Records
from sweep.page.report import write
from sweep.redaction import redact
from sweep.report.trials_table import trial_lines, trials_csv
from sweep.search.space import Space
from sweep.search.study import ArmStudy
from sweep.tracking.timeline import spans
from sweep.typed import on_sweep
from sweep.workspace import Workspace


def report_or_reason(
    config: Config, studies: Mapping[str, ArmStudy], found: dict[str, Any], **about: Any
) -> str | None:
    """Write the report at a sweep's end, whose result must reach MLflow and the console whatever becomes of its page.

    Args:
        config: the sweep's configuration.
        studies: one for each arm.
        found: what `summary.json` holds.
        **about: as `write_report` takes it.

    Returns:
        Why it could not be written and what to do, or None.
    """
    try:
        write_report(config, studies, found, **about)
    except Exception as error:
        again = on_sweep("report", Workspace(Path(config.workdir)).sweep(config.sweep).root)
        why = f"the report could not be written ({type(error).__name__}: {error})"
        return f"{why}; once that is mended, write it by: {again}"
    return None


def write_report(
    config: Config,
    studies: Mapping[str, ArmStudy],
    found: dict[str, Any],
    *,
    command: str,
    fingerprint: str,
    corpus: Mapping[str, Any],
) -> None:
    """Write the page, its Markdown and the table of trials.

    Args:
        config: the sweep's configuration.
        studies: one for each arm.
        found: what `summary.json` holds.
        command: the one that ran the sweep.
        fingerprint: digest of what decides whether its trials compare.
        corpus: name, rows and SHA-256.
    """
    space, folder = Space.of(config), Workspace(Path(config.workdir)).sweep(config.sweep)
    records = Records(
        found=found,
        trials=trial_lines(studies),
        parameters=space.parameters,
        compare=space.compare,
        objective=config.objective,
        folder=folder,
        command=redact(command),
        fingerprint=fingerprint,
        corpus=corpus,
        spans=spans(folder),
        examples=config.report.examples,
    )
    write(records)
    write_whole(folder.trials_table, trials_csv(studies))
