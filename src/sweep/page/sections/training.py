"""How training went: curves of the best, the median and the failed trials on one scale; gradients and gates."""

from collections.abc import Mapping, Sequence
from typing import Any

from sweep.page.blocks import DASHES, Column, Figure, Section, Table, Words, axis, decades, escaped
from sweep.page.records import CURVES, Records, name_of

KINDS = {"best": 0, "median": 2, "failed or at chance": 1}
"""Which trials are drawn, each kind in a colour of its own."""
GATES = ("saturated_low", "saturated_high")


def training(records: Records) -> Section:
    """Show how trials learnt.

    Args:
        records: of the sweep.
    """
    section = Section("training", "How training went")
    chosen = _chosen(records)
    histories = {name: records.history(name) for names in chosen.values() for name in names}
    if not any(histories.values()):
        section.blocks.append(Words(text="No trial has left a history of its epochs."))
        return section
    section.blocks.append(_scores(records, chosen, histories))
    section.blocks.append(_losses(chosen, histories))
    probes = {name: probe for name in histories if (probe := records.probe(name))}
    if any(_gradients(probe) for probe in probes.values()):
        section.blocks.append(_gradient(chosen, probes))
    if any(_gates(probe) for probe in probes.values()):
        section.blocks.append(_saturated(probes))
    return section


def _chosen(records: Records) -> dict[str, list[str]]:
    scored = [t for t in records.scored if t["status"] == "COMPLETE"]
    resting = [t for t in scored if t["stopped"] == "no_learning"]
    learnt = [t for t in scored if t["stopped"] != "no_learning"]
    failed = [
        t for t in records.trials if t["status"] == "FAILED" and t["reason"] != "interrupted"
    ]
    middle = learnt[CURVES:]
    near = len(middle) // 2
    return {
        "best": [name_of(t) for t in learnt[:CURVES]],
        "median": [name_of(t) for t in middle[near : near + 1]],
        "failed or at chance": [name_of(t) for t in [*failed, *resting][:CURVES]],
    }


def _scores(
    records: Records,
    chosen: Mapping[str, Sequence[str]],
    histories: Mapping[str, Sequence[Mapping[str, Any]]],
) -> Figure:
    metric = records.metric
    known = {n: [r for r in rows if metric in r] for n, rows in histories.items()}
    lead = next((name for name in chosen["best"] if known.get(name)), None)
    title = f"{metric} on validation, epoch by epoch"
    if lead is not None:
        pick = max if records.maximize else min
        top = pick(known[lead], key=lambda row: row[metric])
        title = f"{lead} is best at epoch {top['epoch'] + 1} of {len(known[lead])}: {top[metric]:.3f} {metric}"
    return Figure(
        key="curves",
        title=title,
        said="Validation score of each epoch, of the best trials, the one in the middle, and those that failed or "
        "stayed at chance level, all on one scale.",
        data=[
            _line(name, kind, [r["epoch"] + 1 for r in known[name]], [r[metric] for r in known[name]])
            for kind, names in chosen.items()
            for name in names
            if known[name]
        ],
        layout={
            "xaxis": axis("epoch", tickformat="d"),
            "yaxis": axis(f"{metric} on validation (no unit)"),
            "legend": {"orientation": "h", "y": -0.25, "x": 0},
        },
        table=_endings(metric, chosen, known, records.maximize),
        height=400,
    )  # fmt: skip


def _endings(
    metric: str,
    chosen: Mapping[str, Sequence[str]],
    known: Mapping[str, Sequence[Mapping[str, Any]]],
    maximize: bool,
) -> Table:
    rows = []
    for kind, names in chosen.items():
        for name in names:
            if not (epochs := known[name]):
                continue
            best = (max if maximize else min)(epochs, key=lambda row: row[metric])
            rows.append(
                [name, kind, len(epochs), best["epoch"] + 1, best[metric], epochs[-1][metric]]
            )
    columns = (
        Column("trial"), Column("kind"), Column("epochs", "d"), Column("best at", "d"), Column("best", ".4f"),
        Column("last", ".4f"),
    )  # fmt: skip
    return Table(caption=f"{metric} of these trials", columns=columns, rows=rows, open=False)


def _line(name: str, kind: str, x: Sequence[Any], y: Sequence[Any]) -> dict[str, Any]:
    place = KINDS[kind]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": f"{escaped(name)} ({kind})",
        "x": x,
        "y": y,
        "line": {"color": f"@{place}", "dash": DASHES[place], "width": 2},
        "marker": {"size": 5},
        "hovertemplate": f"{escaped(name)}, epoch %{{x}}: %{{y:.4f}}<extra></extra>",
    }


def _losses(
    chosen: Mapping[str, Sequence[str]], histories: Mapping[str, Sequence[Mapping[str, Any]]]
) -> Figure:
    data, rows = [], []
    for kind, names in chosen.items():
        for name in names[:1]:
            epochs = [r for r in histories[name] if "train_loss" in r and "log_loss" in r]
            if not epochs:
                continue
            numbers = [r["epoch"] + 1 for r in epochs]
            for which, dash in (("train_loss", "dot"), ("log_loss", "solid")):
                told = "training loss" if which == "train_loss" else "validation log loss"
                line = {"color": f"@{KINDS[kind]}", "dash": dash, "width": 2}
                more: dict[str, Any] = {"name": f"{escaped(name)} ({kind}), {told}", "line": line}
                data.append(_line(name, kind, numbers, [r[which] for r in epochs]) | more)
            train, held = (epochs[-1][which] for which in ("train_loss", "log_loss"))
            rows.append([name, kind, train, held, held - train])
    title = "Loss on the training part and on validation"
    if rows:
        name, _, _, _, gap = rows[0]
        side = "above" if gap > 0 else "below"
        title = f"{name} ends with a validation log loss {abs(gap):.3f} {side} its training loss"
    return Figure(
        key="losses",
        title=title,
        said="Dotted: the loss that training lowered; solid: log loss on validation. A gap that widens while the "
        "dotted line falls is learning by heart.",
        data=data,
        layout={
            "xaxis": axis("epoch", tickformat="d"),
            "yaxis": axis("loss (nats a text)"),
            "legend": {"orientation": "h", "y": -0.25, "x": 0},
        },
        table=Table(
            caption="Losses at the last epoch",
            columns=(Column("trial"), Column("kind"), Column("training", ".4f"), Column("validation", ".4f"),
                     Column("gap", "+.4f")),
            rows=rows,
            open=False,
        ),
        height=400,
    )  # fmt: skip


def _last(probe: Mapping[str, Any]) -> Mapping[str, Any]:
    epochs = probe.get("epochs") or [{}]
    last: Mapping[str, Any] = epochs[-1]
    return last


def _gradients(probe: Mapping[str, Any]) -> list[float | None]:
    # A tenth that no text of the probe's batches reaches is None: shorter texts have fewer tokens than tenths.
    found = list(_last(probe).get("gradient_by_time") or [])
    return found if len(_known(found)) > 1 else []


def _known(bins: Sequence[float | None]) -> list[float]:
    return [size for size in bins if size is not None]


def _gates(probe: Mapping[str, Any]) -> Mapping[str, Mapping[str, float]]:
    found: Mapping[str, Mapping[str, float]] = _last(probe).get("gates") or {}
    return found


def _gradient(
    chosen: Mapping[str, Sequence[str]], probes: Mapping[str, Mapping[str, Any]]
) -> Figure:
    kinds = {name: kind for kind, names in chosen.items() for name in names}
    known = {name: bins for name, probe in probes.items() if (bins := _gradients(probe))}
    data = []
    for name, bins in known.items():
        share = [100 * (i + 0.5) / len(bins) for i in range(len(bins))]
        data.append(_line(name, kinds[name], share, [b or None for b in bins]))
    above = [b for bins in known.values() for b in _known(bins) if b > 0] or [1.0]
    ticks = decades(min(above), max(above))
    name, bins = next(iter(known.items()))
    first, *_, last = _known(bins)
    fall = first / last if last else float("nan")
    return Figure(
        key="gradient",
        title=f"In {name} the first tokens get {fall:.2g} times the gradient of the last",
        said="Mean size of the loss's gradient at the network's input, from a text's first tokens to its last, at the "
        "last epoch. A line that falls steeply to the left is a vanishing gradient.",
        data=data,
        layout={
            "xaxis": axis("place in the text (percent of its tokens)"),
            "yaxis": axis(
                "gradient (norm, log scale)", type="log", tickvals=ticks, tickformat=".0e"
            ),
            "legend": {"orientation": "h", "y": -0.25, "x": 0},
        },
        table=Table(
            caption="Gradient by place in the text, first to last tenth",
            columns=(
                Column("trial"),
                *(Column(f"{i + 1}", ".2e") for i in range(max(map(len, known.values())))),
            ),
            rows=[[name, *bins] for name, bins in known.items()],
            open=False,
        ),
        height=400,
    )


def _saturated(probes: Mapping[str, Mapping[str, Any]]) -> Figure:
    rows: list[list[Any]] = [
        [name, layer, *(told.get(gate, 0.0) for gate in GATES)]
        for name, probe in probes.items()
        for layer, told in _gates(probe).items()
    ]
    worst = max(rows, key=lambda row: max(row[2], row[3]))
    labels = [f"{escaped(name)} {escaped(layer)}" for name, layer, *_ in rows]
    return Figure(
        key="gates",
        title=f"{max(worst[2], worst[3]):.0%} of the gates of {worst[0]} ({worst[1]}) are stuck at one end",
        said="Share of gate values near 0 (closed) and near 1 (open) at the last epoch; a gate that is stuck passes "
        "hardly any gradient.",
        data=[
            {
                "type": "bar",
                "orientation": "h",
                "name": "near 0" if gate == GATES[0] else "near 1",
                "x": [100 * row[2 + place] for row in rows],
                "y": labels,
                "marker": {
                    "color": f"@{place}",
                    "pattern": {
                        "shape": "/" if place else "",
                        "fillmode": "overlay",
                        "fgcolor": "@paper",
                    },
                },
                "hovertemplate": "%{y}: %{x:.0f} %<extra></extra>",
            }
            for place, gate in enumerate(GATES)
        ],
        layout={
            "barmode": "group",
            "xaxis": axis("share of gate values (percent)", range=[0, 100]),
            "yaxis": axis("", type="category"),
            "legend": {"orientation": "h", "y": 1.12, "x": 0},
        },
        table=Table(
            caption="Gates at one end",
            columns=(
                Column("trial"), Column("layer"), Column("near 0", ".1%"), Column("near 1", ".1%")
            ),
            rows=rows,
            open=False,
        ),
        height=160 + 34 * len(rows),
    )  # fmt: skip
