"""One searched setting: the values it may take, and when it is searched at all."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sweep.config.settings import Plain, coerced, described, members
from sweep.errors import nearest

if TYPE_CHECKING:
    from optuna.trial import Trial


class Kind(StrEnum):
    """How the values of a searched setting are laid out."""

    categorical = "categorical"
    float = "float"
    int = "int"


KEYS = {
    Kind.categorical: ("type", "choices", "when"),
    Kind.float: ("type", "low", "high", "step", "log", "when"),
    Kind.int: ("type", "low", "high", "step", "log", "when"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A searched setting with its distribution; the bounds are part of it."""

    path: str
    kind: Kind
    choices: tuple[Plain, ...] = ()
    low: float = 0
    high: float = 0
    step: float | None = None
    log: bool = False
    when: Mapping[str, tuple[Plain, ...]] = field(default_factory=dict)
    """Values of other searched settings under which this one is searched."""

    def active(self, values: Mapping[str, Plain]) -> bool:
        """Whether the setting is searched beside the values chosen so far.

        Args:
            values: plain values under dotted names; an inactive setting is absent.

        Returns:
            Whether every condition holds.
        """
        return all(parent in values and values[parent] in ok for parent, ok in self.when.items())

    def suggest(self, trial: "Trial") -> Plain:
        """Let Optuna choose a value.

        Args:
            trial: the trial that is being asked for.

        Returns:
            A plain value. On a stepped float Optuna's sum of steps is replaced by the decimal
            number that is meant (0.3, not 0.30000000000000004): equal settings compare equal.
        """
        if self.kind is Kind.categorical:
            return trial.suggest_categorical(self.path, self.choices)
        if self.kind is Kind.int:
            return trial.suggest_int(
                self.path, int(self.low), int(self.high), step=int(self.step or 1), log=self.log
            )
        value = trial.suggest_float(self.path, self.low, self.high, step=self.step, log=self.log)
        return self.nearest(value) if self.step else value

    def nearest(self, value: Plain) -> Plain:
        """Move a value into the space.

        Args:
            value: any plain value.

        Returns:
            The value itself where the space holds it, else the nearest one that it holds; among
            choices that are no numbers the first one.
        """
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if self.kind is Kind.categorical:
            if value in self.choices:
                return value
            if number and all(_is_number(choice) for choice in self.choices):
                return min(self.choices, key=lambda choice: abs(choice - value))  # type: ignore[operator]
            return self.choices[0]
        if not number:
            return self._cast(self.low)
        inside = min(max(float(value), self.low), self.high)  # type: ignore[arg-type]
        if self.kind is Kind.float and not self.step:
            return inside
        step = self.step or 1
        return self._at(round((inside - self.low) / step))

    @property
    def countable(self) -> bool:
        """Whether the values can be counted; those of a float without a step cannot."""
        return self.kind is not Kind.float or self.step is not None or self.low == self.high

    def values(self) -> Iterator[Plain]:
        """Go through every value in order, one at a time: there may be billions.

        Returns:
            The values; of a range that cannot be counted its lower bound alone.
        """
        if self.kind is Kind.categorical:
            yield from self.choices
        elif self.low == self.high or not self.countable:
            yield self._cast(self.low)
        else:
            for n in range(round((self.high - self.low) / (self.step or 1)) + 1):
                yield self._at(n)

    def edges(self) -> list[Plain]:
        """List the values that show whether the space fits its setting: bounds or choices."""
        if self.kind is Kind.categorical:
            return list(self.choices)
        return [self._cast(bound) for bound in dict.fromkeys((self.low, self.high))]

    def holds(self, value: Plain) -> bool:
        """Whether the space has a value."""
        if self.kind is Kind.categorical:
            return value in self.choices
        return _is_number(value) and self.nearest(value) == value

    def to_dict(self) -> dict[str, Any]:
        """Write the parameter as JSON values, in the form in which it is configured."""
        found: dict[str, Any] = {"type": str(self.kind)}
        if self.kind is Kind.categorical:
            found["choices"] = list(self.choices)
        else:
            found |= {"low": self._cast(self.low), "high": self._cast(self.high), "log": self.log}
            found["step"] = None if self.step is None else self._cast(self.step)
        if self.when:
            found["when"] = {path: list(allowed) for path, allowed in self.when.items()}
        return found

    def _at(self, n: int) -> Plain:
        step = Decimal(str(self.step or 1))
        return self._cast(float(Decimal(str(self.low)) + n * step))

    def _cast(self, value: float) -> Plain:
        return int(value) if self.kind is Kind.int else float(value)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def parse_parameter(
    path: str, leaf: Mapping[str, Any], hint: Any
) -> tuple[Parameter | None, list[str]]:
    """Read one leaf of the search space.

    Args:
        path: dotted name of the setting.
        leaf: the leaf as configured.
        hint: the type of the setting.

    Returns:
        The parameter, or None, and what is wrong with the leaf. The values under `when` are taken
        as they stand; only the whole space can judge them.
    """
    if "type" not in leaf:
        return None, [f"the key `type` is missing; give one of {', '.join(Kind)}."]
    if leaf["type"] not in list(Kind):
        near = nearest(leaf["type"], Kind)
        return None, [f"type must be one of {', '.join(Kind)}, but got {leaf['type']!r}.{near}"]
    kind = Kind(leaf["type"])
    known = KEYS[kind]
    mistakes = [
        f"`{key}` is no key of type {kind}; known are {', '.join(known)}.{nearest(key, known)}"
        for key in leaf
        if key not in known
    ]
    when = leaf.get("when") or {}
    if not isinstance(when, Mapping):
        mistakes.append(f"when must map searched settings to lists of values, but got {when!r}.")
        when = {}
    conditions = {k: tuple(v) if isinstance(v, list | tuple) else (v,) for k, v in when.items()}
    if kind is Kind.categorical:
        choices, wrong = _choices(leaf, hint)
        parameter = Parameter(path=path, kind=kind, choices=choices, when=conditions)
    else:
        bounds, wrong = _bounds(leaf, hint, kind)
        parameter = Parameter(path=path, kind=kind, when=conditions, **bounds)
    mistakes += wrong
    return (None if mistakes else parameter), mistakes


def _choices(leaf: Mapping[str, Any], hint: Any) -> tuple[tuple[Plain, ...], list[str]]:
    given = leaf.get("choices")
    if not isinstance(given, list | tuple) or not given:
        return (), [f"choices must be a list of at least one value, but got {given!r}."]
    chosen: list[Plain] = []
    mistakes = []
    for choice in given:
        try:
            value = coerced(choice, hint)
        except ValueError as wrong:
            mistakes.append(f"each choice {wrong}")
            continue
        if isinstance(value, float) and not math.isfinite(value):
            mistakes.append(f"each choice must be finite, but got {choice!r}.")
        value = str(value) if isinstance(value, StrEnum) else value
        if value in chosen:
            mistakes.append(
                f"the choices must differ, but {value!r} stands there twice; drop one."
            )
        chosen.append(value)
    return tuple(chosen), mistakes


def _bounds(leaf: Mapping[str, Any], hint: Any, kind: Kind) -> tuple[dict[str, Any], list[str]]:
    fitting = (int, float) if kind is Kind.int else (float,)
    if not any(member in fitting for member in members(hint)):
        other = "type int" if int in members(hint) else "type categorical with `choices`"
        return {}, [
            f"type {kind} does not fit, the setting must be {described(hint)}; use {other}."
        ]
    found: dict[str, Any] = {}
    mistakes = []
    for key in ("low", "high", "step"):
        if leaf.get(key) is None:
            if key != "step":
                mistakes.append(f"the bound `{key}` is missing.")
            continue
        try:
            value = coerced(leaf[key], int if kind is Kind.int else float)
        except ValueError as wrong:
            mistakes.append(f"{key} {wrong}")
            continue
        if math.isfinite(value):
            found[key] = value
        else:
            mistakes.append(f"{key} must be finite, but got {leaf[key]!r}.")
    log = leaf.get("log")
    if not isinstance(log, bool | None):
        mistakes.append(f"log must be true or false, but got {log!r}.")
    found["log"] = log is True
    return found, mistakes or layout(found)


def layout(bounds: Mapping[str, Any]) -> list[str]:
    """Say what is wrong with the bounds of a range.

    Args:
        bounds: `low`, `high`, `log`, and `step` where there is one.

    Returns:
        The mistakes.
    """
    low, high, step = bounds["low"], bounds["high"], bounds.get("step")
    if low > high:
        return [f"`low <= high` must hold, but got low={low} high={high}."]
    mistakes = []
    if bounds["log"] and low <= 0:
        mistakes.append(f"with log=true low must be above 0, but got low={low}.")
    if bounds["log"] and step is not None:
        mistakes.append(f"step={step} does not go with log=true; drop one of them.")
    if step is not None and step <= 0:
        mistakes.append(f"step must be above 0, but got {step}.")
    elif step is not None and not bounds["log"]:
        last = Decimal(str(low)) + (Decimal(str(high)) - Decimal(str(low))) // Decimal(
            str(step)
        ) * Decimal(str(step))
        if last != Decimal(str(high)):
            mistakes.append(
                f"high={high} cannot be reached from low={low} by step={step}; "
                f"the last value that can is {last}: give it as high, or another step."
            )
    return mistakes
