"""What ails a sweep: its corpus, at the start; its trials, at the end, written beside them."""

import json
import shlex
import threading
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console

from sweep.config import Config
from sweep.config.settings import flat
from sweep.coordinator.fingerprint import words_of
from sweep.coordinator.known import known
from sweep.data.corpus import SplitCorpus
from sweep.diagnosis.facts import Facts
from sweep.diagnosis.finding import Finding
from sweep.errors import SweepError, UserError
from sweep.executors import Executor
from sweep.executors.called import Called
from sweep.files import write_json, write_whole
from sweep.report.doctor_screen import screen, verdict
from sweep.report.patch import accepted, patch_yaml
from sweep.search.study import ArmStudy
from sweep.typed import program
from sweep.workspace import SweepFolder, Workspace

PATIENCE_S = 60.0
"""How long the end of a search waits for an audit that is still at work; then the sweep does without."""
_GROUPS = ("data", "split", "text", "resampling", "model", "optimizer", "loss", "trainer")


def of_corpus(config: Config, facts: Mapping[str, Any]) -> list[Finding]:
    """Say what ails a corpus of which the audit is known, and no trial.

    Args:
        config: all settings.
        facts: what the audit found.

    Returns:
        The findings, the worst first.
    """
    from sweep.diagnosis.table import diagnose

    settings = flat({name: asdict(getattr(config, name)) for name in _GROUPS})
    return diagnose(Facts(audit=facts, corpus=facts["classes"], settings=settings))


class CorpusAudit:
    """The audit of a sweep's corpus: in a worker beside its first trials, and once for all its commands.

    Args:
        config: all settings.
        split: the corpus.
        executor: where it runs.
        console: where to say what is ill.
    """

    def __init__(
        self, config: Config, split: SplitCorpus, executor: Executor, console: Console
    ) -> None:
        self.config, self.split, self.executor, self.console = config, split, executor, console
        self.file = Workspace(Path(config.workdir)).sweep(config.sweep).audit
        self._called: Called | None = None
        self._waiting: threading.Thread | None = None
        self._told: str | None = None
        self._stopped = False

    def begin(self) -> None:
        """Begin, where no earlier command has done it; returns at once, and tells what was found when it is there."""
        from sweep.audit.examined import about
        from sweep.audit.rows import Rows
        from sweep.text.settings import text_settings

        name = about(self.config, self.split)
        facts = self._kept(name)
        if facts is not None:
            self._tell(facts, name)
            return
        config = self.config
        given = (Rows.of(self.split), text_settings(config), config.objective, config.seed)
        self._called = self.executor.begin("sweep.audit.examined:beside", *given)
        self._waiting = threading.Thread(target=self._hear, args=(self._called, name), daemon=True)
        self._waiting.start()

    def strictly(self) -> None:
        """Do it now.

        Raises:
            UserError: it found an error.
        """
        self.begin()
        self.end(patience=None)
        facts = json.loads(self.file.read_text(encoding="utf-8")) if self.file.exists() else None
        found = [] if facts is None else of_corpus(self.config, facts)
        if ill := [f"{one.title} {one.remedy}" for one in found if one.severity == "error"]:
            raise UserError(*ill)

    def end(self, patience: float | None = PATIENCE_S) -> None:
        """Wait for it, and stop it where it takes too long.

        Args:
            patience: seconds at most; without end where None.
        """
        if self._waiting is None or self._called is None:
            return
        self._waiting.join(patience)
        if self._waiting.is_alive():
            self._stopped = True
            self._called.stop()
            self._waiting.join()

    def _kept(self, name: str) -> dict[str, Any] | None:
        if not self.file.exists():
            return None
        try:
            facts: dict[str, Any] = json.loads(self.file.read_text(encoding="utf-8"))
        except ValueError:  # written by a hand, or a half of it lost: it is done again
            return None
        return facts if facts.get("about") == name else None

    def _hear(self, called: Called, name: str) -> None:
        try:
            facts = called.value()
        except SweepError as error:  # a corpus without its audit is still a corpus
            if not self._stopped:
                self.console.print(f"the corpus was not audited: {error}", markup=False)
            return
        write_json(self.file, {"about": name, **facts})
        self._tell(facts, name)

    def _tell(self, facts: Mapping[str, Any], name: str) -> None:
        if self._told == name:  # a strict sweep has waited for it already
            return
        self._told = name
        found = of_corpus(self.config, facts)
        ill = [one for one in found if one.severity != "note"]
        for line in [f"corpus audited: {verdict(found)}", *screen(ill)]:
            self.console.print(line, markup=False)


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
