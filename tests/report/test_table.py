"""The table at the end."""

import io
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from sweep.report.table import SHOWN, show, where_next

FOLDER = Path("runs/sms")


def arm(best: float | None = None, **counts: Any) -> dict[str, Any]:
    told = {"budget": 4, "complete": 0, "no_learning": 0, "pruned": 0, "failed": 0, "reasons": {}}
    told |= counts
    if best is None:
        return told
    told |= {"median": best / 2, "median_of": 3}
    return told | {"best": {"number": 3, "value": best, "settings": {}}}


def found(**changes: Any) -> dict[str, Any]:
    best = {"arm": "gru", "number": 3, "settings": {"model.hidden": 64, "text.level": "[word]"}}
    return {
        "name": "sms", "search": "lstm_vs_gru", "objective": "average_precision",
        "threshold_for": "mcc", "best": best,
        "arms": {"lstm": arm(0.5, complete=2, no_learning=3, pruned=1), "gru": arm(0.75, complete=4)},
    } | changes  # fmt: skip


def shown(told: dict[str, Any], width: int = 100) -> str:
    console = Console(file=io.StringIO(), width=width, highlight=False)
    show(console, told, FOLDER)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def cells(text: str, first: str) -> list[str]:
    (line,) = (line for line in text.splitlines() if line.startswith(f"│ {first} "))
    return [cell.strip() for cell in line.strip("│").split("│")]


def test_arms_winner_and_where_to_look_next() -> None:
    text = shown(found())
    assert cells(text, "lstm") == ["lstm", "0.5000", "0.2500 of 3", "2", "3", "1", "0"]
    assert cells(text, "gru") == ["gru", "0.7500", "0.3750 of 3", "4", "0", "0", "0"]
    assert "winner: gru-3  (model.hidden=64, text.level=[word])" in text
    assert "python -m sweep export name=sms" in text
    assert "test part" not in text


@pytest.mark.parametrize("width", [80, 100])
def test_the_test_scores_stand_beside_the_baselines(width: int) -> None:
    told = found()
    told["best"]["test"] = dict.fromkeys(SHOWN, 0.9)
    baseline = {"validation": {}, "test": dict.fromkeys(SHOWN, 0.25)}
    told["baselines"] = {"majority": baseline, "tfidf_logreg": baseline}
    text = shown(told, width)
    assert cells(text, "winner") == ["winner", *["0.9000"] * len(SHOWN)]
    assert cells(text, "tfidf_logreg") == ["tfidf_logreg", *["0.2500"] * len(SHOWN)]
    assert "threshold chosen on validation for mcc" in text
    assert "…" not in text


def test_where_nothing_completed_the_reasons_are_told() -> None:
    groups = [
        {"reason": "timeout", "numbers": [0, 2], "message": "[too] long", "where": None},
        {"reason": "diverged", "numbers": [1], "message": "exploded", "where": None},
    ]
    told = found(arms={"all": arm(failed=3, failures=groups)})
    del told["best"]
    text = shown(told)
    assert cells(text, "all") == ["all", "-", "-", "0", "0", "0", "3"]
    assert "no trial has completed" in text
    assert "  all-0, all-2 (timeout): [too] long\n  all-1 (diverged): exploded" in text
    assert "winner" not in text
    assert "export" not in text


@pytest.mark.parametrize(
    ("folder", "words"),
    [("runs/sms", "name=sms"), ("else/where/sms", "name=sms workdir=else/where")],
    ids=["usual", "elsewhere"],
)
def test_a_name_is_enough_for_what_comes_next(folder: str, words: str) -> None:
    text = where_next(found(), Path(folder))
    assert text.splitlines() == [
        f"all results: {folder}",
        f"compare runs: python -m sweep ui {words}",
        f"export the winner: python -m sweep export {words}",
    ]


def test_what_mattered_stands_in_a_line_of_its_own() -> None:
    told = found()
    told["arms"]["gru"]["importance"] = [
        {
            "setting": "optimizer.learning_rate",
            "share": 0.6,
            "interval": [0.3, 0.8],
            "p": 0.001,
            "told": True,
        }
    ]
    text = shown(told)
    assert "what mattered for gru: optimizer.learning_rate (60%, between 30% and 80%)\n" in text
    assert "for lstm" not in text


def confirmed(decision: str) -> dict[str, Any]:
    told = found()
    told["best"] |= {"members": [{}] * 5, "confirmed": 0.7, "test": dict.fromkeys(SHOWN, 0.9)}
    told["arms"]["gru"]["confirmed"] = {
        "number": 3,
        "mean": 0.7,
        "interval": [0.6, 0.8],
        "folds": 5,
    }
    told["baselines"] = {"majority": {"test": dict.fromkeys(SHOWN, 0.25)}}
    finalists = {
        "gru-3": {"value": 0.75, "scores": [0.7] * 5},
        "gru-0": {"value": 0.5, "scores": [0.5, None, 0.5], "dropped": "out of reach"},
        "lstm-1": {"value": 0.5, "scores": [None], "dropped": "fold 1 failed: x"},
    }
    told["confirm"] = {"folds": 5, "repeats": 1, "finalists": finalists}
    gate = {"better_than": "tfidf_logreg", "metric": "mcc", "network": 0.9, "baseline": 0.8}
    gate |= {"difference": 0.1, "interval": [0.05, 0.15], "decision": decision, "detectable": 0.1}
    return told | {"gate": gate}


def test_a_confirmed_winner_is_a_bag_beside_its_rivals() -> None:
    text = shown(confirmed("better"), 120)
    assert text.startswith("The winner is gru-3, a bag of 5 networks")
    gru = ["gru-3", "0.7500", "0.7000", "0.6000 to 0.8000", "5", ""]
    assert cells(text, "gru-3") == gru
    assert cells(text, "gru-0") == ["gru-0", "0.5000", "0.5000", "", "3", "out of reach"]
    assert cells(text, "lstm-1")[2:] == ["-", "", "1", "fold 1 failed: x"]
    assert cells(text, "bag of 5")[1] == "0.9000"
    assert "threshold chosen on rows held out for mcc" in text
    assert "The network is better than" in text


@pytest.mark.parametrize("decision", ["worse", "no evidence"])
def test_a_network_that_does_not_pass_the_gate_is_told_first(decision: str) -> None:
    text = shown(confirmed(decision), 120)
    assert text.startswith("NO")
    assert text.count("TF-IDF") == 1


@pytest.mark.parametrize(
    ("short", "told"), [(0, None), (1, "does it again"), (3, "does them again")]
)
def test_trials_cut_short_are_no_failed_ones(short: int, told: str | None) -> None:
    text = shown(found(arms={"lstm": arm(0.5, complete=1, interrupted=short), "gru": arm()}))
    assert cells(text, "lstm")[-1] == "0"
    assert "failed:" not in text
    assert (f"{short} cut short; the same command {told}" in text) if told else "cut" not in text


def test_failed_trials_are_told_beside_a_winner() -> None:
    group = {"reason": "raised", "numbers": [2], "message": "KeyError: 'x'", "where": "net.py:3"}
    text = shown(found(arms={"gru": arm(0.75, complete=3, failed=1, failures=[group])}))
    assert "failed:\n  gru-2 (raised): KeyError: 'x', raised at net.py:3\nwinner: gru-3" in text
