"""Names of a network's layers, by which gradients and gates are told apart."""

import re

_OF_RNN = re.compile(r"_l(\d+)(_reverse)?$")
_SIDES = {"ahead": "", "back": ".back"}


def layer_of(weight: str) -> str:
    """Name the layer that a weight belongs to.

    Args:
        weight: its name in the learner.

    Returns:
        `embedding`, `rnn.0`, `rnn.0.back` (what reads from the end), `read_out` or `head`; in a plug-in's network
        its own module of the highest level, with the number of a list's element or of a recurrent layer, and `own`
        for a weight that stands in none.

    >>> layer_of("network.stack.ahead.0.weight_ih_l1"), layer_of("network.body.encoder.2.norm.bias")
    ('rnn.1', 'encoder.2')
    """
    parts = weight.removeprefix("network.").removeprefix("body.").split(".")
    number = _OF_RNN.search(parts[-1])
    if parts[0] == "stack":
        # One module holds all layers of one direction, or a list of the plug-in's; of two, each has its own.
        inside = int(parts[4]) if parts[3] == "layers" else int(number[1]) if number else 0
        return f"rnn.{int(parts[2]) + inside}{_SIDES[parts[1]]}"
    if len(parts) == 1:
        parts = ["own", *parts]
    found = [parts[0]]
    if len(parts) > 2 and parts[1].isdigit():
        found.append(parts[1])
    if number:
        found += [number[1], "back"] if number[2] else [number[1]]
    return ".".join(found)
