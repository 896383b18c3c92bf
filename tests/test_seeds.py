"""Seeds derived from seeds."""

from itertools import product

import pytest

from sweep.seeds import derive


@pytest.mark.parametrize(
    ("parts", "seed"), [((0,), 804681139), ((0, "trial", 3), 2138929252), (("é", -1), 19824409)]
)
def test_a_seed_is_the_same_everywhere(parts: tuple[object, ...], seed: int) -> None:
    assert derive(*parts) == seed


def test_seeds_lie_in_the_range_that_libraries_take_and_differ() -> None:
    seeds = [derive(*parts) for parts in product(range(20), ("trial", "split"), range(100))]
    assert all(0 <= seed < 2**31 for seed in seeds)
    assert len(set(seeds)) == len(seeds)
    assert max(seeds) > 2**30
