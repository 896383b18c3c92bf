"""Thinning keeps the best and an even draw of the others."""

from sweep.page.records import Records
from sweep.page.sections.parallel import parallel, plain, thin


def test_what_fits_is_kept() -> None:
    assert thin([1, 2, 3], 3) == [1, 2, 3]


def test_the_best_half_and_even_steps() -> None:
    kept = thin(range(5000), 300)
    assert len(kept) == len(set(kept)) == 300
    assert kept[:150] == list(range(150))
    steps = {b - a for a, b in zip(kept[150:], kept[151:], strict=False)}
    assert steps <= {32, 33}


def test_what_stands_on_an_axis() -> None:
    assert [plain(value) for value in (1, 0.5, True, "<b>")] == [1, 0.5, "True", "&lt;b&gt;"]


def test_nothing_varied(records: Records) -> None:
    assert parallel(records, []) == []
