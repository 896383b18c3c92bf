"""All that is known of a sweep when it is judged, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # a command that is refused need not wait for NumPy
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answers:
    """What a network says to N texts whose labels are known."""

    labels: "Array"
    """0 or 1, (N,)."""
    probabilities: "Array"
    """Of class 1, (N,)."""


@dataclass(frozen=True, kw_only=True, eq=False)
class TrialFacts:
    """One trial that has ended."""

    name: str
    arm: str
    number: int
    status: str
    """COMPLETE, PRUNED or FAILED."""
    reason: str | None = None
    message: str = ""
    stopped: str | None = None
    """max_epochs, early_stopping, no_learning or pruned."""
    value: float | None = None
    """Best objective."""
    epoch: int | None = None
    """Of the best objective, from 0."""
    epochs: int = 0
    threshold: float | None = None
    seconds: float = 0.0
    values: Mapping[str, Any] = field(default_factory=dict)
    """The searched settings by dotted name."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """All settings that decide a training by dotted name, the searched ones among them."""
    metrics: Mapping[str, float] = field(default_factory=dict)
    """Scores on the validation part with the best epoch's weights."""
    history: tuple[Mapping[str, float], ...] = ()
    """An epoch each: the same scores, `train_loss`, `learning_rate`."""
    answers: Answers | None = None
    """On the validation part."""
    encoding: Mapping[str, Any] = field(default_factory=dict)
    """What its settings of `text` make of the corpus: `vocabulary`, and for each part `rows`, `unknown`, the share of
    its tokens, `truncated`, the share of its texts that are cut, and `padding`, that of the widest text's width."""
    probe: Mapping[str, Any] | None = None
    """What `probe.json` holds."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Searched:
    """One searched setting."""

    path: str
    kind: str
    """float, int or categorical."""
    low: float | None = None
    high: float | None = None
    log: bool = False
    choices: tuple[Any, ...] = ()

    @property
    def number(self) -> bool:
        """Whether it has bounds rather than choices."""
        return self.kind != "categorical"


@dataclass(frozen=True, kw_only=True, eq=False)
class Facts:
    """A sweep as it is judged; what has not been measured is empty, and the symptoms that need it are silent."""

    metric: str = "average_precision"
    maximize: bool = True
    chance: float | None = None
    """What the objective is for an answer that knows nothing of the text."""
    budget: int = 0
    """Trials of each arm."""
    compare: str | None = None
    """Dotted name of the setting whose choices are the arms."""
    trials: tuple[TrialFacts, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    """All settings of the sweep by dotted name, those that trials vary with the values they vary from."""
    space: tuple[Searched, ...] = ()
    corpus: Mapping[str, Any] = field(default_factory=dict)
    """For each part `rows` and `positives`."""
    summary: Mapping[str, Any] = field(default_factory=dict)
    audit: Mapping[str, Any] = field(default_factory=dict)
    """What `audit.json` holds."""
    preflight: Mapping[str, Any] = field(default_factory=dict)
    """What `preflight.json` holds."""

    @cached_property
    def complete(self) -> tuple[TrialFacts, ...]:
        """The trials that ran to their own end, the best first."""
        found = [t for t in self.trials if t.status == "COMPLETE" and t.value is not None]
        sign = -1 if self.maximize else 1
        return tuple(sorted(found, key=lambda t: (sign * (t.value or 0.0), t.arm, t.number)))

    def setting(self, path: str) -> Any:
        """The sweep's own value of a setting; None where it is not known."""
        return self.settings.get(path)

    def searched(self, path: str) -> Searched | None:
        """How a setting is searched; None where all trials share its value."""
        return next((one for one in self.space if one.path == path), None)

    @property
    def best(self) -> TrialFacts | None:
        """The best complete trial."""
        return self.complete[0] if self.complete else None
