"""How long the encoder takes: fitted on the training texts, then applied to the others, one core.

    python experiments/benchmark/encode.py train.jsonl test.jsonl

Prints one JSON line a setting: seconds of the processor and of the clock.
"""

import json
import sys
import time

from sweep.config import Config, DataConfig, TextConfig
from sweep.data import load
from sweep.text.encoder import Encoder
from sweep.text.settings import text_settings

EVERY_SWITCH = {
    **dict.fromkeys(["fix_encoding", "unescape", "strip_html", "strip_accents"], True),
    **dict.fromkeys(["squeeze_repeats", "stop_words"], True),
    **dict.fromkeys(["urls", "emails", "users", "numbers"], "mask"),
    "unicode_form": "nfkc",
    "punctuation": "remove",
}
SETTINGS = {
    "defaults": {},
    "every switch, stem": EVERY_SWITCH | {"reduction": "stem"},
    "every switch, lemma": EVERY_SWITCH | {"reduction": "lemma"},
    "every switch, stem, bpe": EVERY_SWITCH | {"reduction": "stem", "level": "bpe"},
    "every switch, lemma, unigram": EVERY_SWITCH | {"reduction": "lemma", "level": "unigram"},
}


def main(train: str, test: str) -> None:
    """Time every setting once.

    Args:
        train: file of the texts to fit on.
        test: file of the other texts.
    """
    corpora = [load(DataConfig(path=path), seed=0).texts for path in (train, test)]
    for name, changes in SETTINGS.items():
        cpu, wall = time.process_time(), time.perf_counter()
        encoder, _ = Encoder.fit_encode(
            corpora[0], **text_settings(Config(text=TextConfig(**changes)))
        )
        encoder.encode(corpora[1])
        told = {"setting": name, "texts": sum(map(len, corpora))}
        told |= {"cpu_s": round(time.process_time() - cpu, 1)}
        print(json.dumps(told | {"wall_s": round(time.perf_counter() - wall, 1)}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
