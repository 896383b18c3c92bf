"""What a sweep left, as the page needs it; read from files, computed from nothing else."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sweep.config import Metric
from sweep.config.objective import ObjectiveConfig
from sweep.files import json_lines
from sweep.search.parameter import Parameter
from sweep.tracking.timeline import Span
from sweep.workspace import SweepFolder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CURVES = 3
"""Trials of a kind whose curves are drawn."""


class Answers(NamedTuple):
    """What the winner's members answered about the rows that each had not trained on."""

    labels: "NDArray[np.float64]"
    network: "NDArray[np.float64]"
    """Probabilities, (N,)."""
    baseline: "NDArray[np.float64]"
    """Those of TF-IDF with logistic regression, (N,)."""


@dataclass(frozen=True, kw_only=True)
class Records:
    """All that the page tells."""

    found: dict[str, Any]
    """What `summary.json` holds."""
    trials: Sequence[Mapping[str, Any]]
    """A value by column for each trial, as in `trials.csv`."""
    parameters: Sequence[Parameter]
    """The searched settings."""
    compare: str | None
    objective: ObjectiveConfig
    folder: SweepFolder
    command: str
    """The one that ran the sweep."""
    fingerprint: str = ""
    """Digest of what decides whether trials compare."""
    corpus: Mapping[str, Any] = field(default_factory=dict)
    """Name, rows and SHA-256 of the corpus, as the fingerprint has them."""
    spans: Sequence[Span] = ()
    examples: int = 10
    """Words of the corpus that are shown; none where 0."""

    @property
    def metric(self) -> str:
        """Name of the objective."""
        return str(self.found["objective"])

    @property
    def maximize(self) -> bool:
        """Whether more of it is better."""
        return Metric(self.metric).maximize

    @property
    def arms(self) -> list[str]:
        """Names of the arms."""
        return list(self.found["arms"])

    @cached_property
    def scored(self) -> list[Mapping[str, Any]]:
        """Trials that did not fail, the best first."""
        known = [t for t in self.trials if t["value"] is not None and t["status"] != "FAILED"]
        sign = -1 if self.maximize else 1
        return sorted(known, key=lambda t: (sign * t["value"], t["arm"], t["number"]))

    def history(self, name: str) -> list[dict[str, Any]]:
        """Read the epochs of a trial; none where it left none."""
        return json_lines(self.folder.trial(name).history)

    def probe(self, name: str) -> dict[str, Any]:
        """Read what was measured while a trial trained; empty where it was not."""
        return _json(self.folder.trial(name).probe)

    @cached_property
    def audit(self) -> dict[str, Any]:
        """What is known of the corpus; empty where nothing was measured."""
        return _json(self.folder.audit)

    @cached_property
    def answers(self) -> Answers | None:
        """What the winner answered; None where there is no bag, or it is of an earlier version."""
        best = self.found.get("best", {})
        if "members" not in best:
            return None
        path = self.folder.finalist(f"{best['arm']}-{best['number']}").answers
        if not path.is_file():
            return None
        import numpy as np

        with np.load(path) as kept:
            return Answers(kept["labels"], kept["network"], kept["baseline"])


def _json(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    found: dict[str, Any] = json.loads(path.read_bytes())
    return found


def name_of(trial: Mapping[str, Any]) -> str:
    """Name a trial."""
    return f"{trial['arm']}-{trial['number']}"
