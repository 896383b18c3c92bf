"""Settings of how the training part is balanced."""

from dataclasses import dataclass
from enum import StrEnum

from sweep.errors import UserError


class ResamplingMethod(StrEnum):
    """How the training part is balanced."""

    none = "none"
    random_over = "random_over"
    random_under = "random_under"
    near_miss_1 = "near_miss_1"
    near_miss_2 = "near_miss_2"
    near_miss_3 = "near_miss_3"
    tomek_links = "tomek_links"
    edited_nearest_neighbours = "edited_nearest_neighbours"
    smote = "smote"
    borderline_smote = "borderline_smote"
    svm_smote = "svm_smote"
    adasyn = "adasyn"
    smote_tomek = "smote_tomek"
    balanced_batches = "balanced_batches"


@dataclass(kw_only=True, slots=True)
class ResamplingConfig:
    """How the training part is balanced; validation and test part are never touched."""

    method: ResamplingMethod = ResamplingMethod.none
    """Rows repeated, left out, or mixed from two neighbours; balanced_batches draws each batch half and half."""
    ratio: float = 1.0
    """Wanted size of the smaller class divided by the larger one's, for the methods that reach a ratio."""
    k_neighbors: int = 5
    """Neighbours that the distance-based methods look at."""
    components: int = 100
    """Dimensions of the space (TF-IDF, then truncated SVD) in which distances are measured."""

    def __post_init__(self) -> None:
        mistakes = []
        if not 0 < self.ratio <= 1:
            mistakes.append(f"resampling.ratio must lie in (0, 1], but got {self.ratio:g}.")
        for name in ("k_neighbors", "components"):
            if getattr(self, name) < 1:
                mistakes.append(
                    f"resampling.{name} must be at least 1, but got {getattr(self, name)}."
                )
        if mistakes:
            raise UserError(*mistakes)
