"""The arms of a search: one for each choice of the setting that is compared."""

import re
from collections.abc import Mapping

from sweep.config.settings import Plain
from sweep.errors import nearest
from sweep.search.parameter import Kind, Parameter


def arms_of(
    found: Mapping[str, Parameter], compare: str | None, broken: set[str]
) -> tuple[dict[str, Plain], list[str]]:
    """Find the arms.

    Args:
        found: the parameters under their dotted names.
        compare: dotted name of the setting that is compared, if any.
        broken: dotted names of searched settings with a mistake of their own.

    Returns:
        The value of each arm under its name, fit for a folder's name, and what is wrong.
    """
    if compare is None or compare in broken:
        return {}, []
    start = f"search.compare={compare}"
    parameter = found.get(compare)
    if parameter is None:
        near = nearest(compare, found)
        return {}, [f"{start} is not in search.space; search it there.{near}"]
    if parameter.kind is not Kind.categorical:
        return {}, [f"{start} must be of type categorical, but is of type {parameter.kind}."]
    mistakes = []
    if len(parameter.choices) < 2:
        mistakes.append(
            f"{start} needs at least 2 choices, but has 1; drop `compare`, or add one."
        )
    if parameter.when:
        mistakes.append(f"{start} must not be conditional; drop its `when`.")
    arms = {_arm(choice): choice for choice in parameter.choices}
    if len(arms) < len(parameter.choices):
        mistakes.append(f"{start}: two choices would share a folder's name; rename one.")
    return arms, mistakes


def _arm(choice: Plain) -> str:
    name = str(choice).lower() if isinstance(choice, bool) or choice is None else str(choice)
    return re.sub(r"[^\w.+-]", "_", name)
