"""Settings of the search: question, space and budget."""

from dataclasses import dataclass, field
from typing import Any

from omegaconf import MISSING

from sweep.errors import UserError


@dataclass(kw_only=True, slots=True)
class SearchConfig:
    """The question, the search space and the budget."""

    name: str = MISSING
    """Name of the search."""
    question: str = ""
    """What the search answers, in one sentence."""
    compare: str | None = None
    """Setting whose choices are the arms: each gets its own study and the same budget."""
    trials: int = 12
    """Trials an arm."""
    vary: bool = True
    """Whether trials vary the settings of `space`; false leaves the arms, each at the configuration's own values."""
    fix: list[str] = field(default_factory=list)
    """Settings taken out of `space`: every trial has the configuration's own value of them."""
    space: dict[str, Any] = field(default_factory=dict)
    """The searched settings, as a tree like the configuration's; each leaf has a `type` and its bounds or choices."""

    def __post_init__(self) -> None:
        if self.trials < 1:
            raise UserError(f"search.trials must be at least 1, but got {self.trials}.")
        if not self.vary:
            self.space = _only(self.space, self.compare.split(".") if self.compare else [])


def _only(tree: dict[str, Any], path: list[str]) -> dict[str, Any]:
    if not path or path[0] not in tree:
        return {}
    inner = tree[path[0]]
    return {path[0]: inner if len(path) == 1 else _only(inner, path[1:])}
