"""What a sweep's numbers say, in sentences."""

from typing import Any

import pytest

from sweep.report.answer import answer, gate, passed, verdict


def pair(decision: str = "no evidence", **changes: Any) -> dict[str, Any]:
    return {
        "a": "lstm", "b": "gru", "decision": decision, "difference": 0.0125,
        "difference_interval": [-0.0103, 0.0353], "probability": 0.6, "interval": [0.2, 0.9],
        "more_folds": 10, "detectable": 0.03,
    } | changes  # fmt: skip


def found(*pairs: dict[str, Any], decision: str = "better", **arms: Any) -> dict[str, Any]:
    best = {
        "arm": "lstm",
        "number": 3,
        "members": [{}] * 5,
        "confirmed": 0.97,
        "test": {"mcc": 0.94},
    }
    told: dict[str, Any] = {
        "objective": "mcc", "best": best, "arms": arms or {"lstm": {}, "gru": {}},
        "gate": {
            "better_than": "tfidf_logreg", "metric": "mcc", "network": 0.96, "baseline": 0.95,
            "difference": 0.01, "interval": [-0.002, 0.022], "decision": decision, "detectable": 0.02,
        },
    }  # fmt: skip
    return told | ({"verdict": list(pairs)} if pairs else {})


WINNER = (
    "The winner is lstm-3, a bag of 5 networks: 0.9700 mcc on rows held out, the mean of the folds, "
    "0.9400 on the test part, all 5 together."
)


@pytest.mark.parametrize(
    ("told", "first"),
    [
        (found(), []),
        (
            found(pair()),
            ["There is no evidence that any of lstm and gru is better on this corpus."],
        ),
        (found(pair("A better")), ["lstm is better than gru (by 0.0125)."]),
        (found(pair("B better", difference=-0.5)), ["gru is better than lstm (by 0.5000)."]),
        (
            found(pair(), pair("B better", b="rnn"), a={}, b={}, c={}),
            ["rnn is better than lstm (by 0.0125)."],
        ),
        (
            found(pair(), x={}, y={}, z={}),
            ["There is no evidence that any of x, y and z is better on this corpus."],
        ),
    ],
    ids=["one arm", "no evidence", "A", "B", "one pair of several", "three arms"],
)
def test_the_answer(told: dict[str, Any], first: list[str]) -> None:
    assert answer(told) == [*first, WINNER]


def test_a_pair_without_evidence_tells_what_would_settle_it() -> None:
    (line,) = verdict(found(pair()))
    assert line == (
        "lstm against gru: no evidence; difference +0.0125 (-0.0103 to +0.0353), lstm wins 0.60 (0.20 to 0.90) of "
        "folds; 10 more folds would settle it if the difference stayed (confirm.repeats); they show differences "
        "from 0.0300 on"
    )
    (line,) = verdict(found(pair(more_folds=None)))
    assert "no number of folds would settle it" in line


def test_a_decided_pair_names_the_better() -> None:
    for decision, name in (("A better", "lstm"), ("B better", "gru")):
        (line,) = verdict(found(pair(decision)))
        assert f"lstm against gru: {name} is better; " in line
        assert "settle" not in line
    assert verdict(found()) == []


@pytest.mark.parametrize(
    ("decision", "start", "good"),
    [
        ("better", "The network is better than TF-IDF with logistic regression: mcc 0.9600 against 0.9500", True),
        ("worse", "NO, the network is worse than TF-IDF", False),
        ("no evidence", "NO EVIDENCE that the network is better than TF-IDF", False),
    ],
)  # fmt: skip
def test_the_gate(decision: str, start: str, good: bool) -> None:
    told = found(decision=decision)
    sentence = gate(told)
    assert sentence is not None
    assert sentence.startswith(start)
    assert ("does not need" in sentence or "may not need" in sentence) is not good
    assert "all folds together, difference +0.0100 (-0.0020 to +0.0220)" in sentence
    assert passed(told) is good


def test_a_sweep_without_a_gate() -> None:
    assert gate({}) is None
    assert passed({})
