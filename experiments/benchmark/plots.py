"""Draws what the results hold as pictures: `results/*.svg`.

python experiments/benchmark/plots.py
"""

import json
from pathlib import Path
from typing import Any

import matplotlib as mpl
import record

mpl.use("svg")
mpl.rcParams.update(
    {"svg.hashsalt": "sweep", "svg.fonttype": "none", "font.size": 9, "axes.spines.right": False}
)
mpl.rcParams["axes.spines.top"] = False
from matplotlib import pyplot as plt  # noqa: E402 - after the backend has been chosen

BLUE, GREY = "#2b6cb0", "#a0aec0"
PARTS = {"ask_ms": "ask", "report_ms": "report", "tell_ms": "tell", "track_ms": "track"}
SAME_WORK = {
    "same_work_sms": "SMS",
    "same_work_sms_fixed": "SMS, an earlier commit, one round",
    "same_work_imdb": "IMDB",
}
SHADES = ("#2b6cb0", "#63b3ed", "#a0aec0", "#4a5568")


def bars(title: str, names: list[str], values: list[float], unit: str, path: Path) -> None:
    """Horizontal bars with their numbers; the first one, this program's, in blue."""
    figure, axes = plt.subplots(figsize=(6.4, 0.38 * len(names) + 0.9))
    colours = [BLUE] + [GREY] * (len(names) - 1)
    drawn = axes.barh(names[::-1], values[::-1], color=colours[::-1])
    axes.bar_label(drawn, fmt="%g", padding=3)
    axes.set(title=title, xlabel=unit, xlim=(0, max(values) * 1.12))
    save(figure, path)


def growth(found: dict[str, Any], path: Path) -> None:
    """Milliseconds a trial, stacked by part."""
    figure, axes = plt.subplots(figsize=(6.4, 3.2))
    names = [f"{row['trials']:,}" for row in found["sizes"]]
    below = [0.0] * len(names)
    for (key, name), colour in zip(PARTS.items(), SHADES, strict=True):
        values = [row[key] for row in found["sizes"]]
        axes.bar(names, values, 0.5, below, label=name, color=colour)
        below = [a + b for a, b in zip(below, values, strict=True)]
    axes.axhline(60, color="#c53030", linewidth=1, linestyle="--")
    axes.text(-0.4, 61, "goal at 10,000", color="#c53030", va="bottom")
    axes.set(
        title=f"What a trial of {found['epochs']} epochs costs the coordinator",
        xlabel="trials in storage",
        ylabel="ms",
    )
    axes.set_ylim(0, 80)
    axes.legend(frameon=False, ncols=4, loc="upper right")
    save(figure, path)


def target(found: dict[str, Any], path: Path) -> None:
    """Seconds to the target, seed by seed."""
    figure, axes = plt.subplots(figsize=(6.4, 3.2))
    for side, colour, name in (
        ("theirs", GREY, "random search, no pruning"),
        ("ours", BLUE, "sweep"),
    ):
        for seed, run in enumerate(found[side]):
            mark = "o" if run["reached"] else ">"
            label = name if seed == 0 else None
            axes.plot(run["wall_s"], seed, mark, color=colour, markersize=8, label=label)
    axes.set(xlabel="seconds, logarithmic; > not there at the limit", ylabel="seed", xscale="log")
    axes.set_title(f"Time until average precision {found['target']} on validation")
    axes.set_yticks(range(len(found["ours"])))
    axes.legend(frameon=False)
    save(figure, path)


def save(figure: Any, path: Path) -> None:
    """Write the picture; the same numbers give the same file."""
    figure.savefig(path, bbox_inches="tight", metadata={"Date": None})
    plt.close(figure)
    print(path)


def main() -> None:
    """Draw whatever has been measured."""
    results = {
        f.stem: json.loads(f.read_text(encoding="utf-8")) for f in record.RESULTS.glob("*.json")
    }
    sides = {
        "ours": "sweep",
        "dynamic": "plain loop, dynamic padding",
        "fixed": "plain loop, fixed padding",
    }
    for name, corpus in SAME_WORK.items():
        if name in results:
            there = [side for side in sides if side in results[name]]
            rates = [results[name][side]["trials_per_hour"] for side in there]
            title = f"The same trials on {corpus}"
            names = [sides[side] for side in there]
            bars(title, names, rates, "trials an hour", record.RESULTS / f"{name}.svg")
    if "ablations" in results:
        shares = results["ablations"]["times_slower_without"]
        names = ["all", *(f"without {name}" for name in shares)]
        title = "Time for the same trials without one measure"
        bars(title, names, [1.0, *shares.values()], "times", record.RESULTS / "ablations.svg")
    for name, draw in (("growth", growth), ("target", target)):
        if name in results:
            draw(results[name], record.RESULTS / f"{name}.svg")


if __name__ == "__main__":
    main()
