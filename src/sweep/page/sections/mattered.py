"""What mattered: importance with its uncertainty, each setting against the score, settings together."""

from collections.abc import Mapping, Sequence
from typing import Any

from sweep.page.blocks import (
    SYMBOLS,
    Column,
    Figure,
    Section,
    Table,
    Words,
    axis,
    decades,
    escaped,
)
from sweep.page.records import Records, name_of
from sweep.page.sections.parallel import LINES, parallel, plain, thin
from sweep.search.parameter import Kind, Parameter

SLICES = 4
"""Settings that are drawn against the score."""
TICKS = 8


def mattered(records: Records) -> Section:
    """Tell which settings decided, and show how.

    Args:
        records: of the sweep.
    """
    section = Section("mattered", "What mattered")
    shares = {arm: told.get("importance", []) for arm, told in records.found["arms"].items()}
    if not any(shares.values()):
        section.blocks.append(
            Words(
                text="Too few trials have ended to say which setting mattered: an arm needs ten."
            )
        )
    else:
        section.blocks.append(Words(text=_said(shares), tone="lead"))
        section.blocks.append(_importance(shares))
    if len(records.scored) < 2:
        return section
    chosen = _chosen(records, shares)
    section.blocks += [_slice(records, parameter) for parameter in chosen[:SLICES]]
    if len(chosen) > 1:
        section.blocks.append(_together(records, chosen[0], chosen[1]))
    section.blocks += parallel(records, chosen)
    return section


def _said(shares: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    sure = [(arm, one) for arm, told in shares.items() for one in told if one["told"]]
    if not sure:
        return "These trials cannot tell any setting's part from luck; the bars below are guesses, as their lines show."
    return " ".join(
        f"In the arm {arm}, {one['setting']} decided {one['share']:.0%} (between {one['interval'][0]:.0%} and "
        f"{one['interval'][1]:.0%}) of whether a trial came out among the best."
        for arm, one in sure
    )


def _importance(shares: Mapping[str, Sequence[Mapping[str, Any]]]) -> Figure:
    largest: dict[str, float] = {}
    for told in shares.values():
        for one in told:
            largest[one["setting"]] = max(largest.get(one["setting"], 0.0), one["share"])
    order = sorted(largest, key=largest.__getitem__)
    data = [_shares(place, arm, told, order) for place, (arm, told) in enumerate(shares.items())]
    sure = sum(one["told"] for told in shares.values() for one in told)
    first = order[-1]
    title = (
        f"{first} looks largest, but these trials cannot tell it from luck"
        if not sure
        else f"{sure} of {sum(map(len, shares.values()))} parts are larger than luck; the largest is {first}'s"
    )
    rows = [
        [
            arm,
            one["setting"],
            one["share"],
            *one["interval"],
            one["p"],
            "yes" if one["told"] else "no",
        ]
        for arm, told in shares.items()
        for one in told
    ]
    return Figure(
        key="importance",
        title=title,
        said="Length: the setting's share in whether a trial came out among the best (PED-ANOVA); thin line: 95 % "
        "interval; hatched: not told from luck.",
        data=data,
        layout={
            "barmode": "group",
            "xaxis": axis("share (percent)", range=[0, 100]),
            "yaxis": axis("", type="category"),
            "legend": {"orientation": "h", "y": 1.08, "x": 0, "traceorder": "normal"},
        },
        table=Table(
            caption="Each setting's share in each arm",
            columns=(Column("arm"), Column("setting"), Column("share", ".1%"), Column("from", ".1%"),
                     Column("to", ".1%"), Column("p", ".3f"), Column("told from luck")),
            rows=rows,
            open=False,
        ),
        height=150 + 17 * (len(shares) + 1) * len(order),
    )  # fmt: skip


def _shares(
    place: int, arm: str, told: Sequence[Mapping[str, Any]], order: Sequence[str]
) -> dict[str, Any]:
    known = {one["setting"]: one for one in told}
    ours = [known[setting] for setting in order if setting in known]
    return {
        "type": "bar",
        "orientation": "h",
        "name": escaped(arm),
        "x": [100 * one["share"] for one in ours],
        "y": [escaped(one["setting"]) for one in ours],
        "marker": {
            "color": f"@{place}",
            "pattern": {
                "shape": ["" if one["told"] else "/" for one in ours],
                "fillmode": "overlay",
                "fgcolor": "@paper",
            },
        },
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [100 * (one["interval"][1] - one["share"]) for one in ours],
            "arrayminus": [100 * (one["share"] - one["interval"][0]) for one in ours],
            "color": "@ink",
            "thickness": 1,
        },
        "hovertemplate": "%{y}: %{x:.0f} %<extra></extra>",
    }


def _chosen(
    records: Records, shares: Mapping[str, Sequence[Mapping[str, Any]]]
) -> list[Parameter]:
    weight: dict[str, float] = {}
    for told in shares.values():
        for one in told:
            weight[one["setting"]] = max(weight.get(one["setting"], 0.0), one["share"])
    varied = [
        parameter
        for parameter in records.parameters
        if parameter.path != records.compare and len(_values(records, parameter)) > 1
    ]

    def weighed(parameter: Parameter) -> float:
        # A setting that few trials had, because of a condition, shows little of the whole.
        had = sum(parameter.path in trial for trial in records.scored)
        return -weight.get(parameter.path, 0.0) * had / len(records.scored)

    return sorted(varied, key=weighed)


def _values(records: Records, parameter: Parameter) -> set[str]:
    return {str(t[parameter.path]) for t in records.scored if parameter.path in t}


def _slice(records: Records, parameter: Parameter) -> Figure:
    path, metric = parameter.path, records.metric
    tried = [t for t in records.scored if path in t]
    thinned = thin(tried, LINES)
    best = tried[0]
    words = parameter.kind is Kind.categorical
    data = []
    for place, arm in enumerate(records.arms):
        ours = [t for t in thinned if t["arm"] == arm]
        data.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": escaped(arm),
                "x": [escaped(str(t[path])) if words else t[path] for t in ours],
                "y": [t["value"] for t in ours],
                "text": [escaped(name_of(t)) for t in ours],
                "marker": {
                    "color": f"@{place}",
                    "size": 9,
                    "opacity": 0.8,
                    "symbol": [
                        SYMBOLS[place] + ("-open" if t["status"] == "PRUNED" else "") for t in ours
                    ],
                },
                "hovertemplate": "%{text}: %{x} gives %{y:.4f}<extra></extra>",
            }
        )
    scale = "category" if words else "log" if parameter.log else "linear"
    some = f" ({len(thinned)} of {len(tried)} are drawn)" if len(thinned) < len(tried) else ""
    ticks = sorted({t[path] for t in thinned}) if scale != "category" else []
    few = {"tickvals": ticks} if parameter.kind is Kind.int and len(ticks) <= TICKS else {}
    if scale == "log":
        few = {"tickvals": decades(min(ticks), max(ticks))}
    return Figure(
        key=f"slice-{path}",
        title=f"Of {len(tried)} trials the best, {name_of(best)}, has {path} = {_short(best[path])}{some}",
        said="Each point is a trial; open ones were pruned. "
        f"{'Higher' if records.maximize else 'Lower'} is better.",
        data=data,
        layout={
            "xaxis": axis(
                f"{path} ({'log scale' if scale == 'log' else 'value'})", type=scale, **few
            ),
            "yaxis": axis(f"{metric} on validation (no unit)"),
            "legend": {"orientation": "h", "y": 1.12, "x": 0},
        },
        table=Table(
            caption=f"{path} of the best trials",
            columns=(Column("trial"), Column(path), Column(metric, ".4f")),
            rows=[[name_of(t), _short(t[path]), t["value"]] for t in tried[:20]],
            open=False,
        ),
    )


def _together(records: Records, first: Parameter, second: Parameter) -> Figure:
    tried = [t for t in records.scored if first.path in t and second.path in t]
    thinned = thin(tried, LINES)
    paths = (first.path, second.path)
    axes = [_axis(p, [t[p.path] for t in thinned]) for p in (first, second)]
    top = tried[: max(1, len(tried) // 5)]
    shared = _short(top[0][first.path]), _short(top[0][second.path])
    return Figure(
        key="together",
        title=f"The best trial joins {paths[0]} = {shared[0]} with {paths[1]} = {shared[1]}",
        said="Each point is a trial, at its values of the two settings that weigh most; darker to brighter is worse "
        "to better.",
        data=[
            {
                "type": "scatter",
                "mode": "markers",
                "x": [plain(t[paths[0]]) for t in reversed(thinned)],
                "y": [plain(t[paths[1]]) for t in reversed(thinned)],
                "text": [escaped(name_of(t)) for t in reversed(thinned)],
                "marker": {
                    "color": [t["value"] for t in reversed(thinned)],
                    "colorscale": "Cividis",
                    "reversescale": not records.maximize,
                    "size": 12,
                    "line": {"color": "@ink", "width": 0.5},
                    "colorbar": {"title": {"text": escaped(records.metric), "side": "right"}},
                },
                "hovertemplate": "%{text}: %{marker.color:.4f}<extra></extra>",
            }
        ],
        layout={"xaxis": axes[0], "yaxis": axes[1], "showlegend": False},
        table=Table(
            caption="The two settings of the best trials",
            columns=(Column("trial"), *(Column(p) for p in paths), Column(records.metric, ".4f")),
            rows=[[name_of(t), *(_short(t[p]) for p in paths), t["value"]] for t in tried[:20]],
            open=False,
        ),
    )


def _axis(parameter: Parameter, values: Sequence[Any]) -> dict[str, Any]:
    if parameter.kind is Kind.categorical:
        return axis(parameter.path, type="category")
    if parameter.log:
        ticks = decades(min(values), max(values))
        return axis(f"{parameter.path} (log scale)", type="log", tickvals=ticks)
    return axis(parameter.path)


def _short(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
