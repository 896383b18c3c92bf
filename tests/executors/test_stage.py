"""What an attempt wrote counts only with its result, and only where it is what the worker wrote."""

from dataclasses import replace
from pathlib import Path

import pytest

from support.ill_workers import job
from sweep.errors import SweepError
from sweep.executors.ray.parcel import packed
from sweep.executors.ray.stage import Stage
from sweep.files import sha256
from sweep.records import Status, TrialJob, TrialResult
from sweep.workspace import SweepFolder, TrialFolder


def attempt(folder: Path, asked: TrialJob) -> TrialResult:
    place = TrialFolder(folder)
    place.root.mkdir(parents=True, exist_ok=True)
    place.checkpoint.write_bytes(b"weights")
    place.decision.write_bytes(b"decision")
    return TrialResult(
        key=asked.key, status=Status.COMPLETE, checkpoint=place.checkpoint.name,
        sha256=sha256(place.checkpoint), decision_sha256=sha256(place.decision),
    )  # fmt: skip


@pytest.mark.parametrize("sent", [False, True], ids=["shared folder", "sent"])
@pytest.mark.parametrize("damaged", [None, "checkpoint", "decision"])
def test_files_land_whole_or_not_at_all(tmp_path: Path, sent: bool, damaged: str | None) -> None:
    stage = Stage(tmp_path / "sweep")
    stage.open()
    asked = job(tmp_path / "sweep")
    where = tmp_path / "node" if sent else stage.of(asked)
    result = attempt(where, asked)
    if damaged:
        getattr(TrialFolder(where), damaged).write_bytes(b"other")
    files = packed(where) if sent else None
    if damaged:
        with pytest.raises(SweepError, match="arrived as"):
            stage.land(asked, result, files)
        assert not asked.folder.exists()
    else:
        stage.land(asked, result, files)
        assert sorted(f.name for f in asked.folder.iterdir()) == ["best.ckpt", "decision.json"]
    stage.close()
    assert not SweepFolder(tmp_path / "sweep").staged.exists()


def test_an_attempt_given_up_does_not_write_over_the_next(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.open()
    first = job(tmp_path)
    second = replace(first, key=replace(first.key, attempt=2))
    member = replace(first, key=replace(first.key, fold=0))
    assert len({stage.of(each) for each in (first, second, member)}) == 3
    result = attempt(stage.of(second), second)
    stage.land(second, result, None)
    late = stage.of(first)
    late.mkdir()
    (late / "best.ckpt").write_bytes(b"late")
    assert (first.folder / "best.ckpt").read_bytes() == b"weights"


def test_what_a_killed_command_staged_is_cleared(tmp_path: Path) -> None:
    killed = Stage(tmp_path)
    killed.open()
    Stage(tmp_path).open()
    assert not killed.root.exists()
