import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sweep.scoring.metrics import scores
from sweep.scoring.threshold import choose

COSTS = {"target": 0.8, "cost_miss": 5.0, "cost_false_alarm": 2.0}

rows = st.lists(
    st.tuples(st.booleans(), st.one_of(st.integers(0, 7).map(lambda v: v / 7), st.floats(0, 1))),
    min_size=2,
    max_size=30,
).filter(lambda rows: len({label for label, _ in rows}) == 2)


def pick(labels: object, probabilities: object, rule: str, **changes: float) -> float:
    return choose(np.asarray(labels), np.asarray(probabilities), rule=rule, **(COSTS | changes))


def every_cut(p: np.ndarray) -> list[float]:
    return [2.0, *sorted(set(p.tolist()), reverse=True)]


def split(rows: list) -> tuple[np.ndarray, np.ndarray]:
    return np.array([int(a) for a, _ in rows]), np.array([b for _, b in rows])


@pytest.mark.parametrize("rule", ["f1", "mcc", "balanced_accuracy", "cost"])
@given(rows=rows)
@settings(max_examples=60, deadline=None)
def test_no_cut_is_better(rule: str, rows: list) -> None:
    y, p = split(rows)

    def worth(threshold: float) -> float:
        found = scores(y, p, threshold)
        return -5 * found["fn"] - 2 * found["fp"] if rule == "cost" else found[rule]

    best = max(worth(cut) for cut in every_cut(p))
    assert worth(pick(y, p, rule)) == pytest.approx(best, abs=1e-9)


@given(rows=rows, target=st.floats(0.01, 1))
@settings(max_examples=60, deadline=None)
def test_recall_is_reached_with_the_fewest_calls(rows: list, target: float) -> None:
    y, p = split(rows)
    reaching = [cut for cut in every_cut(p) if scores(y, p, cut)["recall"] >= target]
    chosen = pick(y, p, "recall", target=target)
    assert ((p >= chosen) == (p >= max(reaching))).all()


@given(rows=rows, target=st.floats(0.01, 1))
@settings(max_examples=60, deadline=None)
def test_precision_is_reached_with_the_most_calls(rows: list, target: float) -> None:
    y, p = split(rows)
    found = {cut: scores(y, p, cut)["precision"] for cut in every_cut(p)}
    goal = min(target, max(found.values()))
    lowest = min(cut for cut, precision in found.items() if precision >= goal)
    assert ((p >= pick(y, p, "precision", target=target)) == (p >= lowest)).all()


@pytest.mark.parametrize(
    ("labels", "probabilities", "rule", "changes", "expected"),
    [
        ([0, 1], [0.2, 0.6], "mcc", {}, 0.4),
        ([0, 0, 1, 1], [0.1, 0.1, 0.9, 0.9], "f1", {}, 0.5),
        ([0, 1], [1.0, 0.0], "f1", {}, 0.0),
        ([0, 1, 0, 1, 0], [0.1, 0.3, 0.35, 0.9, 0.95], "recall", {"target": 0.5}, 0.625),
        ([0, 1, 0], [0.2, 0.4, 0.8], "precision", {"target": 0.99}, 0.3),
        ([0, 1, 1], [0.3, 0.8, 0.9], "precision", {"target": 0.9}, 0.55),
        ([0, 1], [0.9, 0.5], "cost", {"cost_miss": 1, "cost_false_alarm": 9}, 0.95),
        ([0, 0], [0.2, 0.6], "mcc", {}, 0.5),
        ([1, 1], [0.2, 0.6], "cost", {}, 0.5),
    ],
    ids=[
        "middle", "tied rows", "all called", "recall", "precision unreachable", "precision reached twice",
        "none called", "no positive", "no negative",
    ],
)  # fmt: skip
def test_by_hand(
    labels: list, probabilities: list, rule: str, changes: dict, expected: float
) -> None:
    assert pick(labels, probabilities, rule, **changes) == pytest.approx(expected)


def test_the_widest_gap_wins_among_equal_cuts() -> None:
    # F1 is 2/3 after the first, the fourth and no other row.
    y, p = [1, 0, 0, 1, 0], [0.9, 0.85, 0.8, 0.7, 0.1]
    cuts = [scores(np.array(y), np.array(p), t)["f1"] for t in (0.87, 0.4)]
    assert cuts == pytest.approx([2 / 3, 2 / 3])
    assert pick(y, p, "f1") == pytest.approx(0.4)


def test_a_certain_false_alarm_is_not_called() -> None:
    threshold = pick([0, 1], [1.0, 0.5], "cost", cost_miss=1.0, cost_false_alarm=9.0)
    assert threshold > 1
    assert threshold == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("rule", ["f1", "mcc", "recall", "precision"])
def test_neighbours_in_32_bits_are_kept_apart(rule: str) -> None:
    low = np.float32(0.3)
    p = np.array([low, np.nextafter(low, np.float32(1))], dtype=np.float32)
    assert (p >= np.float32(pick([0, 1], p, rule))).tolist() == [False, True]


def test_an_unknown_rule_is_refused() -> None:
    with pytest.raises(ValueError, match="must be f1, mcc"):
        pick([0, 1], [0.1, 0.9], "accuracy")
