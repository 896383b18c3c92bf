"""Symptoms of the optimizer's work, each planted, and what only looks like one."""

import math

import pytest

from support.sick_sweeps import FLAT, ill, sweep, trial
from sweep.diagnosis.facts import Facts, Searched, TrialFacts
from sweep.diagnosis.table import diagnose
from sweep.diagnosis.training import oscillates

SLOW = tuple(0.46 - 0.001 * i for i in range(8))
SWINGING = (0.4, 0.2, 0.38, 0.21, 0.39, 0.2, 0.36, 0.22)


def found(facts: Facts) -> dict[str, str]:
    return {finding.symptom: finding.severity for finding in diagnose(facts)}


def lost(message: str, number: int = 0, **settings: object) -> TrialFacts:
    fields = {"status": "FAILED", "reason": "diverged", "value": None, "stopped": None}
    return trial(number, settings=settings, message=message, metrics={}, **fields)


NAN = "the training loss is not a finite number in epoch 0; a smaller learning rate may help."
FAR = "the training loss is 93, far above where it began in epoch 1; a smaller learning rate may help."


@pytest.mark.parametrize(
    ("symptom", "facts"),
    [
        ("rate_too_high", sweep(ill(settings={"optimizer.learning_rate": 0.5}))),
        ("rate_too_high", sweep(lost(NAN, **{"optimizer.learning_rate": 10.0}))),
        (
            "rate_too_high",
            sweep(ill(settings={"optimizer.name": "sgd", "optimizer.learning_rate": 5.0})),
        ),
        ("rate_too_low", sweep(ill(settings={"optimizer.learning_rate": 1e-6}, losses=SLOW))),
        ("dropout_too_strong", sweep(ill(settings={"model.dropout": 0.95}))),
        (
            "weight_decay_too_strong",
            sweep(ill(settings={"optimizer.name": "adamw", "optimizer.weight_decay": 3.0})),
        ),
        ("nan", sweep(lost(NAN))),
        ("diverged", sweep(lost(FAR))),
        ("stalled", sweep(ill())),
    ],
)
def test_a_planted_illness_is_an_error(symptom: str, facts: Facts) -> None:
    assert found(facts).get(symptom) == "error"


@pytest.mark.parametrize(
    "facts",
    [
        sweep(trial(settings={"optimizer.learning_rate": 0.05})),
        sweep(trial(settings={"optimizer.learning_rate": 1e-5})),
        sweep(trial(settings={"model.dropout": 0.85})),
        sweep(trial(), trial(1), trial(2), trial(3), trial(4), lost(FAR, 5)),
    ],
    ids=["a high rate that learns", "a low one", "strong dropout", "one of six diverges"],
)
def test_what_learns_all_the_same_is_no_illness(facts: Facts) -> None:
    assert found(facts) == {}


def test_what_others_than_the_best_have_is_a_note_where_they_are_many() -> None:
    facts = sweep(trial(), trial(1), lost(FAR, 2), lost(FAR, 3))
    assert found(facts) == {"diverged": "note"}


def test_a_loss_far_above_its_start_is_divergence_and_no_nan() -> None:
    assert "nan" not in found(sweep(lost(FAR)))


@pytest.mark.parametrize(
    ("losses", "swings"),
    [(SWINGING, True), (FLAT, False), ((0.4, 0.2, 0.38, 0.21), False)],
    ids=["swings", "rests", "too short to say"],
)
def test_a_loss_swings_where_it_turns_and_moves_much(
    losses: tuple[float, ...], swings: bool
) -> None:
    assert oscillates(trial(losses=losses)) is swings


def test_weights_and_resampling_move_the_loss_which_then_says_nothing_of_the_prior() -> None:
    weighted = ill(settings={"loss.positive_weight": 5.0})
    assert "stalled" not in found(sweep(weighted))
    assert math.isclose(min(FLAT), 0.423)


@pytest.mark.parametrize(
    ("norms", "symptom"),
    [
        ({"rnn.0": {"grad_norm_p90": 400.0}}, "exploding_gradients"),
        (
            {"rnn.0": {"grad_norm_median": 1e-6}, "head": {"grad_norm_median": 0.1}},
            "vanishing_gradients",
        ),
        ({"rnn.0": {"grad_norm_p90": 4.0, "grad_norm_median": 0.1}}, None),
    ],
)
def test_gradients_are_judged_where_they_were_probed(
    norms: dict[str, dict[str, float]], symptom: str | None
) -> None:
    keys = set(found(sweep(ill(probe={"epochs": [{"layers": norms}]}))))
    gradients = {"exploding_gradients", "vanishing_gradients"} & keys
    assert gradients == ({symptom} if symptom else set())


def test_a_searched_rate_is_mended_by_its_bound() -> None:
    rates = Searched(path="optimizer.learning_rate", kind="float", low=1e-3, high=10.0, log=True)
    facts = sweep(ill(settings={"optimizer.learning_rate": 1.0}), space=(rates,))
    assert diagnose(facts)[0].patch == ("search.space.optimizer.learning_rate.high=0.01",)
    assert diagnose(sweep(ill(settings={"optimizer.learning_rate": 1.0})))[0].patch == (
        "optimizer.learning_rate=0.003",
    )
