"""The rates that a network learns at: a range test of few steps from the start at each."""

import math
from typing import Any

import numpy as np

from sweep.preflight.flight import Flight

TRIED = tuple(10.0 ** (half / 2) for half in range(-12, 5))
"""From a millionth to a hundred, in half decades."""
MIDDLE = TRIED.index(1e-3)
"""Where it begins: Adam's own rate. From there it goes down and up as long as there is something to see."""
STEPS = 12
FALLS = 0.97
"""Share of the best constant answer's loss that is left where a rate is seen to learn."""
LOST = 3.0


def rate_range(flight: Flight) -> dict[str, Any]:
    """Look which rates lower the loss of two batches in few steps, by the configured optimizer, without dropout.

    Smith lets the rate rise within one training; here each rate begins anew, so that none profits or suffers from those
    before it, and few steps on the same texts need no smoothing.

    Returns:
        `low`, the least rate that takes the loss 3 % below any constant answer's; `high`, the largest above it that
        does not raise the loss; `best`, that with the lowest; `steps` that each was given; `whole`, steps of a trial.
        Without `low` where none learns, without `high` where none is too high.

    References:
        Smith, "Cyclical learning rates for training neural networks", 2017.
    """
    if not flight.few:
        return {}
    flight.begin()
    start = flight.loss(flight.few)
    # What a bias alone brings is not learnt: it is the same for every text.
    least = FALLS * min(flight.moved(flight.few))
    found: dict[float, float] = {}
    learnt: list[float] = []

    def learns(rate: float) -> bool:
        flight.begin()
        flight.steps(flight.few, STEPS, flight.optimizer(rate))
        value, logits = flight.loss(flight.few), flight.answers(flight.few)
        found[rate] = value if math.isfinite(value) else math.inf
        if not np.isfinite(logits).all() or min(flight.moved(flight.few, logits)) > least:
            return False
        learnt.append(rate)
        return True

    seen = False
    for rate in TRIED[MIDDLE:]:
        seen = learns(rate) or seen
        if found[rate] > LOST * start:
            break
    for rate in reversed(TRIED[:MIDDLE]):
        here = learns(rate)
        if seen and not here:
            break
        seen = seen or here
    told: dict[str, Any] = {"steps": STEPS, "whole": flight.learner.steps}
    if not learnt:
        return told
    rates = sorted(found)
    told |= {"low": min(learnt), "best": min(rates, key=lambda rate: found[rate])}
    good = [rate for rate in rates if found[rate] <= start]
    if good and good[-1] < rates[-1]:
        told["high"] = good[-1]
    return told
