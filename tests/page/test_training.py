"""How training went: the curves are the histories."""

import pytest

from sweep.page.blocks import Figure, Words
from sweep.page.records import Records, name_of
from sweep.page.sections.training import training


def figures(records: Records) -> dict[str, Figure]:
    return {block.key: block for block in training(records).blocks if isinstance(block, Figure)}


def test_the_curves_are_the_epochs(records: Records) -> None:
    curves = figures(records)["curves"]
    complete = [name_of(t) for t in records.scored if t["status"] == "COMPLETE"]
    names = [trace["name"].partition(" ")[0] for trace in curves.data]
    assert names[:3] == complete[:3]
    for name, trace in zip(names, curves.data, strict=True):
        history = records.history(name)
        assert trace["y"] == [row["average_precision"] for row in history]
        assert trace["x"] == [1, 2, 3, 4, 5, 6]
    top = max(records.history(names[0]), key=lambda row: row["average_precision"])
    assert curves.title.startswith(f"{names[0]} is best at epoch {top['epoch'] + 1} of 6")


def test_the_gap_is_of_the_last_epoch(records: Records) -> None:
    losses = figures(records)["losses"]
    assert losses.table.rows[0][4] == pytest.approx(0.3 - 0.25)
    assert "0.050 above its training loss" in losses.title


def test_gradient_and_gates_are_the_probe_s(records: Records) -> None:
    drawn = figures(records)
    assert drawn["gradient"].data[0]["y"] == [10.0**-i for i in range(9, -1, -1)]
    assert "get 1e-09 times the gradient" in drawn["gradient"].title
    assert drawn["gates"].data[1]["x"][0] == 40
    assert drawn["gates"].title.startswith("40% of the gates")


@pytest.mark.parametrize(
    ("bins", "fall"),
    [([1e-3, None, None, 1e-2, None], "0.1"), ([None, 2.0, 4.0], "0.5"), ([0.5, None], None)],
)
def test_texts_of_few_tokens_reach_few_tenths(
    records: Records, monkeypatch: pytest.MonkeyPatch, bins: list[float | None], fall: str | None
) -> None:
    """Seen: `report` ended in a traceback where all texts were shorter than ten tokens."""
    told = {"epochs": [{"epoch": 5, "gradient_by_time": bins}]}
    monkeypatch.setattr(Records, "probe", lambda self, name: told)
    drawn = figures(records).get("gradient")
    if fall is None:
        assert drawn is None, "one place alone falls to nothing"
    else:
        assert drawn is not None
        assert drawn.data[0]["y"] == bins
        assert f"get {fall} times the gradient" in drawn.title
        assert drawn.table.rows[0][1:] == bins


def test_no_history(empty: Records) -> None:
    (words,) = training(empty).blocks
    assert isinstance(words, Words)
