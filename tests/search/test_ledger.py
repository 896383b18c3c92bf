"""The ledger: a database that may lie anywhere, be shared and be killed, and what it keeps."""

import itertools
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import optuna
import pytest
from optuna.storages import RDBStorage

from support.arm_studies import (
    run,
)
from support.child_environment import child_environment
from sweep.errors import UserError
from sweep.records import Stopped
from sweep.search.ledger import open_storage
from sweep.search.study import ArmStudy


def test_a_trial_that_another_program_ended_is_run_again(
    study: Callable[..., ArmStudy], storage: RDBStorage
) -> None:
    lost = study().next()
    storage.set_trial_state_values(lost.trial_id, optuna.trial.TrialState.FAIL)
    assert study().records()[0].message.startswith("Another program")
    back = study().next()
    assert (back.number, back.attempt, back.values) == (0, 2, lost.values)


def test_everything_told_is_there_after_a_restart(study: Callable[..., ArmStudy]) -> None:
    arm = study()
    more = {
        "epoch": 1,
        "threshold": 0.4,
        "metrics": {"mcc": 0.9, "log_loss": float("inf")},
        "seconds": 1.5,
        "checkpoint": "best.ckpt",
        "sha256": "00ff",
    }
    run(arm, arm.next(), [0.1, 0.7, 0.7], stopped=Stopped.early_stopping, **more)
    record = study().records()[0]
    assert record == arm.records()[0]
    assert {name: getattr(record, name) for name in more} == more
    assert (record.value, record.epochs, record.stopped) == (0.7, 3, Stopped.early_stopping)


@pytest.mark.parametrize("folder", ["plain", "with space", "50%", "a{b}", "q?x#y", "ünï"])
def test_the_database_may_lie_in_any_folder(tmp_path: Path, folder: str) -> None:
    path = tmp_path / folder / "optuna.db"
    open_storage(path).create_new_study([optuna.study.StudyDirection.MAXIMIZE], "s")
    assert path.is_file()
    assert open_storage(path).get_study_id_from_name("s") == 1


def test_a_study_begins_with_its_first_trial_and_keeps_its_direction(
    study: Callable[..., ArmStudy], storage: RDBStorage
) -> None:
    def begun() -> bool:
        return any("begins_with" in name for name in optuna.get_all_study_names(storage))

    other_way = study(maximize=False)
    assert (other_way.records(), other_way.interrupt("stopped"), begun()) == ([], 0, False)
    assert study().next() is not None
    assert begun()
    with pytest.raises(UserError, match="started to maximise"):
        study(maximize=False)


OPENED = """
import sys, time
from pathlib import Path
from sweep.search.ledger import open_storage

folder = Path(sys.argv[1])
open_storage(folder / f"own-{sys.argv[2]}.db")
print("ready", flush=True)
began = float(sys.stdin.readline())
for turn in range(6):
    time.sleep(max(0, began + turn / 2 - time.time()))
    open_storage(folder / f"{turn}.db")
"""


def test_two_first_commands_share_a_new_database(tmp_path: Path) -> None:
    piped = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    words = [sys.executable, "-c", OPENED, str(tmp_path)]
    both = [
        subprocess.Popen([*words, name], env=child_environment(), text=True, **piped)
        for name in "ab"
    ]
    assert [opening.stdout.readline() for opening in both] == ["ready\n"] * 2
    soon = time.time() + 0.2
    for opening in both:
        opening.stdin.write(f"{soon}\n")
        opening.stdin.flush()
    told = [opening.communicate(timeout=60)[1] for opening in both]
    assert (told, [opening.returncode for opening in both]) == ([""] * 2, [0] * 2)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "optuna.db").write_text("text, text, and more text " * 100)
    with pytest.raises(UserError, match="optuna.db must be a database of Optuna"):
        open_storage(tmp_path / "optuna.db")


KILLED = """
import sys
from pathlib import Path
from search.test_ledger import kill_after
from support.arm_studies import ARM, TREE, finish, make_config, outcome
from sweep.search.ledger import open_storage
from sweep.search.space import Space
from sweep.search.study import ArmStudy

path, sweep, kill_at = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
config = make_config(TREE, sweep)
config.seed, config.search.trials, config.trainer.max_epochs = 3, 12, 9
config.sampler.startup_trials = 4
arm = ArmStudy(open_storage(path), config, Space.of(config), ARM)
kill_after(kill_at)
arm.interrupt("killed")
finish(arm)
print([outcome(record) for record in arm.records()])
"""


def kill_after(writes: int) -> None:
    """Kill this process with SIGKILL at its so-manieth write to the storage."""
    left = itertools.count(writes, -1)
    for name in ("create_new_trial", "set_trial_intermediate_value", "set_trial_user_attr",
                 "set_trial_state_values"):  # fmt: skip
        original = getattr(RDBStorage, name)

        def writing(*args: Any, _original: Any = original, **more: Any) -> Any:
            if next(left) == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return _original(*args, **more)

        setattr(RDBStorage, name, writing)


@pytest.mark.slow
def test_ten_kills_at_random_writes_change_nothing(tmp_path: Path) -> None:
    def process(sweep: str, kill_at: int) -> subprocess.CompletedProcess[str]:
        words = [sys.executable, "-c", KILLED, str(tmp_path / "o.db"), sweep, str(kill_at)]
        # Each process hashes its sets of names in another order.
        env = child_environment(PYTHONHASHSEED=str(kill_at))
        return subprocess.run(words, env=env, capture_output=True, text=True, check=False)

    draw = random.Random(0)
    codes = [process("resumed", draw.randrange(1, 25)).returncode for _ in range(10)]
    assert codes.count(-signal.SIGKILL) >= 5
    resumed, whole = process("resumed", 10**9), process("whole", 10**8)
    assert (resumed.returncode, whole.returncode) == (0, 0)
    assert resumed.stdout == whole.stdout != ""
