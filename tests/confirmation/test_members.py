"""Members on disk: taken up whole and for the same job only."""

from dataclasses import replace
from pathlib import Path

import pytest

from support import confirmations, members_at_work
from sweep.confirmation.members import digest, ended, job_of, keep, kept
from sweep.records import Reason, Status, TrialJob, TrialResult
from sweep.workspace import SweepFolder, TrialFolder


def make_job(folder: Path, *, fold: int = 1, corpus: str = "corpus1") -> TrialJob:
    return job_of(
        confirmations.finalists()[0],
        fold,
        config=confirmations.make_config(folder),
        corpora=[folder / corpus] * 4,
        folder=SweepFolder(folder / "tried"),
    )


@pytest.fixture
def job(tmp_path: Path) -> TrialJob:
    return make_job(tmp_path)


def trained(job: TrialJob) -> TrialResult:
    return members_at_work.trains(job, lambda report: False)


def test_what_was_kept_is_taken_up(job: TrialJob) -> None:
    assert kept(job) is None
    result = trained(job)
    member = keep(job, result)
    assert kept(job) == member
    assert member.result == result
    assert member.size == TrialFolder(job.folder).checkpoint.stat().st_size
    assert ended(job.key, TrialFolder(job.folder)) == result
    assert ended(replace(job.key, attempt=2), TrialFolder(job.folder)) is None


def test_an_attempt_keeps_its_number(job: TrialJob) -> None:
    second = replace(job.key, attempt=2)
    keep(job, replace(trained(job), key=second))
    taken = kept(job)
    assert taken is not None
    assert taken.result.key == second


def test_a_member_has_no_probe_and_a_job_is_the_same_with_one(job: TrialJob) -> None:
    assert job.config.trainer.probe is False
    watched = replace(
        job, config=replace(job.config, trainer=replace(job.config.trainer, probe=True))
    )
    assert digest(watched) == digest(job)
    assert "probe" not in job.settings()["trainer"]


@pytest.mark.parametrize("name", ["checkpoint", "decision", "validation"])
@pytest.mark.parametrize("illness", ["changed", "missing"])
def test_a_damaged_member_is_not_taken_up(job: TrialJob, name: str, illness: str) -> None:
    keep(job, trained(job))
    file: Path = getattr(TrialFolder(job.folder), name)
    if illness == "missing":
        file.unlink()
    else:
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 1
        file.write_bytes(content)
    assert kept(job) is None


def test_a_member_of_another_job_is_not_taken_up(tmp_path: Path, job: TrialJob) -> None:
    keep(job, trained(job))
    others = [
        replace(job, seed=job.seed + 1),
        replace(job, corpus=tmp_path / "corpus2"),
        replace(job, config=replace(job.config, trainer=replace(job.config.trainer, patience=9))),
    ]
    assert [kept(other) for other in others] == [None] * 3
    elsewhere = replace(job, config=replace(job.config, workdir="elsewhere"))
    assert kept(elsewhere) is not None, "where it runs decides nothing"
    assert digest(elsewhere) == digest(job)


@pytest.mark.parametrize(
    ("reason", "taken"),
    [
        (Reason.diverged, True),
        (Reason.refused, True),
        (Reason.crashed, False),
        (Reason.timeout, False),
    ],
)
def test_a_failure_is_kept_where_it_would_come_again(
    job: TrialJob, reason: Reason, taken: bool
) -> None:
    failed = TrialResult(key=job.key, status=Status.FAILED, reason=reason, message="one\ntwo")
    member = keep(job, failed)
    assert (kept(job) == member) is taken
    assert (member.answered.score, member.answered.why) == (None, "one")


def test_a_member_that_starts_late_is_given_all_its_epochs(job: TrialJob, tmp_path: Path) -> None:
    assert confirmations.make_config(tmp_path).trainer.chance_share < 1
    assert job.config.trainer.chance_share == 1
