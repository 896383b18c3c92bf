"""The recurrent cells: ours, and the layers that are made of a plug-in's.

Shapes: T tokens, B rows, H hidden.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

from sweep.errors import UserError
from sweep.network.batches import AT_ONCE
from sweep.plugins.tables import CELLS, Entry

Settings = Mapping[str, Mapping[str, Any]] | None


@dataclass(frozen=True, slots=True)
class Cell:
    """A recurrent cell."""

    make: Callable[[int, int, int, float], nn.Module]
    """From inputs, hidden units, layers and the dropout between them to layers of one direction: token vectors,
    (T, B, inputs), to states, (T, B, H), alone or as the first of a tuple."""
    at_once: int
    """Tokens, padding included, that training takes through the network at once on a CPU."""


# oneDNN's LSTM takes an eighth less time on texts of hundreds of tokens where what a pass keeps for its way back stays
# in the cache; our GRU wants many rows a token, and the limit only bounds its memory (experiments/benchmark/passes.py).
LSTM = Cell(lambda inputs, hidden, n, dropout: nn.LSTM(inputs, hidden, n, dropout=dropout), 4096)
GRU = Cell(lambda inputs, hidden, n, dropout: nn.GRU(inputs, hidden, n, dropout=dropout), AT_ONCE)


def find_cell(name: str, settings: Settings = None) -> Cell:
    """Find a cell.

    Args:
        name: of `CELLS`.
        settings: of plug-ins, by their names.

    Returns:
        The cell.
    """
    entry = CELLS[name]
    if entry.plugin is None:
        ours: Cell = entry.get()
        return ours

    def make(inputs: int, hidden: int, layers: int, dropout: float) -> nn.Module:
        return OwnLayers(entry, settings, inputs, hidden, layers, dropout)

    return Cell(make, AT_ONCE)


class OwnLayers(nn.Module):
    """Layers of a plug-in's cell, in one direction.

    Args:
        entry: of the cell.
        settings: of plug-ins, by their names.
        inputs: size of a token's vector.
        hidden: units a layer.
        layers: number of layers.
        dropout: share dropped between layers.
    """

    def __init__(
        self,
        entry: Entry,
        settings: Settings,
        inputs: int,
        hidden: int,
        layers: int,
        dropout: float,
    ) -> None:
        super().__init__()
        sizes = [inputs] + [hidden] * (layers - 1)
        self.name = entry.name
        self.hidden = hidden
        self.layers = nn.ModuleList(entry.call(settings, size, hidden) for size in sizes)
        self.between = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        """Run all layers.

        Args:
            x: token vectors, (T, B, inputs).

        Returns:
            States of the last layer, (T, B, H).

        Raises:
            UserError: a layer gives something else.
        """
        for number, layer in enumerate(self.layers):
            wanted = (*x.shape[:2], self.hidden)
            given = layer(self.between(x) if number else x)
            x = given[0] if isinstance(given, tuple) else given
            if not isinstance(x, Tensor) or x.shape != wanted:
                got = tuple(x.shape) if isinstance(x, Tensor) else type(x).__name__
                raise UserError(
                    f"model.cell={self.name} must give states of the shape (tokens, rows, hidden) = {wanted}, "
                    f"but gave {got}."
                )
        return x
