"""The commands sweep, export and predict, one after another."""

import subprocess
import sys
from pathlib import Path

import pytest

from support.child_environment import child_environment

# MLflow 3.17 asks SQLAlchemy 2.1 for a loader strategy that it will drop.
pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader:DeprecationWarning")


@pytest.mark.slow
def test_the_commands_one_after_another(tmp_path: Path) -> None:
    words = ["+search=smoke", "executor.workers=1"]

    def sweep(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "sweep", *arguments],
            cwd=tmp_path,
            env=child_environment(),
            capture_output=True,
            text=True,
        )
        assert done.returncode in (0, 2), done.stdout + done.stderr
        return done.stdout + done.stderr

    assert "run it first" in sweep("export", *words)
    sweep(*words)
    assert "Leave out what is given beside `name=`" in sweep(
        "export", *words, "trainer.batch_size=3"
    )
    assert "registered as smoke version 1, alias champion" in sweep("export", *words)
    assert "registered as smoke version 1, alias champion" in sweep("export", *words)
    (tmp_path / "in.csv").write_text("text\nhello there\n")
    said = sweep("predict", "model=best-model", "input=in.csv", "output=out.csv")
    assert "1 text of the column `text`" in said
    assert (
        (tmp_path / "out.csv")
        .read_text()
        .startswith("text,probability_complaint,label\nhello there,0.")
    )
    (tmp_path / "best-model" / "members" / "1" / "weights.pt").write_bytes(b"x")
    said = sweep("predict", "model=best-model", "input=in.csv", "output=out.csv")
    assert "best-model/members/1/weights.pt is not the file that was exported" in said
