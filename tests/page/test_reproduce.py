"""How to reproduce it: what decides the result, and every trial."""

from sweep.page.blocks import Copy, Table, Words, anchor_of
from sweep.page.records import Records, name_of
from sweep.page.sections.reproduce import reproduce


def test_the_commands(records: Records) -> None:
    copies = [block.text for block in reproduce(records).blocks if isinstance(block, Copy)]
    assert copies[0] == records.command
    assert [text.split()[3] for text in copies[1:]] == ["report", "export"]


def test_facts_and_versions(records: Records, empty: Records) -> None:
    facts = dict(next(b for b in reproduce(records).blocks if isinstance(b, Table)).rows)  # type: ignore[arg-type]
    assert facts["seed"] == "0"
    assert facts["version of torch"] == "2.10"
    assert facts["corpus, sha256"] == "ab" * 32
    assert facts["seed of the winner's member 5"] == "4"
    texts = [block.text for block in reproduce(empty).blocks if isinstance(block, Words)]
    assert any("were not recorded" in text for text in texts)


def test_every_trial_has_a_line_and_a_place(records: Records) -> None:
    table = reproduce(records).blocks[-1]
    assert isinstance(table, Table)
    assert {row[0] for row in table.rows} == {name_of(t) for t in records.trials}
    assert table.anchors == [anchor_of(row[0]) for row in table.rows]
    values = {row[0]: row[2] for row in table.rows}
    assert values == {name_of(t): t["value"] for t in records.trials}
    assert [row[2] for row in table.rows][:3] == [t["value"] for t in records.scored[:3]]
    assert "are shown" not in table.caption
