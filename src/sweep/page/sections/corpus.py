"""The corpus: its classes and lengths, and what was found ill in it."""

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
    ranged,
)
from sweep.page.records import Records

LINES = 8
"""Lines of the file that a row names."""


def corpus(records: Records) -> Section:
    """Tell what is known of the texts.

    Args:
        records: of the sweep.
    """
    section = Section("corpus", "The corpus")
    if records.corpus:
        name, rows = records.corpus.get("name", ""), records.corpus.get("rows", 0)
        section.blocks.append(Words(text=f"{name}: {rows:,} texts."))
    if records.audit:
        section.blocks += _audit(records)
    else:
        text = "No audit of the corpus was kept; `python -m sweep doctor` makes one."
        section.blocks.append(Words(text=text, tone="small"))
    if not records.examples:
        text = "The corpus' own words are left out of this page (report.examples=0)."
        section.blocks.append(Words(text=text, tone="small"))
    return section


def _audit(records: Records) -> list[Any]:
    audit = records.audit
    parts = {part: told for part, told in audit.get("classes", {}).items() if told.get("rows")}
    blocks: list[Any] = [_classes(parts)] if parts else []
    if lengths := audit.get("encoding", {}).get("parts"):
        blocks.append(_lengths(audit["encoding"]["max_length"], lengths))
    if rows := _ill(audit):
        columns = (
            Column("what"),
            Column("rows", "d"),
            Column("share", ".2%"),
            Column("lines of the file", words=True),
        )
        blocks.append(Table(caption="What the audit found", columns=columns, rows=rows))
    if rows := _drift(audit.get("drift", {})):
        columns = (
            Column("part beside training"),
            Column("positives"),
            Column("lengths, AUC"),
            Column("texts, AUC"),
        )
        caption = "How far the parts differ from the training part (AUC .5: not told apart), with 95 % intervals"
        blocks.append(Table(caption=caption, columns=columns, rows=rows))
    terms = audit.get("shortcuts", {}).get("terms", [])
    if terms and records.examples:
        blocks.append(_terms(terms, records.examples))
    return blocks


def _classes(parts: Mapping[str, Mapping[str, int]]) -> Figure:
    shares = {part: told["positives"] / told["rows"] for part, told in parts.items()}
    said = ", ".join(f"{share:.1%} in {part}" for part, share in shares.items())
    bars = [
        {
            "type": "bar",
            "orientation": "h",
            "name": name,
            "y": list(parts),
            "x": [
                told["positives"] if not place else told["rows"] - told["positives"]
                for told in parts.values()
            ],
            "marker": {
                "color": f"@{place}",
                "pattern": {
                    "shape": "" if place else "/",
                    "fillmode": "overlay",
                    "fgcolor": "@paper",
                },
            },
            "hovertemplate": f"%{{y}}, {name}: %{{x}}<extra></extra>",
        }
        for place, name in enumerate(("positive", "negative"))
    ]
    return Figure(
        key="classes",
        title=f"Positive are {said}",
        said="Rows of each part by their label.",
        data=bars,
        layout={"barmode": "stack", "xaxis": axis("rows"), "yaxis": axis("", type="category", autorange="reversed"),
                "legend": {"orientation": "h", "y": 1.2, "x": 0, "traceorder": "normal"}},
        table=Table(
            caption="Rows and positives of each part",
            columns=(Column("part"), Column("rows", "d"), Column("positive", "d"), Column("share", ".2%")),
            rows=[[part, told["rows"], told["positives"], shares[part]] for part, told in parts.items()],
            open=False,
        ),
        height=150 + 34 * len(parts),
    )  # fmt: skip


MARKS = ("q25", "median", "q75", "q95", "longest")


def _lengths(most: int, parts: Mapping[str, Mapping[str, Any]]) -> Figure:
    known = {part: told["length"] for part, told in parts.items() if told.get("length")}
    cut = parts["train"].get("cut", {}).get("texts", 0.0)
    spread = [
        {
            "type": "scatter",
            "mode": "markers",
            "name": mark,
            "y": list(known),
            "x": [length[mark] for length in known.values()],
            "marker": {"color": f"@{place}", "symbol": SYMBOLS[place], "size": 11},
            "hovertemplate": f"%{{y}}, {mark}: %{{x}} tokens<extra></extra>",
        }
        for place, mark in enumerate(MARKS)
    ]
    line = {
        "type": "scatter",
        "mode": "lines",
        "name": f"cut at {most}",
        "x": [most, most],
        "y": [list(known)[0], list(known)[-1]],
        "line": {"color": "@ink", "dash": "dash", "width": 2},
        "hoverinfo": "skip",
    }
    return Figure(
        key="lengths",
        title=f"{cut:.1%} of the training texts are longer than {most} tokens, where they are cut",
        said="Lengths of the texts of each part: quarter, median, three quarters, 95 of 100, the longest.",
        data=[*spread, line],
        layout={"xaxis": axis("length (tokens)"), "yaxis": axis("", type="category", autorange="reversed"),
                "legend": {"orientation": "h", "y": 1.2, "x": 0}},
        table=Table(
            caption="Lengths in tokens",
            columns=(Column("part"), *(Column(mark, "g") for mark in MARKS)),
            rows=[[part, *(length[mark] for mark in MARKS)] for part, length in known.items()],
            open=False,
        ),
        height=180 + 34 * len(known),
    )  # fmt: skip


def _ill(audit: Mapping[str, Any]) -> list[list[Any]]:
    near, shared = audit.get("near_duplicates", {}), audit.get("shared", {})
    errors = audit.get("label_errors", {})
    found = {
        "equal texts": audit.get("duplicates", {}),
        "equal texts of both labels": audit.get("conflicts", {}),
    }
    found |= {f"texts of {part} that training holds too": told for part, told in shared.items()}
    found |= {
        f"texts of {part} nearly equal to one of training": near[part]
        for part in ("validation", "test")
        if part in near
    }
    if "suspects" in errors:
        found["labels that the baseline doubts"] = {**errors, "rows": errors["suspects"]}
    for sign, told in audit.get("writing", {}).get("signs", {}).items():
        found[f"writing: {sign.replace('_', ' ')}"] = told
    return [
        [what, told["rows"], told.get("share"), _places(told.get("lines", {}))]
        for what, told in found.items()
        if told.get("rows")
    ]


def _places(lines: Mapping[str, Sequence[int]]) -> str:
    told = []
    for file, numbers in lines.items():
        more = f" … {len(numbers)} listed" if len(numbers) > LINES else ""
        told.append(f"{file}: {', '.join(map(str, numbers[:LINES]))}{more}")
    return "; ".join(told)


def _drift(drift: Mapping[str, Any]) -> list[list[Any]]:
    rows = []
    for part, told in drift.items():
        if "difference" not in told:
            continue
        aucs = [
            ranged(told[of]["auc"], told[of]["interval"]) if "auc" in told.get(of, {}) else None
            for of in ("length", "texts")
        ]
        rows.append([part, ranged(told["difference"], told["interval"], "+.3f"), *aucs])
    return rows


def _terms(terms: Sequence[Mapping[str, Any]], most: int) -> Table:
    columns = (
        Column("term"),
        Column("correlation", "+.3f"),
        Column("in positives", ".1%"),
        Column("in negatives", ".1%"),
    )
    names = ("term", "correlation", "positive", "negative")
    rows = [[term.get(name) for name in names] for term in terms[:most]]
    return Table(
        caption="Terms that tell most about the label alone",
        columns=columns,
        rows=rows,
        open=False,
    )
