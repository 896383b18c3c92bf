"""How to reproduce it, and every trial in a table."""

from collections.abc import Mapping
from typing import Any

from sweep.page.blocks import Column, Copy, Section, Table, Words, anchor_of
from sweep.page.records import Records, name_of
from sweep.page.sections.parallel import thin
from sweep.typed import on_sweep

ROWS = 1000
"""Trials in the table; the file beside the page has all."""


def reproduce(records: Records) -> Section:
    """Give commands, versions, seeds and every trial.

    Args:
        records: of the sweep.
    """
    found, root = records.found, records.folder.root
    section = Section("reproduce", "How to reproduce it")
    section.blocks.append(Copy(label="The command that ran it", text=records.command))
    section.blocks.append(Copy(label="This page, written again", text=on_sweep("report", root)))
    if "best" in found:
        section.blocks.append(Copy(label="Export the winner", text=on_sweep("export", root)))
    facts: list[list[Any]] = [["seed", str(found["seed"])], ["search", found.get("search", "")]]
    if records.fingerprint:
        facts.append(["fingerprint of corpus, split, settings and space", records.fingerprint])
    for name, value in records.corpus.items():
        facts.append([f"corpus, {name}", str(value)])
    facts += [
        [f"version of {name}", version] for name, version in found.get("versions", {}).items()
    ]
    members = found.get("best", {}).get("members", [])
    facts += [
        [f"seed of the winner's member {m['fold'] + 1}", str(m["seed"])]
        for m in members
        if "seed" in m
    ]
    columns = (Column("what"), Column("value"))
    section.blocks.append(Table(caption="What decides the result", columns=columns, rows=facts))
    if "versions" not in found:
        section.blocks.append(
            Words(
                text="Versions of the libraries were not recorded by the version that ran it.",
                tone="small",
            )
        )
    section.blocks += _trials(records)
    return section


def _trials(records: Records) -> list[Any]:
    rest = [t for t in records.trials if t["value"] is None or t["status"] == "FAILED"]
    ranked = [*records.scored, *rest]
    kept = thin(ranked, ROWS)
    searched = [
        p.path for p in records.parameters if any(p.path in trial for trial in records.trials)
    ]
    columns = [
        Column("trial"), Column("status"), Column(records.metric, ".4f"), Column("epochs", "d"),
        Column("seconds", ".1f"), Column("why"), *(Column(path) for path in searched),
    ]  # fmt: skip
    some = (
        f"; {len(kept)} of {len(ranked)} are shown, the best and an even draw of the others, and trials.csv beside "
        "this page has all"
        if len(kept) < len(ranked)
        else ""
    )
    return [
        Table(
            caption=f"Every trial, the best first{some}. A column's name sorts by it",
            columns=columns,
            rows=[[*_told(t), *(_value(t.get(path)) for path in searched)] for t in kept],
            sortable=True,
            anchors=[anchor_of(name_of(t)) for t in kept],
        )
    ]


def _told(trial: Mapping[str, Any]) -> list[Any]:
    how = trial["status"] or "running"
    why = trial["reason"] or trial["stopped"]
    said = f": {trial['message']}" if trial["message"] else ""
    return [
        name_of(trial),
        str(how),
        trial["value"],
        trial["epochs"],
        trial["seconds"],
        f"{why or ''}{said}",
    ]


def _value(value: Any) -> Any:
    return str(value) if isinstance(value, bool) else value
