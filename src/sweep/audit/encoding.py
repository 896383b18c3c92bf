"""What the settings of `text` make of the texts: lengths, what is cut, unknown or lost."""

from collections.abc import Mapping
from typing import Any, cast

import numpy as np

from sweep.audit.rows import Rows, sampled
from sweep.data.corpus import PARTS
from sweep.records import EncodedTexts
from sweep.seeds import derive
from sweep.text.encoder import Encoder, most_tokens
from sweep.text.settings import TextSettings

MOST_ROWS = 50_000
UNCUT = 1e9
"""As `text.max_length`: no text is that long."""


def encoding(rows: Rows, settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Encode the texts without cutting them, and count.

    Args:
        rows: all of them.
        settings: those of `text`, flat.
        seed: of the sample where there are very many.

    Returns:
        `max_length` in tokens; `vocabulary`: its `size`, whether it is `full` (`text.vocabulary_size` left tokens out),
        and which share of it is seen `rarely` (fewer than 3 times); for each part `length` (quartiles, 95th
        percentile, longest), `cut`: the share of `texts` and of `tokens` that is cut, and at which `end`, `unknown`:
        the share of tokens, `padding`: the share where all were padded to `max_length`, `empty`: the rows that nothing
        known is left of, with `lines`; `negations`: the share of training texts that lose a negation.

    Raises:
        UserError: the settings do not fit the training texts.
    """
    taken = sampled(
        np.flatnonzero(rows.parts != ""), rows.labels, MOST_ROWS, derive(seed, "audit", "encoding")
    )
    of_part = {part: taken[rows.parts[taken] == part] for part in PARTS}
    texts = {part: [rows.texts[row] for row in mine] for part, mine in of_part.items()}
    uncut = cast(TextSettings, {**settings, "max_length": UNCUT})
    encoder, train = Encoder.fit_encode(texts["train"], **uncut)
    ids = {part: train if part == "train" else encoder.encode(texts[part]) for part in PARTS}
    longest = most_tokens(np.diff(train.offsets), float(settings["max_length"]))
    seen = np.bincount(train.ids, minlength=encoder.vocabulary_size)[2:]
    end = {"head": "end", "tail": "beginning", "head_tail": "middle"}[str(settings["keep"])]
    return {
        "max_length": longest,
        "vocabulary": {
            "size": encoder.vocabulary_size,
            "full": encoder.vocabulary_size >= int(settings["vocabulary_size"]),
            "rarely": float(np.mean(seen < 3)) if len(seen) else 0.0,
        },
        "parts": {part: _part(rows, of_part[part], ids[part], longest, end) for part in PARTS},
        "negations": _negations(texts["train"], encoder, uncut),
    }


def _part(
    rows: Rows, mine: np.ndarray, ids: EncodedTexts, longest: int, end: str
) -> dict[str, Any]:
    lengths = np.diff(ids.offsets)
    if not len(lengths):
        return {}
    over = np.maximum(lengths - longest, 0)
    unknown = np.concatenate([[0], np.cumsum(ids.ids == 1)])
    known = lengths - (unknown[ids.offsets[1:]] - unknown[ids.offsets[:-1]])
    empty = known == 0
    kept = np.minimum(lengths, longest)
    quantiles = np.quantile(lengths, (0.25, 0.5, 0.75, 0.95, 1.0), method="inverted_cdf")
    return {
        "length": dict(
            zip(("q25", "median", "q75", "q95", "longest"), map(int, quantiles), strict=True)
        ),
        "cut": {
            "texts": float((over > 0).mean()),
            "tokens": float(over.sum() / lengths.sum()),
            "end": end,
        },
        "unknown": float(unknown[-1] / lengths.sum()),
        "padding": float(1 - kept.mean() / longest),
        "empty": {
            "rows": int(empty.sum()),
            "share": float(empty.mean()),
            "lines": rows.where(mine[empty]),
        },
    }


def _negations(texts: list[str], encoder: Encoder, settings: TextSettings) -> float:
    if not settings["stop_words"] or settings["keep_negations"]:
        return 0.0
    spared = Encoder.fit(texts, **cast(TextSettings, {**settings, "keep_negations": True}))
    lost = np.diff(spared.encode(texts).offsets) - np.diff(encoder.encode(texts).offsets)
    return float(np.mean(lost > 0))
