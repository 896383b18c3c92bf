"""The corpus: what was found ill in it, and the texts that the winner got wrong."""

from collections.abc import Mapping
from typing import Any

from sweep.page.blocks import Column, Heading, Marked, Section, Table, Words, shown
from sweep.page.records import Records

KINDS = {
    "false_negatives": "Called negative, labelled positive",
    "false_positives": "Called positive, labelled negative",
}


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
        section.blocks.append(_audit(records.audit))
    else:
        text = "No audit of the corpus was kept; `python -m sweep doctor` makes one."
        section.blocks.append(Words(text=text, tone="small"))
    section.blocks += _mistakes(records)
    return section


def _audit(audit: Mapping[str, Any]) -> Table:
    return Table(
        caption="What the audit measured",
        columns=(Column("measurement"), Column("value")),
        rows=list(_flat(audit)),
    )


def _flat(told: Mapping[str, Any], before: str = "") -> list[list[Any]]:
    rows: list[list[Any]] = []
    for name, value in told.items():
        label = f"{before}{name}".replace("_", " ")
        if isinstance(value, Mapping):
            rows += _flat(value, f"{label}, ")
        elif isinstance(value, list):
            if value and all(isinstance(one, int | float | str) for one in value):
                rest = f" … {len(value)} in all" if len(value) > 8 else ""
                rows.append([label, ", ".join(str(one) for one in value[:8]) + rest])
        elif value is not None:
            rows.append([label, value if not isinstance(value, bool) else str(value)])
    return rows


def _mistakes(records: Records) -> list[Any]:
    if not records.examples:
        return [
            Words(
                text="The corpus' texts are left out of this page (report.examples=0).",
                tone="small",
            )
        ]
    told = records.mistakes
    if not told:
        return []
    blocks: list[Any] = [
        Heading(text="Texts that it got wrong"),
        Words(
            text="Underlined tokens moved the decision towards yes, dashed ones towards no; the number is how much the "
            "log-odds fall when the token is left out. The surest mistakes come first; some may be wrong labels."
        ),
    ]
    for kind, title in KINDS.items():
        for one in told.get(kind, [])[: records.examples]:
            said = f"row {one['row']}; probability {one['probability']:.4f}"
            tokens = [(shown(token), moved) for token, moved in one["tokens"]]
            blocks.append(Marked(title=title, said=said, tokens=tokens))
    return blocks
