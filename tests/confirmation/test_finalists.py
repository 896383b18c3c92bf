"""Who is confirmed, who drops out, who wins: decided from scores alone."""

import itertools
from typing import Any

import pytest

from sweep.confirmation.finalists import Answered, Finalist, finalists, scores, stand, win
from sweep.records import Status
from sweep.search.proposals import TrialRecord


def record(number: int, value: float | None, hidden: int, status: Status | None) -> TrialRecord:
    return TrialRecord(number=number, values={"model.hidden": hidden}, value=value, status=status)


def complete(number: int, value: float, hidden: int | None = None) -> TrialRecord:
    return record(number, value, number if hidden is None else hidden, Status.COMPLETE)


CASES: dict[str, tuple[list[TrialRecord], int, bool, list[int]]] = {
    "the best and the first": (
        [complete(0, 0.1), complete(1, 0.5), complete(2, 0.9), complete(3, 0.7)], 2, True, [2, 3, 0],
    ),
    "the first among the best": ([complete(0, 0.8), complete(1, 0.5), complete(2, 0.9)], 2, True, [2, 0]),
    "less is better": ([complete(0, 0.3), complete(1, 0.1), complete(2, 0.2)], 1, False, [1, 0]),
    "among equals the earlier": ([complete(0, 0.1), complete(1, 0.5), complete(2, 0.5)], 1, True, [1, 0]),
    "settings drawn twice": (
        [complete(0, 0.1), complete(1, 0.5, 7), complete(2, 0.9, 7), complete(3, 0.4)], 2, True, [2, 3, 0],
    ),
    "the first drawn again": ([complete(0, 0.1), complete(1, 0.9, 0), complete(2, 0.5)], 2, True, [1, 2]),
    "pruned is not among the best": (
        [complete(0, 0.1), record(1, 0.9, 1, Status.PRUNED), complete(2, 0.5)], 2, True, [2, 0],
    ),
    "the first was pruned": ([record(0, 0.1, 0, Status.PRUNED), complete(1, 0.5)], 2, True, [1, 0]),
    "the first has failed": ([record(0, None, 0, Status.FAILED), complete(1, 0.5)], 2, True, [1]),
    "nothing completed": ([record(0, 0.3, 0, Status.PRUNED), record(1, 0.2, 1, Status.PRUNED)], 2, True, []),
    "none wanted": ([complete(0, 0.1)], 0, True, []),
}  # fmt: skip


@pytest.mark.parametrize(("records", "top", "maximize", "numbers"), CASES.values(), ids=CASES)
def test_who_is_confirmed(
    records: list[TrialRecord], top: int, maximize: bool, numbers: list[int]
) -> None:
    found = finalists({"lstm": records, "gru": []}, top, maximize)
    assert [f.number for f in found] == numbers
    assert {f.arm for f in found} <= {"lstm"}
    assert all(f.value == records[f.number].value for f in found)
    assert [f.chosen for f in found] == [rank < top for rank in range(len(found))]


def entered(*names: str) -> list[Finalist]:
    pairs = [name.split("-") for name in names]
    return [Finalist(arm=arm, number=int(n), values={"n": n}, value=0.5) for arm, n in pairs]


def table(**rows: list[float | None]) -> dict[tuple[str, int], Answered]:
    return {
        (name.replace("_", "-"), fold): Answered(score=score, why="planted")
        for name, row in rows.items()
        for fold, score in enumerate(row)
    }


STEADY = [0.90, 0.91, 0.89, 0.92, 0.90]


def test_the_race_waits_for_the_first_fold_that_lacks_an_answer() -> None:
    both = entered("a-0", "a-1")
    for done in range(5):
        answers = table(a_0=STEADY, a_1=STEADY[:done])
        assert stand(both, answers, 5, True).fold == done
    assert stand(both, table(a_0=STEADY, a_1=STEADY), 5, True).fold == 5


def test_who_is_out_of_reach_drops_out_and_is_not_waited_for() -> None:
    behind = [score - 0.3 for score in STEADY[:3]]
    three = entered("a-0", "a-1", "b-0")
    standing = stand(three, table(a_0=STEADY, a_1=behind, b_0=behind + [0.6, 0.6]), 5, True)
    assert standing.fold == 5
    assert [f.name for f in standing.running] == ["a-0", "b-0"], "each arm's best stays"
    dropped = standing.dropped["a-1"]
    assert "out of reach" in dropped.why
    assert dropped.folds <= 3
    lower = stand(three, table(a_0=STEADY, a_1=behind, b_0=STEADY), 5, False)
    assert lower.fold == 3, "where less is better it is the other that drops out"
    assert "a-0" in lower.dropped


def test_a_member_that_failed_takes_its_finalist_out() -> None:
    answers = table(a_0=[0.9, None, 0.9], a_1=[0.1, 0.1, 0.1])
    standing = stand(entered("a-0", "a-1"), answers, 3, True)
    assert [f.name for f in standing.running] == ["a-1"]
    assert standing.dropped["a-0"].why == "fold 2 failed: planted"
    nobody = stand(entered("a-0"), table(a_0=[None]), 3, True)
    assert (nobody.running, nobody.fold) == ((), 3)


def test_what_is_known_of_later_folds_changes_nothing() -> None:
    three = entered("a-0", "a-1", "b-0")
    whole = table(a_0=STEADY, a_1=[s - 0.3 for s in STEADY], b_0=STEADY)
    last = stand(three, whole, 5, True)
    places = sorted(whole, key=lambda place: (place[1], place[0]))
    for known in range(len(places)):
        early = stand(three, {p: whole[p] for p in places[:known]}, 5, True)
        assert set(early.dropped.items()) <= set(last.dropped.items())
    for left_out in itertools.islice(places, 9, None):
        if left_out[0] != "a-1":
            continue
        fewer = {place: answer for place, answer in whole.items() if place != left_out}
        if left_out[1] >= last.dropped["a-1"].folds:
            assert stand(three, fewer, 5, True) == last


def choice(sizes: dict[str, int], maximize: bool = True, **rows: list[float]) -> str:
    answers = {
        (name.replace("_", "-"), fold): Answered(score=score, size=sizes[name])
        for name, row in rows.items()
        for fold, score in enumerate(row)
    }
    names = [name.replace("_", "-") for name in rows]
    return win(entered(*names), answers, folds=5, repeats=1, maximize=maximize).name


BETTER = [s + 0.02 for s in STEADY]
NOISY = [0.95, 0.85, 0.99, 0.85, 0.89]
"""The better mean, and behind STEADY on three folds."""
LUCKY = [0.86, 0.93, 0.91, 0.94, 0.92]
"""Ahead of STEADY on four folds, by less than one standard error."""
WINS: dict[str, tuple[dict[str, int], bool, dict[str, list[float]], str]] = {
    "the best": ({"a_0": 1, "a_1": 900}, True, {"a_0": STEADY, "a_1": BETTER}, "a-1"),
    "less is better": ({"a_0": 900, "a_1": 1}, False, {"a_0": STEADY, "a_1": BETTER}, "a-0"),
    "as good and smaller": ({"a_0": 100, "a_1": 900}, True, {"a_0": STEADY, "a_1": NOISY}, "a-0"),
    "as good and as large": ({"a_0": 900, "a_1": 905}, True, {"a_0": STEADY, "a_1": NOISY}, "a-1"),
    "as good and larger": ({"a_0": 901, "a_1": 100}, True, {"a_0": STEADY, "a_1": NOISY}, "a-1"),
    "smaller, within the error, and behind on most folds": (
        {"a_0": 100, "a_1": 900}, True, {"a_0": STEADY, "a_1": LUCKY}, "a-1",
    ),
    "of another arm": ({"a_0": 900, "b_0": 100}, True, {"a_0": NOISY, "b_0": STEADY}, "b-0"),
}  # fmt: skip


@pytest.mark.parametrize(("sizes", "maximize", "rows", "name"), WINS.values(), ids=WINS)
def test_who_wins(sizes: dict[str, int], maximize: bool, rows: dict[str, Any], name: str) -> None:
    assert sum(NOISY) > sum(STEADY)
    assert choice(sizes, maximize, **rows) == name


def test_scores_as_a_table() -> None:
    both = entered("a-0", "a-1")
    found = scores(both, table(a_0=[0.5, 0.25, 0.75], a_1=[None, 0.125]), 3, until=2)
    assert str(found.tolist()) == "[[0.5, 0.25, nan], [nan, 0.125, nan]]"
