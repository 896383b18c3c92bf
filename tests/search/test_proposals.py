"""A trial's result as the storage keeps it: JSON, and the same record again."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sweep.records import Reason, Status, Stopped, TrialKey, TrialResult
from sweep.search.proposals import TrialRecord, as_json, as_record

RUNNING = TrialRecord(number=3, values={"model.cell": "gru"}, attempt=2, replicate_of=1)
KEY = TrialKey(arm="gru", number=3, attempt=2)
RESULTS: dict[str, dict[str, Any]] = {
    "complete": {
        "status": Status.COMPLETE,
        "stopped": Stopped.early_stopping,
        "value": 0.75,
        "epoch": 4,
        "epochs": 6,
        "threshold": 0.4,
        "metrics": {"mcc": 0.5, "log_loss": float("inf")},
        "seconds": 1.5,
        "checkpoint": "best.ckpt",
        "sha256": "00ff",
    },
    "pruned": {"status": Status.PRUNED, "stopped": Stopped.pruned, "value": 0.1, "epochs": 1},
    "failed": {"status": Status.FAILED, "reason": Reason.crashed, "message": "SIGSEGV"},
}


@pytest.mark.parametrize("fields", RESULTS.values(), ids=RESULTS)
def test_a_result_comes_back_from_json_as_the_record_of_its_trial(fields: dict[str, Any]) -> None:
    written = as_json(TrialResult(key=KEY, **fields), steps=5, judged={"rung": 1})
    kept = json.loads(json.dumps(written))
    whole = replace(RUNNING, **fields, wall_s=fields.get("seconds", 0.0))
    assert as_record(RUNNING, kept) == whole, (
        "a result that knows no other time took its own seconds"
    )
    assert (kept["steps"], kept["judged"]) == (5, {"rung": 1})


def test_numbers_of_numpy_are_written_as_plain_ones() -> None:
    result = TrialResult(
        key=KEY, status=Status.COMPLETE, value=np.float32(0.5), threshold=np.float64(0.25),
        metrics={"f1": np.float32(0.125)}, seconds=np.float32(2),
    )  # fmt: skip
    written = as_json(result, steps=1, judged={})
    numbers = [
        written["value"],
        written["threshold"],
        written["metrics"]["f1"],
        written["seconds"],
    ]
    assert numbers == [0.5, 0.25, 0.125, 2.0]
    assert {type(number) for number in numbers} == {float}
