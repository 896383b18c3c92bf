"""Settings that break one rule, and what of it the refusal leaves unsaid."""

from typing import Any

import pytest

from sweep.errors import UserError


def unsaid(kind: type[Any], values: dict[str, Any], told: list[str]) -> list[str]:
    """Build a config class with values that break one rule; gives the parts its one mistake lacks."""
    with pytest.raises(UserError) as info:
        kind(**values)
    (mistake,) = info.value.mistakes
    return [part for part in told if part not in mistake]
