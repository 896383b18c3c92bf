"""The outbox: an append-only file of events on their way to MLflow, one JSON object a line."""

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from sweep.files import write_json
from sweep.records import TrialKey
from sweep.redaction import redact
from sweep.workspace import SweepFolder

BLOCK = 1 << 20  # bytes looked at in one go when the last whole line is searched


class Entry(NamedTuple):
    """One event, and where the next one begins."""

    event: dict[str, Any]
    """Empty where the line is no JSON object, which a damaged disk can leave."""
    end: int
    """Offset in bytes of the line after this one."""


class Outbox:
    """Appends events so that a crash loses none that was appended, and tears none.

    Args:
        path: the file; it and its folder are made where they are missing. A last line that a full
            disk or a lost machine has torn is cut off.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        self._repair()

    def append(self, event: dict[str, Any], *, sync: bool = False) -> int:
        """Add one event.

        Args:
            event: plain JSON types; NaN and infinity are allowed.
            sync: whether to wait until the disk has it, which outlives a power cut too.

        Returns:
            Offset in bytes of its end.

        Raises:
            OSError: the disk is full; nothing of the event is left in the file.
        """
        line = json.dumps(event, ensure_ascii=False, separators=(",", ":")) + "\n"
        # Half of a surrogate pair, which JSON files can hold, has no UTF-8 form.
        data = line.encode("utf-8", errors="replace")
        start = os.lseek(self._file, 0, os.SEEK_END)
        try:
            written = os.write(self._file, data)
            while written < len(data):
                written += os.write(self._file, data[written:])
        except OSError:
            os.ftruncate(self._file, start)
            raise
        if sync:
            os.fsync(self._file)
        return start + len(data)

    def close(self) -> None:
        """Close the file; further appends fail."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _repair(self) -> None:
        end = size = os.fstat(self._file).st_size
        while end > 0:
            start = max(0, end - BLOCK)
            newline = os.pread(self._file, end - start, start).rfind(b"\n")
            end = start + newline + 1 if newline >= 0 else start
            if newline >= 0:
                break
        if end < size:
            os.ftruncate(self._file, end)


def read_from(path: Path, offset: int) -> Iterator[Entry]:
    """Read whole lines of an outbox, whoever writes it at the same time.

    Args:
        path: the file; a missing one holds nothing.
        offset: where to begin, in bytes: 0, or the `end` of an entry.

    Yields:
        The events in their order; a last line that is not whole yet is left for later.
    """
    if not path.exists():
        return
    with path.open("rb") as stream:
        stream.seek(offset)
        for line in stream:
            if not line.endswith(b"\n"):
                return
            offset += len(line)
            yield Entry(_parsed(line), offset)


class Target(NamedTuple):
    """Where events are sent."""

    uri: str
    """MLflow server or database; may hold credentials."""
    experiment: str
    """Name of the sweep and its experiment."""
    artifacts: str
    """Folder for artifacts where `uri` is a database."""

    @property
    def digest(self) -> str:
        """Tells targets apart without telling the credentials."""
        return hashlib.sha256(f"{redact(self.uri)}\n{self.experiment}".encode()).hexdigest()[:16]


class Cursor(NamedTuple):
    """How far the outbox has been sent, and where to."""

    target: str = ""
    """`Target.digest`."""
    experiment: str = ""
    """MLflow's id of the experiment; another one means that the database was made anew."""
    offset: int = 0
    """Bytes of the outbox that MLflow has."""

    @classmethod
    def load(cls, folder: Path) -> "Cursor":
        """Read the cursor of a sweep.

        Args:
            folder: the sweep's folder.

        Returns:
            The cursor; at the start where there is none, or none for this outbox.
        """
        try:
            cursor = cls(**json.loads(SweepFolder(folder).outbox_cursor.read_bytes()))
            return cursor if cursor.offset <= SweepFolder(folder).outbox.stat().st_size else cls()
        except (FileNotFoundError, ValueError, TypeError):
            return cls()

    def offset_for(self, target: Target) -> int:
        """How far the outbox has been sent to this target."""
        return self.offset if self.target == target.digest else 0

    def save(self, folder: Path) -> None:
        """Write the cursor, whole."""
        write_json(SweepFolder(folder).outbox_cursor, self._asdict())


class NotedRuns(NamedTuple):
    """The runs that an outbox knows, each by the unique text in its tag `sweep.key`."""

    sweep: str | None
    """The parent run."""
    trials: dict[TrialKey, str]
    """The latest run of each attempt."""
    unfinished: set[str]
    """Runs of trials that have started and not ended."""


def noted_runs(folder: Path) -> NotedRuns:
    """Look up the runs that a sweep's outbox knows.

    Args:
        folder: the sweep's folder.

    Returns:
        The runs; none where nothing has been noted yet.
    """
    sweep: str | None = None
    trials: dict[TrialKey, str] = {}
    unfinished: set[str] = set()
    for event, _ in read_from(SweepFolder(folder).outbox, 0):
        kind = event.get("kind")
        run = event.get("run", "")
        if kind == "sweep_started":
            sweep = run
        elif kind == "trial_started":
            trials[TrialKey(**event["key"])] = run
            unfinished.add(run)
        elif kind == "trial_ended":
            unfinished.discard(run)
    return NotedRuns(sweep, trials, unfinished)


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return event if isinstance(event, dict) else {}
