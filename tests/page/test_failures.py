"""Why trials failed: the leading cause first, evidence that leads to the trials, words to paste."""

from sweep.page.blocks import Copy, Link, Table, Words
from sweep.page.records import Records
from sweep.page.sections.failures import why


def test_a_finding_has_evidence_remedy_and_patch(records: Records) -> None:
    blocks = why(records).blocks
    first = blocks[0]
    assert isinstance(first, Words)
    assert first.text.startswith("The leading cause is training: 4 trials raised")
    evidence = next(b for b in blocks if isinstance(b, Table) and b.caption == "What shows it")
    assert evidence.rows[0][1] == Link("lstm-4", "trial-lstm_2d4")
    assert evidence.rows[0][2] == "3, 17"
    (patch,) = [b for b in blocks if isinstance(b, Copy)]
    assert patch.text == "resampling=none text.language='plain words'"


def test_evidence_that_is_a_number_shows_it(records: Records) -> None:
    """Seen: `share labelled otherwise` stood in the page beside three empty cells."""
    first, *rest = records.found["findings"]
    shown = first | {"evidence": [{"text": "share labelled otherwise", "number": 0.0546}]}
    kept = records.found | {"findings": [shown, *rest]}
    blocks = why(type(records)(**{**_fields(records), "found": kept})).blocks
    table = next(b for b in blocks if isinstance(b, Table) and b.caption == "What shows it")
    assert table.text(table.columns[3], table.rows[0][3]) == "0.0546"


def test_a_note_is_no_leading_cause(records: Records) -> None:
    """Seen: the page of a healthy sweep began by why its trials had failed."""
    noted = [one | {"severity": "note"} for one in records.found["findings"]]
    kept = records.found | {"findings": noted}
    first = why(type(records)(**{**_fields(records), "found": kept})).blocks[0]
    assert isinstance(first, Words)
    assert first.text == "Nothing worse than a note was found."


def test_counts_and_groups_are_the_summary_s(records: Records) -> None:
    tables = {b.caption: b.rows for b in why(records).blocks if isinstance(b, Table)}
    counts = tables["How the trials of each arm ended"]
    assert counts == [["lstm", 12, 8, 0, 2, 2, 0], ["gru", 12, 8, 0, 2, 2, 0]]
    groups = tables["What ended the trials that failed"]
    assert [row[:2] for row in groups] == [["raised", 2], ["raised", 2]]
    assert [link.text for link in groups[0][2]] == ["lstm-4", "lstm-10"]


def test_nothing_failed(records: Records) -> None:
    arms = {a: t | {"failures": [], "failed": 0} for a, t in records.found["arms"].items()}
    kept = records.found | {"arms": arms, "findings": []}
    for resting, said in ((0, "No trial failed."), (2, "but 4 trials never left")):
        for told in arms.values():
            told["no_learning"] = resting
        last = why(type(records)(**{**_fields(records), "found": kept})).blocks[-1]
        assert isinstance(last, Words)
        assert said in last.text


def _fields(records: Records) -> dict[str, object]:
    names = ("found", "trials", "parameters", "compare", "objective", "folder", "command")
    return {name: getattr(records, name) for name in names}
