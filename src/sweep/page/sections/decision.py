"""How it decides: precision and recall, ROC, reliability, and what any other threshold would do."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sweep.page.blocks import DASHES, Column, Figure, Live, Section, Table, Words, axis
from sweep.page.records import Answers, Records

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

POINTS = 300
"""Points of a curve."""
BINS = 10
THRESHOLDS = 201
WHO = ("network", "TF-IDF with logistic regression")


def decision(records: Records) -> Section:
    """Draw what the out-of-fold answers allow.

    Args:
        records: of the sweep.
    """
    section = Section("decision", "How it decides")
    answers = records.answers
    if answers is None:
        why = "no winner has been confirmed, or an earlier version did"
        text = f"The answers about rows held out were not kept: {why}. A sweep that is run by this version keeps them."
        section.blocks.append(Words(text=text))
        return section
    best = records.found["best"]
    section.blocks += [
        Words(
            text=f"All of this is of {len(answers.labels):,} rows, each answered by members that had not trained on "
            "it. The threshold was chosen on the same rows; the test part was not asked."
        ),
        _slider(records, answers, best["threshold"]),
        _precision_recall(answers, best),
        _roc(answers, best),
        _reliability(answers),
    ]
    return section


def counts(labels: "Array", scores: "Array", thresholds: Sequence[float]) -> list[list[int]]:
    """Count what each threshold gives: yes from it on.

    Args:
        labels: 0 or 1, (N,).
        scores: probabilities, (N,).
        thresholds: (T,).

    Returns:
        tp, fp, fn, tn of each.
    """
    import numpy as np

    order = np.sort(scores[labels == 1]), np.sort(scores[labels == 0])
    missed, rejected = (np.searchsorted(each, thresholds, side="left") for each in order)
    positives, negatives = len(order[0]), len(order[1])
    return [
        [int(positives - fn), int(negatives - tn), int(fn), int(tn)]
        for fn, tn in zip(missed, rejected, strict=True)
    ]


def _slider(records: Records, answers: Answers, chosen: float) -> Live:
    import numpy as np

    spread = np.quantile(answers.network, np.linspace(0, 1, THRESHOLDS))
    grid = np.unique(np.round([*np.linspace(0, 1, THRESHOLDS), *spread], 4))
    # Beside the chosen one no other that would read the same.
    kept = [float(t) for t in grid if abs(t - chosen) > 5e-5]
    thresholds = sorted([*kept, chosen])
    objective = records.objective
    found = records.found
    return Live(
        key="threshold",
        title=f"The threshold {chosen:.4f} was chosen for {found['threshold_for']}; move it to see any other",
        said="Counts are of the rows held out. The curve is what the errors cost at each threshold: a miss costs "
        f"{objective.cost_miss:g}, a false alarm {objective.cost_false_alarm:g} (objective.cost_miss, "
        "objective.cost_false_alarm).",
        data={
            "thresholds": thresholds,
            "counts": counts(answers.labels, answers.network, thresholds),
            "chosen": thresholds.index(chosen),
            "interval": found["best"].get("threshold_interval"),
            "cost_miss": objective.cost_miss,
            "cost_false_alarm": objective.cost_false_alarm,
        },
    )


def _cut(labels: "Array", scores: "Array") -> tuple["Array", "Array", "Array"]:
    """True and false positives down the distinct scores, greatest first, with a zero in front."""
    import numpy as np

    order = np.argsort(-scores, kind="stable")
    ends = np.flatnonzero(np.diff(scores[order], append=-np.inf))
    hits = np.cumsum(labels[order])[ends]
    alarms = ends + 1 - hits
    return np.concatenate([[0], hits]), np.concatenate([[0], alarms]), scores[order][ends]


def _thinned(*arrays: "Array") -> list[list[float]]:
    import numpy as np

    places = np.unique(np.linspace(0, len(arrays[0]) - 1, POINTS).round().astype(int))
    return [[round(float(value), 5) for value in array[places]] for array in arrays]


def _curve(place: int, x: list[float], y: list[float], **more: Any) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": WHO[place],
        "x": x,
        "y": y,
        "line": {"color": f"@{place}", "dash": DASHES[place], "width": 2},
        "hovertemplate": f"{WHO[place]}: %{{x:.3f}}, %{{y:.3f}}<extra></extra>",
    } | more


def _chosen_point(x: float, y: float, threshold: float) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": f"chosen threshold {threshold:.4f}",
        "x": [x],
        "y": [y],
        "marker": {"symbol": "star", "size": 15, "color": "@ink"},
        "hovertemplate": "chosen: %{x:.3f}, %{y:.3f}<extra></extra>",
    }


SQUARE = {"range": [-0.02, 1.02]}
LEGEND = {"orientation": "h", "y": 1.12, "x": 0}


def _precision_recall(answers: Answers, best: dict[str, Any]) -> Figure:
    data, rows = [], []
    for place, scores in enumerate((answers.network, answers.baseline)):
        hits, alarms, _ = _cut(answers.labels, scores)
        recall, precision = hits[1:] / hits[-1], hits[1:] / (hits[1:] + alarms[1:])
        data.append(_curve(place, *_thinned(recall, precision), line={
            "color": f"@{place}", "dash": DASHES[place], "width": 2, "shape": "hv",
        }))  # fmt: skip
        reached = [float(precision[recall >= level].max()) for level in (0.5, 0.8, 0.9, 0.95)]
        rows.append(
            [WHO[place], best["validation"]["average_precision"] if not place else None, *reached]
        )
    ((tp, fp, fn, _),) = counts(answers.labels, answers.network, [best["threshold"]])
    precision_here = tp / (tp + fp) if tp + fp else 0.0
    data.append(_chosen_point(tp / (tp + fn), precision_here, best["threshold"]))
    ap = best["validation"]["average_precision"]
    return Figure(
        key="precision-recall",
        title=f"At the chosen threshold it finds {tp / (tp + fn):.1%} of the positives, and {precision_here:.1%} of "
        f"its yeses are right (average precision {ap:.3f})",
        said="Up and right is better: the share of yeses that are right against the share of positives that are found.",
        data=data,
        layout={
            "xaxis": axis("recall (share of positives found)") | SQUARE,
            "yaxis": axis("precision (share of yeses right)") | SQUARE,
            "legend": LEGEND,
        },
        table=Table(
            caption="Best precision where at least so many positives are found",
            columns=(Column("who"), Column("average precision", ".4f"),
                     *(Column(f"{level:.0%} found", ".4f") for level in (0.5, 0.8, 0.9, 0.95))),
            rows=rows,
            open=False,
        ),
    )  # fmt: skip


def _roc(answers: Answers, best: dict[str, Any]) -> Figure:
    data, rows = [], []
    for place, scores in enumerate((answers.network, answers.baseline)):
        hits, alarms, _ = _cut(answers.labels, scores)
        x, y = alarms / alarms[-1], hits / hits[-1]
        data.append(_curve(place, *_thinned(x, y)))
        found = [float(y[x <= level].max()) for level in (0.001, 0.01, 0.05, 0.1)]
        rows.append([WHO[place], *found])
    ((tp, fp, fn, tn),) = counts(answers.labels, answers.network, [best["threshold"]])
    data.append(_chosen_point(fp / (fp + tn), tp / (tp + fn), best["threshold"]))
    return Figure(
        key="roc",
        title=f"A positive is ranked above a negative {best['validation']['roc_auc']:.1%} of the time; at the chosen "
        f"threshold {fp / (fp + tn):.2%} of the negatives are called positive",
        said="Up and left is better: positives found against negatives called positive.",
        data=data,
        layout={
            "xaxis": axis("false alarms (share of negatives)") | SQUARE,
            "yaxis": axis("recall (share of positives found)") | SQUARE,
            "legend": LEGEND,
        },
        table=Table(
            caption="Share of positives found where at most so many negatives are called positive",
            columns=(
                Column("who"),
                *(
                    Column(f"{level:.1%} false alarms", ".4f")
                    for level in (0.001, 0.01, 0.05, 0.1)
                ),
            ),
            rows=rows,
            open=False,
        ),
    )


def bins(labels: "Array", scores: "Array") -> list[list[float]]:
    """Divide the answers into ten groups of equal size by their probability.

    Args:
        labels: 0 or 1, (N,).
        scores: probabilities, (N,).

    Returns:
        Of each group: rows, mean probability, share of positives, and the ends of its 95 % interval (Wilson, 1927).
    """
    import numpy as np

    from sweep.statistics.failure_shares import wilson

    order = np.argsort(scores, kind="stable")
    found = []
    for rows in np.array_split(order, BINS):
        n = len(rows)
        if not n:
            continue
        hits = int(labels[rows].sum())
        found.append([n, float(scores[rows].mean()), hits / n, *wilson(hits, n)])
    return found


def _reliability(answers: Answers) -> Figure:
    told = bins(answers.labels, answers.network)
    off = max(told, key=lambda group: abs(group[1] - group[2]))
    inside = sum(low <= mean <= high for _, mean, _, low, high in told)
    points: dict[str, Any] = {
        "type": "scatter",
        "mode": "markers",
        "name": "a tenth of the rows",
        "x": [group[1] for group in told],
        "y": [group[2] for group in told],
        "marker": {"color": "@0", "size": 10},
        "error_y": {
            "type": "data",
            "symmetric": False,
            "array": [group[4] - group[2] for group in told],
            "arrayminus": [group[2] - group[3] for group in told],
            "color": "@0",
        },
        "hovertemplate": "said %{x:.3f}, were %{y:.3f}<extra></extra>",
    }
    line = {
        "type": "scatter",
        "mode": "lines",
        "name": "what it says is what is",
        "x": [0, 1],
        "y": [0, 1],
        "line": {"color": "@muted", "dash": "dash", "width": 1.5},
        "hoverinfo": "skip",
    }
    return Figure(
        key="reliability",
        title=f"{inside} of {len(told)} tenths of the rows are as positive as their probability says; the worst says "
        f"{off[1]:.2f} where {off[2]:.2f} are",
        said="Rows sorted by their probability and cut into ten equal groups: mean probability against the share that "
        "is positive, with its 95 % interval. On the dashed line the probabilities can be taken at their word.",
        data=[line, points],
        layout={
            "xaxis": axis("mean probability given") | SQUARE,
            "yaxis": axis("share that is positive") | SQUARE,
            "legend": LEGEND,
        },
        table=Table(
            caption="Each tenth of the rows",
            columns=(Column("rows", "d"), Column("probability", ".4f"), Column("positive", ".4f"),
                     Column("from", ".4f"), Column("to", ".4f")),
            rows=told,
            open=False,
        ),
    )  # fmt: skip
