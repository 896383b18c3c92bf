"""The answer to the search's question, and the verdict between the arms."""

from collections.abc import Mapping
from typing import Any

from sweep.page.blocks import (
    SYMBOLS,
    Block,
    Column,
    Figure,
    Heading,
    Section,
    Table,
    Words,
    axis,
    escaped,
    ranged,
)
from sweep.page.records import Records
from sweep.report.answer import answer, gate, verdict

ENDINGS = {
    "interrupted": "This sweep was interrupted; the same command goes on, and what follows is what is known so far.",
    "fruitless": "No trial has completed, so there is no winner.",
    "given_up": "The sweep was given up, because trials failed one after the other for the same reason.",
}
TONES = {"better": "good", "worse": "bad"}


def opening(records: Records) -> Section:
    """Answer the question in two sentences, and say whether a network is worth it here.

    Args:
        records: of the sweep.
    """
    found = records.found
    blocks: list[Block] = []
    if question := found.get("question"):
        blocks.append(Words(text=question, tone="question"))
    if found["status"] in ENDINGS:
        blocks.append(Words(text=ENDINGS[found["status"]], tone="warning"))
    if "members" in found.get("best", {}):
        blocks.append(Words(text=" ".join(answer(found)), tone="lead"))
    elif "best" in found:
        best = found["best"]
        said = f"The best trial is {best['arm']}-{best['number']}, with {best['value']:.4f} {records.metric} on "
        blocks.append(Words(text=f"{said}validation; it has not been confirmed.", tone="lead"))
    if (worth := gate(found)) is not None:
        blocks.append(Words(text=worth, tone=TONES.get(found["gate"]["decision"], "warning")))
    arms = found["arms"].values()
    budget, failed = (sum(told[name] for told in arms) for name in ("budget", "failed"))
    rows = f", on {records.corpus['rows']:,} texts" if records.corpus else ""
    ran = f"{found['trials_run']} of {budget} trials in {_duration(found['wall_s'])}{rows}; {failed} failed"
    blocks.append(Words(text=f"{ran}. Seed {found['seed']}.", tone="small"))
    return Section("answer", "The answer", blocks)


def verdicts(records: Records) -> Section:
    """Tell which arm is better, by pictures of the folds that both were scored on.

    Args:
        records: of the sweep.
    """
    section = Section("verdict", "Which is better, and how sure")
    pairs = records.found.get("verdict", [])
    if not pairs:
        why = "Fewer than two arms were confirmed, so none can be called better."
        section.blocks.append(Words(text=why))
        return section
    for pair, line in zip(pairs, verdict(records.found), strict=True):
        if len(pairs) > 1:
            section.blocks.append(Heading(text=f"{pair['a']} against {pair['b']}"))
        section.blocks += [Words(text=f"{line}."), _paired(records, pair)]
    return section


def _paired(records: Records, pair: Mapping[str, Any]) -> Figure:
    found, metric = records.found, records.metric
    finalists = found["confirm"]["finalists"]
    names = [
        f"{arm}-{found['arms'][arm]['confirmed']['number']}" for arm in (pair["a"], pair["b"])
    ]
    first, second = (finalists[name]["scores"] for name in names)
    folds = list(range(1, len(first) + 1))
    sign = 1 if records.maximize else -1
    wins = sum(sign * (a - b) > 0 for a, b in zip(first, second, strict=True))
    ahead, count = (names[0], wins) if 2 * wins >= len(folds) else (names[1], len(folds) - wins)
    strokes: dict[str, Any] = {
        "type": "scatter",
        "mode": "lines",
        "showlegend": False,
        "hoverinfo": "skip",
        "x": [fold for fold in folds for _ in range(3)],
        "y": [y for a, b in zip(first, second, strict=True) for y in (a, b, None)],
        "line": {"color": "@muted", "width": 3},
    }
    points = [
        {
            "type": "scatter",
            "mode": "markers",
            "name": escaped(name),
            "x": folds,
            "y": scores,
            "marker": {"color": f"@{place}", "symbol": SYMBOLS[place], "size": 12},
            "hovertemplate": f"fold %{{x}}: {escaped(name)} %{{y:.4f}}<extra></extra>",
        }
        for place, (name, scores) in enumerate(zip(names, (first, second), strict=True))
    ]
    difference = ranged(pair["difference"], pair["difference_interval"], "+.3f")
    table = Table(
        caption=f"{metric} of the two on the same folds",
        columns=(
            Column("fold", "d"),
            *(Column(n, ".4f") for n in names),
            Column("difference", "+.4f"),
        ),
        rows=[[fold, a, b, a - b] for fold, a, b in zip(folds, first, second, strict=True)],
        open=False,
    )
    return Figure(
        key=f"paired-{pair['a']}-{pair['b']}",
        title=f"{ahead} is ahead on {count} of {len(folds)} folds; the difference {pair['a']} − {pair['b']} is "
        f"{difference}",
        said="Both were scored on the same rows in each fold; a grey stroke joins the two. "
        f"{'Higher' if records.maximize else 'Lower'} is better.",
        data=[strokes, *points],
        layout={
            "xaxis": axis("fold held out", tickvals=folds, range=[0.5, len(folds) + 0.5]),
            "yaxis": axis(f"{metric} (no unit)"),
            "legend": {"orientation": "h", "y": 1.12, "x": 0},
        },
        table=table,
    )


def _duration(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
