"""The answer and the verdict: the words of the console, and a picture of the same folds."""

import numpy as np

from sweep.page.blocks import Figure, Words
from sweep.page.records import Records
from sweep.page.sections.opening import opening, verdicts
from sweep.report.answer import answer, gate, verdict


def test_the_first_words_are_the_answer_and_the_gate(records: Records) -> None:
    told = {
        block.tone: block.text for block in opening(records).blocks if isinstance(block, Words)
    }
    assert told["lead"] == " ".join(answer(records.found))
    assert told["good"] == gate(records.found)
    assert "24 of 24 trials in 5 min, on 1,000 texts; 4 failed. Seed 0." in told["small"]


def test_a_network_that_is_not_worth_it_is_no_good_news(records: Records) -> None:
    for decision, tone in (("worse", "bad"), ("no evidence", "warning")):
        records.found["gate"]["decision"], before = decision, records.found["gate"]["decision"]
        tones = [block.tone for block in opening(records).blocks if isinstance(block, Words)]
        records.found["gate"]["decision"] = before
        assert tone in tones


def test_without_a_winner_that_is_said(empty: Records) -> None:
    texts = [block.text for block in opening(empty).blocks if isinstance(block, Words)]
    assert any("No trial has completed" in text for text in texts)
    assert "cannot" not in texts[0]
    assert len(verdicts(empty).blocks) == 1


def test_the_verdict_s_picture_holds_both_on_every_fold(records: Records) -> None:
    words, figure = verdicts(records).blocks
    assert isinstance(words, Words)
    assert isinstance(figure, Figure)
    assert words.text == f"{verdict(records.found)[0]}."
    finalists = records.found["confirm"]["finalists"]
    names = [f"{a}-{t['confirmed']['number']}" for a, t in records.found["arms"].items()]
    first, second = (finalists[name]["scores"] for name in names)
    assert [figure.data[1]["y"], figure.data[2]["y"]] == [first, second]
    wins = int(np.sum(np.array(first) > np.array(second)))
    ahead = (
        f"{names[0]} is ahead on {wins} of 5"
        if wins >= 3
        else f"{names[1]} is ahead on {5 - wins} of 5"
    )
    assert figure.title.startswith(ahead)
    assert f"{np.mean(np.subtract(first, second)):+.3f}" in figure.title
