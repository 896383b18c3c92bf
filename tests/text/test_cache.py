import json
import multiprocessing
import os
import signal

import numpy as np
import pytest

from sweep.config import Config, TextConfig
from sweep.data.corpus import Corpus, SplitCorpus
from sweep.errors import DataError, UserError
from sweep.text import cache, settings
from sweep.text.cache import encoded, load_texts, store_corpus
from sweep.text.encoder import Encoder

TEXTS = [
    "win a prize now",
    "see you at home",
    "win win win",
    "left out",
    "at home ☕ \ud800",
    "never seen before",
]
PARTS = np.array(["train", "train", "train", "", "validation", "test"])


def split_corpus(texts=TEXTS) -> SplitCorpus:
    labels = np.array([1, 0, 1, 0, 0, 1], dtype=np.int8)
    corpus = Corpus(name="tiny", texts=texts, labels=labels, positive="yes", negative="no")
    return SplitCorpus(corpus=corpus, parts=PARTS)


def text_settings(**changes):
    return settings.text_settings(Config(text=TextConfig(**{"min_frequency": 1} | changes)))


@pytest.fixture
def folder(tmp_path):
    return store_corpus(tmp_path / "cache", split_corpus())


def stamp(path):
    return os.stat(path).st_mtime_ns, os.stat(path).st_ino


def test_a_stored_corpus_gives_its_parts_again(folder):
    assert folder.name == split_corpus().fingerprint[:16]
    texts, labels = load_texts(folder, "train")
    assert texts == TEXTS[:3]
    assert labels.tolist() == [1, 0, 1]
    assert labels.dtype == np.int8
    assert load_texts(folder, "validation")[0] == ["at home ☕ \ufffd"]


def test_a_corpus_is_stored_once_and_another_beside_it(folder):
    before = stamp(folder / "corpus.parquet")
    assert store_corpus(folder.parent, split_corpus()) == folder
    assert stamp(folder / "corpus.parquet") == before
    assert store_corpus(folder.parent, split_corpus(TEXTS[::-1])) != folder


def test_an_encoded_corpus_is_what_the_encoder_gives(folder):
    corpus = encoded(folder, text_settings(max_length=2))
    encoder = Encoder.load(corpus.encoder)
    rows = encoder.encode(TEXTS[:3])
    train = corpus.parts["train"]
    assert isinstance(train.ids, np.memmap)
    assert train.ids.tolist() == rows.ids.tolist()
    assert train.offsets.tolist() == rows.offsets.tolist()
    assert train.labels.tolist() == [1, 0, 1]
    assert [len(corpus.parts[p]) for p in ("train", "validation", "test")] == [3, 1, 1]
    assert (corpus.vocabulary_size, corpus.max_length) == (encoder.vocabulary_size, 2)


def test_statistics_tell_what_is_unknown_and_cut(folder):
    statistics = encoded(folder, text_settings(max_length=3)).statistics
    assert statistics["test"] == {"unknown": 1.0, "truncated": 0.0}
    assert statistics["train"] == {"unknown": 0.0, "truncated": pytest.approx(2 / 3)}
    assert statistics["validation"] == {"unknown": pytest.approx(1 / 3), "truncated": 1.0}


def test_a_setting_is_encoded_once(folder, monkeypatch):
    first = encoded(folder, text_settings())
    monkeypatch.setattr(cache, "_encode", None)
    assert encoded(folder, text_settings()).folder == first.folder


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({}, {"language": "de"}, True),
        ({}, {"keep_negations": False}, True),
        ({"max_length": 3}, {"max_length": 3.0}, True),
        ({"level": "character"}, {"level": "character", "punctuation": "keep"}, True),
        ({}, {"punctuation": "keep"}, False),
        ({"stop_words": True}, {"stop_words": True, "keep_negations": False}, False),
        ({"reduction": "stem"}, {"reduction": "stem", "language": "de"}, False),
        ({}, {"min_frequency": 2}, False),
    ],
)
def test_settings_share_an_entry_where_they_mean_the_same(folder, one, other, same):
    folders = {encoded(folder, text_settings(**changes)).folder for changes in (one, other)}
    assert (len(folders) == 1) is same


@pytest.mark.parametrize(
    "name", ["train.ids.npy", "encoder/tokenizer.json", "facts.json", "whole.json"]
)
@pytest.mark.parametrize("damage", ["cut", "changed", "gone"])
def test_a_damaged_entry_is_written_anew(folder, name, damage):
    first = encoded(folder, text_settings())
    expected = np.array(first.parts["train"].ids)
    path = first.folder / name
    content = path.read_bytes()
    path.unlink()
    if damage != "gone":
        path.write_bytes(content[:-3] if damage == "cut" else b"[" + content[1:-1] + b"0")
    again = encoded(folder, text_settings())
    assert again.parts["train"].ids.tolist() == expected.tolist()
    assert cache.is_whole(again.folder)


def test_a_damaged_corpus_is_refused_then_stored_anew(folder):
    path = folder / "corpus.parquet"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(DataError, match="missing or damaged"):
        encoded(folder, text_settings())
    store_corpus(folder.parent, split_corpus())
    assert load_texts(folder, "test")[0] == TEXTS[5:]


def test_refused_settings_leave_no_entry(folder):
    with pytest.raises(UserError, match="No token is left"):
        encoded(folder, text_settings(min_frequency=50))
    assert not list(folder.glob("*/whole.json"))


def _kill_while_writing(folder, settings):
    cache._seal = lambda partial: os.kill(os.getpid(), signal.SIGKILL)
    encoded(folder, settings)


def _encode_and_count(folder, settings, gate):
    write = cache._encode

    def counted(*arguments):
        with (folder / "count").open("a") as file:
            file.write("x")
        write(*arguments)

    cache._encode = counted
    gate.wait()
    encoded(folder, settings)


def test_a_crash_while_writing_is_no_entry(folder):
    process = multiprocessing.get_context("spawn").Process(
        target=_kill_while_writing, args=(folder, text_settings())
    )
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    assert list(folder.glob(".*.part"))
    assert len(encoded(folder, text_settings()).parts["train"]) == 3
    assert not list(folder.glob(".*.part"))


def test_workers_that_ask_together_encode_once(folder):
    context = multiprocessing.get_context("spawn")
    gate = context.Barrier(3)
    workers = [
        context.Process(target=_encode_and_count, args=(folder, text_settings(), gate))
        for _ in range(3)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    assert (folder / "count").read_text() == "x"


def test_a_part_may_be_empty(tmp_path):
    whole = split_corpus()
    corpus = SplitCorpus(corpus=whole.corpus, parts=np.where(PARTS == "test", "", PARTS))
    parts = encoded(store_corpus(tmp_path, corpus), text_settings()).parts
    assert len(parts["test"]) == len(parts["test"].ids) == 0
    assert json.loads(json.dumps(parts["test"].offsets.tolist())) == [0]
