"""The confirmation: the same outcome whatever happens to its workers or to itself."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from support import confirmations, members_at_work, scripted_search
from support.child_environment import child_environment
from support.confirmations import confirm, told
from support.executed_jobs import until_result
from sweep.confirmation.members import keep
from sweep.coordinator.retries import close_leftovers
from sweep.records import Ending, Reason
from sweep.tracking.outbox import noted_runs
from sweep.tracking.tracker import Tracker
from sweep.workspace import SweepFolder, TrialFolder


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    ending, outcome, _ = confirm(tmp_path_factory.mktemp("undisturbed"), workers=1)
    assert ending is Ending.complete
    return told(outcome)


def test_each_arms_best_has_every_fold(undisturbed: dict[str, Any]) -> None:
    found = undisturbed["confirm"]["finalists"]
    assert len(found["lstm-0"]["scores"]) == len(found["gru-1"]["scores"]) == 4
    assert "dropped" in found["lstm-2"]
    assert len(found["lstm-2"]["scores"]) < 4
    assert undisturbed["best"]["arm"] == "lstm"


def test_all_finalists_share_seeds_and_corpora_fold_by_fold(tmp_path: Path) -> None:
    loop = confirmations.confirmation(tmp_path)
    jobs = [[loop._job(f, fold) for fold in range(4)] for f in loop.entered]
    for fold in range(4):
        assert len({(row[fold].seed, row[fold].corpus) for row in jobs}) == 1
    assert len({job.seed for job in jobs[0]}) == 4
    assert {job.config.model.hidden for row in jobs for job in row} == {48, 24, 16, 32, 40}


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_the_number_of_workers_changes_nothing(
    tmp_path: Path, undisturbed: dict[str, Any], workers: int
) -> None:
    ending, outcome, _ = confirm(tmp_path, workers=workers)
    assert ending is Ending.complete
    assert told(outcome) == undisturbed
    assert noted_runs(tmp_path / "tried").unfinished == set()


def test_once_more_trains_nothing(tmp_path: Path) -> None:
    _, before, results = confirm(tmp_path)
    assert results
    ending, after, again = confirm(tmp_path)
    assert (ending, again) == (Ending.complete, [])
    assert told(after) == told(before)


def test_a_worker_that_dies_is_replaced(tmp_path: Path, undisturbed: dict[str, Any]) -> None:
    ending, outcome, results = confirm(tmp_path, members_at_work.first_attempt_dies)
    assert ending is Ending.complete
    assert told(outcome) == undisturbed
    assert sum(again for _, again in results) == len(results) / 2


@pytest.mark.parametrize(
    ("work", "attempts", "why"),
    [
        (members_at_work.one_always_dies, 2, "exit code 3"),
        (members_at_work.one_diverges, 1, "planted"),
    ],
    ids=["dies", "diverges"],
)
def test_a_member_that_fails_takes_its_finalist_out(
    tmp_path: Path, work: Any, attempts: int, why: str
) -> None:
    ending, outcome, results = confirm(tmp_path, work)
    assert ending is Ending.complete
    found = told(outcome)
    dropped = found["confirm"]["finalists"]["lstm-0"]["dropped"]
    assert dropped.startswith("fold 2 failed: ")
    assert why in dropped
    assert "\n" not in dropped
    assert len([r for r, _ in results if r.reason is not None]) == attempts
    assert found["best"]["arm"] == "gru"
    # What may end otherwise is tried by the next command, what would end the same is not.
    _, outcome, results = confirm(tmp_path, members_at_work.trains)
    assert told(outcome)["best"]["arm"] == ("lstm" if attempts == 2 else "gru")


def test_an_objective_that_is_no_number_is_a_failure(tmp_path: Path) -> None:
    ending, outcome, results = confirm(tmp_path, members_at_work.gives_no_number)
    assert ending is Ending.complete
    assert outcome.winner is None
    assert {result.reason for result, _ in results} == {Reason.diverged}
    found = told(outcome)
    assert "best" not in found
    assert "verdict" not in found


def test_a_stop_is_answered_and_the_rest_is_done_later(
    tmp_path: Path, undisturbed: dict[str, Any]
) -> None:
    done = 0
    for _ in range(30):
        loop = confirmations.confirmation(tmp_path, members_at_work.slow)
        watch = scripted_search.Watch()
        watch.stop_after, watch.loop = 1, loop  # type: ignore[assignment]
        ending = loop.run(watch)
        done += len([r for r, _ in watch.results])
        assert noted_runs(tmp_path / "tried").unfinished == set()
        if ending is Ending.complete:
            break
        assert loop.executor.running == {}
    assert told(loop.outcome()) == undisturbed
    assert done >= 14


@pytest.mark.parametrize("name", ["checkpoint", "member"])
def test_a_damaged_member_is_trained_again(
    tmp_path: Path, undisturbed: dict[str, Any], name: str
) -> None:
    confirm(tmp_path)
    place = TrialFolder(tmp_path / "tried" / "confirm" / "lstm-0" / "2")
    file: Path = getattr(place, name)
    if name == "member":
        file.unlink()
    else:
        file.write_bytes(file.read_bytes() + b" ")
    ending, outcome, results = confirm(tmp_path)
    assert ending is Ending.complete
    assert [r.key.name for r, _ in results] == ["lstm-0 fold 3"]
    assert told(outcome) == undisturbed


def test_other_settings_train_other_members(tmp_path: Path) -> None:
    _, _, first = confirm(tmp_path)
    config = confirmations.make_config(tmp_path)
    config.trainer.max_epochs += 1
    _, _, again = confirm(tmp_path, config=config)
    assert {r.key for r, _ in again} == {r.key for r, _ in first}


def kill_at_random(folder: Path, workers: int, draw: random.Random) -> list[int]:
    """Give the command again and again, killed each time, until one ends by itself."""
    codes = []
    for _ in range(40):
        command = [sys.executable, "-m", "support.confirmations", str(folder), str(workers)]
        running = subprocess.Popen(
            command, env=child_environment(), stdout=subprocess.PIPE, text=True
        )
        assert running.stdout is not None
        # A member has ended: every round makes progress.
        next((line for line in running.stdout if line.startswith("[")), None)
        time.sleep(draw.uniform(0, 0.6))
        running.send_signal(signal.SIGKILL)
        running.communicate()
        codes.append(running.returncode)
        if running.returncode == 0:
            break
    return codes


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_killed_at_random_moments_it_ends_with_the_same_verdict(
    tmp_path: Path, undisturbed: dict[str, Any], seed: int
) -> None:
    codes = kill_at_random(tmp_path, 1 + seed % 2, random.Random(seed))
    assert codes[-1] == 0
    assert codes.count(-signal.SIGKILL) >= 2, codes
    ending, outcome, results = confirm(tmp_path)
    assert (ending, results) == (Ending.complete, [])
    assert told(outcome) == undisturbed


def test_mlflows_runs_of_a_killed_command_are_closed(tmp_path: Path) -> None:
    loop = confirmations.confirmation(tmp_path)
    finalist = loop.entered[0]
    for fold in (0, 1):
        loop.tracker.trial_started(loop._job(finalist, fold).key, {}, {})
    loop.executor.submit(job := loop._job(finalist, 0))
    result = until_result(loop.executor)[-1]
    keep(job, result)  # type: ignore[arg-type]
    loop.tracker.close()
    folder = SweepFolder(tmp_path / "tried")
    tracker = Tracker(
        folder.root, uri="sqlite:///never.db", experiment="tried", artifacts=tmp_path
    )
    assert {key.fold for key in tracker.unfinished} == {0, 1}
    assert close_leftovers({}, tracker, folder) == 0
    tracker.close()
    ends = [line for line in folder.outbox.read_text().splitlines() if "trial_ended" in line]
    assert ['"FINISHED"' in line for line in ends] == [True, False]
    assert '"KILLED"' in ends[1]
    assert noted_runs(folder.root).unfinished == set()
