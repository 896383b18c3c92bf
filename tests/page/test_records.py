"""Records: what is missing is empty, what is there is read."""

from dataclasses import replace

import numpy as np

from sweep.page.records import Records


def test_the_scored_trials_stand_best_first(records: Records) -> None:
    values = [t["value"] for t in records.scored]
    assert values == sorted(values, reverse=True)
    assert len(values) == sum(t["status"] != "FAILED" for t in records.trials)
    lower = replace(records, found=records.found | {"objective": "log_loss"})
    assert [t["value"] for t in lower.scored] == sorted(values)


def test_what_was_left_is_read(records: Records) -> None:
    name = next(iter(records.found["confirm"]["finalists"]))
    assert [row["epoch"] for row in records.history(name)] == [0, 1, 2, 3, 4, 5]
    assert records.probe(name)["epochs"][0]["gates"]["rnn.0"]["saturated_high"] == 0.4
    assert records.answers is not None
    assert len(records.answers.labels) == len(records.answers.network) == 400


def test_what_is_missing_is_empty(empty: Records) -> None:
    assert empty.history("lstm-0") == []
    assert empty.probe("lstm-0") == {}
    assert (empty.audit, empty.answers) == ({}, None)


def test_a_history_that_was_cut_ends_where_it_is_whole(records: Records) -> None:
    path = records.folder.trial("cut-0").history
    path.parent.mkdir()
    path.write_text('{"epoch": 0}\n{"epo', encoding="utf-8")
    assert records.history("cut-0") == [{"epoch": 0}]


def test_the_answers_are_as_they_were_kept(records: Records) -> None:
    assert records.answers is not None
    assert np.all((records.answers.network > 0) & (records.answers.network < 1))
