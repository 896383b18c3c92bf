"""Records that several files look at, made once."""

from pathlib import Path

import pytest

from support.made_records import make_records
from sweep.page.records import Records


@pytest.fixture(scope="session")
def records(tmp_path_factory: pytest.TempPathFactory) -> Records:
    return make_records(tmp_path_factory.mktemp("plain") / "made")


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Records:
    return make_records(tmp_path_factory.mktemp("hostile") / "made", hostile=True)


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Records:
    """A sweep of which no trial has completed."""
    made = make_records(tmp_path_factory.mktemp("empty") / "made")
    names = ("budget", "complete", "no_learning", "pruned", "failed", "interrupted", "failures")
    arms = {arm: {name: told[name] for name in names} for arm, told in made.found["arms"].items()}
    kept = (
        "name",
        "search",
        "seed",
        "wall_s",
        "trials_per_hour",
        "trials_run",
        "test_reads",
        "objective",
    )
    found = {name: made.found[name] for name in (*kept, "threshold_for")}
    failed = [t | {"value": None, "status": "FAILED", "reason": "raised"} for t in made.trials]
    return Records(
        found=found | {"status": "fruitless", "arms": arms},
        trials=failed,
        parameters=made.parameters,
        compare=made.compare,
        objective=made.objective,
        folder=type(made.folder)(Path(made.folder.root.parent / "nothing")),
        command="python -m sweep +search=made",
    )
