"""Tracking: a sweep notes what happens in its outbox, and a process beside training tells MLflow.

Nothing here imports MLflow; `sweep.tracking.shipper` does, in its own process.
"""

import contextlib
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from sweep.config import Config
from sweep.records import Ending, EpochReport, Reason, Status, TrialKey, TrialResult
from sweep.redaction import redact_all
from sweep.tracking import mlflow_limits, shipper_process
from sweep.tracking.address import tracking_uri
from sweep.tracking.outbox import Cursor, Outbox, Target, noted_runs, read_from
from sweep.workspace import SweepFolder, Workspace

ATTACHED = {".json", ".jsonl", ".yaml", ".csv"}
ATTACHED_BYTES = 1 << 20  # larger files of a trial stay in its folder only
LONGEST_WAIT = 60.0  # seconds between two starts of a shipper that dies at once
RUN_STATUS = {
    Ending.complete: "FINISHED",
    Ending.fruitless: "FAILED",
    Ending.given_up: "FAILED",
    Ending.interrupted: "KILLED",
}
"""MLflow's status of a sweep's run; its own word for the end stands in the tag `status`."""


def make_tracker(config: Config, shipper: shipper_process.Process | None = None) -> "Tracker":
    """Build a sweep's tracker.

    Args:
        config: all settings.
        shipper: one that waits for orders already, from `shipper_process.waiting`.

    Returns:
        The tracker, not yet started.

    Raises:
        UserError: `tracking.uri` is no address that MLflow can write to.
    """
    workspace = Workspace(Path(config.workdir))
    return Tracker(
        workspace.sweep(config.sweep).root,
        uri=tracking_uri(config),
        experiment=config.sweep,
        artifacts=workspace.artifacts,
        shipper=shipper,
    )


class Tracker:
    """Notes what happens in a sweep; returns at once, whatever MLflow is doing.

    Args:
        folder: the sweep's folder; holds the outbox, its cursor and a log.
        uri: MLflow server or database; see `tracking_uri`.
        experiment: the sweep's name.
        artifacts: folder for MLflow's artifacts where `uri` is a database.
        shipper: one that waits for orders already, from `shipper_process.waiting`.
    """

    def __init__(
        self,
        folder: Path,
        *,
        uri: str,
        experiment: str,
        artifacts: Path,
        shipper: shipper_process.Process | None = None,
    ) -> None:
        self.folder = folder
        self.files = SweepFolder(folder)
        self.target = Target(uri=uri, experiment=experiment, artifacts=str(artifacts.absolute()))
        self._outbox: Outbox | None = None
        self._waiting = shipper
        self._shipper: shipper_process.Process | None = None
        self._looked = 0.0
        self._next_start = 0.0
        self._wait = 1.0
        self._running = False
        known = noted_runs(folder)
        self._sweep = known.sweep
        self._runs = known.trials
        self._open = known.unfinished

    @property
    def unfinished(self) -> list[TrialKey]:
        """Attempts whose start is noted but not their end: a coordinator was killed."""
        return [key for key, run in self._runs.items() if run in self._open]

    def start(self) -> None:
        """Give a shipper its orders; one is started where none waits for them."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._shipper, self._waiting = self._waiting or shipper_process.start(), None
        shipper_process.order(
            self._shipper, {"folder": str(self.folder.absolute())} | self.target._asdict()
        )
        self._wait = min(2 * self._wait, LONGEST_WAIT)
        self._next_start = time.monotonic() + self._wait

    def sweep_started(self, config: Mapping[str, Any], tags: Mapping[str, Any]) -> None:
        """Note that the sweep starts or goes on; a resumed one keeps its parent run.

        Args:
            config: the sweep's settings, a tree of plain types.
            tags: of the parent run.
        """
        if self._sweep is None:
            self._sweep = self._new_run("")
        self._running = True
        name = self.target.experiment
        self._append("sweep_started", self._sweep, name=name, config=config, tags=tags)

    def trial_started(
        self, key: TrialKey, params: Mapping[str, Any], tags: Mapping[str, Any]
    ) -> None:
        """Note that an attempt at a trial starts.

        Args:
            key: which attempt.
            params: the trial's settings, as a tree or with dotted names.
            tags: seed, fingerprint and the like; arm, number and attempt are added.
        """
        run = self._new_run(f"{key.name}/{key.attempt}")
        self._runs[key] = run
        self._open.add(run)
        tags = dict(tags) | {"arm": key.arm, "number": key.number, "attempt": key.attempt}
        if key.fold is not None:
            tags["fold"] = key.fold
        name = key.name if key.attempt == 1 else f"{key.name} ({key.attempt})"
        about: dict[str, Any] = {"key": asdict(key), "parent": self._sweep, "name": name}
        self._append("trial_started", run, **about, params=params, tags=tags)

    def epoch(self, report: EpochReport) -> None:
        """Note one epoch's scores.

        Args:
            report: what the worker told.
        """
        run = self._runs.get(report.key)
        if run is not None:
            metrics = {**report.metrics, **report.probe, "best": report.best}
            self._append("epoch", run, epoch=report.epoch, metrics=metrics)

    def trial_ended(self, result: TrialResult, folder: Path) -> None:
        """Note how an attempt ended, with the small files of its folder as they are now.

        Args:
            result: how it ended; an attempt that was never noted gets its run now.
            folder: what the worker wrote; may be missing.
        """
        if result.key not in self._runs:
            self.trial_started(result.key, {}, {})
        run = self._runs[result.key]
        self._open.discard(run)
        ending = "FAILED" if result.status == Status.FAILED else "FINISHED"
        if result.reason == Reason.interrupted:
            ending = "KILLED"
        # Not `asdict`: it cannot copy a read-only mapping.
        how = {f.name: getattr(result, f.name) for f in fields(result) if f.name != "key"}
        files = attachments(folder)
        self._append("trial_ended", run, sync=True, ending=ending, result=how, files=files)

    def symptoms(
        self, now: Mapping[str, Iterable[str]], before: Mapping[str, Iterable[str]]
    ) -> None:
        """Note what ails the sweep and its trials, as tags `symptom.<key>` of their runs.

        Args:
            now: keys under each trial's name, whose latest attempt gets them; those of the sweep under "".
            before: the same of an earlier command; what is gone becomes `false`.
        """
        runs = {key.trial: run for key, run in self._runs.items() if key.fold is None}
        runs |= {"": self._sweep} if self._sweep is not None else {}
        for name in dict.fromkeys([*before, *now]):
            tags = {f"symptom.{key}": "false" for key in before.get(name, ())}
            tags |= {f"symptom.{key}": "true" for key in now.get(name, ())}
            if tags and name in runs:
                self._append("tagged", runs[name], tags=tags)

    def sweep_ended(self, ending: Ending, summary: Mapping[str, Any], artifacts: Path) -> None:
        """Note how the sweep ended.

        Args:
            ending: how.
            summary: what was found, see `sweep.report.summary`.
            artifacts: folder whose files (not its folders) go with the parent run.

        Raises:
            ValueError: the sweep has not been started.
        """
        if self._sweep is None:
            raise ValueError("`sweep_started` comes before `sweep_ended`.")
        self._running = False
        about = {"summary": summary, "artifacts": str(artifacts.absolute())}
        self._append("sweep_ended", self._sweep, sync=True, ending=RUN_STATUS[ending], **about)

    @contextlib.contextmanager
    def until_ended(self) -> Iterator[None]:
        """Note an end where an exception comes before `sweep_ended`, so that no run of the sweep stays RUNNING."""
        try:
            yield
        except BaseException as error:
            if self._running and self._sweep is not None:
                ending = "KILLED" if isinstance(error, KeyboardInterrupt) else "FAILED"
                message = f"{type(error).__name__}: {error}"
                self._append(
                    "sweep_broken", self._sweep, sync=True, ending=ending, message=message
                )
            raise

    def left(self) -> int:
        """Count the events that MLflow has not got yet."""
        offset = Cursor.load(self.folder).offset_for(self.target)
        return sum(1 for _ in read_from(self.files.outbox, offset))

    def drain(self, timeout: float) -> int:
        """Wait until MLflow has everything.

        Args:
            timeout: seconds to wait at most.

        Returns:
            How many events are left; why is in the log, and the next shipper sends them.
        """
        deadline = time.monotonic() + timeout
        while self._behind() and time.monotonic() < deadline:
            self._revive()
            time.sleep(0.05)
        return self.left()

    def close(self, timeout: float = 2.0) -> None:
        """Let the shipper go: it sends what is there, or gives up on a dead server, and ends.

        Args:
            timeout: seconds to wait for it at most; afterwards it goes on by itself.
        """
        shipper, self._shipper = self._shipper, None
        if self._outbox is not None:
            self._outbox.close()
            self._outbox = None
        if shipper is not None:
            shipper_process.let_go(shipper, timeout)

    def _new_run(self, part: str) -> str:
        # Short and without signs that MLflow's queries cannot hold; the end makes it unique.
        return f"{mlflow_limits.key(f'{self.target.experiment}/{part}')[:200]}-{uuid.uuid4().hex}"

    def _append(self, kind: str, run: str, *, sync: bool = False, **fields: Any) -> None:
        if self._outbox is None:
            self._outbox = Outbox(self.files.outbox)
        event = {"kind": kind, "time": time.time_ns() // 1_000_000, "run": run} | fields
        self._outbox.append(redact_all(event), sync=sync)
        if time.monotonic() - self._looked > 1:
            self._revive()

    def _behind(self) -> bool:
        path = self.files.outbox
        size = path.stat().st_size if path.exists() else 0
        return Cursor.load(self.folder).offset_for(self.target) < size

    def _revive(self) -> None:
        self._looked = time.monotonic()
        if (
            self._shipper is None
            or self._shipper.poll() is None
            or self._looked < self._next_start
        ):
            return
        self._note(f"the shipper ended with code {self._shipper.returncode}; starting another")
        shipper_process.let_go(self._shipper, timeout=0)
        self.start()

    def _note(self, text: str) -> None:
        with self.files.tracking_log.open("a", encoding="utf-8") as log:
            log.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {text}\n")


def attachments(folder: Path) -> dict[str, str]:
    """Read the small text files of a trial's folder, which a second attempt would overwrite.

    Args:
        folder: may be missing.

    Returns:
        File names with their texts.
    """
    if not folder.is_dir():
        return {}
    return {
        path.name: path.read_text(encoding="utf-8", errors="replace")
        for path in sorted(folder.iterdir())
        if path.suffix in ATTACHED and path.is_file() and path.stat().st_size <= ATTACHED_BYTES
    }
