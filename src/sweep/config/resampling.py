"""Settings of how the training part is balanced."""

from dataclasses import dataclass

from sweep.errors import UserError
from sweep.plugins.tables import RESAMPLERS


@dataclass(kw_only=True, slots=True)
class ResamplingConfig:
    """How the training part is balanced; validation and test part are never touched."""

    method: str = RESAMPLERS.field("none")
    """Rows repeated, left out, or mixed from two neighbours; balanced_batches draws each batch half and half. A
    plug-in's takes of these settings `components` alone."""
    ratio: float = 1.0
    """Wanted size of the smaller class divided by the larger one's, for the methods that reach a ratio."""
    k_neighbors: int = 5
    """Neighbours that the distance-based methods look at."""
    components: int = 100
    """Dimensions of the space (TF-IDF, then truncated SVD) in which distances are measured."""

    def __post_init__(self) -> None:
        mistakes = RESAMPLERS.refusal(self.method)
        if not 0 < self.ratio <= 1:
            mistakes.append(f"resampling.ratio must lie in (0, 1], but got {self.ratio:g}.")
        for name in ("k_neighbors", "components"):
            if getattr(self, name) < 1:
                mistakes.append(
                    f"resampling.{name} must be at least 1, but got {getattr(self, name)}."
                )
        if mistakes:
            raise UserError(*mistakes)
