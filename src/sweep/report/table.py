"""The table at a sweep's end: what each arm reached, who won, and beside what."""

import io
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from sweep.report import failures, findings_lines
from sweep.report.answer import answer, gate, passed, verdict
from sweep.report.forecast import MINUTE_S, written
from sweep.report.what_mattered import lines
from sweep.typed import on_sweep
from sweep.workspace import SweepFolder

SHOWN = {
    "average_precision": "AP",
    "roc_auc": "AUC",
    "f1": "F1",
    "mcc": "MCC",
    "precision": "prec.",
    "recall": "recall",
    "ece": "ECE",
}
"""Scores of the test table under headings short enough for a terminal of 80 columns."""
PLAIN_WIDTH = 120  # of a log file, which has no width of its own


def make_console() -> Console:
    """The console that commands write to."""
    console = Console(highlight=False, soft_wrap=True)
    if console.is_terminal:
        return console
    # In a notebook rich would give each line an output of its own, or take it for a terminal: kernels ask for colours.
    return Console(
        highlight=False,
        width=PLAIN_WIDTH,
        soft_wrap=True,
        force_jupyter=False,
        force_terminal=False,
    )


def as_html(found: dict[str, Any], folder: Path) -> str:
    """What `show` prints, for a notebook's page.

    Args:
        found: what `summary.json` holds.
        folder: the sweep's own folder.
    """
    console = Console(
        highlight=False, width=PLAIN_WIDTH, file=io.StringIO(), record=True, force_jupyter=False
    )
    show(console, found, folder)
    return console.export_html(inline_styles=True, code_format="<pre>{code}</pre>")


def show(console: Console, found: dict[str, Any], folder: Path) -> None:
    """Print a summary.

    Args:
        console: where to write.
        found: what `summary.json` holds.
        folder: the sweep's own folder.
    """
    if not passed(found):
        console.print(gate(found), style="bold", markup=False, soft_wrap=True)
    if "members" in found.get("best", {}):
        console.print(" ".join(answer(found)), style="bold", markup=False, soft_wrap=True)
    console.print(arms(found))
    if "confirm" in found:
        console.print(confirmed(found))
        for line in verdict(found):
            console.print(line, markup=False, soft_wrap=True)
        if passed(found) and (sentence := gate(found)) is not None:
            console.print(sentence, markup=False, soft_wrap=True)
    if (used := time_used(found)) is not None:
        console.print(used, markup=False, soft_wrap=True)
    if short := sum(told.get("interrupted", 0) for told in found["arms"].values()):
        console.print(
            f"{short} cut short; the same command does {'it' if short == 1 else 'them'} again"
        )
    if failed := failures.lines(found["arms"], folder):
        console.print("failed:")
    for line in failed:
        console.print(f"  {line}", markup=False)
    for place, line in enumerate(findings_lines.lines(found, SweepFolder(folder))):
        console.print(line, markup=False, soft_wrap=True, style="" if place else "bold")
    if "best" not in found:
        console.print("no trial has completed", style="bold")
    else:
        best = found["best"]
        settings = ", ".join(f"{path}={value}" for path, value in best["settings"].items())
        settings = settings or "the configuration's own values"
        console.print(f"winner: {best['arm']}-{best['number']}  ({settings})", markup=False)
        if "test" in best:
            console.print(scores(found))
            if found.get("test_reads", 1) > 1:
                console.print(
                    f"the test part has been scored {found['test_reads']} times: once for each winner "
                    "of a budget that grew"
                )
    for line in lines(found):
        console.print(line, markup=False)
    console.print(where_next(found, folder), markup=False)


def arms(found: dict[str, Any]) -> Table:
    """One row an arm; the median is over as many trials as are named beside it, all that did not fail.

    Args:
        found: what `summary.json` holds.

    Returns:
        The table.
    """
    table = Table(title=f"{found['name']}: {found['objective']} on validation")
    for name in ("arm", "best", "median", "complete", "at chance", "pruned", "failed"):
        table.add_column(name, justify="left" if name == "arm" else "right")
    for arm, told in found["arms"].items():
        best = f"{told['best']['value']:.4f}" if "best" in told else "-"
        median = f"{told['median']:.4f} of {told['median_of']}" if "median" in told else "-"
        counts = (str(told[name]) for name in ("complete", "no_learning", "pruned", "failed"))
        table.add_row(arm, best, median, *counts)
    return table


def time_used(found: dict[str, Any]) -> str | None:
    """Say what became of `search.minutes`.

    Args:
        found: what `summary.json` holds.

    Returns:
        A sentence; None where no time was given.
    """
    budget = found.get("budget", {})
    if budget.get("minutes") is None:
        return None
    confirm_s = budget.get("confirm_s", 0.0)
    trials = max(told["budget"] for told in found["arms"].values())
    used = (budget["search_s"] + confirm_s) / MINUTE_S
    over = (
        "; one round and its confirmation took longer"
        if trials == 1 and used > budget["minutes"]
        else ""
    )
    return (
        f"search.minutes={budget['minutes']:g}: {trials} trials an arm took {written(budget['search_s'])}, the "
        f"confirmation {written(confirm_s)}{over}"
    )


def confirmed(found: dict[str, Any]) -> Table:
    """One row a finalist that has all folds, and one for each that dropped out.

    Args:
        found: what `summary.json` holds.

    Returns:
        The table; the interval is that of the best of an arm.
    """
    confirm = found["confirm"]
    table = Table(title=f"{found['objective']} on {confirm['folds']} folds held out")
    for name in ("finalist", "search", "mean", "95 % interval", "folds", ""):
        table.add_column(name, justify="left" if name in ("finalist", "") else "right")
    best = {f"{arm}-{told['confirmed']['number']}": told["confirmed"]
            for arm, told in found["arms"].items() if "confirmed" in told}  # fmt: skip
    for name, told in confirm["finalists"].items():
        known = [score for score in told["scores"] if score is not None]
        mean = f"{sum(known) / len(known):.4f}" if known else "-"
        interval = "{:.4f} to {:.4f}".format(*best[name]["interval"]) if name in best else ""
        folds = str(len(told["scores"]))
        table.add_row(name, f"{told['value']:.4f}", mean, interval, folds, told.get("dropped", ""))
    return table


def scores(found: dict[str, Any]) -> Table:
    """The winner's scores on the test part beside the baselines'.

    Args:
        found: what `summary.json` holds, test scores and baselines included.

    Returns:
        The table.
    """
    bag = "members" in found["best"]
    where = "rows held out" if bag else "validation"
    table = Table(title=f"test part, threshold chosen on {where} for {found['threshold_for']}")
    table.add_column("model")
    for heading in SHOWN.values():
        table.add_column(heading, justify="right")
    rows = {f"bag of {len(found['best']['members'])}" if bag else "winner": found["best"]["test"]}
    rows |= {name: told["test"] for name, told in found["baselines"].items()}
    for name, told in rows.items():
        table.add_row(name, *(f"{told[metric]:.4f}" for metric in SHOWN))
    return table


def where_next(found: dict[str, Any], folder: Path) -> str:
    """Say where to look next.

    Args:
        found: what `summary.json` holds.
        folder: the sweep's own folder.

    Returns:
        A line each, with the command to type.
    """
    page = SweepFolder(folder).page
    lines = [f"the report: {page}"] if page.exists() else []
    lines += [f"all results: {folder}", f"compare runs: {on_sweep('ui', folder)}"]
    if "best" in found:
        lines.append(f"export the winner: {on_sweep('export', folder)}")
    return "\n".join(lines)
