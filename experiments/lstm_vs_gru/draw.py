"""Draws what confirmed sweeps say of LSTM against GRU and of the network against the linear baseline.

python experiments/lstm_vs_gru/draw.py     # reads ../confirm/results, writes arms.svg and gate.svg, prints the tables

One line a sweep: the difference in average precision out of fold, with its interval.
"""

import json
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("svg")
mpl.rcParams.update(
    {"svg.hashsalt": "sweep", "svg.fonttype": "none", "font.size": 9, "axes.spines.right": False}
)
mpl.rcParams["axes.spines.top"] = False
from matplotlib import pyplot as plt  # noqa: E402 - after the backend has been chosen

HERE = Path(__file__).parent
RESULTS = HERE.parent / "confirm" / "results"
COLOURS = {
    "no evidence": "#a0aec0",
    "b better": "#2b6cb0",
    "a better": "#c05621",
    "better": "#2b6cb0",
    "worse": "#c05621",
}

Line = tuple[str, float, tuple[float, float], str]


def sweeps() -> dict[str, dict[str, Any]]:
    """The sweeps on record that have a verdict between an LSTM and a GRU, by name."""
    read = {
        file.stem: json.loads(file.read_text(encoding="utf-8"))
        for file in sorted(RESULTS.glob("*.json"))
    }
    return {name: told for name, told in read.items() if _pair(told)}


def _pair(told: dict[str, Any]) -> dict[str, Any] | None:
    return next(
        (pair for pair in told["verdict"] if {pair["a"], pair["b"]} == {"lstm", "gru"}), None
    )


def arms(told: dict[str, dict[str, Any]]) -> list[Line]:
    """GRU minus LSTM of each sweep."""
    lines = []
    for name, sweep in told.items():
        pair = _pair(sweep)
        assert pair is not None
        turn = -1 if pair["a"] == "lstm" else 1
        low, high = sorted(turn * bound for bound in pair["difference_interval"])
        lines.append((name, turn * pair["difference"], (low, high), pair["decision"]))
    return lines


def gates(told: dict[str, dict[str, Any]]) -> list[Line]:
    """The winner's bag minus the linear baseline of each sweep."""
    found = ((name, sweep["gate"]) for name, sweep in told.items())
    return [
        (name, gate["difference"], tuple(gate["interval"]), gate["decision"])
        for name, gate in found
    ]


def draw(title: str, xlabel: str, lines: list[Line], path: Path) -> None:
    """One row a sweep: a dot and its interval, grey where there is no evidence."""
    figure, axes = plt.subplots(figsize=(6.4, 0.3 * len(lines) + 1.1))
    for row, (_, difference, (low, high), decision) in enumerate(reversed(lines)):
        colour = COLOURS.get(decision, "#2b6cb0")
        axes.plot([low, high], [row, row], color=colour, linewidth=2)
        axes.plot(difference, row, "o", color=colour)
    axes.axvline(0, color="#4a5568", linewidth=0.8)
    axes.set(title=title, xlabel=xlabel, yticks=range(len(lines)))
    axes.set_yticklabels([line[0].replace("_", " ") for line in reversed(lines)])
    figure.savefig(path, bbox_inches="tight", metadata={"Date": None})
    plt.close(figure)


def table(head: str, lines: list[Line]) -> None:
    """Print the lines as Markdown."""
    print(f"\n| | {head} | interval | decision |\n|---|---:|---|---|")
    for name, difference, (low, high), decision in lines:
        print(
            f"| {name.replace('_', ' ')} | {difference:+.4f} | {low:+.4f} to {high:+.4f} | {decision} |"
        )


if __name__ == "__main__":
    told = sweeps()
    for name, head, title, lines in (
        (
            "arms",
            "GRU − LSTM, average precision",
            "A GRU and an LSTM, tuned equally, differ by less than folds can show",
            arms(told),
        ),
        (
            "gate",
            "network − linear, average precision",
            "Against TF-IDF with logistic regression on the same folds",
            gates(told),
        ),
    ):
        draw(title, head + ", out of fold", lines, HERE / f"{name}.svg")
        table(head, lines)
