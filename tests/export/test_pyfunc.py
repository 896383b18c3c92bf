"""The exported model in MLflow's form gives what the trial gave, from its folder alone."""

import json
import math
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from support.child_environment import lonely_environment
from support.trained_sweep import Trained

# MLflow 3.17 asks SQLAlchemy 2.1 for a loader strategy that it will drop.
pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader:DeprecationWarning")


SCORE = """
import json, sys, warnings
import mlflow.pyfunc, pandas
model = mlflow.pyfunc.load_model(sys.argv[1])
answer = model.predict(pandas.DataFrame({"text": json.load(sys.stdin)}))
import sweep
print(json.dumps({"where": sweep.__file__, **answer.to_dict("list")}))
"""


def test_a_fresh_process_without_sweep_gives_the_trials_probabilities(
    model: Path, made: Trained, tmp_path: Path
) -> None:
    texts, _ = made.split.part("validation")
    moved = shutil.copytree(model / "mlflow", tmp_path / "elsewhere")
    done = subprocess.run(
        [sys.executable, "-c", SCORE, str(moved)],
        input=json.dumps(["", *texts]),
        capture_output=True,
        text=True,
        env=lonely_environment(),
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
    answer = json.loads(done.stdout.splitlines()[-1])
    assert Path(answer["where"]).is_relative_to(moved)
    np.testing.assert_allclose(
        answer["probability_spam"][1:], made.probabilities, rtol=0, atol=1e-6
    )
    yes = made.probabilities >= made.result.threshold
    assert math.isnan(answer["probability_spam"][0])
    assert answer["label"][0] != answer["label"][0]  # pandas' missing value
    assert answer["label"][1:] == ["spam" if y else "ham" for y in yes]
