"""Symptoms of what the settings of `text` make of the corpus: cut, unknown, padded, thrown away."""

from collections.abc import Iterator

from sweep.diagnosis.facts import Facts, TrialFacts
from sweep.diagnosis.moves import at_least, to
from sweep.diagnosis.proof import Wrong, costs
from sweep.diagnosis.signs import seen_in
from sweep.diagnosis.symptom import Seen, Symptom

CUT = 0.5
"""Share of texts cut that is too much; the default cuts 1 in 100."""
UNKNOWN = 0.3
"""Share of unknown tokens on validation that is too much; word vocabularies of 10,000 leave .02 to .1."""
PADDED = 0.8
OWN = "The sweep's own trials {} scored worse than the others, all else equal (`statistics/counterfactual.py`)."


def _share(trial: TrialFacts, part: str, name: str) -> float | None:
    told = trial.encoding.get(part, {})
    return told.get(name) if isinstance(told, dict) else None


def _cut(facts: Facts) -> Iterator[Seen]:
    end = {"head": "end", "tail": "beginning"}.get(str(facts.setting("text.keep")), "middle")
    yield from seen_in(
        facts,
        lambda t: (_share(t, "train", "truncated") or 0.0) > CUT,
        f"saw more than half of their texts without their {end}: cut to text.max_length",
        worst="error",
        patch=to(facts, "text.max_length", 0.99),
        number=lambda t: _share(t, "train", "truncated"),
        confidence=0.9,
    )


def _unknown(facts: Facts) -> Iterator[Seen]:
    large = at_least(facts, "text.vocabulary_size", 10000)
    often = facts.setting("text.min_frequency")
    rare = to(facts, "text.min_frequency", 2) if isinstance(often, int) and often > 2 else ()
    yield from seen_in(
        facts,
        lambda t: (_share(t, "validation", "unknown") or 0.0) > UNKNOWN,
        f"did not know more than {UNKNOWN:.0%} of the tokens of the validation part",
        patch=(*large, *rare),
        number=lambda t: _share(t, "validation", "unknown"),
        confidence=0.9,
    )


def _padded(trial: TrialFacts) -> bool:
    apart = not trial.settings.get("trainer.bucketing", True)
    return apart and (_share(trial, "train", "padding") or 0.0) > PADDED


def _noise(trial: TrialFacts) -> bool:
    rows = _share(trial, "train", "rows")
    size = trial.encoding.get("vocabulary")
    once = trial.settings.get("text.min_frequency") == 1
    return bool(once and rows and size and size > 10 * rows)


def _negations(trial: TrialFacts) -> bool:
    s = trial.settings
    return bool(s.get("text.stop_words")) and s.get("text.keep_negations") is False


ROWS = (
    Symptom(
        key="too_much_cut",
        cause="data",
        severity="error",
        name="Too much of the texts cut",
        definition=(
            f"More than {CUT:.0%} of the training texts are longer than `text.max_length`, which cuts them at "
            "the end that `text.keep` names not."
        ),
        remedy="Let texts be longer, or keep the end that says more.",
        look=_cut,
    ),
    Symptom(
        key="too_much_unknown",
        cause="data",
        severity="error",
        name="Too many unknown tokens",
        definition=f"More than {UNKNOWN:.0%} of the validation part's tokens are not in the vocabulary.",
        remedy="Take a larger vocabulary, a lower `text.min_frequency`, or pieces of words (text=pieces).",
        look=_unknown,
    ),
    Symptom(
        key="negation_removed",
        cause="data",
        severity="warning",
        name="Negations removed with the stop words",
        definition="`text.stop_words` is on and `text.keep_negations` off: `not good` becomes `good`.",
        remedy="Keep negations, or all words.",
        look=lambda facts: seen_in(
            facts,
            _negations,
            "read texts without `not`, `never` and their like",
            worst="warning",
            patch=to(facts, "text.keep_negations", True),
            confidence=0.7,
        ),
    ),
    Symptom(
        key="stop_words_cost",
        cause="data",
        severity="note",
        name="Stop words carried the label",
        definition=OWN.format("without stop words"),
        remedy="Keep all words.",
        look=lambda facts: costs(facts, [Wrong("text.stop_words", True)]),
    ),
    Symptom(
        key="over_stemming",
        cause="data",
        severity="note",
        name="Over-stemming",
        definition=OWN.format("with stems or lemmas"),
        remedy="Leave word forms as they are.",
        look=lambda facts: costs(
            facts, [Wrong("text.reduction", "stem"), Wrong("text.reduction", "lemma")]
        ),
    ),
    Symptom(
        key="case_lost",
        cause="data",
        severity="note",
        name="Case carried the label",
        definition=OWN.format("in lower case"),
        remedy="Keep upper case.",
        look=lambda facts: costs(facts, [Wrong("text.lowercase", True)]),
    ),
    Symptom(
        key="too_much_padding",
        cause="data",
        severity="note",
        name="Too much padding",
        definition=(
            f"`trainer.bucketing` is off and more than {PADDED:.0%} of the longest text's width is padding: "
            "time lost, and no score."
        ),
        remedy="Let batches hold texts of similar length.",
        patch=("trainer.bucketing=true",),
        look=lambda facts: seen_in(
            facts, _padded, "computed mostly padding", worst="note", confidence=0.9
        ),
    ),
    Symptom(
        key="vocabulary_of_noise",
        cause="data",
        severity="note",
        name="Vocabulary of noise",
        definition=(
            "`text.min_frequency` is 1 and the vocabulary holds ten times as many tokens as there are training "
            "rows: most were seen once, and their vectors are learnt from one text."
        ),
        remedy="Ask for tokens that were seen twice.",
        look=lambda facts: seen_in(
            facts,
            _noise,
            "had a vocabulary that is mostly words seen once",
            worst="note",
            patch=to(facts, "text.min_frequency", 2),
            confidence=0.6,
        ),
    ),
)
