"""A CSV of two hundred messages, as a person would have one."""

import csv
from pathlib import Path

from sweep.data.builtin import generate


def write_messages(folder: Path) -> Path:
    corpus = generate(0, 200)
    with (folder / "messages.csv").open("w", encoding="utf-8", newline="") as stream:
        lines = csv.writer(stream)
        lines.writerow(["text", "label"])
        lines.writerows(zip(corpus.texts, corpus.labels.tolist(), strict=True))
    return folder
