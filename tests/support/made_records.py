"""Records of a sweep of any size with everything in them, and hostile texts wherever a stranger writes."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from support.scripted_search import SPACE
from sweep.config import Config, Metric, SearchConfig
from sweep.files import write_json
from sweep.page.records import Records
from sweep.report.budget_curve import expected_best
from sweep.report.what_mattered import what_mattered
from sweep.search.space import Space
from sweep.tracking.timeline import Span
from sweep.workspace import SweepFolder

HOSTILE = (
    "</script><script>window.hacked = 1</script>",
    '"><img src="http://192.0.2.1/x" onerror="window.hacked = 1">',
    "\u202ednes\u2066 \u200bmoney",
    "<!--]]>{{ 7 * 7 }}",
    "' onmouseover='window.hacked = 1",
    "a\x00b\x1b[31m</bdi></td></table>",
    "<b>bold</b><a href='javascript:window.hacked=1'>x</a>",
    "& &lt;script&gt;",
)
FOLDS = 5
ROWS = 400


def make_records(root: Path, trials: int = 12, hostile: bool = False, **changes: Any) -> Records:
    """Write a sweep's files and gather what the page tells of them; `trials` an arm."""
    draw = np.random.default_rng(0)
    folder = SweepFolder(root)
    config = Config(
        workdir=str(root.parent),
        search=SearchConfig(name="made", compare="model.cell", trials=trials, space=SPACE),
    )
    space = Space.of(config)
    strange = iter(HOSTILE * 9) if hostile else iter(["plain words"] * 99)
    lines = [line for arm in space.arms for line in _trials(draw, arm, trials, strange)]
    found = _summary(draw, space, lines, trials, strange)
    for name in {
        *found["confirm"]["finalists"],
        *_names(lines[:40]),
        *_names(lines[trials:][:40]),
    }:
        _history(draw, folder, name)
    _winner_files(draw, folder, found, strange)
    given: dict[str, Any] = {
        "found": found,
        "trials": lines,
        "parameters": space.parameters,
        "compare": space.compare,
        "objective": config.objective,
        "folder": folder,
        "command": "python -m sweep +search=made data.path='a b.csv'",
        "fingerprint": "00ff" * 4,
        "corpus": {"name": next(strange), "rows": 1000, "sha256": "ab" * 32},
        "spans": _spans(draw, lines),
        "examples": 3,
    }
    return Records(**given | changes)


def _names(lines: list[dict[str, Any]]) -> list[str]:
    return [f"{line['arm']}-{line['number']}" for line in lines]


def _trials(draw: np.random.Generator, arm: str, count: int, strange: Any) -> list[dict[str, Any]]:
    lines = []
    for number in range(count):
        status = "FAILED" if number % 6 == 4 else "PRUNED" if number % 6 == 5 else "COMPLETE"
        failed = status == "FAILED"
        hidden, rate = int(draw.integers(8, 512)), float(10 ** draw.uniform(-4, -1))
        value = 0.5 + 0.4 * np.exp(-((np.log10(rate) + 2.5) ** 2)) + float(draw.normal(0, 0.02))
        lines.append(
            {
                "arm": arm,
                "number": number,
                "attempt": 1,
                "status": status,
                "reason": "raised" if failed else None,
                "message": f"ValueError: {next(strange)}" if failed and number < 12 else "",
                "where": "plugin.py:3" if failed else None,
                "stopped": None if failed else "pruned" if status == "PRUNED" else "max_epochs",
                "value": None if failed else float(value),
                "epoch": None if failed else 3,
                "epochs": 0 if failed else 6,
                "seconds": round(float(draw.uniform(3, 9)), 2),
                "threshold": None if failed else 0.4,
                "model.cell": arm,
                "model.hidden": hidden,
                "optimizer.learning_rate": rate,
            }
        )
    return lines


def _summary(
    draw: np.random.Generator, space: Space, lines: list[dict[str, Any]], trials: int, strange: Any
) -> dict[str, Any]:
    arms, finalists = _arms(draw, space, lines, trials, strange)
    first, second = space.arms
    name = f"{first}-{arms[first]['best']['number']}"
    folds = finalists[name]["scores"]
    scores = {
        "average_precision": 0.9, "roc_auc": 0.95, "mcc": 0.8, "f1": 0.82, "precision": 0.9, "recall": 0.75,
        "log_loss": 0.2, "ece": 0.02, "tp": 15.0, "fp": 2.0, "fn": 5.0, "tn": 78.0,
    }  # fmt: skip
    difference = arms[first]["confirmed"]["mean"] - arms[second]["confirmed"]["mean"]
    return {
        "name": "made",
        "search": "made",
        "question": f"Which is better? {next(strange)}",
        "status": "complete",
        "seed": 0,
        "wall_s": 300.0,
        "trials_per_hour": 3600 * len(lines) / 300,
        "trials_run": len(lines),
        "test_reads": 1,
        "objective": "average_precision",
        "threshold_for": "mcc",
        "versions": {"python": "3.11.2", "torch": "2.10"},
        "arms": arms,
        "confirm": {"folds": FOLDS, "repeats": 1, "finalists": finalists},
        "best": {
            "arm": first,
            "number": arms[first]["best"]["number"],
            "settings": {"model.cell": first, "model.hidden": 64, "text.language": next(strange)},
            "value": arms[first]["best"]["value"],
            "confirmed": float(np.mean(folds)),
            "optimism": 0.01,
            "members": [{"fold": fold, "seed": fold} for fold in range(FOLDS)],
            "validation": scores,
            "test": scores,
            "threshold": 0.4371,
            "threshold_interval": [0.3, 0.6],
        },
        "baselines": {
            who: {"validation": scores, "test": scores, "folds": [level] * FOLDS}
            for who, level in (("majority", 0.2), ("tfidf_logreg", 0.85))
        },
        "gate": {
            "better_than": "tfidf_logreg", "metric": "average_precision", "network": 0.9, "baseline": 0.85,
            "difference": 0.05, "interval": [0.02, 0.08], "decision": "better", "detectable": 0.03, "rows": ROWS,
        },
        "verdict": [
            {
                "a": first, "b": second, "probability": 0.8, "interval": [0.3, 1.0], "difference": difference,
                "difference_interval": [difference - 0.03, difference + 0.03], "p": 0.2, "level": 0.05,
                "decision": "no evidence", "folds": FOLDS, "more_folds": 10, "detectable": 0.04,
            }
        ],
        "findings": _findings(lines, strange),
    }  # fmt: skip


def _findings(lines: list[dict[str, Any]], strange: Any) -> list[dict[str, Any]]:
    return [
            {
                "symptom": "raised", "cause": "training", "severity": "error", "confidence": 0.9,
                "title": f"4 trials raised: {next(strange)}", "remedy": f"Mend it. {next(strange)}",
                "evidence": [{"text": next(strange), "trials": _names(lines)[4:5], "rows": [3, 17]}],
                "patch": ["resampling=none", f"text.language='{next(strange)}'"], "proof": "observed",
            }
        ]  # fmt: skip


def _arms(
    draw: np.random.Generator, space: Space, lines: list[dict[str, Any]], trials: int, strange: Any
) -> tuple[dict[str, Any], dict[str, Any]]:
    arms: dict[str, Any] = {}
    finalists: dict[str, Any] = {}
    for place, arm in enumerate(space.arms):
        ours = [line for line in lines if line["arm"] == arm]
        ended = [line for line in ours if line["value"] is not None]
        complete = [line for line in ended if line["status"] == "COMPLETE"]
        ranked = sorted(complete, key=lambda line: -line["value"])
        failed = [line for line in ours if line["status"] == "FAILED"]
        searched = [p for p in space.parameters if p.path != space.compare]
        values = [line["value"] for line in ended]
        scores = [round(0.9 - 0.02 * place + float(draw.normal(0, 0.01)), 4) for _ in range(FOLDS)]
        best = ranked[0]
        finalists[f"{arm}-{best['number']}"] = {"value": best["value"], "scores": scores}
        reached = expected_best(
            Metric.average_precision, values, [line["seconds"] for line in ended], values[:4]
        )
        shares = what_mattered(
            searched,
            [{p.path: line[p.path] for p in searched} for line in ended],
            values,
            maximize=True,
        )
        failures = [
            {
                "reason": "raised",
                "numbers": [line["number"] for line in failed],
                "message": f"ValueError: {next(strange)}",
                "where": "plugin.py:3",
            }
        ]
        arms[arm] = {
            "budget": trials,
            "complete": len(complete),
            "no_learning": 0,
            "pruned": len(ended) - len(complete),
            "failed": len(failed),
            "interrupted": 0,
            "reasons": {"raised": len(failed)} if failed else {},
            "failures": failures if failed else [],
            "median": float(np.median(values)),
            "median_of": len(values),
            "best": {"number": best["number"], "value": best["value"], "settings": {}},
            "expected_best": reached,
            "importance": shares,
            "confirmed": {
                "number": best["number"],
                "mean": float(np.mean(scores)),
                "interval": [min(scores) - 0.01, max(scores) + 0.01],
                "folds": FOLDS,
            },
        }
    return arms, finalists


def _history(draw: np.random.Generator, folder: SweepFolder, name: str) -> None:
    trial = folder.trial(name)
    trial.root.mkdir(parents=True)
    rows = [
        {
            "epoch": epoch,
            "average_precision": 0.2 + 0.1 * epoch + float(draw.normal(0, 0.01)),
            "train_loss": 0.5 - 0.05 * epoch,
            "log_loss": 0.5 - 0.04 * epoch,
        }
        for epoch in range(6)
    ]
    trial.history.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    layer = {"saturated_low": 0.1, "saturated_high": 0.4}
    epochs = [{"epoch": 5, "gradient_by_time": [10.0**-i for i in range(9, -1, -1)]}]
    write_json(trial.probe, {"epochs": [epochs[0] | {"gates": {"rnn.0": layer}}]})


def _winner_files(
    draw: np.random.Generator, folder: SweepFolder, found: dict[str, Any], strange: Any
) -> None:
    files = folder.finalist(f"{found['best']['arm']}-{found['best']['number']}")
    for fold in range(FOLDS):
        member = files.member(fold)
        member.root.mkdir(parents=True)
        member.checkpoint.write_bytes(b"0" * 1000)
    labels = (np.arange(ROWS) % 5 == 0).astype(float)
    network = np.clip(draw.normal(0.2 + 0.5 * labels, 0.15), 0.001, 0.999)
    baseline = np.clip(draw.normal(0.3 + 0.3 * labels, 0.2), 0.001, 0.999)
    np.savez(files.answers, labels=labels, network=network, baseline=baseline)
    length = {"q25": 5, "median": 8, "q75": 12, "q95": 20, "longest": 40}
    telling = {
        "term": next(strange),
        "correlation": 0.4,
        "positive": 0.5,
        "negative": 0.1,
        "lines": {},
    }
    apart = {"auc": 0.5, "interval": [0.45, 0.55]}
    write_json(
        folder.audit,
        {
            "classes": {
                "train": {"rows": 600, "positives": 120},
                "test": {"rows": 200, "positives": 50},
            },
            "duplicates": {
                "rows": 12,
                "share": 0.012,
                "lines": {next(strange): list(range(1, 13))},
            },
            "conflicts": {"rows": 0, "share": 0.0, "lines": {}},
            "near_duplicates": {"texts": 3, "test": {"rows": 3, "share": 0.015, "lines": {}}},
            "label_errors": {"suspects": 9, "rows": 800, "share": 0.009, "lines": {}},
            "drift": {
                "test": {
                    "difference": 0.05,
                    "interval": [0.0, 0.1],
                    "length": apart,
                    "texts": apart,
                }
            },
            "shortcuts": {"terms": [telling]},
            "encoding": {
                "max_length": 30,
                "parts": {"train": {"length": length, "cut": {"texts": 0.02}}},
            },
        },
    )


def _spans(draw: np.random.Generator, lines: list[dict[str, Any]]) -> list[Span]:
    ends = [1000.0, 1000.0]
    found = []
    for line, name in zip(lines, _names(lines), strict=True):
        lane = int(np.argmin(ends))
        found.append(Span(name, ends[lane], ends[lane] + line["seconds"], line["status"]))
        ends[lane] += line["seconds"] + 0.1
    return found
