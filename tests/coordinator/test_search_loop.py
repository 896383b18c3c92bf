"""The coordinator: the exact budget, whatever happens to its workers or to itself."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from support import ill_workers, scripted_search
from support.child_environment import child_environment
from sweep.config import Config, SamplerName, SearchConfig
from sweep.config.settings import value_of
from sweep.coordinator.search_loop import SearchLoop
from sweep.executors.local import LocalExecutor
from sweep.records import Ending, Reason, Status, TrialJob
from sweep.search.study import ArmStudy
from sweep.seeds import derive
from sweep.tracking.tracker import noted_runs

Known = dict[str, list[tuple[int, dict[str, object], float | None]]]


def known(studies: dict[str, ArmStudy]) -> Known:
    return {
        arm: [(r.number, dict(r.values), r.value) for r in study.records()]
        for arm, study in studies.items()
    }


def test_every_arm_gets_its_exact_budget(tmp_path):
    ending, studies, watch, _ = scripted_search.search(tmp_path, ill_workers.healthy)
    assert ending is Ending.complete
    assert {arm: len(study.records()) for arm, study in studies.items()} == {"lstm": 4, "gru": 4}
    assert len(watch.results) == 8
    assert noted_runs(tmp_path / "tried").unfinished == set()
    again, _, watch, _ = scripted_search.search(tmp_path, ill_workers.healthy)
    assert (again, watch.results) == (Ending.complete, [])


def test_the_first_trial_of_an_arm_is_the_configuration_itself(tmp_path):
    config = scripted_search.make_config(trials=1)
    _, studies, _, _ = scripted_search.search(tmp_path, ill_workers.healthy, config=config)
    for arm, study in studies.items():
        expected = {"model.cell": arm, "model.hidden": 128, "optimizer.learning_rate": 2e-3}
        assert dict(study.records()[0].values) == expected


def test_a_worker_that_dies_is_replaced_under_the_seed_of_its_number(tmp_path, monkeypatch):
    jobs = []
    submit = LocalExecutor.submit

    def noted(executor: LocalExecutor, job: TrialJob) -> None:
        jobs.append(job)
        submit(executor, job)

    monkeypatch.setattr(LocalExecutor, "submit", noted)
    ending, studies, watch, _ = scripted_search.search(tmp_path, ill_workers.first_attempt_dies)
    records = [r for study in studies.values() for r in study.records()]
    assert ending is Ending.complete
    assert {(r.status, r.attempt) for r in records} == {(Status.COMPLETE, 2)}
    assert sum(again for _, again in watch.results) == 8
    assert len(noted_runs(tmp_path / "tried").trials) == 16
    # One seed a number: the arms are compared under the same ones, and a new attempt is the same trial.
    assert len({(job.key, job.seed) for job in jobs}) == 16
    assert {(job.key.number, job.seed) for job in jobs} == {
        (number, derive(0, "trial", number)) for number in range(4)
    }
    proposed = {(a, r.number): dict(r.values) for a, s in studies.items() for r in s.records()}
    for job in jobs:
        found = {path: value_of(job.config, path) for path in proposed[job.key.arm, 0]}
        assert found == proposed[job.key.arm, job.key.number]


def test_a_trial_that_dies_every_time_costs_only_itself(tmp_path):
    config = scripted_search.make_config(attempts=3)
    ending, studies, _, _ = scripted_search.search(
        tmp_path, ill_workers.odd_numbers_die, config=config
    )
    assert ending is Ending.complete
    for study in studies.values():
        ended = [(r.status, r.reason, r.attempt) for r in study.records()]
        well, dead = (Status.COMPLETE, None, 1), (Status.FAILED, Reason.exited, 3)
        assert ended == [well, dead, well, dead]


@pytest.mark.parametrize(
    ("work", "attempts"), [(ill_workers.killed, 2), (ill_workers.diverges, 1)]
)
def test_a_sweep_in_which_nothing_works_ends_soon(tmp_path, work, attempts):
    config = scripted_search.make_config(trials=20, give_up_after=3)
    ending, studies, watch, coordinator = scripted_search.search(tmp_path, work, config=config)
    assert ending is Ending.given_up
    assert "3 trials in a row failed" in coordinator.given_up
    assert {
        r.attempt
        for s in studies.values()
        for r in s.records()
        if r.reason is not Reason.interrupted
    } == {attempts}
    assert len(watch.results) <= 10


def test_a_line_that_has_raised_twice_costs_no_further_attempt(tmp_path):
    """Also after a stop: what is known to repeat is read from the studies."""
    config = scripted_search.make_config(trials=3, attempts=3, give_up_after=50)
    first = scripted_search.search(
        tmp_path, ill_workers.raises, workers=1, stop_after=3, config=config
    )
    ended, studies, watch, _ = scripted_search.search(
        tmp_path, ill_workers.raises, workers=1, config=config
    )
    assert (first[0], ended) == (Ending.interrupted, Ending.fruitless)
    tried = [result.key.trial for result, _ in [*first[2].results, *watch.results]
             if result.reason is Reason.raised]  # fmt: skip
    assert sorted(set(tried)) == ["gru-0", "gru-1", "gru-2", "lstm-0", "lstm-1", "lstm-2"]
    assert len(tried) == 7  # one line, tried again once
    records = [r for study in studies.values() for r in study.records()]
    assert {r.where and r.where.partition(":")[0] for r in records} == {ill_workers.__file__}


def test_a_trial_that_takes_too_long_is_tried_once(tmp_path):
    config = scripted_search.make_config(trials=1, attempts=3)
    _, studies, watch, _ = scripted_search.search(
        tmp_path, ill_workers.hangs, config=config, timeout=0.5
    )
    assert [(r.reason, again) for r, again in watch.results] == [(Reason.timeout, False)] * 2


LENGTHS = {"type": "float", "low": 0.5, "high": 3.0, "step": 0.5}
"""Both bounds are lengths that a text may have; 1.5 and 2.5 are neither a share nor a number of tokens."""


def grid_of(space: dict[str, object], **changes: int) -> Config:
    config = scripted_search.make_config(trials=20, **changes)
    config.search = SearchConfig(name="tried", trials=20, space=space)
    config.sampler.name = SamplerName.grid
    return config


@pytest.mark.parametrize("workers", [1, 2])
def test_a_combination_that_the_settings_refuse_costs_only_itself(tmp_path, workers):
    config = grid_of({"text": {"max_length": LENGTHS}})
    ending, studies, watch, _ = scripted_search.search(
        tmp_path, ill_workers.healthy, workers=workers, config=config
    )
    assert ending is Ending.complete
    records = studies["all"].records()
    ended = {r.values["text.max_length"]: (r.status, r.reason) for r in records}
    refused = (Status.FAILED, Reason.refused)
    assert {length for length, how in ended.items() if how == refused} == {1.5, 2.5}
    assert {how for how in ended.values() if how != refused} == {(Status.COMPLETE, None)}
    assert len(records) == len(watch.results) == 6
    assert "but got 2.5" in next(r.message for r in records if r.values["text.max_length"] == 2.5)
    assert len(noted_runs(tmp_path / "tried").trials) == 6
    assert noted_runs(tmp_path / "tried").unfinished == set()
    assert scripted_search.make_studies(tmp_path, config)["all"].records() == records


def test_a_sweep_in_which_nothing_but_refusals_comes_ends_soon(tmp_path):
    lengths = LENGTHS | {"low": 1.0, "high": 2.0, "step": 0.125}
    config = grid_of({"text": {"max_length": lengths}}, give_up_after=3)
    ending, studies, _, coordinator = scripted_search.search(
        tmp_path, ill_workers.diverges, config=config
    )
    assert ending is Ending.given_up
    assert "the reason `refused`" in coordinator.given_up
    assert all(r.status is not None for r in studies["all"].records())


def test_a_stop_while_slots_are_filled_is_no_completion(tmp_path, monkeypatch):
    fill = SearchLoop._fill

    def stopped_and_filled(loop: SearchLoop) -> None:
        loop.stop()
        fill(loop)

    monkeypatch.setattr(SearchLoop, "_fill", stopped_and_filled)
    ending, studies, _, _ = scripted_search.search(tmp_path, ill_workers.healthy)
    assert ending is Ending.interrupted
    assert [study.left for study in studies.values()] == [4, 4]


def test_a_stop_leaves_every_trial_in_a_final_state(tmp_path):
    ending, studies, _, coordinator = scripted_search.search(
        tmp_path, ill_workers.slow, stop_after=3
    )
    assert ending is Ending.interrupted
    assert coordinator.executor.running == {}
    assert all(r.status is not None for study in studies.values() for r in study.records())
    assert noted_runs(tmp_path / "tried").unfinished == set()


def test_one_worker_stopped_and_resumed_equals_one_that_was_not(tmp_path):
    (tmp_path / "whole").mkdir()
    (tmp_path / "parts").mkdir()
    _, whole, _, _ = scripted_search.search(tmp_path / "whole", ill_workers.healthy, workers=1)
    endings = [
        scripted_search.search(
            tmp_path / "parts", ill_workers.healthy, workers=1, stop_after=stop
        )[0]
        for stop in (1, 3, 0, None)
    ]
    assert endings == [Ending.interrupted] * 3 + [Ending.complete]
    assert known(
        scripted_search.make_studies(tmp_path / "parts", scripted_search.make_config())
    ) == known(whole)


def kill_and_resume(folder: Path, seed: int) -> None:
    draw = random.Random(seed)
    command = [sys.executable, "-m", "support.scripted_search", str(folder)]
    first = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=child_environment())
    outbox = folder / "tried" / "outbox.jsonl"
    while not outbox.exists() or b"trial_started" not in outbox.read_bytes():
        assert first.poll() is None
        time.sleep(0.01)
    time.sleep(draw.uniform(0, 2))
    first.kill()
    first.wait()
    before = scripted_search.make_studies(folder, scripted_search.make_config())
    done = {a: [r for r in s.records() if r.status is Status.COMPLETE] for a, s in before.items()}
    told = subprocess.run(
        command, check=True, capture_output=True, text=True, env=child_environment()
    ).stdout
    assert told.strip() == "complete"
    after = scripted_search.make_studies(folder, scripted_search.make_config())
    for arm, study in after.items():
        records = study.records()
        assert [r.number for r in records] == [0, 1, 2, 3]
        assert {r.status for r in records} <= {Status.COMPLETE, Status.PRUNED}
        assert all(r in records for r in done[arm])
    assert noted_runs(folder / "tried").unfinished == set()


@pytest.mark.parametrize("seed", range(2))
def test_a_killed_coordinator_is_resumed_to_the_exact_budget(tmp_path, seed):
    kill_and_resume(tmp_path, seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10, 20))
def test_a_killed_coordinator_is_resumed_ten_of_ten(tmp_path, seed):
    kill_and_resume(tmp_path, seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_a_killed_worker_costs_nothing_ten_of_ten(tmp_path, seed):
    draw = random.Random(seed)
    command = [sys.executable, "-m", "support.scripted_search", str(tmp_path)]
    coordinator = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=child_environment()
    )
    victim = None
    while victim is None:
        assert coordinator.poll() is None
        started = [
            p for p in psutil.Process(coordinator.pid).children(recursive=True) if _works(p)
        ]
        victim = draw.choice(started) if started else None
    time.sleep(draw.uniform(0, 0.3))
    if victim.is_running():
        os.kill(victim.pid, signal.SIGKILL)
    assert coordinator.communicate()[0].strip() == "complete"
    for study in scripted_search.make_studies(tmp_path, scripted_search.make_config()).values():
        assert [r.status for r in study.records() if r.status is Status.FAILED] == []
        assert len(study.records()) == 4


def _works(process: psutil.Process) -> bool:
    # A worker is a child of the server process, which is a child of the coordinator.
    try:
        parent = process.parent()
        return parent is not None and "forkserver" in " ".join(parent.cmdline())
    except psutil.NoSuchProcess:
        return False
