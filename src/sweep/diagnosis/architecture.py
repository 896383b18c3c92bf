"""Symptoms of the network's build: its size, its read-out, its gates."""

from collections.abc import Iterator

from sweep.diagnosis.facts import Facts, TrialFacts
from sweep.diagnosis.moves import at_least, at_most, to
from sweep.diagnosis.signs import learned, losses, seen_in
from sweep.diagnosis.symptom import Seen, Symptom

SMALL = 8
"""Units below which a layer can hold hardly anything of a text; searches begin at 32."""
WEIGHTS_A_ROW = 1000
SATURATED = 0.9
FORGOTTEN = 1e-3
DEAD = 0.5
GATES = {"lstm": 4, "gru": 3}


def _small(trial: TrialFacts) -> list[str]:
    s = trial.settings
    if s.get("model.network", "recurrent") != "recurrent":
        return []
    narrow = ["model.hidden"] if s.get("model.hidden", SMALL) < SMALL else []
    own = s.get("model.vectors") == "none" and s.get("model.embedding", SMALL) < SMALL
    return narrow + (["model.embedding"] if own else [])


def _beside_others(facts: Facts) -> bool:
    gate = facts.summary.get("gate", {}).get("decision", "better")
    return bool(gate != "better")


def _too_small(facts: Facts) -> Iterator[Seen]:
    def sign(trial: TrialFacts) -> bool:
        found = losses(trial)
        slow = bool(found) and min(found) > 0.5 * found[0]
        return bool(_small(trial)) and (not learned(trial) or slow or _beside_others(facts))

    patch = tuple(
        word for path in ("model.hidden", "model.embedding") for word in at_least(facts, path, 64)
    )
    what = f"had a layer or a token's vector of fewer than {SMALL} numbers, and learnt little"
    yield from seen_in(facts, sign, what, patch=patch, confidence=0.85)


def recurrent_weights(trial: TrialFacts) -> float | None:
    """Weights of the recurrent layers by its settings; None for a network of one's own."""
    s = trial.settings
    gates = GATES.get(str(s.get("model.cell")))
    if gates is None or s.get("model.network", "recurrent") != "recurrent":
        return None
    hidden, sides = int(s["model.hidden"]), 2 if s.get("model.bidirectional") else 1
    size, total = int(s["model.embedding"]), 0
    for _ in range(int(s["model.layers"])):
        total += sides * gates * hidden * (size + hidden + 2)
        size = hidden * sides
    return float(total)


def _too_large(facts: Facts) -> Iterator[Seen]:
    rows = int(facts.corpus.get("train", {}).get("rows", 0))

    def a_row(trial: TrialFacts) -> float | None:
        weights = recurrent_weights(trial)
        return weights / rows if rows and weights else None

    def sign(trial: TrialFacts) -> bool:
        found, held = losses(trial), losses(trial, "log_loss")
        by_heart = len(held) >= 3 and bool(found) and found[-1] < 0.25 * held[-1]
        large = (a_row(trial) or 0.0) > WEIGHTS_A_ROW
        return large and by_heart and (_beside_others(facts) or not learned(trial))

    what = f"had more than {WEIGHTS_A_ROW} recurrent weights a training row, and learnt the rows by heart"
    patch = at_most(facts, "model.hidden", 64)
    yield from seen_in(
        facts, sign, what, worst="warning", patch=patch, number=a_row, confidence=0.6
    )


def _last(trial: TrialFacts) -> dict[str, object]:
    epochs = (trial.probe or {}).get("epochs") or [{}]
    told: dict[str, object] = epochs[-1]
    return told


def _gates(trial: TrialFacts) -> float | None:
    gates = _last(trial).get("gates")
    if not isinstance(gates, dict) or not gates:
        return None
    return max(
        float(g.get("saturated_low") or 0) + float(g.get("saturated_high") or 0)
        for g in gates.values()
    )


def _forgets(trial: TrialFacts) -> float | None:
    bins = _last(trial).get("gradient_by_time")
    known = [x for x in bins if isinstance(x, int | float)] if isinstance(bins, list) else []
    if len(known) < 2 or not known[-1]:
        return None
    return float(known[0]) / float(known[-1])


def _dead(trial: TrialFacts) -> float | None:
    dead = _last(trial).get("dead_embedding_rows")
    return float(dead) if isinstance(dead, int | float) else None


def _without_effect(trial: TrialFacts) -> bool:
    s = trial.settings
    return s.get("model.layer_dropout", 0.0) > 0 and s.get("model.layers") == 1


ROWS = (
    Symptom(
        key="capacity_too_small",
        cause="architecture",
        severity="error",
        name="Capacity too small",
        definition=(
            f"Fewer than {SMALL} hidden units, or fewer than {SMALL} numbers a token where no ready-made "
            "vectors are taken, and the trial ranks at chance, keeps more than half of its first training "
            "loss, or does not beat the linear baseline."
        ),
        remedy="Take at least 64 hidden units and a token's vector of that size.",
        look=_too_small,
    ),
    Symptom(
        key="capacity_too_large",
        cause="architecture",
        severity="warning",
        name="Capacity too large for the rows",
        definition=(
            f"More than {WEIGHTS_A_ROW} recurrent weights a training row, a training loss below a quarter of "
            "the validation loss, and no better than chance or the linear baseline."
        ),
        remedy="Take fewer hidden units or one layer, more dropout, or more rows.",
        look=_too_large,
    ),
    Symptom(
        key="vanishing_over_time",
        cause="architecture",
        severity="error",
        name="Early tokens without influence",
        definition=(
            f"The gradient that reaches the first tenth of the tokens is below {FORGOTTEN:g} of that of the "
            "last tenth, under a network that reads in one direction and answers from its last state, and it "
            "ranks at chance. Needs probe.json."
        ),
        remedy="Read out over all states instead of the last one, or read in both directions.",
        look=lambda facts: seen_in(
            facts,
            lambda t: (
                (_forgets(t) or 1.0) < FORGOTTEN
                and t.settings.get("model.read_out") == "last"
                and not learned(t)
            ),
            "hardly let their first tokens act on the answer",
            patch=to(facts, "model.read_out", "max"),
            number=_forgets,
        ),
    ),
    Symptom(
        key="saturated_gates",
        cause="architecture",
        severity="error",
        name="Saturated gates",
        definition=(
            f"At least {SATURATED:.0%} of some recurrent layer's gates are shut or open, and the trial ranks no "
            "better than chance. Needs probe.json."
        ),
        remedy="Lower the learning rate, keep clipping on, and start recurrent weights orthogonal.",
        patch=("model.orthogonal=true",),
        look=lambda facts: seen_in(
            facts,
            lambda t: (_gates(t) or 0.0) >= SATURATED and not learned(t),
            "had gates that no longer move",
            number=_gates,
        ),
    ),
    Symptom(
        key="dead_embeddings",
        cause="architecture",
        severity="note",
        name="Dead embedding rows",
        definition=(
            f"More than {DEAD:.0%} of the vocabulary's vectors are where they began, and the trial ranks no "
            "better than chance. Needs probe.json."
        ),
        remedy="Take a smaller vocabulary, or raise the learning rate.",
        look=lambda facts: seen_in(
            facts,
            lambda t: (_dead(t) or 0.0) > DEAD and not learned(t),
            "left most of their vectors where they began",
            worst="note",
            number=_dead,
        ),
    ),
    Symptom(
        key="dropout_without_effect",
        cause="architecture",
        severity="note",
        name="Dropout without effect",
        definition="`model.layer_dropout` is above 0 with one recurrent layer: it acts between layers alone.",
        remedy="Take two layers, or `model.dropout`.",
        look=lambda facts: seen_in(
            facts,
            _without_effect,
            "had dropout between layers, of which they have one",
            worst="note",
            confidence=1.0,
        ),
    ),
)
