"""The search space: which settings a search varies, over which values, and when."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sweep.config import Config
from sweep.config.settings import Plain, replaced, settings, value_of
from sweep.errors import UserError, nearest
from sweep.search.arms import arms_of
from sweep.search.conditions import checked_conditions, enabling, fixed, ordered, unfixable
from sweep.search.parameter import Parameter, parse_parameter

if TYPE_CHECKING:
    from optuna.trial import Trial

LARGEST_GRID = 100_000
"""Combinations above which a grid is refused: no search trains so many."""

_ALIKE = "it must be the same for all trials, or their scores could not be compared"
_PLACE = "it says where trials run or are recorded, not what they learn"
_SEARCH = "it steers the search itself, which all trials of an arm share"
REFUSED = {
    "data": _ALIKE,
    "split": _ALIKE,
    "objective": f"{_ALIKE}; objective.calibration and objective.prior_correction may be searched",
    "trainer.accelerator": "it follows the machine, not the question",
    "trainer.probe": "it only watches, and changes nothing that a trial gives",
    "executor": _PLACE,
    "storage": _PLACE,
    "tracking": _PLACE,
    "workdir": _PLACE,
    "name": _PLACE,
    "sampler": _SEARCH,
    "pruner": _SEARCH,
    "search": _SEARCH,
    "confirm": "it comes after the search, and all finalists share it",
    "doctor": "it says what is examined, not what trials learn",
    "export": "it says what is exported, not what trials learn",
    "report": "it says what is shown, not what trials learn",
    "seed": "every trial has its own seed already, derived from this one",
}
"""Settings and groups that may not be searched, and why; everything else may."""
ALLOWED = ("objective.calibration", "objective.prior_correction")


def apply(base: Config, values: Mapping[str, Plain]) -> Config:
    """Put the values of a trial into the configuration.

    Args:
        base: the sweep's configuration; it stays as it is.
        values: plain values under dotted names.

    Returns:
        A copy with the values in it, checked by the config classes.

    Raises:
        UserError: the values break a rule of a config class, or one does not fit its setting.
    """
    try:
        return replaced(base, values)
    except UserError:
        raise
    except ValueError as wrong:
        raise UserError(f"{', '.join(values)}: a value {wrong}") from wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """The searched settings, each behind those that it depends on, else in the order given."""

    parameters: tuple[Parameter, ...]
    compare: str | None = None
    arms: tuple[str, ...] = ("all",)
    """One name for each choice of `compare`, fit for a folder's name; `all` without `compare`."""
    _arm_values: Mapping[str, Plain] = field(default_factory=dict)

    @classmethod
    def of(cls, config: Config) -> "Space":
        """Read and check the space of a configuration's search; see `parse`."""
        search = config.search
        # Without `vary` the space holds the arms alone, and everything else is fixed as it is.
        fix = search.fix if search.vary else ()
        space = cls.parse(search.space, config, search.compare, fix)
        if search.vary and search.trials != 1 and not space.parameters:
            raise UserError(
                "search.space must hold a setting to vary, but is empty: its trials would differ in their seed "
                "alone. Add settings to it, as in '+search.space.model.layers={type: int, low: 1, high: 2}', or say "
                "that the seed is what you want: search.vary=false"
            )
        return space

    @classmethod
    def parse(
        cls, tree: Mapping[str, Any], base: Config, compare: str | None, fix: Sequence[str] = ()
    ) -> "Space":
        """Read and check the search space.

        Args:
            tree: the settings to search, as a tree like the configuration's.
            base: the configuration that the search starts from.
            compare: dotted name of the setting whose choices are the arms.
            fix: dotted names of settings that are taken out of it, and keep the value of `base`.

        Returns:
            The space.

        Raises:
            UserError: all mistakes in it, together.
        """
        if not isinstance(tree, Mapping):
            raise UserError(f"search.space must be a tree of settings, but got {tree!r}.")
        known = settings()
        found: dict[str, Parameter] = {}
        mistakes: list[str] = []
        broken: set[str] = set()
        for path, leaf, mistake in _leaves(tree, known, ""):
            if leaf is None:
                parameter = None
                wrong = [mistake]
            else:
                parameter, wrong = parse_parameter(path, leaf, known[path])
            mistakes += [f"search.space.{path}: {text}" for text in wrong]
            if parameter is None:
                broken.add(path)
            else:
                found[path] = parameter
        found, wrong = checked_conditions(found, known, broken)
        mistakes += wrong
        mistakes += unfixable(fix, [*found, *sorted(broken)], compare)
        own = {path: value_of(base, path) for path in fix if path in found and path != compare}
        found = fixed(found, own)
        parameters, wrong = ordered(found)
        mistakes += wrong
        arms, wrong = arms_of(found, compare, broken)
        mistakes += wrong
        mistakes += _refused_values(parameters, base)
        if mistakes:
            raise UserError(*dict.fromkeys(mistakes))
        return cls(
            parameters=parameters, compare=compare, arms=tuple(arms) or ("all",), _arm_values=arms
        )

    def suggest(self, trial: "Trial", arm: str) -> dict[str, Plain]:
        """Let Optuna choose the values of a trial.

        Args:
            trial: the trial that is being asked for.
            arm: name of its arm.

        Returns:
            Plain values under dotted names: the arm's own, and those of the active settings.
        """
        return self._walk(arm, lambda parameter: parameter.suggest(trial))

    def defaults(self, arm: str, base: Config) -> dict[str, Plain]:
        """Take the configuration's own values.

        Args:
            arm: name of the arm.
            base: the configuration.

        Returns:
            Values as `suggest` gives them; one outside the space is moved to the nearest inside.
        """
        return self._walk(arm, lambda parameter: parameter.nearest(value_of(base, parameter.path)))

    def own(self, arm: str, base: Config) -> dict[str, Plain]:
        """Take the configuration's own values as they are, in the space or not; as `defaults` otherwise."""
        return self._walk(arm, lambda parameter: value_of(base, parameter.path))

    def grid(self, arm: str) -> list[dict[str, Plain]]:
        """List every combination of an arm.

        Args:
            arm: name of the arm.

        Returns:
            Values as `suggest` gives them, each combination once, in the order of the space.

        Raises:
            UserError: a float has no step, or there are more than `LARGEST_GRID` combinations.
        """
        endless = [p.path for p in self.parameters if not p.countable]
        if endless:
            raise UserError(
                *(
                    f"search.space.{path}: a grid needs values that can be counted; give the float a "
                    "`step`, list `choices`, or take another sampler (sampler=random)."
                    for path in endless
                )
            )
        found: list[dict[str, Plain]] = []
        for values in self._combinations(dict(self._start(arm)), 0):
            found.append(values)
            if len(found) > LARGEST_GRID:
                raise UserError(
                    f"The grid of arm {arm} has more than {LARGEST_GRID:,} combinations; search "
                    "fewer values, or take another sampler (sampler=qmc covers them evenly)."
                )
        return found

    def largest(self, path: str, own: int) -> int:
        """Find the largest value that a trial may take of a whole number.

        Args:
            path: dotted name of the setting.
            own: the configuration's value, which trials take that do not search it.

        Returns:
            The largest value.
        """
        found = [p for p in self.parameters if p.path == path]
        values = [own] if all(p.when for p in found) else []
        return max(values + [int(float(value)) for p in found for value in p.edges()])  # type: ignore[arg-type]

    def to_dict(self) -> dict[str, Any]:
        """Write the space as JSON values; equal spaces give equal values, in the same order."""
        return {"compare": self.compare, "space": {p.path: p.to_dict() for p in self.parameters}}

    def _start(self, arm: str) -> dict[str, Plain]:
        if self.compare is None:
            return {}
        return {self.compare: self._arm_values[arm]}

    def _walk(self, arm: str, choose: Callable[[Parameter], Plain]) -> dict[str, Plain]:
        values = self._start(arm)
        for parameter in self.parameters:
            if parameter.path != self.compare and parameter.active(values):
                values[parameter.path] = choose(parameter)
        return values

    def _combinations(self, values: dict[str, Plain], index: int) -> Iterator[dict[str, Plain]]:
        if index == len(self.parameters):
            yield values
            return
        parameter = self.parameters[index]
        if parameter.path == self.compare or not parameter.active(values):
            yield from self._combinations(values, index + 1)
            return
        for value in parameter.values():
            yield from self._combinations(values | {parameter.path: value}, index + 1)


def _leaves(
    tree: Mapping[str, Any], known: Mapping[str, Any], prefix: str
) -> Iterator[tuple[str, Mapping[str, Any] | None, str]]:
    groups = {path[:i] for path in known for i, letter in enumerate(path) if letter == "."}
    for key, node in tree.items():
        path = f"{prefix}{key}"
        why = _why_refused(path)
        if path not in known and path not in groups:
            near = nearest(path, [*known, *groups])
            yield (
                path,
                None,
                f"there is no such setting.{near or ' `--cfg job` shows all settings.'}",
            )
        elif why:
            yield path, None, f"this may not be searched: {why}."
        elif not isinstance(node, Mapping):
            yield (
                path,
                None,
                f"a mapping was expected, but got {node!r}; give `type` with bounds or choices.",
            )
        elif path in known:
            yield path, node, ""
        elif "type" in node:
            yield path, None, f"this is a group of settings; name one of them, as in {path}.NAME."
        else:
            yield from _leaves(node, known, f"{path}.")


def _why_refused(path: str) -> str | None:
    if path in ALLOWED or path == "objective":
        return None
    return REFUSED.get(path) or REFUSED.get(path.partition(".")[0])


def _refused_values(parameters: tuple[Parameter, ...], base: Config) -> list[str]:
    by_path = {p.path: p for p in parameters}
    mistakes = []
    for parameter in parameters:
        beside = enabling(parameter, by_path)
        for value in parameter.edges():
            try:
                apply(base, beside | {parameter.path: value})
            except UserError as refused:
                mistakes += [f"search.space.{parameter.path}: {text}" for text in refused.mistakes]
    return mistakes
