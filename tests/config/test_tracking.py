"""Settings of where trials are recorded."""

import pytest

from sweep.compose.compose import compose
from sweep.compose.flags import read_flags
from sweep.config import ReportConfig, TrackingConfig
from sweep.errors import UserError


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


def test_no_fewer_than_no_examples() -> None:
    assert compose(read_flags(["+search=smoke", "report.examples=0"])).report.examples == 0
    with pytest.raises(UserError, match=r"report\.examples must be at least 0, but got -1"):
        ReportConfig(examples=-1)


@pytest.mark.parametrize(
    "uri",
    [
        "http://ann:s3cr3t@host:5000", "https://s3cr3t@host", "postgresql://ann:s3cr3t@host/db",
        "postgresql+psycopg://ann@host/db?password=s3cr3t", "http://host?token=s3cr3t",
    ],
)  # fmt: skip
def test_an_address_with_a_password_is_refused(uri: str) -> None:
    with pytest.raises(UserError, match=r"tracking\.uri must hold no password") as refused:
        TrackingConfig(uri=uri)
    assert "s3cr3t" not in str(refused.value)


@pytest.mark.parametrize(
    "uri", [None, "http://host:5000", "sqlite:///runs/a@b.db", "postgresql://ann@host/db"]
)
def test_other_addresses_are_taken(uri: str | None) -> None:
    assert TrackingConfig(uri=uri).uri == uri
