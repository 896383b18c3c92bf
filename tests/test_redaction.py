import pytest

from sweep.redaction import Redactor, redact, redact_all


@pytest.mark.parametrize(
    "uri",
    [
        "http://ann:s3cr3t@host:5000/path",
        "postgresql+psycopg://ann:s3cr3t@host/db?sslmode=require",
        "https://s3cr3t@host",
        "https://host/?api_key=s3cr3t&a=1",
        "postgresql://host/db?user=ann&password=s3cr3t",
        "see http://a:s3cr3t@h and https://b:s3cr3t@h, please",
        "https://h/x?X-Amz-Security-Token=s3cr3t",
    ],
)
def test_credentials_are_hidden(uri: str) -> None:
    assert "s3cr3t" not in redact(uri)
    assert "***" in redact(uri)


@pytest.mark.parametrize(
    "text",
    ["sqlite:////home/user/runs/mlflow.db", "http://host:5000", "mail me@home.org", "a/b?c=d", ""],
)
def test_other_texts_stay(text: str) -> None:
    assert redact(text) == text


def test_every_text_of_a_tree() -> None:
    tree = {"a": ["http://x:pw@h", 1], "b": {"c": ("ftp://y:pw@h",)}, "d": None}
    hidden = {"a": ["http://***@h", 1], "b": {"c": ["ftp://***@h"]}, "d": None}
    assert redact_all(tree) == hidden


def test_a_known_password_is_hidden_outside_addresses_too() -> None:
    hide = Redactor("http://ann:pass%2Fword@host")
    for said in ("password 'pass/word' is wrong", "auth=ann:pass%2Fword", "pass%2Fword"):
        assert "word'" not in hide(said)
        assert "pass%2F" not in hide(said)
        assert "pass/word" not in hide(said)


def test_an_address_without_credentials_hides_nothing() -> None:
    assert Redactor("sqlite:///a.db")("sqlite:///a.db is locked") == "sqlite:///a.db is locked"
