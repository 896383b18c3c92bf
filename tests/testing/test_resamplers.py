"""What resamplers break is told; the planted illnesses stand in test_contract.py."""

import pytest

from sweep.testing.resamplers import resampler_breaches


@pytest.mark.parametrize(
    "name",
    ["none", "random_over", "random_under", "near_miss_3", "tomek_links", "smote", "adasyn"],
)
def test_ours_refuse_at_most_few_rows(name: str) -> None:
    few = [f"({p} positive, {n} negative rows)" for n, p in ((2, 60), (60, 3))]
    told = [text for text in resampler_breaches(name, {}) if "is too many for" not in text]
    assert not [text for text in told if not any(sizes in text for sizes in few)], told
