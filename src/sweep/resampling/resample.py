"""Balancing the training part: which rows it holds, how often, and which pairs of rows are mixed.

The only door to imbalanced-learn; no validation or test row comes here. Methods that interpolate answer with two
parents and a share instead of a vector: the samplers are given one-hot rows, so that a new row *is* its parents'
indices and shares, while neighbours are found in the space of the texts.
"""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from sweep.errors import ResamplingError
from sweep.plugins.tables import RESAMPLERS, Entry
from sweep.resampling.resampled import Resampled, picked

BALANCED = "balanced_batches"
WHOLE = ("none", BALANCED)
RANDOM = ("random_over", "random_under")
NEAR_MISS = {"near_miss_1": 1, "near_miss_2": 2, "near_miss_3": 3}
CLEANING = ("tomek_links", "edited_nearest_neighbours")
MIXING = ("smote", "borderline_smote", "svm_smote", "adasyn", "smote_tomek")
OUTER_NEIGHBORS = 10  # tells which rows are in danger; imbalanced-learn's default


def needs_space(method: str) -> bool:
    """Tell whether `resample` must be given a space for a method."""
    return method not in (*WHOLE, *RANDOM)


def resample(
    labels: np.ndarray,
    *,
    method: str,
    ratio: float,
    k_neighbors: int,
    seed: int,
    space: np.ndarray | None,
    settings: Mapping[str, Mapping[str, Any]] | None = None,
) -> Resampled:
    """Balance the training part.

    Over- and under-sampling bring the smaller class to `ratio` times the larger one (adasyn rounds per row and may end
    beside it). The cleaning methods (tomek_links, edited_nearest_neighbours) remove what they find and know no ratio;
    smote_tomek reaches the ratio, then cleans. balanced_batches leaves all rows: the batches balance.

    Args:
        labels: of the training part, 0 or 1, (n,).
        method: of `RESAMPLERS`.
        ratio: wanted size of the smaller class divided by the larger one's, in (0, 1].
        k_neighbors: neighbours that distance-based methods look at.
        seed: decides every draw.
        space: `distance_space` of the training texts, (n, c); None where `needs_space` is false.
        settings: of plug-ins, by their names.

    Returns:
        The new training part.

    Raises:
        ResamplingError: the method cannot work on these rows; known reasons are given together.
        ValueError: an unknown method, or a space that does not belong to the labels.

    References:
        Chawla et al., 2002 (SMOTE); Han et al., 2005 (borderline); Nguyen et al., 2009 (SVM);
        He et al., 2008 (ADASYN); Batista et al., 2003 (SMOTE + Tomek); Mani & Zhang, 2003
        (NearMiss); Tomek, 1976; Wilson, 1972 (edited neighbours).
    """
    if method not in RESAMPLERS:
        raise ValueError(f"`method` must be one of {', '.join(RESAMPLERS)}, but got {method!r}.")
    y = np.asarray(labels).astype(np.int64)
    points = np.empty((len(y), 0), dtype=np.float32)
    if needs_space(method):
        if space is None or len(space) != len(y):
            held = "no space" if space is None else f"{len(space)} rows"
            raise ValueError(f"{method} needs one point for each of {len(y)} rows, got {held}.")
        points = space
    positives = int(y.sum())
    part = _Part(
        labels=y,
        space=points,
        method=method,
        ratio=ratio,
        k=k_neighbors,
        seed=seed % 2**32,
        positives=positives,
        negatives=len(y) - positives,
        settings=settings,
    )
    return _attempted(part)


def _attempted(part: "_Part") -> Resampled:
    entry = RESAMPLERS[part.method]
    if part.method in WHOLE:
        return part.whole()
    part.refuse()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what they warn of is checked below
            found = entry.get()(part) if entry.plugin is None else part.own(entry)
    except ResamplingError:
        raise
    except (ValueError, RuntimeError) as error:
        if entry.plugin is None:
            raise ResamplingError(part.cannot(" ".join(str(error).split()))) from error
        if not isinstance(error, ValueError):
            raise
        raise ResamplingError(part.cannot(f"{entry.plugin.told(error)}.")) from error
    negatives, positives = np.bincount(part.labels[found.rows], minlength=2)
    if min(negatives, positives) < 2:
        left = f"{positives} positive, {negatives} negative"
        raise ResamplingError(part.cannot(f"it would leave {left}."))
    return found


@dataclass(frozen=True, kw_only=True, eq=False)
class _Part:
    labels: np.ndarray
    space: np.ndarray
    method: str
    ratio: float
    k: int
    seed: int
    positives: int
    negatives: int
    settings: Mapping[str, Mapping[str, Any]] | None

    @property
    def smaller(self) -> int:
        return int(self.positives <= self.negatives)

    @property
    def sizes(self) -> tuple[int, int]:
        return min(self.positives, self.negatives), max(self.positives, self.negatives)

    @property
    def removes(self) -> bool:
        return self.method == "random_under" or self.method in NEAR_MISS

    @property
    def wanted(self) -> int:
        small, large = self.sizes
        return round(small / self.ratio) if self.removes else round(large * self.ratio)

    def cannot(self, reason: str) -> str:
        return (
            f"resampling.method={self.method} cannot work on this training part "
            f"({self.positives} positive, {self.negatives} negative rows): {reason} "
            "Choose another resampling.method, such as none."
        )

    def refuse(self) -> None:
        small, large = self.sizes
        if small < 2:
            raise ResamplingError(self.cannot("it needs at least 2 rows of each class."))
        if RESAMPLERS[self.method].plugin is not None:  # its numbers are its own
            return
        mistakes = []
        below = self.wanted > large if self.removes else self.wanted < small
        if below and self.method not in CLEANING:
            mistakes.append(
                f"resampling.ratio={self.ratio:g} must not lie below the training part's own, "
                f"{small}/{large} = {small / large:.4g}, since {self.method} can only raise it; "
                "take a higher ratio, or resampling.method=none."
            )
        # A mixing method needs the neighbours of a row beside the row itself.
        most = {**dict.fromkeys(MIXING, small - 1), **dict.fromkeys(NEAR_MISS, small)}.get(
            self.method, small + large - 1
        )
        if self.method not in RANDOM and self.method != "tomek_links" and self.k > most:
            mistakes.append(
                f"resampling.k_neighbors={self.k} is too many for {self.method}: the training "
                f"part has {small} rows of the smaller class and {large} of the larger, which "
                f"allows at most {most}; lower it, or take resampling.method=random_over."
            )
        if mistakes:
            raise ResamplingError(*mistakes)

    def own(self, entry: Entry) -> Resampled:
        from sweep.resampling.own import resampled

        return resampled(
            entry,
            self.space,
            self.labels,
            seed=self.seed,
            settings=self.settings,
            cannot=self.cannot,
        )

    def whole(self) -> Resampled:
        return picked(np.arange(len(self.labels)))

    def pick(self) -> Resampled:
        from imblearn import over_sampling, under_sampling

        if self.method == "random_over":
            over = {self.smaller: self.wanted}
            return self._chosen(
                over_sampling.RandomOverSampler(sampling_strategy=over, random_state=self.seed)
            )
        if self.method == "tomek_links":
            return self._chosen(under_sampling.TomekLinks())
        if self.method == "edited_nearest_neighbours":
            return self._chosen(under_sampling.EditedNearestNeighbours(n_neighbors=self.k))
        under = {1 - self.smaller: self.wanted}
        if self.method == "random_under":
            return self._chosen(
                under_sampling.RandomUnderSampler(sampling_strategy=under, random_state=self.seed)
            )
        return self._near_miss(under)

    def _chosen(self, sampler: Any) -> Resampled:
        # The random samplers only count the rows.
        features = self.space if self.space.shape[1] else np.zeros((len(self.labels), 1))
        sampler.fit_resample(features, self.labels)
        return picked(sampler.sample_indices_)

    def _near_miss(self, under: dict[int, int]) -> Resampled:
        from imblearn.under_sampling import NearMiss

        large = self.sizes[1]
        first = min(self.k, large)
        while True:
            sampler = NearMiss(
                version=NEAR_MISS[self.method],
                sampling_strategy=under,
                n_neighbors=self.k,
                n_neighbors_ver3=first,
            )
            found = self._chosen(sampler)
            # Version 3 chooses among the nearest of each smaller-class row: maybe too few.
            if len(found.rows) >= self.sizes[0] + self.wanted or first == large:
                return found
            first = min(2 * first, large)

    def mix(self) -> Resampled:
        from sweep.resampling.one_hot import parents

        missing = self.wanted - self.sizes[0]
        new = self._synthetic(missing)
        asked = missing
        # SVMSMOTE makes but a drawn share of the rows where its support vectors are of one kind.
        by_svm = self.method == "svm_smote"
        while by_svm and new.shape[0] < missing and asked < 100 * (missing + 1):
            asked = -(-11 * asked * missing // (10 * max(new.shape[0], missing // 4, 1))) + 1
            new = self._synthetic(asked)
        if missing and not new.shape[0]:
            raise ResamplingError(self.cannot("no row of the smaller class lies at a border."))
        rows, partners, weights = parents(new[:missing] if by_svm else new)
        own = np.arange(len(self.labels))
        both = Resampled(
            np.concatenate([own, rows]),
            np.concatenate([own, partners]),
            np.concatenate([np.zeros(len(own), dtype=np.float32), weights]),
        )
        return self._cleaned(both) if self.method == "smote_tomek" else both

    def _synthetic(self, missing: int) -> Any:
        from imblearn import over_sampling

        from sweep.resampling.one_hot import Neighbors, SupportVectors, one_hot

        n = len(self.labels)
        near = Neighbors(self.space, self.k + 1)
        outer = Neighbors(self.space, min(OUTER_NEIGHBORS + 1, n))
        options = {
            "sampling_strategy": {self.smaller: self.sizes[0] + missing},
            "random_state": self.seed,
        }
        sampler: Any
        if self.method == "adasyn":
            sampler = over_sampling.ADASYN(n_neighbors=near, **options)
        elif self.method == "borderline_smote":
            sampler = over_sampling.BorderlineSMOTE(k_neighbors=near, m_neighbors=outer, **options)
        elif self.method == "svm_smote":
            sampler = over_sampling.SVMSMOTE(
                k_neighbors=near,
                m_neighbors=outer,
                svm_estimator=SupportVectors(self.space),
                **options,
            )
        else:
            sampler = over_sampling.SMOTE(k_neighbors=near, **options)
        return sampler.fit_resample(one_hot(n), self.labels)[0][n:]

    def _cleaned(self, both: Resampled) -> Resampled:
        from imblearn.under_sampling import TomekLinks

        shares = both.weights[:, None]
        points = (1 - shares) * self.space[both.rows] + shares * self.space[both.partners]
        cleaner = TomekLinks(sampling_strategy="all")
        cleaner.fit_resample(points, self.labels[both.rows])
        kept = cleaner.sample_indices_
        return Resampled(both.rows[kept], both.partners[kept], both.weights[kept])


whole, picking, mixing = _Part.whole, _Part.pick, _Part.mix
