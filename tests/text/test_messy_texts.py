"""An exported model gives raw, messy texts the probabilities that its trial gave them, however it prepares texts."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from support.bundles import write_bundle
from sweep.config import (
    Calibration,
    Config,
    LossConfig,
    ModelConfig,
    ObjectiveConfig,
    ResamplingConfig,
    TextConfig,
    TrainerConfig,
)
from sweep.data import Corpus, SplitCorpus, split
from sweep.export.bundle import Bundle
from sweep.records import TrialJob, TrialKey
from sweep.text.cache import load_texts, store_corpus
from sweep.training.trial import train

WORDS = {
    0: "see you at home later we are not going cafés naïve mice running didn't".split(),
    1: "WIN a PRIZE now call 0800 123 free entry txt stop winning offers £100".split(),
}
MESS = (
    "<p>bold<br/>&amp; &lt;b&gt; &#8364;5 &notanentity; a < b > c</p>",
    "<script>if (a < b) { x() }</script><!-- hidden -->",
    "<div unclosed &amp",
    "donâ€™t CafÃ© â‚¬5",
    r"one\ntwo\xa0three\u00e9 C:\new\table \\",
    "🎉🎉👩‍👩‍👧 ❤️ \U0001f1e9\U0001f1ea",
    "http://www.a.com/x?y=1&z=<2> me.too+x@mail.co.uk @anna_1 visit a.com.",
    "שלום עולם \u202eמרחבא\u202c مرحبا ١٢٣",
    "nul\x00 bell\x07 esc\x1b[31m del\x7f \x85 c1\x9d",
    "zero\u200bwidth soft\u00adhyphen \ufeffbom",
    "lone \ud83d half",
    "ﬁne ＦＵＬＬ ① ½ e\u0301 Å",
    "soooo!!!! coooool.... ???",
    "中文没有空格 日本語 한국어 ไทย",
    "\t\r\n\u2028 \u3000",
    "x" * 400,
    "<url> <number> [PAD] [UNK] <unk>",
    "'quoted' \"double\" rock'n'roll O’Neil —dash– 1,234.56 -7 +44",
)
"""Each stands in texts of every part."""


def messy_corpus() -> Corpus:
    draw = np.random.default_rng(0)
    labels = (np.arange(12 * len(MESS)) % 4 == 0).astype(np.int8)
    texts = []
    for number, label in enumerate(labels):
        words = draw.choice(WORDS[int(label)], size=draw.integers(1, 9)).tolist()
        words.insert(int(draw.integers(0, len(words) + 1)), MESS[number % len(MESS)])
        # Every seventh text is nothing but its mess.
        texts.append(" ".join(words) if number % 7 else MESS[number % len(MESS)])
    blocks = np.array(["train"] * 7 + ["validation"] * 3 + ["test"] * 2)
    parts = np.repeat(blocks, len(MESS))
    return Corpus(
        name="messy", texts=texts, labels=labels, positive="spam", negative="ham", parts=parts
    )


@pytest.fixture(scope="module")
def parts() -> SplitCorpus:
    return split(messy_corpus(), validation=0.3, test=0.2, overlap="keep", seed=0)


@pytest.fixture(scope="module")
def cached(parts: SplitCorpus, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return store_corpus(tmp_path_factory.mktemp("cache"), parts)


CLEANING: dict[str, Any] = {
    "fix_encoding": True, "unescape": True, "strip_html": True, "unicode_form": "nfkc",
    "strip_accents": True, "urls": "mask", "emails": "mask", "users": "mask", "numbers": "mask",
    "punctuation": "remove", "squeeze_repeats": True,
}  # fmt: skip
CASES: dict[str, dict[str, Any]] = {
    "word": {},
    "character": {"level": "character", "lowercase": False, "unicode_form": "nfc"},
    "bpe": {"level": "bpe", "vocabulary_size": 200, "keep": "tail", "max_length": 12},
    "unigram": {"level": "unigram", "vocabulary_size": 200, "max_length": 0.8},
    "stemmed": {"stop_words": True, "reduction": "stem", "strip_accents": True},
    "lemmas, head and tail": {"reduction": "lemma", "keep": "head_tail", "max_length": 5},
    "German": {"stop_words": True, "reduction": "stem", "language": "de"},
    "negations dropped": {"stop_words": True, "keep_negations": False},
    "punctuation=keep": {"punctuation": "keep"},
    **{f"{name}={value}": {name: value} for name, value in CLEANING.items()},
    **{f"{name}=remove": {name: "remove"} for name in ("urls", "emails", "users", "numbers")},
    **{
        f"everything, {level}": CLEANING | {"level": level, "vocabulary_size": 200}
        for level in ("word", "character", "bpe", "unigram")
    },
}


def exported(config: Config, cached: Path, folder: Path) -> tuple[Bundle, np.ndarray]:
    """Train, export, load: the model, and what its trial gave the validation part."""
    trial = folder / "trial"
    key = TrialKey(arm="all", number=0)
    job = TrialJob(key=key, config=config, seed=1, corpus=cached, folder=trial)
    result = train(job, lambda report: False)
    assert result.sha256, result
    model = folder / "model"
    model.mkdir()
    write_bundle(model, config, cached, trial, result.sha256)
    return Bundle.load(model), np.load(trial / "validation.npz")["probabilities"]


def make_config(text: dict[str, Any], **groups: Any) -> Config:
    return Config(
        text=TextConfig(**{"min_frequency": 1} | text),
        model=ModelConfig(embedding=8, hidden=8),
        trainer=TrainerConfig(max_epochs=1, accelerator="cpu"),
        search=None,  # type: ignore[arg-type]
        **groups,
    )


@pytest.mark.parametrize("text", CASES.values(), ids=CASES)
def test_raw_texts_get_what_the_trial_gave_them(
    text: dict[str, Any], parts: SplitCorpus, cached: Path, tmp_path: Path
) -> None:
    model, expected = exported(make_config(text), cached, tmp_path)
    raw, _ = parts.part("validation")
    np.testing.assert_allclose(model.predict(raw)[0], expected, rtol=0, atol=1e-6)
    assert len(np.unique(expected.round(6))) > len(raw) // 3, "the texts must tell apart"


@pytest.mark.parametrize("kind", ["temperature", "isotonic"])
def test_so_they_do_after_resampling_weighting_and_calibration(
    kind: str, parts: SplitCorpus, cached: Path, tmp_path: Path
) -> None:
    config = make_config(
        {},
        resampling=ResamplingConfig(method="smote", ratio=0.6),
        loss=LossConfig(positive_weight="balanced"),
        objective=ObjectiveConfig(calibration=Calibration(kind)),
    )
    model, expected = exported(config, cached, tmp_path)
    raw, _ = parts.part("validation")
    np.testing.assert_allclose(model.predict(raw)[0], expected, rtol=0, atol=1e-6)


def test_the_mess_is_in_every_part(cached: Path) -> None:
    for part in ("train", "validation", "test"):
        whole = "\n".join(load_texts(cached, part)[0])
        missing = [mess for mess in MESS if mess.strip().replace("\ud83d", "\ufffd") not in whole]
        assert missing == []
