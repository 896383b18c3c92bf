"""Splits without leaks."""

import itertools
import random

import numpy as np
import pytest

from sweep.data import Corpus, SplitCorpus, split
from sweep.data.split import folds, normalised
from sweep.errors import DataError


def corpus(
    texts: list[str],
    labels: list[int],
    groups: list[str] | None = None,
    parts: list[str] | None = None,
) -> Corpus:
    return Corpus(
        name="c",
        texts=texts,
        labels=np.array(labels, dtype=np.int8),
        groups=None if groups is None else np.array(groups, dtype=object),
        parts=None if parts is None else np.array(parts),
        positive="yes",
        negative="no",
    )


def drawn(rows: Corpus, seed: int = 0, overlap: str = "drop", share: float = 0.2) -> SplitCorpus:
    return split(rows, validation=share, test=share, overlap=overlap, seed=seed)


def random_corpus(seed: int, grouped: bool) -> Corpus:
    draw = random.Random(seed)
    texts = [f"Text {draw.randrange(300)}{' ' * draw.randrange(3)}" for _ in range(600)]
    labels = [int(draw.random() < 0.3) for _ in texts]
    groups = (
        [f"g{draw.randrange(400)}" * (draw.random() < 0.3) for _ in texts] if grouped else None
    )
    return corpus(texts, labels, groups)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A  b\n", "a B"),
        ("Straße", "STRASSE"),
        ("ﬁn", "fin"),
        ("e\u0301", "É"),
        ("a\u00a0b", "a b"),
    ],
)
def test_equal_after_normalisation(one: str, other: str) -> None:
    assert normalised(one) == normalised(other)


def test_normalising_long_runs_of_marks_ends() -> None:
    assert normalised("a" + "\u0301\u0327" * 500_000)  # takes hours where the time is quadratic


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("grouped", [False, True])
def test_equal_texts_and_groups_stay_together(seed: int, grouped: bool) -> None:
    rows = random_corpus(seed, grouped)
    done = drawn(rows, seed)
    keys = [[normalised(text) for text in rows.texts]]
    keys += [] if rows.groups is None else [rows.groups.tolist()]
    for column in keys:
        homes: dict[str, set[str]] = {}
        for key, part in zip(column, done.parts.tolist(), strict=True):
            homes.setdefault(key, set()).add(part)
        homes.pop("", None)
        assert all(len(home) == 1 for home in homes.values())


def test_shares_are_exact_where_rows_are_distinct() -> None:
    rows = corpus([f"t{i}" for i in range(1000)], [int(i % 10 == 0) for i in range(1000)])
    done = drawn(rows)
    sizes = {
        part: np.bincount(done.part(part)[1]).tolist() for part in ("train", "validation", "test")
    }
    assert sizes == {"train": [540, 60], "validation": [180, 20], "test": [180, 20]}


def test_shares_are_near_with_duplicates_and_groups() -> None:
    done = drawn(random_corpus(0, grouped=False))
    for part in ("validation", "test"):
        labels = done.part(part)[1]
        assert abs(len(labels) - 120) <= 6
        assert abs(labels.mean() - done.corpus.labels.mean()) < 0.03


def test_a_large_cluster_goes_where_there_is_room() -> None:
    """A text that fills a third of the rows belongs to training, whatever comes before it."""
    texts = ["again"] * 200 + [f"t{i}" for i in range(400)]
    for seed in range(5):
        done = drawn(corpus(texts, [i % 2 for i in range(600)]), seed)
        assert set(done.parts[:200]) == {"train"}
        assert [len(done.part(p)[1]) for p in ("validation", "test")] == [120, 120]


def test_rows_without_a_group_are_free() -> None:
    rows = random_corpus(0, grouped=True)
    assert set(drawn(rows).parts[rows.groups == ""]) == {"train", "validation", "test"}


def test_the_seed_decides() -> None:
    rows = random_corpus(0, grouped=True)
    same, other = drawn(rows, seed=1), drawn(rows, seed=2)
    assert drawn(rows, seed=1).fingerprint == same.fingerprint != other.fingerprint


@pytest.mark.parametrize("share", [0.2, 0.02])
def test_three_rare_rows_are_enough_however_small_the_share(share: float) -> None:
    rows = corpus([f"t{i}" for i in range(50)], [1, 1, 1] + [0] * 47)
    done = drawn(rows, share=share)
    assert [int(done.part(p)[1].sum()) for p in ("train", "validation", "test")] == [
        1,
        1,
        1,
    ]


@pytest.mark.parametrize("present", [("test",), ("validation",), ("validation", "test")])
def test_official_parts_stay(present: tuple[str, ...]) -> None:
    parts = [part for part in ("train", *present) for _ in range(100)]
    rows = corpus(
        [f"t{i}" for i in range(len(parts))], [i % 2 for i in range(len(parts))], parts=parts
    )
    done = drawn(rows)
    official = np.array(parts) != "train"
    assert (done.parts[official] == np.array(parts)[official]).all()
    absent = 2 - len(present)
    assert [int((done.parts[~official] == p).sum()) for p in ("train", "")] == [
        100 - 20 * absent,
        0,
    ]


@pytest.mark.parametrize(("overlap", "left"), [("drop", [0, 1, 2, 40]), ("keep", [])])
def test_overlap_with_official_parts(overlap: str, left: list[int]) -> None:
    parts = ["train"] * 40 + ["validation"] * 4 + ["test"] * 4
    texts = [f"t{i}" for i in range(48)]
    texts[40], texts[41], texts[44], texts[45] = "T0", "t2", "t1 ", "T0"
    rows = corpus(texts, [i % 2 for i in range(48)], parts=parts)
    done = drawn(rows, overlap=overlap)
    assert np.flatnonzero(done.parts == "").tolist() == left
    official = [row for row in range(40, 48) if row not in left]
    assert [done.parts[row] for row in official] == [parts[row] for row in official]
    notes = " ".join(done.notes)
    assert "2 training rows hold a text of the official test part" in notes
    assert "1 rows of the official validation part hold a text of the official test" in notes
    assert "hold a text of the official validation part" in notes
    sides = [
        {normalised(text) for text in done.part(part)[0]}
        for part in ("train", "validation", "test")
    ]
    shared = [one & other for one, other in itertools.combinations(sides, 2)]
    assert any(shared) is (overlap == "keep")


def test_a_drawn_validation_holds_no_test_text() -> None:
    rows = random_corpus(3, grouped=False)
    parts = ["train"] * 500 + ["test"] * 100
    done = drawn(corpus(rows.texts, rows.labels.tolist(), parts=parts))
    kept = {p: {normalised(t) for t in done.part(p)[0]} for p in ("train", "validation", "test")}
    assert not (kept["test"] & (kept["train"] | kept["validation"]))
    assert not (kept["train"] & kept["validation"])


def test_notes_tell_of_repeats_conflicts_and_groups() -> None:
    texts = ["a", "A", *(f"t{i}" for i in range(38))]
    parts = ["train"] * 30 + ["test"] * 10
    rows = corpus(
        texts, [i % 2 for i in range(40)], ["g" if i in (5, 35) else "" for i in range(40)], parts
    )
    notes = " ".join(drawn(rows).notes)
    assert "1 rows repeat the text" in notes
    assert "1 texts occur with both labels" in notes
    assert "1 groups have rows in several official parts" in notes


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (corpus([f"t{i}" for i in range(9)], [1, 1] + [0] * 7), ["no `yes` in", "raise split"]),
        (corpus(["a"] * 30, [0, 1] * 15), ["`yes` in validation", "count once"]),
        (corpus(["a"], [1]), ["no `no` in train"]),
        (corpus([f"t{i}" for i in range(30)], [0, 1] * 15, ["g"] * 30), ["finer groups"]),
        (
            corpus(["a", "b"] * 2, [0, 1] * 2, parts=["train"] * 2 + ["test"] * 2),
            ["2 rows were left out by split.overlap=drop"],
        ),
    ],
    ids=["two rare rows", "all duplicates", "one row", "one group", "all overlap"],
)
def test_refuses_a_part_without_a_class(rows: Corpus, expected: list[str]) -> None:
    with pytest.raises(DataError) as error:
        drawn(rows)
    assert [word for word in ["split:", *expected] if word not in str(error.value)] == []


def held_out(
    rows: SplitCorpus, *, count: int = 5, repeats: int = 1, keep: bool = False, seed: int = 0
) -> list[SplitCorpus]:
    return folds(rows, count=count, repeats=repeats, keep_validation=keep, seed=seed)


@pytest.mark.parametrize("grouped", [False, True], ids=["alone", "grouped"])
@pytest.mark.parametrize("repeats", [1, 2])
def test_folds_hold_out_every_row_once_a_repetition(grouped: bool, repeats: int) -> None:
    whole = drawn(random_corpus(7, grouped))
    found = held_out(whole, repeats=repeats)
    assert len(found) == 5 * repeats
    rest = np.isin(whole.parts, ["train", "validation"])
    for repeat in range(repeats):
        held = [fold.parts == "validation" for fold in found[5 * repeat : 5 * repeat + 5]]
        assert (np.sum(held, axis=0) == rest).all()
        share = whole.corpus.labels[rest].mean()
        for part in held:
            assert abs(part.sum() - rest.sum() / 5) <= 12  # a group is not divided
            assert abs(whole.corpus.labels[part].mean() - share) < 0.03
    for fold in found:
        assert ((fold.parts == "test") == (whole.parts == "test")).all()
        assert ((fold.parts == "") == (whole.parts == "")).all()
        assert fold.notes == ()
    if repeats == 2:
        assert (found[0].parts != found[5].parts).any(), "the rows are divided anew"


def test_what_stays_together_is_held_out_together() -> None:
    rows = random_corpus(5, grouped=True)
    assert rows.groups is not None
    for fold in held_out(drawn(rows)):
        for column in ([normalised(text) for text in rows.texts], rows.groups.tolist()):
            homes: dict[str, set[str]] = {}
            for key, part in zip(column, fold.parts.tolist(), strict=True):
                homes.setdefault(key, set()).add(part)
            homes.pop("", None)
            assert all(len(home) == 1 for home in homes.values())


def test_folds_follow_their_seed() -> None:
    whole = drawn(random_corpus(2, grouped=False))
    prints = [[fold.fingerprint for fold in held_out(whole, seed=seed)] for seed in (0, 0, 1)]
    assert prints[0] == prints[1] != prints[2]
    assert len(set(prints[0])) == 5


@pytest.mark.parametrize(("keep", "rows"), [(False, 80), (True, 60)], ids=["joins", "apart"])
def test_an_official_validation_part(keep: bool, rows: int) -> None:
    parts = ["train"] * 60 + ["validation"] * 20 + ["test"] * 20
    labels = [i % 2 for i in range(100)]
    whole = drawn(corpus([f"t{i}" for i in range(100)], labels, parts=parts))
    for fold in held_out(whole, keep=keep):
        assert np.isin(fold.parts, ["train", "validation"]).sum() == rows
        assert (fold.parts[60:80] == "").all() == keep
    alone = drawn(corpus([f"t{i}" for i in range(100)], labels))
    assert [f.fingerprint for f in held_out(alone, keep=keep)] == [
        f.fingerprint for f in held_out(alone, keep=not keep)
    ], "a drawn validation part is none of the official ones"


@pytest.mark.parametrize("rare", [0, 1])
@pytest.mark.parametrize("few", [2, 3, 4])
def test_fewer_rare_texts_than_folds_give_fewer_folds(rare: int, few: int) -> None:
    labels = [rare] * (few - 1) + [1 - rare] * 39 + [rare] + [0, 1] * 5
    parts = ["train"] * (few + 33) + ["validation"] * 6 + ["test"] * 10
    whole = drawn(corpus([f"t{i}" for i in range(len(labels))], labels, parts=parts), share=0.1)
    found = held_out(whole)
    assert len(found) == few
    assert all(f"{few} folds instead of 5" in " ".join(fold.notes) for fold in found)
    for fold in found:
        for part in ("train", "validation"):
            assert set(fold.part(part)[1].tolist()) == {0, 1}


def test_rows_that_cannot_be_divided_are_refused_with_the_way_out() -> None:
    # One positive text, in both parts, which split.overlap=keep allows.
    texts = ["yes", *(f"t{i}" for i in range(20)), "yes", *(f"v{i}" for i in range(5)), "a", "b"]
    labels = [1] + [0] * 20 + [1] + [0] * 5 + [0, 1]
    parts = ["train"] * 21 + ["validation"] * 6 + ["test"] * 2
    whole = drawn(corpus(texts, labels, parts=parts), overlap="keep")
    with pytest.raises(
        DataError, match=r"confirm.folds=5: .*distinct positive texts.*confirm.top=0"
    ):
        held_out(whole)
