"""Finished sweeps beside one another: which of them compare, and what the folds that their winners share show."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sweep.config import Config
from sweep.config.settings import flat
from sweep.typed import spelled

GROUPS = (
    "seed",
    "data",
    "split",
    "text",
    "resampling",
    "model",
    "optimizer",
    "loss",
    "trainer",
    "objective",
    "plugins",
    "sampler",
    "pruner",
    "confirm",
    "search",
)
"""Settings that decide what a sweep finds; where it runs and what is shown of it decide nothing."""
SAID = {"search.question", "trainer.probe"}
"""Settings of these groups that decide nothing either."""
ROWS = ("seed", "split")
FOLDS = (*ROWS, "confirm.folds", "confirm.repeats", "confirm.keep_validation")
"""What decides which rows are held out together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the sweeps."""

    name: str
    config: Config
    found: Mapping[str, Any]
    """What `summary.json` holds, with a scored winner."""
    about: Mapping[str, Any]
    """The fingerprint that its trials were begun with."""

    @property
    def winner(self) -> str:
        """Name of the winner's trial."""
        return f"{self.found['best']['arm']}-{self.found['best']['number']}"

    @property
    def folds(self) -> tuple[str, ...]:
        """Corpora in the cache that the winner's members trained on, named by their rows; none without a bag."""
        return tuple(member["corpus"] for member in self.found["best"].get("members", ()))

    @property
    def scores(self) -> list[float]:
        """The winner's score on each fold; none where it was not confirmed."""
        return (
            list(self.found["confirm"]["finalists"][self.winner]["scores"]) if self.folds else []
        )

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval of their mean, within what a score can be."""
        from sweep.statistics.fold_means import FoldMean

        if not self.folds:
            return None
        low, high = self.config.objective.metric.bounds
        ends = FoldMean.of(self.scores, folds=self.found["confirm"]["folds"]).interval()
        return min(max(ends[0], low), high), min(max(ends[1], low), high)

    @property
    def settings(self) -> dict[str, Any]:
        """What decides what it finds: settings by dotted name, and digests of vectors and plug-ins."""
        kept = {name: value for name, value in asdict(self.config).items() if name in GROUPS}
        found = {path: value for path, value in flat(kept).items() if path not in SAID}
        own = self.about.get("plugins", {})
        digests = {f"{name} (digest)": part.get("digest", "") for name, part in own.items()}
        return found | flat({"vectors (digest)": self.about.get("vectors", {})}) | digests


def refusals(sides: Sequence[Side]) -> list[str]:
    """Say why sweeps cannot be compared.

    Args:
        sides: two or more.

    Returns:
        A reason each; none where they can.
    """
    found = []
    metrics = {side.name: str(side.config.objective.metric) for side in sides}
    if len(set(metrics.values())) > 1:
        each = ", ".join(f"{name} objective.metric={metric}" for name, metric in metrics.items())
        found.append(
            f"They judge trials by different scores, which do not compare: {each}. Run one of them anew with the "
            "other's objective.metric and a `name=` of its own."
        )
    if any(not _same_corpus(a, b) for a, b in itertools.combinations(sides, 2)):
        each = "; ".join(f"{side.name} {_corpus(side)}" for side in sides)
        found.append(
            f"They have different corpora, so no score of one compares with another's: {each}. Compare sweeps of the "
            "same texts and labels."
        )
    return found


def differing(sides: Sequence[Side]) -> dict[str, list[str]]:
    """Name the settings that differ.

    Args:
        sides: two or more.

    Returns:
        By dotted name the value of each sweep as it is typed behind `=`; `-` where it has no such setting.
    """
    every = [side.settings for side in sides]
    paths = dict.fromkeys(path for settings in every for path in settings)
    found = {}
    for path in paths:
        values = [spelled(s[path]) if path in s else "-" for s in every]
        if len(set(values)) > 1:
            found[path] = values
    return found


def verdicts(sides: Sequence[Side]) -> list[dict[str, Any]]:
    """Compare the winners of sweeps that held out the same rows.

    Args:
        sides: two or more that compare.

    Returns:
        For each pair what `summary.json` says of a pair of arms, in its form; the level is shared out among the pairs
        on the same folds, and intervals count the luck of two searches.
    """
    from sweep.statistics.paired import paired, search_luck

    found = []
    for group in _sharing(sides):
        folds, maximize = (
            group[0].found["confirm"]["folds"],
            group[0].config.objective.metric.maximize,
        )
        rivals = {key: scores for side in group for key, scores in _rivals(side).items()}
        pairs = paired(
            {side.name: side.scores for side in group},
            folds=folds,
            maximize=maximize,
            luck=search_luck(rivals, folds=folds),
        )
        found += [{name: _plain(value) for name, value in asdict(pair).items()} for pair in pairs]
    return found


def unpaired(sides: Sequence[Side]) -> list[str]:
    """Say which winners are not compared with which, and why.

    Args:
        sides: two or more that compare.

    Returns:
        A sentence each.
    """
    alone = [side for side in sides if not side.folds]
    found = [
        f"{side.name} was not confirmed (confirm.top={side.config.confirm.top}): there are no folds to compare its "
        "winner on."
        for side in alone
    ]
    for a, b in itertools.combinations([side for side in sides if side.folds], 2):
        if a.folds == b.folds:
            continue
        why = [
            f"{a.name} {path}={one}, {b.name} {path}={other}"
            for path, (one, other) in differing([a, b]).items()
            if path in FOLDS or path.partition(".")[0] in ROWS
        ]
        said = "; ".join(why) or "they are of different versions"
        official = a.config.data.test is not None or _same_parts(a, b)
        rows = "folds" if official else "folds, and test parts where these are drawn"
        found.append(
            f"{a.name} and {b.name} are not compared: they have different {rows} ({said})."
        )
    return found


def _sharing(sides: Sequence[Side]) -> list[list[Side]]:
    groups: dict[tuple[str, ...], list[Side]] = {}
    for side in sides:
        if side.folds:
            groups.setdefault(side.folds, []).append(side)
    return [group for group in groups.values() if len(group) > 1]


def _rivals(side: Side) -> dict[str, list[list[float]]]:
    # Of each arm those that the search chose, which stand first; the user's own comes last.
    whole, by_arm = len(side.folds), dict[str, list[list[float]]]()
    for name, told in side.found["confirm"]["finalists"].items():
        by_arm.setdefault(name.rpartition("-")[0], []).append(told["scores"])
    return {
        f"{side.name}/{arm}": [
            [
                float("nan") if score is None else score
                for score in [*scores, *[None] * (whole - len(scores))]
            ]
            for scores in every[: side.config.confirm.top]
        ]
        for arm, every in by_arm.items()
    }


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _same_parts(a: Side, b: Side) -> bool:
    return bool(a.about["corpus"]["sha256"] == b.about["corpus"]["sha256"])


def _same_corpus(a: Side, b: Side) -> bool:
    return _same_parts(a, b) or _redrawn(a, b)


def _redrawn(a: Side, b: Side) -> bool:
    # The digest covers the parts, too: one file of as many rows, whose parts another seed or share has drawn.
    files = a.config.data.path is not None or a.config.data.train is not None
    same = (
        a.config.data == b.config.data and a.about["corpus"]["rows"] == b.about["corpus"]["rows"]
    )
    drawn = a.config.seed != b.config.seed or a.config.split != b.config.split
    return files and same and drawn


def _corpus(side: Side) -> str:
    data = side.config.data
    file = next((f for f in (data.path, data.train) if f is not None), None)
    where = f"seed={side.config.seed}" if file is None else f"from {file}"
    about = side.about["corpus"]
    return f"{about['name']} ({about['rows']} rows, {where}, SHA-256 {about['sha256'][:8]}…)"
