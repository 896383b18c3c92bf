"""Settings of where trials are recorded."""

import pytest

from sweep.compose.compose import compose
from sweep.compose.flags import read_flags
from sweep.config import TrackingConfig


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], TrackingConfig()),
        (["tracking.uri=http://h:5000"], TrackingConfig(uri="http://h:5000")),
        (["tracking.drain_s=0"], TrackingConfig(drain_s=0.0)),
    ],
    ids=["by default", "a server", "no waiting"],
)
def test_a_command_says_where_and_how_long(words: list[str], expected: TrackingConfig) -> None:
    config = compose(read_flags(["+search=smoke", *words]))
    assert config.tracking == expected
    assert isinstance(config.tracking.drain_s, float)
