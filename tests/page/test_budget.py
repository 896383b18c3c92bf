"""The budget: trainings side by side, idle time left out, curves as in the summary."""

from collections.abc import Sequence

import pytest

from sweep.page.blocks import Figure
from sweep.page.records import Records
from sweep.page.sections.budget import budget, lanes
from sweep.tracking.timeline import Span


def span(name: str, began: float, ended: float, how: str = "COMPLETE") -> Span:
    return Span(name, began, ended, how)


@pytest.mark.parametrize(
    ("spans", "laid"),
    [
        ([span("a", 100, 110), span("b", 110, 120)], [("a", 0, 0), ("b", 0, 10)]),
        ([span("a", 0, 10), span("b", 5, 12), span("c", 10, 20)], [("a", 0, 0), ("b", 1, 5), ("c", 0, 10)]),
        ([span("b", 500, 510), span("a", 0, 10)], [("a", 0, 0), ("b", 0, 10)]),
        ([span("a", 0, 100), span("b", 10, 20), span("c", 90, 95)], [("a", 0, 0), ("b", 1, 10), ("c", 1, 90)]),
    ],
    ids=["in a row", "side by side", "two commands", "no gap while one trains"],
)  # fmt: skip
def test_lanes(spans: Sequence[Span], laid: list[tuple[str, int, float]]) -> None:
    assert [(each.name, lane, start) for each, lane, start in lanes(spans)] == laid


def figures(records: Records) -> dict[str, Figure]:
    return {block.key: block for block in budget(records).blocks if isinstance(block, Figure)}


def test_the_timeline_s_shares(records: Records) -> None:
    timeline = figures(records)["timeline"]
    seconds = {
        how: sum(s.ended - s.began for s in records.spans if s.how == how)
        for how in ("PRUNED", "FAILED")
    }
    total = sum(s.ended - s.began for s in records.spans)
    assert timeline.title.startswith(f"{sum(seconds.values()) / total:.0%} of the training time")
    assert sum(len(trace["x"]) for trace in timeline.data) == len(records.spans)
    assert {lane for trace in timeline.data for lane in trace["y"]} == {"worker 1", "worker 2"}


def test_the_curves_are_the_summary_s(records: Records) -> None:
    drawn = figures(records)
    for place, told in enumerate(records.found["arms"].values()):
        reached = told["expected_best"]
        assert drawn["expected-trials"].data[place]["y"] == reached["trials"]
        assert drawn["expected-seconds"].data[place]["x"] == reached["seconds"]["budgets"]
        assert drawn["expected-seconds"].data[place]["y"] == reached["seconds"]["best"]


def test_nothing_was_reached(empty: Records) -> None:
    assert len(budget(empty).blocks) == 1
