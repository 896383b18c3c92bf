"""The winner: its scores beside the simple methods, how it decides, what it costs to run."""

from collections.abc import Mapping, Sequence
from typing import Any

from sweep.page.blocks import Column, Figure, Section, Table, Words, axis, escaped
from sweep.page.records import Records
from sweep.report.answer import BASELINES

SCORES = ("average_precision", "roc_auc", "mcc", "f1", "precision", "recall", "log_loss", "ece")
MAJORITY = "majority"


def winner(records: Records) -> Section:
    """Tell what the winner scores beside the simple methods, how it decides, and what it costs to run.

    Args:
        records: of the sweep.
    """
    found = records.found
    section = Section("winner", "The winner")
    if "best" not in found:
        section.blocks.append(Words(text="No trial has completed, so nothing has won."))
        return section
    best = found["best"]
    if "confirm" in found:
        section.blocks.append(_folds(records))
    section.blocks.append(_scores(records))
    section.blocks.append(Words(text=_decides(records)))
    if costs := _costs(records):
        section.blocks.append(Words(text=costs))
    settings = [[path, str(value)] for path, value in best["settings"].items()]
    if settings:
        caption = f"What the search chose for {best['arm']}-{best['number']}"
        columns = (Column("setting"), Column("value"))
        section.blocks.append(Table(caption=caption, columns=columns, rows=settings, open=False))
    return section


def _folds(records: Records) -> Figure:
    found, metric = records.found, records.metric
    best = found["best"]
    name = f"{best['arm']}-{best['number']}"
    scores = {
        who: [s for s in told["scores"] if s is not None]
        for who, told in found["confirm"]["finalists"].items()
    }
    scores |= {
        BASELINES.get(who, who): told["folds"]
        for who, told in found.get("baselines", {}).items()
        if "folds" in told
    }
    means = {who: sum(each) / len(each) for who, each in scores.items() if each}
    sign = 1 if records.maximize else -1
    order = sorted(means, key=lambda who: sign * means[who])
    intervals = {
        f"{arm}-{told['confirmed']['number']}": told["confirmed"]["interval"]
        for arm, told in found["arms"].items()
        if "confirmed" in told
    }
    rivals = [who for who in (*BASELINES.values(),) if who in means]
    beside = f", {rivals[0]} {means[rivals[0]]:.3f}" if rivals else ""
    title = f"{name} reaches {means[name]:.3f} {metric} on folds held out{beside}"
    # Guessing lies far off: on its scale the others would stand on one another. The table has it.
    drawn = [who for who in order if who != MAJORITY]
    guessing = (
        f" Guessing alone (majority) reaches {means[MAJORITY]:.3f}." if MAJORITY in means else ""
    )
    table = Table(
        caption=f"{metric} of each finalist and simple method on the same folds",
        columns=(Column("who"), Column("mean", ".4f"), Column("95 % interval"), Column("folds")),
        rows=[
            [
                who,
                means[who],
                _ends(intervals.get(who)),
                "  ".join(f"{s:.4f}" for s in scores[who]),
            ]
            for who in reversed(order)
        ],
        open=False,
    )
    return Figure(
        key="folds",
        title=title,
        said="Each stroke is one fold, each diamond a mean, the star the winner's. Further right is "
        f"{'better' if records.maximize else 'worse'}.{guessing}",
        data=_strokes(name, drawn, scores, means, intervals),
        layout={
            "xaxis": axis(f"{metric} (no unit)"),
            "yaxis": axis("", type="category"),
            "legend": {"orientation": "h", "y": 1.12, "x": 0},
        },
        table=table,
        height=130 + 36 * len(drawn),
    )


def _strokes(
    name: str,
    order: Sequence[str],
    scores: Mapping[str, Sequence[float]],
    means: Mapping[str, float],
    intervals: Mapping[str, Sequence[float]],
) -> list[dict[str, Any]]:
    folds: dict[str, Any] = {
        "type": "scatter",
        "mode": "markers",
        "name": "one fold",
        "x": [score for who in order for score in scores[who]],
        "y": [_label(who) for who in order for _ in scores[who]],
        "marker": {"color": "@muted", "size": 8, "symbol": "line-ns-open", "line": {"width": 2}},
        "hovertemplate": "%{y}: %{x:.4f} on one fold<extra></extra>",
    }
    mean: dict[str, Any] = {
        "type": "scatter",
        "mode": "markers",
        "name": "mean, with the 95 % interval of each arm's best",
        "x": [means[who] for who in order],
        "y": [_label(who) for who in order],
        "marker": {
            "color": ["@1" if who == name else "@0" for who in order],
            "size": 12,
            "symbol": ["star" if who == name else "diamond" for who in order],
        },
        "error_x": _bars(order, means, intervals),
        "hovertemplate": "%{y}: mean %{x:.4f}<extra></extra>",
    }
    return [folds, mean]


def _label(who: str) -> str:
    # In two lines: on a phone a long name would leave the picture no room.
    return escaped(who).replace(" with ", " with<br>")


def _bars(
    order: Sequence[str], means: Mapping[str, float], intervals: Mapping[str, Sequence[float]]
) -> dict[str, Any]:
    ends = [intervals.get(who, (means[who], means[who])) for who in order]
    return {
        "type": "data",
        "symmetric": False,
        "array": [high - means[who] for who, (_, high) in zip(order, ends, strict=True)],
        "arrayminus": [means[who] - low for who, (low, _) in zip(order, ends, strict=True)],
        "color": "@ink",
        "thickness": 1.5,
    }


def _ends(interval: Sequence[float] | None) -> str:
    return "" if interval is None else f"{interval[0]:.4f} to {interval[1]:.4f}"


def _scores(records: Records) -> Table:
    found = records.found
    best = found["best"]
    bag = "members" in best
    names = [name for name in SCORES if name in best.get("test", best["validation"])]
    held = "out-of-fold" if bag else "validation"
    rows: list[list[Any]] = []
    for part, where in (("validation", held), ("test", "test part")):
        if part in best:
            rows.append([f"winner, {where}", *(best[part].get(name) for name in names)])
        for who, told in found.get("baselines", {}).items():
            if part in told:
                label = f"{BASELINES.get(who, who)}, {where}"
                rows.append([label, *(told[part].get(name) for name in names)])
    return Table(
        caption=f"Scores of the winner beside the simple methods, at the threshold chosen for {found['threshold_for']}",
        columns=(Column("who, where"), *(Column(name, ".4f") for name in names)),
        rows=rows,
    )


def _decides(records: Records) -> str:
    best = records.found["best"]
    said = f"It says yes from a probability of {best['threshold']:.4f} on"
    if "threshold_interval" in best:
        low, high = best["threshold_interval"]
        said += f"; on other rows of the same kind the best threshold lies between {low:.4f} and {high:.4f}"
    if "test" in best and "tp" in best["test"]:
        tp, fp, fn, tn = (int(best["test"][name]) for name in ("tp", "fp", "fn", "tn"))
        said += (
            f". Of {tp + fn} positives of the test part it finds {tp} and misses {fn}; of {fp + tn} negatives it "
            f"calls {fp} positive"
        )
    reads = records.found.get("test_reads", 0)
    return said + (f". The test part has been scored {reads} times." if reads > 1 else ".")


def _costs(records: Records) -> str:
    best = records.found["best"]
    name = f"{best['arm']}-{best['number']}"
    if "members" in best:
        finalist = records.folder.finalist(name)
        files = [finalist.member(member["fold"]).checkpoint for member in best["members"]]
    else:
        files = [records.folder.trial(name).checkpoint]
    sizes = [file.stat().st_size for file in files if file.is_file()]
    if not sizes:
        return ""
    several = (
        f"All {len(sizes)} networks answer each text, so"
        if len(sizes) > 1
        else "One network answers:"
    )
    tail = f" it costs {len(sizes)} times one network" if len(sizes) > 1 else ""
    return (
        f"{several}{tail}{', and the' if tail else ' the'} checkpoints take {sum(sizes) / 1e6:.1f} MB. "
        f"{'export.members=1 exports the one nearest to all.' if tail else ''}".strip()
    )
