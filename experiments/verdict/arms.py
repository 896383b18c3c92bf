"""Arms whose difference is known: an LSTM that is an LSTM, and one that misses every k-th token.

python experiments/verdict/real_null.py
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from sweep.plugins import cell


@cell("lstm_again")
def lstm_again(inputs: int, hidden: int) -> nn.Module:
    """The same layer, from other start values: an arm of the same cell would be trained to the same bits."""
    torch.rand(1)
    return nn.LSTM(inputs, hidden)


@cell("lstm_as_well")
def lstm_as_well(inputs: int, hidden: int) -> nn.Module:
    """The same once more, so that both arms go the way of a plug-in's cell."""
    return nn.LSTM(inputs, hidden)


@dataclass
class Settings:
    """Of the cell that misses tokens."""

    every: int = 3
    """It sees nothing of each `every`-th token."""


@cell("lstm_missing", settings=Settings)
class Missing(nn.Module):
    """An LSTM to which each k-th token is a vector of zeros, in training as afterwards."""

    def __init__(self, inputs: int, hidden: int, settings: Any) -> None:
        super().__init__()
        self.every = settings.every
        self.inner = nn.LSTM(inputs, hidden)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Token vectors, (T, B, inputs), to states, (T, B, hidden)."""
        seen = torch.arange(1, len(x) + 1, device=x.device) % self.every != 0
        states: torch.Tensor = self.inner(x * seen[:, None, None])[0]
        return states
