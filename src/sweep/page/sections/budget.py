"""The budget: who trained when, how much of it was pruned or failed, and what more of it would buy."""

from collections.abc import Sequence
from typing import Any

from sweep.page.blocks import DASHES, Column, Figure, Section, Table, Words, axis, escaped
from sweep.page.records import Records
from sweep.page.sections.parallel import thin
from sweep.tracking.timeline import Span

IDLE_S = 30.0
"""Seconds without any training that the timeline leaves out: between two commands."""
BARS = 600
HOW = {"COMPLETE": 0, "PRUNED": 4, "FAILED": 1, "fold": 2}
PATTERNS = {"COMPLETE": "", "PRUNED": "/", "FAILED": "x", "fold": "-"}
TOLD = {"COMPLETE": "complete", "PRUNED": "pruned", "FAILED": "failed", "fold": "confirmation"}


def budget(records: Records) -> Section:
    """Tell where the time went and what more would bring.

    Args:
        records: of the sweep.
    """
    found = records.found
    section = Section("budget", "The budget")
    rate = found["trials_per_hour"]
    text = f"{found['trials_run']} trials in {found['wall_s']:.0f} s of searching: {rate:.0f} trials an hour."
    section.blocks.append(Words(text=text))
    if records.spans:
        section.blocks.append(_timeline(records.spans))
    curves = {
        arm: told["expected_best"]
        for arm, told in found["arms"].items()
        if "expected_best" in told
    }
    if any(len(told["trials"]) > 1 for told in curves.values()):
        section.blocks.append(_by_trials(records, curves))
    if any("seconds" in told for told in curves.values()):
        section.blocks.append(_by_seconds(records, curves))
    return section


def lanes(spans: Sequence[Span]) -> list[tuple[Span, int, float]]:
    """Lay trainings side by side, and leave out the time in which nothing trained.

    Args:
        spans: in any order.

    Returns:
        Each with its lane from 0, the lowest that is free, and its start in seconds since the first, without idle time.
    """
    laid: list[tuple[Span, int, float]] = []
    free: list[float] = []
    cut, until = 0.0, None
    for span in sorted(spans, key=lambda s: (s.began, s.ended)):
        if until is None:
            cut = span.began
        elif span.began - until > IDLE_S:
            cut += span.began - until
        until = max(span.ended, until or span.ended)
        lane = next((i for i, end in enumerate(free) if end <= span.began), len(free))
        free[lane : lane + 1] = [span.ended]
        laid.append((span, lane, span.began - cut))
    return laid


def _timeline(spans: Sequence[Span]) -> Figure:
    laid = lanes(spans)
    total = sum(span.ended - span.began for span in spans)
    spent = {how: sum(span.ended - span.began for span in spans if span.how == how) for how in HOW}
    count = {how: sum(span.how == how for span in spans) for how in HOW}
    drawn = sorted(
        thin(sorted(laid, key=lambda each: each[0].began - each[0].ended), BARS),
        key=lambda e: e[2],
    )
    some = f" ({len(drawn)} of {len(laid)} are drawn)" if len(drawn) < len(laid) else ""
    data = []
    for how, place in HOW.items():
        ours = [each for each in drawn if each[0].how == how]
        if not ours:
            continue
        data.append(_bars(how, place, ours))
    wasted = (spent["PRUNED"] + spent["FAILED"]) / total if total else 0.0
    workers = 1 + max(lane for _, lane, _ in laid)
    return Figure(
        key="timeline",
        title=f"{wasted:.0%} of the training time went into trials that were pruned or failed, "
        f"{spent['fold'] / total if total else 0:.0%} into the confirmation{some}",
        said="Each bar is a training; its length is its seconds. Time between two commands is left out.",
        data=data,
        layout={
            "barmode": "overlay",
            "xaxis": axis("time (seconds since the first training)"),
            "yaxis": axis("", type="category", categoryorder="category descending"),
            "legend": {"orientation": "h", "y": 1.15, "x": 0},
        },
        table=Table(
            caption="Where the training time went",
            columns=(Column("trainings that"), Column("number", "d"), Column("seconds", ".0f"), Column("share", ".0%")),
            rows=[
                [TOLD[how], count[how], spent[how], spent[how] / total if total else 0.0]
                for how in HOW
                if count[how]
            ],
            open=False,
        ),
        height=150 + 34 * workers,
    )  # fmt: skip


def _bars(how: str, place: int, ours: Sequence[tuple[Span, int, float]]) -> dict[str, Any]:
    return {
        "type": "bar",
        "orientation": "h",
        "name": TOLD[how],
        "base": [round(start, 2) for _, _, start in ours],
        "x": [round(span.ended - span.began, 2) for span, _, _ in ours],
        "y": [f"worker {lane + 1}" for _, lane, _ in ours],
        "text": [escaped(span.name) for span, _, _ in ours],
        "textposition": "none",
        "marker": {
            "color": f"@{place}",
            "pattern": {"shape": PATTERNS[how], "fillmode": "overlay", "fgcolor": "@paper"},
            "line": {"color": "@paper", "width": 1},
        },
        "hovertemplate": "%{text}: %{x:.1f} s<extra></extra>",
    }


def _by_trials(records: Records, curves: dict[str, Any]) -> Figure:
    data: list[dict[str, Any]] = []
    rows: list[list[Any]] = []
    for place, arm in enumerate(records.arms):
        best = curves.get(arm, {}).get("trials", [])
        if not best:
            continue
        data.append(_curve(place, arm, list(range(1, len(best) + 1)), best))
        half = best[(len(best) - 1) // 2]
        rows.append([arm, len(best), best[0], half, best[-1], best[-1] - half])
    arm, n, _, half, last, gained = max(rows, key=lambda row: abs(row[5]))
    band = next((told["random"] for told in curves.values() if "random" in told), None)
    note = ""
    if band is not None:
        note = " Dotted lines: the 95 % band of trials drawn at random (an end that is not drawn is unbounded)."
        for arm_place, arm_name in enumerate(records.arms):
            drawn = curves.get(arm_name, {}).get("random")
            for end in ("low", "high") if drawn else ():
                data.append(_edge(arm_place, arm_name, drawn[end], end))
    return Figure(
        key="expected-trials",
        title=f"The second half of {n} trials brought {arm} {abs(gained):.4f} {records.metric} ({half:.4f} to "
        f"{last:.4f})",
        said="Best score that so many of these trials are expected to reach in random order (Dodge et al., 2019). "
        f"A flat end says that more trials of this kind will hardly help.{note}",
        data=data,
        layout={
            # On a short axis ticks would stand at halves, which are no trials.
            "xaxis": axis("trials of an arm", tickformat="d", **({"dtick": 1} if n <= 12 else {})),
            "yaxis": axis(f"expected best {records.metric} on validation"),
            "legend": {"orientation": "h", "y": 1.12, "x": 0},
        },
        table=Table(
            caption="Expected best by trials",
            columns=(Column("arm"), Column("trials", "d"), Column("after 1", ".4f"), Column("after half", ".4f"),
                     Column("after all", ".4f"), Column("second half brought", "+.4f")),
            rows=rows,
            open=False,
        ),
    )  # fmt: skip


def _edge(place: int, arm: str, ends: Sequence[float | None], end: str) -> dict[str, Any]:
    line = {"color": f"@{place}", "dash": "dot", "width": 1}
    name = f"{escaped(arm)}, random, {'lower' if end == 'low' else 'upper'} end"
    return _curve(place, arm, list(range(1, len(ends) + 1)), list(ends)) | {
        "line": line,
        "name": name,
        "showlegend": False,
    }


def _by_seconds(records: Records, curves: dict[str, Any]) -> Figure:
    data, rows = [], []
    for place, arm in enumerate(records.arms):
        told = curves.get(arm, {}).get("seconds")
        if told is None:
            continue
        data.append(_curve(place, arm, told["budgets"], told["best"]))
        rows += [[arm, s, b] for s, b in zip(told["budgets"], told["best"], strict=True)]
    last = {row[0]: row for row in rows}
    said = ", ".join(f"{arm} {row[2]:.4f} in {row[1]:.0f} s" for arm, row in last.items())
    return Figure(
        key="expected-seconds",
        title=f"What the seconds bought: {said}",
        said="The same against seconds of training on one worker: an arm whose trials are quick starts further left.",
        data=data,
        layout={
            "xaxis": axis("training time of an arm (seconds)"),
            "yaxis": axis(f"expected best {records.metric} on validation"),
            "legend": {"orientation": "h", "y": 1.12, "x": 0},
        },
        table=Table(
            caption="Expected best by seconds",
            columns=(Column("arm"), Column("seconds", ".1f"), Column("expected best", ".4f")),
            rows=rows,
            open=False,
        ),
    )


def _curve(place: int, arm: str, x: list[Any], y: list[Any]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": escaped(arm),
        "x": x,
        "y": y,
        "line": {"color": f"@{place}", "dash": DASHES[place], "width": 2},
        "hovertemplate": f"{escaped(arm)}, %{{x}}: %{{y:.4f}}<extra></extra>",
    }
