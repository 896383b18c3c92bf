"""How the texts are written: what was spoilt on the way, and in which languages they are."""

from typing import Any

import numpy as np

from sweep.audit.rows import Rows, sampled
from sweep.audit.terms import phi
from sweep.seeds import derive
from sweep.text.damage import SIGNS
from sweep.text.languages import languages

LONGEST = 2000
"""Characters of a text that are looked at."""
MOST_ROWS = 50_000


def writing(rows: Rows, seed: int) -> dict[str, Any]:
    """Count the texts that show each sign of damage, and those in another language than most.

    Args:
        rows: all of them.
        seed: of the sample where there are very many.

    Returns:
        `signs`: for each of `sweep.text.damage.SIGNS` its `rows`, `share`, its `correlation` with the label (phi, on
        training and validation rows) and `lines`; `language`: the `main` one, and `others` in the same form.
    """
    used = np.flatnonzero(rows.parts != "")
    taken = sampled(used, rows.labels, MOST_ROWS, derive(seed, "audit", "writing"))
    texts = [rows.texts[row][:LONGEST] for row in taken]
    signs = {
        name: _told(rows, taken, np.fromiter(map(sign, texts), bool, len(texts)))
        for name, sign in SIGNS.items()
    }
    main, each = languages(texts)
    spoken = np.array(each, dtype=object)
    others = {
        str(name): _told(rows, taken, spoken == name) for name in sorted(set(each) - {"", main})
    }
    return {"signs": signs, "language": {"main": main, "others": others}}


def _told(rows: Rows, taken: np.ndarray, holds: np.ndarray) -> dict[str, Any]:
    asked = rows.parts[taken] != "test"
    with_label = phi(holds[asked].astype(float)[:, None], rows.labels[taken][asked])
    return {
        "rows": int(holds.sum()),
        "share": float(holds.mean()) if len(holds) else 0.0,
        "correlation": float(with_label[0]),
        "lines": rows.where(taken[holds]),
    }
