"""An examination in a worker beside a sweep's first trials, once for all its commands."""

import json
import threading
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from sweep.diagnosis.finding import Finding
from sweep.errors import SweepError, UserError
from sweep.executors import Executor
from sweep.executors.called import Called
from sweep.files import write_json
from sweep.report.doctor_screen import screen, verdict

PATIENCE_S = 60.0
"""How long the end of a search waits for an examination that is still at work; then the sweep does without."""


class Examination(ABC):
    """Measures in a worker, keeps the facts in a file of the sweep's folder, and says what is ill.

    Args:
        file: where the facts are kept.
        executor: where it runs.
        console: where to say what is ill.
    """

    subject: str
    """What is examined, in words."""
    done: str
    """What was done to it."""

    def __init__(self, file: Path, executor: Executor, console: Console) -> None:
        self.file, self.executor, self.console = file, executor, console
        self._called: Called | None = None
        self._waiting: threading.Thread | None = None
        self._told: str | None = None
        self._stopped = False

    @abstractmethod
    def about(self) -> str:
        """Name what decides the facts; where it is equal they need not be measured again."""

    @abstractmethod
    def call(self) -> tuple[Any, ...]:
        """What a worker is to do: ("module:function", *arguments); it gives the facts as plain JSON types."""

    @abstractmethod
    def findings(self, facts: Mapping[str, Any]) -> list[Finding]:
        """Judge the facts, the worst finding first."""

    def begin(self) -> None:
        """Begin, where no earlier command has done it; returns at once, and tells what was found when it is there."""
        name = self.about()
        facts = self._kept(name)
        if facts is not None:
            self._tell(facts, name)
            return
        self._called = self.executor.begin(*self.call())
        self._waiting = threading.Thread(target=self._hear, args=(self._called, name), daemon=True)
        self._waiting.start()

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

    def errors(self) -> list[str]:
        """Say what was found of severity error, each with its remedy; nothing where nothing was measured."""
        facts = self._kept(self.about())
        found = [] if facts is None else self.findings(facts)
        return [f"{one.title} {one.remedy}" for one in found if one.severity == "error"]

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
        except SweepError as error:  # what was not examined is still what it is
            if not self._stopped:
                self.console.print(
                    f"the {self.subject} was not {self.done}: {error}", markup=False
                )
            return
        write_json(self.file, {"about": name, **facts})
        self._tell(facts, name)

    def _tell(self, facts: Mapping[str, Any], name: str) -> None:
        if self._told == name:  # a strict sweep has waited for it already
            return
        self._told = name
        found = self.findings(facts)
        ill = [one for one in found if one.severity != "note"]
        for line in [f"{self.subject} {self.done}: {verdict(found)}", *screen(ill)]:
            self.console.print(line, markup=False)


def strictly(examinations: Sequence[Examination]) -> None:
    """Examine now, side by side.

    Args:
        examinations: to be made.

    Raises:
        UserError: one of them found an error; all are told.
    """
    for one in examinations:
        one.begin()
    for one in examinations:
        one.end(patience=None)
    if ill := [text for one in examinations for text in one.errors()]:
        raise UserError(*ill)
