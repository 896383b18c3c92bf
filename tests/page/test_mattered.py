"""What mattered: shares as in the summary, points as in the trials."""

from sweep.page.blocks import Figure, Live, Words
from sweep.page.records import Records, name_of
from sweep.page.sections.mattered import mattered


def figures(records: Records) -> dict[str, Figure]:
    return {block.key: block for block in mattered(records).blocks if isinstance(block, Figure)}


def test_the_bars_are_the_shares(records: Records) -> None:
    bars = figures(records)["importance"]
    for trace in bars.data:
        told = {one["setting"]: one for one in records.found["arms"][trace["name"]]["importance"]}
        assert dict(zip(trace["y"], trace["x"], strict=True)) == {
            setting: 100 * one["share"] for setting, one in told.items()
        }
        for setting, hatched in zip(trace["y"], trace["marker"]["pattern"]["shape"], strict=True):
            assert (hatched == "/") != told[setting]["told"]


def test_every_trial_is_a_point_of_each_slice(records: Records) -> None:
    drawn = figures(records)
    for path in ("model.hidden", "optimizer.learning_rate"):
        figure = drawn[f"slice-{path}"]
        points = {
            name: (x, y)
            for trace in figure.data
            for name, x, y in zip(trace["text"], trace["x"], trace["y"], strict=True)
        }
        assert points == {name_of(t): (t[path], t["value"]) for t in records.scored}
        assert name_of(records.scored[0]) in figure.title
        assert figure.layout["xaxis"]["type"] == "log"


def test_the_lines_hold_the_trials(records: Records) -> None:
    (live,) = [block for block in mattered(records).blocks if isinstance(block, Live)]
    axes = {axis["name"]: axis for axis in live.data["axes"]}
    assert list(axes) == [
        "model.cell",
        "model.hidden",
        "optimizer.learning_rate",
        "average_precision",
    ]
    assert axes["average_precision"]["values"] == [t["value"] for t in records.scored]
    assert axes["model.cell"]["values"] == [t["arm"] for t in records.scored]


def test_too_few_trials_say_so(empty: Records) -> None:
    (words,) = mattered(empty).blocks
    assert isinstance(words, Words)
    assert "an arm needs ten" in words.text
