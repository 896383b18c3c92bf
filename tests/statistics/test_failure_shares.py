"""Whether a value goes with a failure."""

import pytest
from scipy import stats

from sweep.statistics.failure_shares import failure_shares, wilson


def test_a_share_is_told_with_fishers_chance() -> None:
    failed = [True] * 7 + [False] + [True] + [False] * 11
    found = failure_shares({"rate": ["high"] * 8 + ["low"] * 12}, failed)
    high = next(one for one in found if one.value == "high")
    counted = (high.failed, high.trials, high.failed_elsewhere, high.trials_elsewhere)
    assert counted == (7, 8, 1, 12)
    exact = stats.fisher_exact([[7, 1], [1, 11]], alternative="greater")
    assert high.p == pytest.approx(exact.pvalue)
    assert high.told
    assert high.share == 7 / 8
    assert not next(one for one in found if one.value == "low").told


def test_many_values_make_it_harder() -> None:
    failed = [True] * 3 + [False] * 9
    alone = {"a": ["x"] * 4 + ["y"] * 8}
    (x, _) = failure_shares(alone, failed)
    assert x.told
    others = {f"b{n}": [str(k) for k in range(12)] for n in range(5)}
    assert not any(one.told for one in failure_shares(alone | others, failed))


def test_trials_without_the_setting_and_settings_without_a_choice_are_left_out() -> None:
    (one, other) = failure_shares(
        {"a": ["x", "x", "y", None], "b": ["z"] * 4}, [True, False, False, True]
    )
    assert {one.setting, other.setting} == {"a"}
    assert one.trials + one.trials_elsewhere == 3


@pytest.mark.parametrize(("hits", "n"), [(0, 10), (3, 10), (10, 10), (7, 200)])
def test_the_interval_is_wilsons(hits: int, n: int) -> None:
    exact = stats.binomtest(hits, n).proportion_ci(method="wilson")
    assert wilson(hits, n) == pytest.approx((exact.low, exact.high), abs=1e-9)
