"""The command `doctor`: what is ill in a corpus or a network before anything trains, or in predictions."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sweep.audit.examined import measured
from sweep.commands import predictions as predicted
from sweep.config import Config
from sweep.coordinator.doctor.corpus import of_corpus
from sweep.coordinator.doctor.network import first_trials, of_network
from sweep.data.corpus import SplitCorpus
from sweep.data.load import load_split
from sweep.diagnosis.finding import SEVERITIES, Finding
from sweep.diagnosis.table import diagnose
from sweep.errors import UserError
from sweep.files import write_json
from sweep.report.doctor_screen import introduction, screen, verdict
from sweep.report.table import make_console

ILL = 1
"""Exit code where an error was found; 2 is a refusal."""


def run(config: Config, predictions: str = "", train_predictions: str = "") -> int:
    """Audit the corpus and try the network, or judge predictions, and print one screen of what is ill, the worst first.

    Args:
        config: all settings; the first trial of each arm is tried, the configuration itself where nothing is searched.
        predictions: a file of labels and answers of a network trained elsewhere; the corpus is then left alone.
        train_predictions: the same about the texts that it was trained on.

    Returns:
        0 where no error was found, else 1; under `doctor.strict` warnings count as errors.

    Raises:
        UserError: the files or settings cannot be used.
    """
    output = _place(config.doctor.output)
    if train_predictions and not predictions:
        raise UserError(
            "train_predictions= goes beside predictions=FILE, which holds those of other texts."
        )
    if predictions:
        return _predicted(config, predictions, train_predictions, output)
    split = load_split(config)
    with make_console().status("auditing") as status:
        audit = measured(config, split, told=lambda check: status.update(f"auditing: {check}"))
        found, facts = of_corpus(config, audit), {"audit": audit}
        if config.doctor.preflight:
            facts["preflight"] = _flown(
                config, split, lambda check: status.update(f"trying the network: {check}")
            )
            found += of_network(config, facts["preflight"], audit)
    found.sort(key=lambda one: SEVERITIES.index(one.severity))
    return _tell(config, introduction(audit), found, facts, output)


def _flown(config: Config, split: SplitCorpus, told: Callable[[str], None]) -> dict[str, Any]:
    # Here and not above: it loads torch, which what is refused need not wait for.
    from sweep.preflight.preflight import preflight
    from sweep.text.cache import store_corpus

    with TemporaryDirectory() as folder:
        corpus = store_corpus(Path(folder), split)
        return preflight(first_trials(config, corpus), told)


def _predicted(config: Config, file: str, trained: str, output: Path | None) -> int:
    held = predicted.read_predictions(file, config.data)
    own = predicted.read_predictions(trained, config.data) if trained else None
    facts = predicted.facts_of(held, own)
    scores = {"scores": dict(facts.trials[0].metrics)}
    return _tell(config, predicted.introduction(held, facts), diagnose(facts), scores, output)


def _tell(
    config: Config,
    first: list[str],
    found: list[Finding],
    facts: dict[str, Any],
    output: Path | None,
) -> int:
    bad = ("error", "warning") if config.doctor.strict else ("error",)
    healthy = not any(finding.severity in bad for finding in found)
    if output is not None:
        told = {"healthy": healthy, "findings": [one.to_dict() for one in found]}
        write_json(output, told | facts)
    console = make_console()
    for line in [*first, *screen(found), verdict(found)]:
        console.print(line, markup=False)
    if output is not None:
        console.print(f"all of it: {output}", markup=False)
    return 0 if healthy else ILL


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
