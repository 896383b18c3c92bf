"""Where an attempt on another node writes until its result counts."""

import os
import secrets
import shutil
from collections.abc import Sequence
from pathlib import Path

from sweep.errors import SweepError
from sweep.executors.ray.parcel import Packed, unpack
from sweep.files import sha256
from sweep.records import TrialJob, TrialResult
from sweep.workspace import SweepFolder, TrialFolder


class Stage:
    """A folder for each attempt: one on a node that was given up may still write, and must not write over another.

    Args:
        folder: the sweep's own folder.
    """

    def __init__(self, folder: Path) -> None:
        self._all = SweepFolder(folder).staged
        self.word = secrets.token_hex(8)
        self.root = self._all / self.word
        self.token = self.root / "token"
        """A file by which a node tells whether it sees this folder: `word` stands in it."""

    def open(self) -> None:
        """Make the stage, and clear away that of a command that was killed."""
        shutil.rmtree(self._all, ignore_errors=True)
        self.root.mkdir(parents=True)
        self.token.write_text(self.word, encoding="utf-8")

    def of(self, job: TrialJob) -> Path:
        """Folder of an attempt.

        Args:
            job: the attempt's.
        """
        fold = "" if job.key.fold is None else f"-fold-{job.key.fold}"
        return self.root / f"{job.key.trial}{fold}-{job.key.attempt}"

    def land(self, job: TrialJob, result: TrialResult, files: Sequence[Packed] | None) -> None:
        """Put into the trial's folder what an attempt left, each file at once.

        Args:
            job: the attempt's.
            result: how it ended.
            files: what came with the result; None where it lies on the stage.

        Raises:
            SweepError: it is not what the worker wrote.
            OSError: it cannot be read or written.
        """
        if files is not None:
            unpack(files, self.of(job))
        staged = TrialFolder(self.of(job))
        if result.checkpoint is not None:
            for path, digest in (
                (staged.checkpoint, result.sha256),
                (staged.decision, result.decision_sha256),
            ):
                if (found := sha256(path)) != digest:
                    raise SweepError(f"{path.name} was written as {digest} and arrived as {found}")
        for source in sorted(path for path in staged.root.rglob("*") if path.is_file()):
            target = job.folder / source.relative_to(staged.root)
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(source, target)

    def clear(self, job: TrialJob) -> None:
        """Remove an attempt's folder.

        Args:
            job: the attempt's.
        """
        shutil.rmtree(self.of(job), ignore_errors=True)

    def close(self) -> None:
        """Remove the stage."""
        shutil.rmtree(self._all, ignore_errors=True)
