"""The searches that are shipped: each parses, has the arms that its header tells of, and compares fairly."""

from typing import Any

import pytest
import yaml

from sweep.compose.catalogue import CONF
from sweep.compose.compose import compose
from sweep.compose.flags import read_flags
from sweep.config import Config, Level
from sweep.config.settings import settings, value_of
from sweep.plugins.tables import RESAMPLERS
from sweep.search.space import ALLOWED, REFUSED, Space, apply
from sweep.search.start import moved

FILES = sorted((CONF / "search").glob("*.yaml"))
ARMS: dict[str, tuple[str, ...]] = {
    "class_weights": ("1.0", "3.0", "balanced"),
    "full": ("all",),
    "imbalance": (
        "none", "random_over", "random_under", "smote", "borderline_smote", "balanced_batches",
    ),
    "lstm_vs_gru": ("lstm", "gru"),
    "preprocessing": tuple(Level),
    "smoke": ("all",),
}  # fmt: skip
LEFT_OUT = {
    "text.cleaning": "only a plug-in offers another",
    "text.language": "the corpus decides it",
    "resampling.components": "it moves distances little",
    "model.vectors": "its default is known to be good",
    "model.vectors_coverage": "it tells languages apart",
    "model.freeze_vectors": "its default is known to be good",
    "model.network": "only a plug-in offers another",
    "model.forget_bias": "its default is known to be good",
    "model.orthogonal": "its default is known to be good",
    "model.prior_bias": "its default is known to be good",
    "optimizer.warmup_epochs": "its default is known to be good",
    "optimizer.plateau_patience": "its default is known to be good",
    "trainer.max_epochs": "it decides the budget",
    "trainer.patience": "it decides the budget",
    "trainer.min_progress": "it decides the budget",
    "trainer.chance_margin": "it decides the budget",
    "trainer.chance_share": "it decides the budget",
    "trainer.eval_batch_size": "it changes speed only",
    "trainer.micro_batch_tokens": "it changes speed, memory and what dropout draws",
    "trainer.bucketing": "it changes speed only",
}


def composed(name: str) -> tuple[Config, Space]:
    config = compose(read_flags([f"+search={name}"]))
    assert config is not None
    return config, Space.parse(config.search.space, config, config.search.compare)


def described(name: str) -> dict[str, Any]:
    return composed(name)[1].to_dict()["space"]


def test_every_search_has_its_arms_listed_here() -> None:
    assert {file.stem for file in FILES} == set(ARMS)


@pytest.mark.parametrize("name", ARMS)
def test_a_search_has_the_arms_it_tells_of(name: str) -> None:
    config, space = composed(name)
    assert space.arms == ARMS[name]
    assert (config.search.compare is None) == (ARMS[name] == ("all",))


@pytest.mark.parametrize("name", ARMS)
def test_the_first_trial_of_each_arm_can_be_configured(name: str) -> None:
    config, space = composed(name)
    for arm in space.arms:
        values = space.defaults(arm, config)
        made = apply(config, values)
        if config.search.compare is not None:
            assert values[config.search.compare] in (arm, float(arm) if "." in arm else arm)
        assert made.search == config.search


@pytest.mark.parametrize("name", ARMS)
def test_a_search_starts_from_the_configuration_itself(name: str) -> None:
    """Learnt pieces are searched up to fewer than the words that the default keeps; a note says so."""
    pieces = "the first trial of bpe, unigram has text.vocabulary_size=4000"
    config, space = composed(name)
    assert [note.startswith(pieces) for note in moved(space, config)] == [True] * (
        name == "preprocessing"
    )


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_a_search_says_what_a_reader_may_conclude(file) -> None:
    header = " ".join(
        line.removeprefix("#").strip()
        for line in file.read_text(encoding="utf-8").splitlines()
        if line.startswith("#")
    )
    assert "reader may conclude" in header
    search = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert len(search.get("search", search)["question"].split()) > 2


def test_both_searches_on_imbalance_tune_the_same_network_with_the_same_budget() -> None:
    rows, weights = composed("imbalance")[0], composed("class_weights")[0]
    spaces = [described("imbalance"), described("class_weights")]
    shared = [
        {path: leaf for path, leaf in space.items() if path.startswith(("model.", "optimizer."))}
        for space in spaces
    ]
    assert shared[0] == shared[1] != {}
    assert rows.search.trials == weights.search.trials
    assert rows.trainer == weights.trainer
    assert rows.loss == weights.loss


@pytest.mark.parametrize("name", ["imbalance", "full"])
def test_a_ratio_or_neighbours_are_searched_where_the_method_reads_them_only(name: str) -> None:
    space = described(name)
    methods = set(space["resampling.method"]["choices"])
    no_ratio = {"none", "balanced_batches", "tomek_links", "edited_nearest_neighbours"}
    no_neighbors = {"none", "balanced_batches", "tomek_links", "random_over", "random_under"}
    for setting, without in (("ratio", no_ratio), ("k_neighbors", no_neighbors)):
        read = space[f"resampling.{setting}"]["when"]["resampling.method"]
        assert set(read) == methods - without


@pytest.mark.parametrize("name", ["lstm_vs_gru", "full", "imbalance", "class_weights"])
def test_the_untuned_default_lies_in_the_space(name: str) -> None:
    """So that a search says what it adds: its first trial is the default, and no other moved beside it."""
    config, space = composed(name)
    for arm in space.arms:
        for path, value in space.defaults(arm, config).items():
            assert path == space.compare or value == value_of(config, path), path


def test_a_vector_size_is_searched_only_where_no_ready_made_vectors_are_taken() -> None:
    assert "model.embedding" not in described("lstm_vs_gru")
    assert "word" not in described("full")["model.embedding"]["when"]["text.level"]


def test_sgd_has_a_range_of_its_own() -> None:
    space = described("full")
    assert "sgd" in space["optimizer.name"]["choices"]
    rate, factor = space["optimizer.learning_rate"], space["optimizer.sgd_factor"]
    assert factor["when"] == {"optimizer.name": ["sgd"]}
    assert factor["low"] >= 20
    assert factor["high"] * rate["high"] <= 1.0


def test_a_trial_gets_as_many_epochs_of_learning_from_the_pruner_as_from_early_stopping() -> None:
    config, _ = composed("lstm_vs_gru")
    assert config.pruner.warmup_epochs == config.trainer.patience
    assert config.trainer.chance_share * config.trainer.max_epochs == 15


def test_the_full_search_leaves_out_only_what_it_must() -> None:
    space = described("full")
    refused = {p for p in settings() if p in REFUSED or p.partition(".")[0] in REFUSED}
    searchable = set(settings()) - refused - set(ALLOWED)
    assert searchable - set(space) == set(LEFT_OUT)
    assert set(space["resampling.method"]["choices"]) == set(RESAMPLERS.ours)
    assert set(space["text.level"]["choices"]) == set(Level)
