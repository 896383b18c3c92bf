"""Every trial as a line."""

import csv
from pathlib import Path

from support.told_studies import make_config, make_studies
from sweep.records import Reason, Status
from sweep.report.trials_table import trials_csv


def test_every_trial_is_a_line(tmp_path: Path) -> None:
    mixed = [0.5, Status.PRUNED, Reason.diverged]
    told = {"lstm": mixed, "gru": [0.25]}
    studies = make_studies(tmp_path, told, config=make_config(tmp_path))
    lines = list(csv.DictReader(trials_csv(studies).splitlines()))
    ended = [(line["arm"], line["number"], line["status"], line["reason"]) for line in lines]
    assert ended == [
        ("lstm", "0", "COMPLETE", ""),
        ("lstm", "1", "PRUNED", ""),
        ("lstm", "2", "FAILED", "diverged"),
        ("gru", "0", "COMPLETE", ""),
    ]
    assert [line["value"] for line in lines] == ["0.5", "0.1", "", "0.25"]
    assert {line["model.cell"] for line in lines[:3]} == {"lstm"}
    assert [line["f1"] for line in lines] == ["0.25", "0.25", "", "0.25"]
