"""Symptoms of a corpus whose label can be told without reading, or whose parts are of different kinds."""

from collections.abc import Iterator

from sweep.diagnosis.before.rows import lines
from sweep.diagnosis.facts import Facts
from sweep.diagnosis.finding import Evidence
from sweep.diagnosis.symptom import Seen, Symptom

TERM = 0.75
"""Correlation of one term with the label: `£` in the SMS collection, the strongest of the corpora at hand, has .55."""
SPELLED = 0.5
SIGN = 0.5
LENGTH = 0.93
"""AUC of the length alone; .87 in the SMS collection, where it is no fault."""
COLUMN, FILLED = 0.95, 0.8
APART = 0.625
"""AUC of telling two parts apart: deepchecks warns from 2 AUC - 1 = .25 on. Film reviews of other films have .56."""
SHIFT = 0.05
SORTED = 0.5
ALIKE, SURE = 1.5, 5.0
"""How much more alike neighbours are than other rows, and by how many standard deviations; 1.03 in healthy corpora."""
FLIPPED = 0.4


def _terms(facts: Facts) -> Iterator[Seen]:
    told = facts.audit.get("shortcuts", {})
    spelled = [one for one in told.get("spelled", []) if abs(one["correlation"]) >= SPELLED]
    strong = [one for one in told.get("terms", []) if abs(one["correlation"]) >= TERM]
    if not spelled and not strong:
        return
    first = (spelled or strong)[0]
    more = [one["term"] for one in strong if one["term"] != first["term"]][:3]
    also = f" So do {', '.join(f'`{term[:20]}`' for term in more)}." if more else ""
    spells = "The text spells the label: " if spelled else ""
    yield Seen(
        title=(
            f"{spells}`{first['term'][:40]}` alone nearly tells it: in {first['positive']:.0%} of the positive texts, "
            f"{first['negative']:.0%} of the others.{also}"
        ),
        evidence=(
            Evidence(text="correlation with the label", number=first["correlation"]),
            *lines(first["lines"]),
        ),
        confidence=0.9 if spelled else 0.75,
        severity="error" if spelled else "warning",
    )


def _length(facts: Facts) -> Iterator[Seen]:
    told = facts.audit.get("shortcuts", {}).get("length")
    if told is None:
        return
    low, high = told["interval"]
    if low < LENGTH and high > 1 - LENGTH:
        return
    which = "longer" if told["auc"] > 0.5 else "shorter"
    yield Seen(
        title=f"The length alone nearly tells the label (AUC {max(told['auc'], 1 - told['auc']):.2f}): "
        f"positive texts are {which}.",
        evidence=(Evidence(text="AUC of the length", number=told["auc"], interval=(low, high)),),
        confidence=0.8,
    )


def _damage(facts: Facts) -> Iterator[Seen]:
    writing = facts.audit.get("writing", {})
    told = {**writing.get("signs", {}), **writing.get("language", {}).get("others", {})}
    for name, one in told.items():
        if abs(one["correlation"]) < SIGN:
            continue
        which = "positive" if one["correlation"] > 0 else "negative"
        yield Seen(
            title=f"The writing tells the label: texts with `{name.replace('_', ' ')}` are nearly all {which}.",
            evidence=(
                Evidence(text="correlation with the label", number=one["correlation"]),
                *lines(one["lines"]),
            ),
            confidence=0.85,
        )


def _columns(facts: Facts) -> Iterator[Seen]:
    for name, told in facts.audit.get("columns", {}).items():
        filled = told["filled"]
        if abs(told["correlation"]) >= FILLED:
            shares = (
                f"{filled[side]:.0%} of the {side} rows" for side in ("positive", "negative")
            )
            how = f"it is filled in {' and '.join(shares)}"
            number = told["correlation"]
        elif told.get("interval", (0, 0))[0] >= COLUMN:
            how, number = f"by its {told['by']} (AUC {told['auc']:.2f})", told["auc"]
        else:
            continue
        yield Seen(
            title=f"The column `{name[:40]}` gives the label away: {how}.",
            evidence=(Evidence(text=f"column {name[:40]}", number=number),),
            confidence=0.9,
        )


def _drift(facts: Facts) -> Iterator[Seen]:
    for part, told in facts.audit.get("drift", {}).items():
        before, after = told["positive"]
        low, high = told["interval"]
        if abs(told["difference"]) >= SHIFT and (low > 0 or high < 0):
            yield Seen(
                title=f"{after:.0%} of {part} are positive, {before:.0%} of training.",
                evidence=(
                    Evidence(text="difference", number=told["difference"], interval=(low, high)),
                ),
                confidence=0.9,
                remedy="Ask why; threshold and probabilities are fitted to the share in training and validation.",
            )
        for kind, what in (("texts", "their words"), ("length", "their length")):
            if (found := told.get(kind)) is None:
                continue
            low, high = found["interval"]
            off = max(found["auc"], 1 - found["auc"]) if kind == "length" else found["auc"]
            if off < APART or low <= 0.5 <= high:
                continue
            terms = ", ".join(f"`{term[:20]}`" for term in found.get("terms", [])[:4])
            yield Seen(
                title=f"{part} and training texts can be told apart by {what} (AUC "
                f"{off:.2f}){f': {terms}' if terms else ''}.",
                evidence=(Evidence(text="AUC", number=found["auc"], interval=(low, high)),),
                confidence=0.8,
            )
            break


def _order(facts: Facts) -> Iterator[Seen]:
    told = facts.audit.get("order")
    if told is None:
        return
    labels, texts = told["labels"], told["texts"]
    if labels["excess"] >= SORTED and labels["z"] > SURE:
        yield Seen(
            title=f"The file is sorted by label: neighbours agree in {labels['excess']:.0%} of what chance "
            f"leaves open.",
            evidence=(Evidence(text="excess of equal neighbours", number=labels["excess"]),),
            confidence=0.9,
            remedy="Harmless here, where rows are drawn; never cut such a file by position.",
            patch=(),
        )
    elif texts["ratio"] >= ALIKE and texts["z"] >= SURE:
        yield Seen(
            title=f"Neighbouring rows are {texts['ratio']:.1f} times as alike as others: threads, authors "
            f"or templates.",
            evidence=(Evidence(text="ratio of mean cosines", number=texts["ratio"]),),
            confidence=0.6,
        )


def _words_tell_nothing(facts: Facts) -> Iterator[Seen]:
    told = facts.audit.get("label_errors", {})
    # Folds dealt out evenly push answers to nothing below one half: the lower end alone counts.
    if facts.trials or not told or told["interval"][0] > 0.5:
        return
    yield Seen(
        title=f"Words alone tell nothing of the label: AUC {told['auc']:.2f} of a linear model on rows held out.",
        evidence=(Evidence(text="AUC", number=told["auc"], interval=tuple(told["interval"])),),
        confidence=0.6,
    )


def _flipped(facts: Facts) -> Iterator[Seen]:
    told = facts.audit.get("baselines", {}).get("tfidf_logreg", {})
    if not told or told["roc_auc"] > FLIPPED:
        return
    yield Seen(
        title=f"A linear model of the training part ranks validation the wrong way round: AUC {told['roc_auc']:.2f}.",
        evidence=(Evidence(text="AUC on validation", number=told["roc_auc"]),),
        confidence=0.85,
    )


ROWS = (
    Symptom(
        key="shortcut",
        cause="data",
        severity="warning",
        name="One term tells the label",
        definition=(
            f"The presence of one word, sign or pair correlates with the label at {TERM} or more (the "
            f"strongest of three "
            f"real corpora has .55), or at {SPELLED} where it is a word of the label's own name."
        ),
        remedy="If it is not there in use, remove it from the texts: a model learns nothing else beside it.",
        look=_terms,
    ),
    Symptom(
        key="shortcut_length",
        cause="data",
        severity="warning",
        name="The length tells the label",
        definition=f"The AUC of the number of characters is significantly above {LENGTH} (SMS spam: .87).",
        remedy="Look whether one class was cut or padded when it was collected.",
        look=_length,
    ),
    Symptom(
        key="shortcut_writing",
        cause="data",
        severity="warning",
        name="The way of writing tells the label",
        definition=f"A sign of damage, or a language, correlates with the label at {SIGN} or more: two "
        f"sources were merged.",
        remedy="Clean both sources alike before training.",
        patch=("text.fix_encoding=true", "text.strip_html=true", "text.unescape=true"),
        look=_damage,
    ),
    Symptom(
        key="column_leak",
        cause="data",
        severity="note",
        name="A column gives the label away",
        definition=(
            f"Another column tells the label of rows held out with an AUC significantly above {COLUMN}, or "
            f"being filled "
            f"correlates with it at {FILLED} or more. It is not used; it is told for those who would."
        ),
        remedy="Nothing here, where only the text is read; never join that column to it.",
        look=_columns,
    ),
    Symptom(
        key="drift",
        cause="data",
        severity="warning",
        name="Parts of different kinds",
        definition=(
            f"A linear model tells validation or test from training with an AUC of {APART} or more (deepchecks: "
            f"2 AUC - 1 above .25), or so does the length, or the shares of positives differ by {SHIFT} and "
            "significantly."
        ),
        remedy="Draw the parts anew if they should be of one kind; if not, expect lower scores on the later one.",
        look=_drift,
    ),
    Symptom(
        key="order_matters",
        cause="data",
        severity="note",
        name="Rows in an order",
        definition=(
            f"Neighbours share the label in {SORTED:.0%} of the room that chance leaves, or their words are "
            f"{ALIKE} times "
            "as alike as those of other rows."
        ),
        remedy="Name the column that ties neighbours together, so that they stay in one part: data.group.",
        look=_order,
    ),
    Symptom(
        key="words_tell_nothing",
        cause="data",
        severity="warning",
        name="Words alone tell nothing",
        definition="The AUC of a linear model on words and pairs, asked of rows held out, is not "
        "significantly above one half.",
        remedy="Check that labels belong to their texts (a sorted or shifted column); else only word order "
        "is left to learn.",
        look=_words_tell_nothing,
    ),
    Symptom(
        key="validation_flipped",
        cause="data",
        severity="error",
        name="Labels of validation the wrong way round",
        definition=f"A linear model of the training part has an AUC of {FLIPPED} or less on the validation part.",
        remedy="Check `data.positive` and the label column of the validation file.",
        look=_flipped,
    ),
)
