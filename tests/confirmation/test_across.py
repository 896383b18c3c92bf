"""Finished sweeps beside one another: who compares, on which folds, and what their settings differ by."""

from dataclasses import replace
from typing import Any

import pytest

from sweep.config import Config, ConfirmConfig, DataConfig, SearchConfig, SplitConfig
from sweep.config.objective import Metric, ObjectiveConfig
from sweep.confirmation.across import Side, differing, refusals, unpaired, verdicts
from sweep.statistics.paired import compare, search_luck

GOOD, BAD = [0.90, 0.91, 0.92, 0.93, 0.94], [0.70, 0.72, 0.71, 0.74, 0.73]
FILE = DataConfig(path="messages.csv")
OFFICIAL = DataConfig(train="a.csv", test="b.csv")
NOT = "a and b are not compared: they have different folds"


def side(
    name: str = "a",
    scores: list[float] = GOOD,
    folds: str = "f",
    sha: str = "s",
    rows: int = 100,
    own: dict[str, Any] | None = None,
    **changes: Any,
) -> Side:
    finalists = {
        "my-arm-1": {"value": 0.9, "scores": scores},
        "my-arm-2": {"value": 0.8, "scores": BAD[:3]},
    }
    best = {
        "arm": "my-arm",
        "number": 1,
        "members": [{"corpus": f"{folds}{i}"} for i in range(len(scores))],
    }
    about = {"corpus": {"name": "messages", "rows": rows, "sha256": sha}, **(own or {})}
    return Side(
        name=name,
        config=replace(Config(search=SearchConfig(name="tried")), **changes),
        found={"best": best, "confirm": {"folds": 5, "finalists": finalists}},
        about=about,
    )


def test_winners_on_the_same_folds_are_compared_as_arms_are() -> None:
    a, b = side(), side("b", BAD)
    (pair,) = verdicts([a, b])
    luck = search_luck(
        {
            "a/my-arm": [GOOD, [*BAD[:3], *[float("nan")] * 2]],
            "b/my-arm": [BAD, [*BAD[:3], *[float("nan")] * 2]],
        }
    )
    expected = compare(GOOD, BAD, names=("a", "b"), luck=luck)
    assert (pair["a"], pair["b"], pair["folds"]) == ("a", "b", 5)
    assert pair["difference"] == pytest.approx(0.2)
    assert pair["p"] == expected.p
    assert pair["difference_interval"] == list(expected.difference_interval)
    assert unpaired([a, b]) == []


def test_the_level_is_shared_out_among_those_on_the_same_folds() -> None:
    sides = [side(), side("b", BAD), side("c", GOOD), side("d", folds="g")]
    pairs = verdicts(sides)
    assert [(pair["a"], pair["b"]) for pair in pairs] == [("a", "b"), ("a", "c"), ("b", "c")]
    assert max(pair["level"] for pair in pairs) < 0.05
    assert [line.partition(":")[0] for line in unpaired(sides)] == [
        f"{n} and d are not compared" for n in "abc"
    ]


UNPAIRED: dict[str, tuple[Side, Side, str]] = {
    "confirm.folds": (
        side(), side("b", folds="g", confirm=ConfirmConfig(folds=3)),
        f"{NOT} (a confirm.folds=5, b confirm.folds=3).",
    ),
    "drawn anew": (
        side(data=FILE), side("b", folds="g", sha="t", seed=1, data=FILE),
        f"{NOT}, and test parts where these are drawn (a seed=0, b seed=1).",
    ),
    "official test part": (
        side(data=OFFICIAL), side("b", folds="g", sha="t", seed=1, data=OFFICIAL),
        f"{NOT} (a seed=0, b seed=1).",
    ),
    "another version": (
        side(), side("b", folds="g"),
        f"{NOT} (they are of different versions).",
    ),
    "not confirmed": (
        side(scores=[], confirm=ConfirmConfig(top=0)), side("b"),
        "a was not confirmed (confirm.top=0): there are no folds to compare its winner on.",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("a", "b", "told"), UNPAIRED.values(), ids=UNPAIRED)
def test_who_is_not_compared_is_told_why(a: Side, b: Side, told: str) -> None:
    assert refusals([a, b]) == []
    assert verdicts([a, b]) == []
    assert unpaired([a, b]) == [told]


MCC = replace(ObjectiveConfig(), metric=Metric.mcc)
SHARES = SplitConfig(validation=0.1)
REFUSED: dict[str, tuple[Side, Side, list[str]]] = {
    "objective": (side(), side("b", objective=MCC), ["a objective.metric=average_precision, b objective.metric=mcc"]),
    "changed file": (side(data=FILE), side("b", sha="t", data=FILE), ["b messages (100 rows, from messages.csv,"]),
    "other file": (side(data=FILE), side("b", sha="t", data=DataConfig(path="b.csv"), seed=1), ["from b.csv"]),
    "other rows": (side(data=FILE), side("b", sha="t", data=FILE, rows=99, split=SHARES), ["99 rows"]),
    "made anew": (side(), side("b", sha="t", seed=1), ["(100 rows, seed=0, SHA-256 s…); b messages (100 rows, seed=1"]),
    "both": (side(), side("b", sha="t", objective=MCC), ["objective.metric=mcc", "different corpora"]),
}  # fmt: skip


@pytest.mark.parametrize(("a", "b", "told"), REFUSED.values(), ids=REFUSED)
def test_who_does_not_compare_is_refused_for_every_reason(
    a: Side, b: Side, told: list[str]
) -> None:
    found = refusals([a, b])
    assert len(found) == len(told)
    assert [part for part, reason in zip(told, found, strict=True) if part not in reason] == []


def test_settings_that_differ_are_told_as_they_are_typed() -> None:
    space = {"model": {"hidden": {"type": "categorical", "choices": [8, 16]}}}
    a = side(own={"vectors": {"glove": "00"}, "plugins": {"gru": {"digest": "x"}}})
    b = side(
        "b",
        workdir="elsewhere",
        data=DataConfig(path="my texts.csv"),
        search=SearchConfig(name="tried", question="Why?", space=space),
        own={"vectors": {"glove": "11"}, "plugins": {"gru": {"digest": "y"}}},
    )
    assert differing([a, b]) == {
        "data.path": ["null", '"my texts.csv"'],
        "search.space.model.hidden.type": ["-", "categorical"],
        "search.space.model.hidden.choices": ["-", "[8,16]"],
        "vectors (digest).glove": ['"00"', "11"],
        "gru (digest)": ["x", "y"],
    }


def test_an_interval_stays_within_what_a_score_can_be() -> None:
    low, high = side(scores=[0.99, 1.0, 0.98, 1.0, 0.9]).interval or (0, 0)
    assert 0.8 < low < 0.98 < high == 1.0
    assert side(scores=[], confirm=ConfirmConfig(top=0)).interval is None
