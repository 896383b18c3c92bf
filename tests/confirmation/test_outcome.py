"""What the confirmation found, in a summary's words; every number is known beforehand."""

import json
from pathlib import Path
from typing import Any

import pytest

from support import confirmations
from sweep.confirmation.finalists import Dropped, Finalist, Standing
from sweep.confirmation.members import Folds, Member
from sweep.confirmation.outcome import Outcome
from sweep.records import Status, TrialKey, TrialResult
from sweep.workspace import SweepFolder

SCORES = {
    "lstm-0": [0.90, 0.80, 0.85, 0.95],
    "lstm-1": [0.89, 0.80, 0.55],
    "gru-0": [0.80, 0.70, 0.75, 0.84],
}


def outcome(folder: Path, *, only: tuple[str, ...] = tuple(SCORES)) -> Outcome:
    entered = [f for f in confirmations.finalists() if f.name in only]
    members = {
        (name, fold): Member(
            result=TrialResult(
                key=TrialKey(arm="x", number=0),
                status=Status.COMPLETE,
                value=value,
                epoch=fold,
                sha256=f"{name}/{fold}",
                decision_sha256=f"d{fold}",
            ),
            answers_sha256=f"a{fold}",
            size=7,
        )
        for name in only
        for fold, value in enumerate(SCORES[name])
    }
    running = [f for f in entered if f.name != "lstm-1"]
    late = {"lstm-1": Dropped(folds=2, why="planted")} if "lstm-1" in only else {}
    return Outcome(
        config=confirmations.make_config(folder),
        entered=entered,
        standing=Standing(running=tuple(running), dropped=late, fold=4),
        members=members,
        folds=Folds(corpora=tuple(folder / f"corpus{k}" for k in range(4)), count=4),
        folder=SweepFolder(folder / "tried"),
    )


def test_a_summary_of_two_arms(tmp_path: Path) -> None:
    found = confirmations.told(outcome(tmp_path))
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    confirmed = found["arms"]["lstm"]["confirmed"]
    assert (confirmed["number"], confirmed["folds"]) == (0, 4)
    assert confirmed["mean"] == pytest.approx(0.875)
    # t(3) = 3.1824; the scores' standard deviation is .064550, corrected by sqrt(1/4 + 1/3)
    half = 3.1824463 * 0.0645497 * (1 / 4 + 1 / 3) ** 0.5
    assert 0.875 + half > 1  # which no average precision is
    assert confirmed["interval"] == pytest.approx([0.875 - half, 1.0], abs=1e-6)
    (pair,) = found["verdict"]
    assert (pair["a"], pair["b"], pair["decision"]) == ("lstm", "gru", "A better")
    assert pair["difference"] == pytest.approx(0.1025)
    best = found["best"]
    assert (best["arm"], best["number"], best["value"]) == ("lstm", 0, 0.48)
    assert best["confirmed"] == pytest.approx(0.875)
    assert best["optimism"] == pytest.approx(0.48 - 0.875)
    assert [m["sha256"] for m in best["members"]] == [f"lstm-0/{fold}" for fold in range(4)]
    assert [m["corpus"] for m in best["members"]] == [f"corpus{fold}" for fold in range(4)]


def test_what_a_free_worker_trained_beyond_the_race_is_not_told(tmp_path: Path) -> None:
    finalists = confirmations.told(outcome(tmp_path))["confirm"]["finalists"]
    assert finalists["lstm-1"] == {"value": 0.24, "scores": [0.89, 0.8], "dropped": "planted"}
    assert finalists["gru-0"] == {"value": 0.32, "scores": SCORES["gru-0"]}


def test_one_arm_has_no_verdict(tmp_path: Path) -> None:
    found = confirmations.told(outcome(tmp_path, only=("gru-0",)))
    assert "verdict" not in found
    assert "confirmed" not in found["arms"]["lstm"]


def test_the_bag_are_the_winners_members_fold_after_fold(tmp_path: Path) -> None:
    told = outcome(tmp_path)
    winner = told.winner
    assert isinstance(winner, Finalist)
    bag = told.bag(winner)
    assert [member.sha256 for member in bag] == [f"lstm-0/{fold}" for fold in range(4)]
    assert [member.folder.name for member in bag] == ["0", "1", "2", "3"]
    assert [member.corpus.name for member in bag] == [f"corpus{fold}" for fold in range(4)]
    assert {member.folder.parent.name for member in bag} == {"lstm-0"}


def test_without_anyone_left_there_is_no_winner(tmp_path: Path) -> None:
    told: dict[str, Any] = confirmations.told(outcome(tmp_path, only=()))
    assert "best" not in told
    assert told["confirm"]["finalists"] == {}
