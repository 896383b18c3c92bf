"""Symptoms of how texts are written, and of what the settings of `text` leave of them before any trial."""

from collections.abc import Iterator

from sweep.diagnosis.before.rows import lines
from sweep.diagnosis.facts import Facts
from sweep.diagnosis.finding import Evidence
from sweep.diagnosis.symptom import Seen, Symptom

BROKEN, MUCH_BROKEN, MARKED = 0.01, 0.05, 0.05
"""Shares of texts; .05 is deepchecks' bound of special characters, and broken letters spoil words."""
OTHER_LANGUAGE = 0.05
CUT = 0.1
"""Share of training tokens; the default setting cuts at most .016 of the three corpora at hand."""
UNKNOWN = 0.2
"""Share of validation tokens; a word vocabulary leaves .05 to .10 there."""
EMPTY = 0.01
NEGATIONS = 0.02
COVERED = 0.8
"""Share of words; English vectors know .9 and more of English texts, and `model.vectors=auto` asks for that."""
SIGNS = {
    "broken_encoding": (BROKEN, "were decoded with the wrong encoding", "text.fix_encoding"),
    "markup": (MARKED, "hold tags or entities of HTML", "text.strip_html"),
    "escapes": (MARKED, "hold escapes as letters (a backslash and an n)", "text.unescape"),
    "replaced": (BROKEN, "hold U+FFFD, letters that were lost when the file was written", ""),
}
"""Share from which a sign is told, in which words, and the setting that mends it."""


def _signs(facts: Facts) -> Iterator[Seen]:
    for name, (least, words, mends) in SIGNS.items():
        told = facts.audit.get("writing", {}).get("signs", {}).get(name, {})
        if told.get("share", 0.0) < least or (mends and facts.settings.get(mends)):
            continue
        much = least == BROKEN and told["share"] >= MUCH_BROKEN
        yield Seen(
            title=f"{told['rows']} texts ({told['share']:.0%}) {words}.",
            severity="warning" if much else "note",
            evidence=(
                Evidence(text="share of texts", number=told["share"]),
                *lines(told["lines"]),
            ),
            confidence=0.9,
            remedy=(
                "Let cleaning mend it, in training and in use alike."
                if mends
                else "Read the file in the encoding it was written in, from its source."
            ),
            patch=(f"{mends}=true",) if mends else (),
        )


def _languages(facts: Facts) -> Iterator[Seen]:
    told = facts.audit.get("writing", {}).get("language", {})
    main, others = told.get("main", ""), told.get("others", {})
    share = sum(one["share"] for one in others.values())
    if share >= OTHER_LANGUAGE:
        first = max(others, key=lambda name: others[name]["share"])
        named = ", ".join(
            f"{name} {one['share']:.0%}" for name, one in others.items() if one["share"] >= 0.01
        )
        yield Seen(
            title=f"{share:.0%} of the texts are in another language than most ({main}): {named}.",
            evidence=(
                Evidence(text="share of texts", number=share),
                *lines(others[first]["lines"]),
            ),
            confidence=0.7,
        )
    settings = facts.settings
    used = settings.get("text.stop_words") or str(settings.get("text.reduction", "none")) != "none"
    if used and len(main) == 2 and main != settings.get("text.language"):
        yield Seen(
            title=f"Most texts are in {main}, but stop words and word forms are those of "
            f"{settings.get('text.language')}.",
            evidence=(Evidence(text=f"main language {main}"),),
            confidence=0.8,
            severity="warning",
            remedy="Name the texts' language.",
            patch=(f"text.language={main}",),
        )


def _cut(facts: Facts) -> Iterator[Seen]:
    told = facts.audit.get("encoding", {}).get("parts", {}).get("train", {}).get("cut", {})
    if facts.trials or told.get("tokens", 0.0) < CUT:
        return
    length = facts.audit["encoding"]["max_length"]
    yield Seen(
        title=(
            f"{told['tokens']:.0%} of the training tokens are cut, at the {told['end']} of {told['texts']:.0%} of the "
            f"texts: no more than {length} tokens are read."
        ),
        evidence=(Evidence(text="share of tokens", number=told["tokens"]),),
        confidence=0.8,
    )


def _unknown(facts: Facts) -> Iterator[Seen]:
    encoding = facts.audit.get("encoding", {})
    share = encoding.get("parts", {}).get("validation", {}).get("unknown", 0.0)
    if facts.trials or share < UNKNOWN:
        return
    trained = encoding["parts"]["train"]["unknown"]
    full = encoding["vocabulary"]["full"]
    larger = f"text.vocabulary_size={4 * encoding['vocabulary']['size']}"
    yield Seen(
        title=f"{share:.0%} of the validation part's tokens are unknown, of the training part's {trained:.0%}.",
        evidence=(Evidence(text="share of tokens", number=share),),
        confidence=0.8,
        patch=(larger,) if full else ("text.level=bpe",),
    )


def _empty(facts: Facts) -> Iterator[Seen]:
    for part, told in facts.audit.get("encoding", {}).get("parts", {}).items():
        empty = told.get("empty", {})
        if facts.trials or empty.get("share", 0.0) < EMPTY:
            continue
        yield Seen(
            title=f"Nothing known is left of {empty['rows']} {part} texts ({empty['share']:.0%}) after cleaning.",
            evidence=(
                Evidence(text=f"share of {part}", number=empty["share"]),
                *lines(empty["lines"]),
            ),
            confidence=0.9,
        )


def _negations(facts: Facts) -> Iterator[Seen]:
    share = facts.audit.get("encoding", {}).get("negations", 0.0)
    if facts.trials or share < NEGATIONS:
        return
    yield Seen(
        title=f"{share:.0%} of the training texts lose a negation with the stop words.",
        evidence=(Evidence(text="share of texts", number=share),),
        confidence=0.8,
    )


def _vectors(facts: Facts) -> Iterator[Seen]:
    covered = facts.audit.get("vectors", {}).get("covered")
    if covered is None or covered >= COVERED:
        return
    yield Seen(
        title=f"The ready-made vectors know {covered:.0%} of the words in the training texts.",
        evidence=(Evidence(text="share of words, by occurrence", number=covered),),
        confidence=0.8,
    )


ROWS = (
    Symptom(
        key="damaged_texts",
        cause="data",
        severity="note",
        name="Texts damaged on the way",
        definition=(
            f"{BROKEN:.0%} of the texts or more hold broken letters, or {MARKED:.0%} markup or escapes, and the "
            f"setting that mends it is off; a warning where {MUCH_BROKEN:.0%} hold broken letters."
        ),
        remedy="Let cleaning mend it.",
        look=_signs,
    ),
    Symptom(
        key="language_mix",
        cause="data",
        severity="note",
        name="Several languages",
        definition=(
            f"{OTHER_LANGUAGE:.0%} of the texts or more are in another script or language than most, by "
            f"their function words; a "
            "warning where stop words or word forms are those of another language than the texts'."
        ),
        remedy="Score each language by itself, or train on one; ready-made vectors know one.",
        look=_languages,
    ),
    Symptom(
        key="texts_cut",
        cause="data",
        severity="warning",
        name="Texts cut before training",
        definition=f"{CUT:.0%} of the training tokens or more are cut by `text.max_length` (by default at most .02).",
        remedy="Let texts be longer; or keep both ends: text.keep=head_tail.",
        patch=("text.max_length=0.99",),
        look=_cut,
    ),
    Symptom(
        key="tokens_unknown",
        cause="data",
        severity="warning",
        name="Unknown tokens before training",
        definition=f"{UNKNOWN:.0%} of the validation part's tokens or more are unknown (word vocabularies "
        f"leave .05 to .10).",
        remedy="Take pieces of words, or a larger vocabulary.",
        look=_unknown,
    ),
    Symptom(
        key="emptied_texts",
        cause="data",
        severity="warning",
        name="Texts emptied by cleaning",
        definition=f"Nothing but unknown tokens is left of {EMPTY:.0%} of a part's texts or more.",
        remedy="Let the cleaning remove less, or take pieces of words.",
        patch=("text.level=bpe",),
        look=_empty,
    ),
    Symptom(
        key="negations_lost",
        cause="data",
        severity="warning",
        name="Negations lost before training",
        definition=f"`text.stop_words` without `text.keep_negations` takes a negation from {NEGATIONS:.0%} "
        f"of the texts or more.",
        remedy="Keep negations.",
        patch=("text.keep_negations=true",),
        look=_negations,
    ),
    Symptom(
        key="vectors_strange",
        cause="data",
        severity="warning",
        name="Vectors of another language",
        definition=f"The vectors that `model.vectors` names know less than {COVERED:.0%} of the training texts' words.",
        remedy="Take vectors of the texts' language, or none.",
        patch=("model.vectors=auto",),
        look=_vectors,
    ),
)
