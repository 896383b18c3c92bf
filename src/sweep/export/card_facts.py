"""What the model card says: gathered from the corpus, the summary and the exported model."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sweep.data.corpus import PARTS, SplitCorpus
from sweep.export.winner import Winner
from sweep.workspace import EncoderFolder, ModelFolder

LINEAR = "tfidf_logreg"
MEASURED = 2000
"""Texts, at most, that speed is measured with."""


def about_corpus(split: SplitCorpus) -> dict[str, Any]:
    """Tell what the model card says about the data.

    Args:
        split: the split corpus.

    Returns:
        Plain types.
    """
    corpus = split.corpus
    parts = {}
    for part in PARTS:
        texts, labels = split.part(part)
        parts[part] = {"texts": len(texts), "positive": float(labels.mean())}
    notes = list(dict.fromkeys([*corpus.notes, *split.notes]))
    names = {"name": corpus.name, "positive": corpus.positive, "negative": corpus.negative}
    told = {"notes": notes, "parts": parts, "digest": split.fingerprint}
    return names | told | {"groups": corpus.groups is not None}


def some_texts(split: SplitCorpus) -> list[str]:
    """Take texts, evenly spread, that the model's speed is measured with.

    Args:
        split: the split corpus.

    Returns:
        At most `MEASURED` of the training part.
    """
    texts, _ = split.part("train")
    return texts[:: max(1, -(-len(texts) // MEASURED))]


def card_facts(
    model: ModelFolder, winner: Winner, summary: Mapping[str, Any], texts: Sequence[str]
) -> dict[str, Any]:
    """Gather what the model card says of the model and its scores.

    Args:
        model: the exported model, whole but for the card.
        winner: its networks and their decision.
        summary: what `summary.json` holds.
        texts: what its speed was measured with; may be none.

    Returns:
        What `model_card` takes, without `corpus`, `speed` and `examples`.
    """
    best = summary["best"]
    about: dict[str, Any] = json.loads(model.settings.read_text(encoding="utf-8"))
    encoder = json.loads(EncoderFolder(winner.networks[0].encoder).facts.read_bytes())
    versions = ", ".join(f"{name} {number}" for name, number in about["versions"].items())
    given = {
        "encoder": encoder | {"keep": encoder["settings"]["keep"]},
        "decision": json.loads(model.decision.read_text(encoding="utf-8")),
        "best": best,
        "networks": len(winner.networks),
        "members": len(best.get("members", [])),
        "interval": best.get("threshold_interval"),
        "gate": summary.get("gate"),
        "reliability": winner.reliability,
        "columns": _columns(winner, summary),
        "test_reads": summary.get("test_reads", 1),
        "versions": versions,
        "words": round(sum(len(text.split()) for text in texts) / max(1, len(texts))),
    }
    return {"plugins": []} | about | given


def _columns(winner: Winner, summary: Mapping[str, Any]) -> list[dict[str, Any]]:
    best = summary["best"]
    ours = {"validation": best["validation"], "test": winner.test, "intervals": winner.intervals}
    held_out = "out of fold" if "members" in best else "validation"
    found = []
    of = {"": ours, "linear model, ": summary.get("baselines", {}).get(LINEAR, {})}
    for name, told in of.items():
        for part, title in (("test", "test"), ("validation", held_out)):
            if part in told:
                intervals = told.get("intervals", {}).get(part, {})
                column = {"scores": told[part], "intervals": intervals}
                found.append({"title": f"{name}{title}"} | column)
    return found
