import contextlib
from pathlib import Path

import numpy as np
import pytest
import yaml
from imblearn.over_sampling import SMOTE

from support.resampled_points import cloud, counts, points_of, run
from sweep.errors import ResamplingError
from sweep.plugins.tables import RESAMPLERS
from sweep.resampling.resample import needs_space
from sweep.text.tfidf import distance_space

CONF = Path(__file__).parents[2] / "conf"
OVER = ["random_over", "smote", "borderline_smote", "svm_smote"]
UNDER = ["random_under", "near_miss_1", "near_miss_2", "near_miss_3"]
ENN = "edited_nearest_neighbours"
MIXING = ["smote", "borderline_smote", "svm_smote", "adasyn", "smote_tomek"]


def test_every_method_has_a_file() -> None:
    assert {file.stem for file in (CONF / "resampling").glob("*.yaml")} == set(RESAMPLERS.ours)


@pytest.mark.parametrize(
    "file", sorted((CONF / "resampling").glob("*.yaml")), ids=lambda f: f.stem
)
def test_a_file_chooses_the_method_it_is_named_after(file: Path) -> None:
    lines = file.read_text(encoding="utf-8")
    assert f"resampling={file.stem}" in lines.splitlines()[0].split()
    assert yaml.safe_load(lines) == {"method": file.stem}


@pytest.mark.parametrize("method", RESAMPLERS.ours)
class TestContract:
    @pytest.mark.parametrize("rare", [0, 1])
    def test_rows_partners_and_weights(self, method: str, rare: int) -> None:
        labels, space = cloud()
        labels = labels if rare else 1 - labels
        found = run(labels, space, method)
        for rows in (found.rows, found.partners):
            assert rows.dtype == np.int64
            assert rows.min() >= 0
            assert rows.max() < len(labels)
        assert (labels[found.rows] == labels[found.partners]).all()
        assert found.weights.dtype == np.float32
        lowest = -0.5 if method == "svm_smote" else 0.0
        assert ((found.weights >= lowest) & (found.weights < 1)).all()
        assert (found.partners == found.rows)[found.weights == 0].all()
        assert bool(found.weights.any()) == (method in MIXING)
        assert (labels[found.rows[found.weights != 0]] == rare).all()

    def test_the_same_seed_gives_the_same_rows(self, method: str) -> None:
        labels, space = cloud()
        first, second = (run(labels, space, method, seed=7) for _ in range(2))
        for name in ("rows", "partners", "weights"):
            assert (getattr(first, name) == getattr(second, name)).all()

    def test_another_seed_draws_other_rows(self, method: str) -> None:
        labels, space = cloud()
        first, second = (run(labels, space, method, seed=seed, ratio=0.9) for seed in (7, 8))
        alike = all(
            np.array_equal(getattr(first, name), getattr(second, name))
            for name in ("rows", "partners", "weights")
        )
        assert alike is (method not in (*MIXING, "random_over", "random_under"))

    def test_what_came_in_stays_as_it_was(self, method: str) -> None:
        labels, space = cloud()
        before = labels.copy(), space.copy()
        run(labels, space, method)
        assert (labels == before[0]).all()
        assert (space == before[1]).all()

    def test_a_space_is_asked_for_where_it_is_needed(self, method: str) -> None:
        labels, _ = cloud()
        if needs_space(method):
            with pytest.raises(ValueError, match="needs one point for each of 240 rows"):
                run(labels, None, method)
        else:
            assert len(run(labels, None, method).rows) > 0

    def test_one_class_or_one_row_is_refused(self, method: str) -> None:
        for rare in (0, 1):
            labels, space = cloud(n0=30, n1=rare)
            if method in ("none", "balanced_batches"):
                assert len(run(labels, space, method).rows) == len(labels)
                continue
            with pytest.raises(ResamplingError, match="at least 2 rows of each class"):
                run(labels, space, method)

    def test_equal_points_give_rows_or_a_reason(self, method: str) -> None:
        labels, space = cloud()
        for same in (np.zeros_like(space), np.repeat(labels[:, None], 6, axis=1).astype("f4")):
            with contextlib.suppress(ResamplingError):
                assert min(counts(labels, run(labels, same, method))) >= 2


@pytest.mark.parametrize("ratio", [0.5, 0.73, 1.0])
@pytest.mark.parametrize("method", OVER)
def test_over_sampling_reaches_the_ratio(method: str, ratio: float) -> None:
    labels, space = cloud()
    found = run(labels, space, method, ratio=ratio)
    assert counts(labels, found) == [200, round(200 * ratio)]
    assert set(range(len(labels))) <= set(found.rows[found.weights == 0].tolist())


@pytest.mark.parametrize("ratio", [0.25, 0.5, 1.0])
@pytest.mark.parametrize("method", UNDER)
def test_under_sampling_reaches_the_ratio(method: str, ratio: float) -> None:
    labels, space = cloud()
    found = run(labels, space, method, ratio=ratio)
    assert counts(labels, found) == [round(40 / ratio), 40]
    assert len(set(found.rows.tolist())) == len(found.rows)


def test_each_near_miss_keeps_rows_of_its_own() -> None:
    labels, space = cloud()
    kept = [set(run(labels, space, f"near_miss_{n}").rows.tolist()) for n in (1, 2, 3)]
    assert kept[0] != kept[1] != kept[2] != kept[0]


def test_more_neighbours_edit_more_rows() -> None:
    labels, space = cloud()
    left = [len(run(labels, space, ENN, k_neighbors=k).rows) for k in (1, 3, 9)]
    assert left[0] > left[1] > left[2]


def test_adasyn_comes_near_the_ratio() -> None:
    labels, space = cloud()
    negatives, positives = counts(labels, run(labels, space, "adasyn", ratio=0.8))
    assert negatives == 200
    assert positives == pytest.approx(160, abs=20)


@pytest.mark.parametrize("method", ["tomek_links", "edited_nearest_neighbours"])
def test_cleaning_removes_some_of_the_larger_class(method: str) -> None:
    labels, space = cloud()
    negatives, positives = counts(labels, run(labels, space, method, ratio=0.01))
    assert 100 < negatives < 200
    assert positives == 40


@pytest.mark.parametrize("method", ["none", "balanced_batches"])
def test_nothing_changes(method: str) -> None:
    labels, _ = cloud()
    assert run(labels, None, method).rows.tolist() == list(range(240))


def test_partners_are_near_neighbours_of_the_class() -> None:
    labels, space = cloud()
    found = run(labels, space, "smote", k_neighbors=3)
    wide = space.astype(np.float64)
    distances = np.linalg.norm(wide[:, None] - wide, axis=2)
    ranks = (distances[:, None, labels == 1] < distances[:, :, None]).sum(2)  # a row itself is 0
    # Either parent may have been the one whose neighbour the other is.
    nearer = np.minimum(ranks[found.rows, found.partners], ranks[found.partners, found.rows])
    assert nearer.max() == 3


def test_smote_tomek_leaves_no_link() -> None:
    labels, space = cloud(apart=0.8)
    whole, found = run(labels, space, "smote"), run(labels, space, "smote_tomek")
    made, kept = points_of(space, whole), points_of(space, found)
    classes = labels[whole.rows]
    squares = (made**2).sum(1)
    distance = squares[:, None] + squares - 2 * made @ made.T
    np.fill_diagonal(distance, np.inf)
    nearest = distance.argmin(1)
    linked = (nearest[nearest] == np.arange(len(made))) & (classes != classes[nearest])
    assert linked.any()
    np.testing.assert_allclose(kept, made[~linked])


@pytest.mark.parametrize(
    ("method", "changes", "words"),
    [
        ("smote", {"k_neighbors": 40}, "resampling.k_neighbors=40 .* at most 39"),
        ("near_miss_1", {"k_neighbors": 41}, "resampling.k_neighbors=41 .* at most 40"),
        ("edited_nearest_neighbours", {"k_neighbors": 240}, "at most 239"),
        ("smote", {"ratio": 0.1}, "resampling.ratio=0.1 .*40/200 = 0.2"),
        ("random_over", {"ratio": 0.19}, "take a higher ratio"),
        ("random_under", {"ratio": 0.19}, "take a higher ratio"),
        ("near_miss_3", {"ratio": 0.1}, "take a higher ratio"),
    ],
)
def test_settings_that_cannot_work_are_refused(method: str, changes: dict, words: str) -> None:
    labels, space = cloud()
    with pytest.raises(ResamplingError, match=words):
        run(labels, space, method, **changes)


def test_mistakes_come_together() -> None:
    labels, space = cloud()
    with pytest.raises(ResamplingError) as caught:
        run(labels, space, "smote", ratio=0.1, k_neighbors=50)
    assert len(caught.value.mistakes) == 2


@pytest.mark.parametrize(
    ("method", "apart", "words"),
    [
        ("adasyn", 50.0, "ADASYN is not suited"),
        ("borderline_smote", 50.0, "no row of the smaller class"),
    ],
)
def test_a_method_that_finds_no_border_says_so(method: str, apart: float, words: str) -> None:
    labels, space = cloud(apart=apart)
    with pytest.raises(ResamplingError, match=words):
        run(labels, space, method)


def test_support_vectors_that_are_noise_are_a_reason() -> None:
    draw = np.random.default_rng(0)
    labels = np.repeat([0, 1], [300, 6])
    space = draw.normal(size=(306, 6)).astype(np.float32)
    with pytest.raises(ResamplingError, match="support vectors are considered as noise"):
        run(labels, space, "svm_smote")


def test_a_class_is_never_emptied() -> None:
    labels = np.array([0, 0, 0, 1, 1, 1, 1, 1, 1])
    space = np.array([[i / 10] for i in (0, 2, 4, 1, 3, 5, 0, 2, 4)], dtype=np.float32)
    with pytest.raises(ResamplingError, match="it would leave"):
        run(labels, space, "edited_nearest_neighbours", k_neighbors=3)


def test_smote_on_token_ids_makes_no_text_and_ours_does() -> None:
    """The usual recipe averages word numbers: fractions, and rounded, words nobody wrote there."""
    wins = [f"free prize {word}" for word in ("now", "today", "call", "win", "claim", "text")]
    talk = [f"see you {word} later" for word in ("home", "there", "work", "soon", "away", "in")]
    texts = [text for pair in zip(wins, talk, strict=True) for text in pair] + talk
    labels = np.array([1, 0] * 6 + [0] * 6)
    numbers = {word: i for i, word in enumerate(dict.fromkeys(" ".join(texts).split()), start=1)}
    ids = np.array([([numbers[w] for w in text.split()] + [0])[:4] for text in texts], dtype=float)
    usual = SMOTE(random_state=0, k_neighbors=3).fit_resample(ids, labels)[0][len(ids) :]
    assert (usual != usual.round()).any()
    written = set(ids[labels == 1, 2])
    assert not set(usual[:, 2].round()) <= written

    space = distance_space(texts, components=5, seed=0)
    ours = run(labels, space, "smote", k_neighbors=3)
    new = slice(len(ids), None)
    assert len(ours.rows) == len(ids) + len(usual)
    assert set(ids[ours.rows[new], 2]) | set(ids[ours.partners[new], 2]) <= written
    assert (labels[ours.rows[new]] == 1).all()
