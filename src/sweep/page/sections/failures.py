"""Why trials failed or stayed poor: findings with evidence, remedy and words to paste; then the groups of failures."""

from collections.abc import Mapping, Sequence
from typing import Any

from sweep.page.blocks import Block, Column, Copy, Heading, Section, Table, Words, trial_link
from sweep.page.records import Records

NAMED = 8
"""Trials of a group that are linked."""
SIGNS = {"error": "bad", "warning": "warning", "note": "small"}
PROOFS = {
    "observed": "Seen in this sweep's own trials: those with the setting fare worse.",
    "confirmed": "Confirmed: the remedy was tried on a trial that has it, all else equal, and helped.",
    "refuted": "Refuted: the remedy was tried on a trial that has it, all else equal, and did not help.",
}


def why(records: Records) -> Section:
    """Tell what went wrong, the worst first.

    Args:
        records: of the sweep.
    """
    section = Section("why", "Why trials failed")
    findings = records.found.get("findings", [])
    if findings:
        first = findings[0]
        share = f"The leading cause is {first['cause']}: {first['title']}"
        if first["severity"] == "note":
            share = "Nothing worse than a note was found."
        section.blocks.append(Words(text=share, tone="lead"))
    for finding in findings:
        section.blocks += _finding(finding)
    section.blocks.append(_counts(records))
    groups = _groups(records)
    if groups.rows:
        section.blocks.append(groups)
    elif not findings:
        section.blocks.append(Words(text=_nothing(records)))
    return section


def _nothing(records: Records) -> str:
    resting = sum(told["no_learning"] for told in records.found["arms"].values())
    if not resting:
        return "No trial failed."
    many = "1 trial" if resting == 1 else f"{resting} trials"
    return f"No trial failed, but {many} never left what guessing scores; the trials' table marks them no_learning."


def _finding(finding: Mapping[str, Any]) -> list[Block]:
    blocks: list[Block] = [Heading(text=finding["title"], tag=finding["severity"])]
    sure = f"Cause: {finding['cause']}; confidence {finding['confidence']:.0%}."
    proof = PROOFS.get(finding.get("proof", "none"), "")
    blocks.append(Words(text=f"{sure} {proof}".strip(), tone="small"))
    rows = [
        [
            one["text"],
            _trials(one.get("trials", ())),
            _rows(one.get("rows", ())),
            one.get("number"),
        ]
        for one in finding["evidence"]
    ]
    if rows:
        columns = (
            Column("evidence", words=True), Column("trials"), Column("rows of the file"), Column("number", ".4g"),
        )  # fmt: skip
        blocks.append(Table(caption="What shows it", columns=columns, rows=rows))
    blocks.append(Words(text=f"What to do: {finding['remedy']}"))
    if finding.get("patch"):
        blocks.append(Copy(label="Add to the command", text=" ".join(finding["patch"])))
    return blocks


def _trials(names: Sequence[str]) -> Any:
    if len(names) == 1:
        return trial_link(names[0])
    return [trial_link(name) for name in names[:NAMED]] or None


def _rows(rows: Sequence[int]) -> str:
    more = f" and {len(rows) - NAMED} more" if len(rows) > NAMED else ""
    return ", ".join(map(str, rows[:NAMED])) + more


def _counts(records: Records) -> Table:
    names = ("budget", "complete", "no_learning", "pruned", "failed", "interrupted")
    heads = ("trials", "complete", "at chance level", "pruned", "failed", "cut short")
    return Table(
        caption="How the trials of each arm ended",
        columns=(Column("arm"), *(Column(head, "d") for head in heads)),
        rows=[[arm, *(told[n] for n in names)] for arm, told in records.found["arms"].items()],
    )


def _groups(records: Records) -> Table:
    groups = [
        (arm, group)
        for arm, told in records.found["arms"].items()
        for group in told.get("failures", ())
    ]
    groups.sort(key=lambda pair: -len(pair[1]["numbers"]))
    return Table(
        caption="What ended the trials that failed",
        columns=(
            Column("reason"), Column("trials", "d"), Column("which"), Column("what was said", words=True),
            Column("raised at"),
        ),
        rows=[
            [
                group["reason"],
                len(group["numbers"]),
                _trials([f"{arm}-{number}" for number in group["numbers"]]),
                group["message"],
                group["where"],
            ]
            for arm, group in groups
        ],
    )  # fmt: skip
