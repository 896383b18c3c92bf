"""What ails a sweep, in six lines at most."""

from pathlib import Path
from typing import Any

import pytest

from sweep.report.findings_lines import lines
from sweep.workspace import SweepFolder


def finding(severity: str, symptom: str = "rate_too_high", **told: Any) -> dict[str, Any]:
    plain = {"severity": severity, "symptom": symptom, "cause": "training", "confidence": 0.9}
    plain |= {"title": "All trials did.", "remedy": "Do not.", "patch": ["a=1"], "proof": "none"}
    return plain | told


def told(*findings: dict[str, Any], folder: Path = Path("runs/sms")) -> list[str]:
    return lines({"findings": list(findings)}, SweepFolder(folder))


def test_the_headline_says_cause_symptom_and_what_to_type() -> None:
    assert told(finding("error")) == [
        "what ails it: training, rate too high, 90% sure: All trials did.",
        "  try: Do not.  (a=1)",
        "  why: runs/sms/report/findings.json",
    ]


def test_a_remedy_that_was_tried_is_told_below_it() -> None:
    tried = [{"text": "so low"}, {"text": "all-0 again with a=1: f1 0.9, before 0.1"}]
    found = told(finding("error", proof="confirmed", evidence=tried))
    assert found[2] == "  confirmed: all-0 again with a=1: f1 0.9, before 0.1"
    assert len(found) == 4


@pytest.mark.parametrize(
    ("findings", "shown"),
    [
        ([], 0),
        (["note"], 2),
        (["note"] * 9, 2),
        (["error"] * 2, 4),
        (["error"] * 9, 5),
        (["error", *["note"] * 9], 3),
    ],
)
def test_there_are_five_lines_at_most(findings: list[str], shown: int) -> None:
    found = told(*(finding(severity) for severity in findings))
    assert len(found) == shown
    if len(findings) == 9:
        assert found[-1].startswith(f"  {9 - (1 if shown == 2 else 3)} more, and why: ")


def test_a_patch_is_named_where_there_is_one(tmp_path: Path) -> None:
    folder = SweepFolder(tmp_path)
    folder.patch.parent.mkdir()
    folder.patch.write_text("name: x")
    assert told(finding("error"), folder=tmp_path)[-1].endswith(f"--patch {folder.patch}")
