"""Keeps credentials out of logs, runs and files."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

HIDDEN = "***"
_LOGIN = re.compile(r"(?<=://)[^\s/?#]*@")
_QUERY = re.compile(
    r"(?i)([?&][\w.-]*(?:password|passwd|pwd|token|secret|api_?key|access_?key|signature)[\w.-]*=)[^&\s'\"]+"
)


def redact(text: str) -> str:
    """Hide user names, passwords and tokens that stand in addresses.

    Args:
        text: an address, or a text with addresses in it.

    Returns:
        The same with `***` in their place.

    >>> redact("postgresql://ann:s3cret@db.example/runs?sslpassword=x&a=1")
    'postgresql://***@db.example/runs?sslpassword=***&a=1'
    """
    return _QUERY.sub(rf"\1{HIDDEN}", _LOGIN.sub(f"{HIDDEN}@", text))


def holds_secret(uri: str) -> bool:
    """Tell whether an address carries a password or a token; a user's name alone is none.

    Args:
        uri: an address; what is none carries nothing.

    >>> [holds_secret(u) for u in ("http://ann:x@host", "postgresql://ann@host/db?sslpassword=x", "postgresql://ann@h/d")]
    [True, True, False]
    """
    login = "".join(_LOGIN.findall(uri)[:1]).removesuffix("@")
    return ":" in login or (bool(login) and uri.startswith("http")) or bool(_QUERY.search(uri))


def redact_all(value: Any) -> Any:
    """Hide credentials in every text of a tree of plain types.

    Args:
        value: a mapping, list, text or number.

    Returns:
        A copy of the same shape.
    """
    if isinstance(value, str):
        return redact(str(value))
    if isinstance(value, Mapping):
        return {str(key): redact_all(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [redact_all(item) for item in value]
    return value


class Redactor:
    """Hides one address's credentials wherever they turn up, also outside an address.

    Args:
        uri: the address that may hold them.
    """

    def __init__(self, uri: str) -> None:
        parts = urlsplit(uri) if "://" in uri else None
        login = parts.netloc.rpartition("@")[0] if parts else ""
        password = login.partition(":")[2]
        # Shorter ones would blot out half of every message; inside an address they are hidden too.
        self._secrets = sorted(
            {s for s in (login, unquote(login), password, unquote(password)) if len(s) >= 4},
            key=len,
            reverse=True,
        )

    def __call__(self, text: str) -> str:
        """Hide the credentials in a text."""
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return redact(text)
