"""Why trials failed: grouped, and told with the file that has the rest."""

from pathlib import Path

from support.told_studies import make_config, make_studies, result
from sweep.records import Reason
from sweep.report.failures import grouped, lines
from sweep.search.study import ArmStudy
from sweep.workspace import SweepFolder


def failed(folder: Path) -> ArmStudy:
    study = make_studies(folder, {"lstm": [0.5]}, config=make_config(folder, trials=20))["lstm"]
    ends = [
        (Reason.raised, "KeyError: 'x'\n    net.py:3 in forward: x", "/net.py:3"),
        (Reason.raised, "KeyError: 'y'", "/net.py:4"),
        *[(Reason.timeout, "too long", None)] * 6,
        (Reason.raised, "KeyError: 'z'", "/net.py:3"),
    ]
    for reason, message, where in ends:
        proposal = study.next()
        assert proposal is not None
        ended = result("lstm", proposal.number, reason, message=message, where=where)
        study.tell(proposal.number, ended)
    study.next()
    study.interrupt("stopped")
    return study


def test_trials_that_failed_alike_are_one_group_and_those_cut_short_none(tmp_path: Path) -> None:
    assert grouped(failed(tmp_path).records()) == [
        {"reason": "raised", "numbers": [1, 9], "message": "KeyError: 'x'", "where": "/net.py:3"},
        {"reason": "raised", "numbers": [2], "message": "KeyError: 'y'", "where": "/net.py:4"},
        {"reason": "timeout", "numbers": [3, 4, 5, 6, 7, 8], "message": "too long", "where": None},
    ]


def test_each_group_is_a_line_with_the_file_that_has_the_rest(tmp_path: Path) -> None:
    files = SweepFolder(tmp_path / "tried")
    trace = files.trial("lstm-1").failure
    trace.parent.mkdir(parents=True)
    trace.write_text("Traceback", encoding="utf-8")
    files.trial("lstm-3").root.mkdir()
    arms = {"lstm": {"failures": grouped(failed(tmp_path).records())}, "gru": {}}
    assert lines(arms, files.root) == [
        f"lstm-3, lstm-4, lstm-5, lstm-6 and 2 more (timeout): too long; more: {files.trial('lstm-3').root}",
        f"lstm-1, lstm-9 (raised): KeyError: 'x', raised at /net.py:3; more: {trace}",
        "lstm-2 (raised): KeyError: 'y', raised at /net.py:4",
    ]
