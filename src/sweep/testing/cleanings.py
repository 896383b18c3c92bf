"""The contract of cleaning steps."""

from collections.abc import Mapping
from typing import Any

from sweep.errors import UserError
from sweep.plugins.tables import Entry
from sweep.text.settings import OwnStep, step_of

HOSTILE = {
    "an empty text": "",
    "white space": " \t\r\n\u00a0\u2003",
    "a control character": "\x00bell\x07",
    "a lone surrogate, replaced": "half \ufffd of a pair",
    "letters beyond 16 bits": "\U0001f469\u200d\U0001f680 \U0001d4d7",
    "a text from right to left": "\u202e\u05e9\u05dc\u05d5\u05dd",
    "accents without a letter": "\u0301\u0301\u0301",
    "punctuation": "!?.,;:'\"()[]{}<>/\\|@#$%^&*-_=+~`",
    "digits": "0800 123 456",
    "markup": "<p class='a'>one<br/>two &amp; <!-- three",
    "an open quotation": "> > > who said\n> this?\nme",
    "one word of 100,000 letters": "a" * 100_000,
    "100,000 opening brackets": "(<[" * 33_334,
    "plain words": "Thanks, see you at ten :-)",
}
"""What comes to a model that answers: texts by what they are."""


def cleaning_breaches(
    entry: Entry, own: Mapping[str, Mapping[str, Any]], *, repeats: bool
) -> list[str]:
    """See that a step gives a text for every text, the same each time, and leaves its own answer as it is.

    Args:
        entry: of `CLEANINGS`.
        own: its settings by its name.
        repeats: whether its own answer must stay as it is.

    Returns:
        What it breaks.
    """
    digest = entry.plugin.digest if entry.plugin else ""
    chosen = OwnStep(name=entry.name, digest=digest, settings=dict(own.get(entry.name, {})))
    first, other = (step_of({"cleaning": chosen}) for _ in range(2))  # type: ignore[typeddict-item]
    assert first is not None, "settings that name a step make one"
    assert other is not None, "settings that name a step make one"
    breaches = []
    answers = {}
    for kind, text in HOSTILE.items():
        try:
            answers[kind] = first(text)
        except UserError as wrong:
            breaches += [f"{kind}: {mistake}" for mistake in wrong.mistakes]
    for kind, answer in reversed(answers.items()):
        if other(HOSTILE[kind]) != answer:
            breaches.append(f"{kind}: asked again it answers otherwise; it may keep no state.")
        elif repeats and first(answer) != answer:
            breaches.append(
                f"{kind}: it changes its own answer again; where that is meant, say "
                f"check(FILE, once=[{entry.name!r}])."
            )
    return breaches
