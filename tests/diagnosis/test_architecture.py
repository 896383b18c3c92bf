"""Symptoms of the network's build, each planted, and their near misses."""

import pytest

from support.sick_sweeps import ill, sweep, trial
from sweep.diagnosis.architecture import recurrent_weights
from sweep.diagnosis.facts import Facts
from sweep.diagnosis.table import diagnose

KEYS = {
    "capacity_too_small",
    "capacity_too_large",
    "vanishing_over_time",
    "saturated_gates",
    "dead_embeddings",
    "dropout_without_effect",
}
BY_HEART = (0.4, 0.2, 0.1, 0.05, 0.03, 0.02, 0.01, 0.01)


def found(facts: Facts) -> set[str]:
    return KEYS & {finding.symptom for finding in diagnose(facts)}


def probed(**told: object) -> dict[str, object]:
    return {"epochs": [told]}


@pytest.mark.parametrize(
    ("facts", "symptom"),
    [
        (sweep(ill(settings={"model.hidden": 2})), "capacity_too_small"),
        (sweep(ill(settings={"model.embedding": 1})), "capacity_too_small"),
        (
            sweep(ill(settings={"model.hidden": 2048}, losses=BY_HEART, held=(0.5,) * 8)),
            "capacity_too_large",
        ),
        (
            sweep(
                ill(
                    settings={"model.read_out": "last"},
                    probe=probed(gradient_by_time=[None, 1e-9, 2e-4, 1e-3]),
                )
            ),
            "vanishing_over_time",
        ),
        (
            sweep(
                ill(probe=probed(gates={"rnn.0": {"saturated_low": 0.5, "saturated_high": 0.45}}))
            ),
            "saturated_gates",
        ),
        (sweep(ill(probe=probed(dead_embedding_rows=0.8))), "dead_embeddings"),
        (sweep(trial(settings={"model.layer_dropout": 0.3})), "dropout_without_effect"),
        (sweep(trial(settings={"model.hidden": 4})), None),
        (sweep(trial(settings={"model.embedding": 4, "model.vectors": "auto"})), None),
        (sweep(ill(settings={"model.embedding": 4, "model.vectors": "auto"})), None),
        (sweep(trial(probe=probed(gates={"rnn.0": {"saturated_low": 0.95}}))), None),
        (sweep(trial(settings={"model.layer_dropout": 0.3, "model.layers": 2})), None),
        (sweep(ill(probe=probed(gates={}, gradient_by_time=None))), None),
    ],
)
def test_a_planted_illness_is_seen_and_its_neighbour_is_not(
    facts: Facts, symptom: str | None
) -> None:
    assert found(facts) == ({symptom} if symptom else set())


@pytest.mark.parametrize(
    ("settings", "weights"),
    [
        ({}, 4 * 128 * (128 + 128 + 2)),
        ({"model.cell": "gru"}, 3 * 128 * (128 + 128 + 2)),
        (
            {"model.bidirectional": True, "model.layers": 2},
            2 * 4 * 128 * (128 + 128 + 2) + 2 * 4 * 128 * (256 + 128 + 2),
        ),
        ({"model.network": "own"}, None),
    ],
)
def test_recurrent_weights_are_counted_by_the_settings(
    settings: dict[str, object], weights: float | None
) -> None:
    import torch

    assert recurrent_weights(trial(settings=settings)) == weights
    if weights and "model.cell" not in settings:
        deep = "model.layers" in settings
        module = torch.nn.LSTM(128, 128, num_layers=1 + deep, bidirectional=deep)
        assert weights == sum(p.numel() for p in module.parameters())
