"""From settings to a corpus."""

from pathlib import Path
from typing import Any

import pytest

from support.corpora import load_corpus
from sweep.data import Corpus
from sweep.errors import ChoiceError, DataError
from sweep.typed import spelled


def write(folder: Path, **files: str) -> dict[str, Any]:
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return {name: str(folder / f"{name}.csv") for name in files}


def test_takes_the_settings_as_they_are(tmp_path: Path) -> None:
    path = write(tmp_path, path="text,label,who\nb,1,x\na,0,\n")["path"]
    corpus = load_corpus(path=path, group="who", seed=3)
    assert (corpus.name, corpus.texts, corpus.labels.tolist()) == ("path", ["b", "a"], [1, 0])
    assert corpus.groups is not None
    assert corpus.groups.tolist() == ["x", ""]
    assert corpus.parts is None
    assert corpus.notes[-1] == "2 rows, 1 of them positive (`1`, 50.0%)."


def test_official_files(tmp_path: Path) -> None:
    files = write(tmp_path, train="text,label\na,1\nb,0", test="label,text\n1,c")
    corpus = load_corpus(**files)
    assert corpus.texts == ["a", "b", "c"]
    assert corpus.parts is not None
    assert corpus.parts.tolist() == ["train", "train", "test"]


def test_a_column_of_parts(tmp_path: Path) -> None:
    path = write(tmp_path, path="text,label,part\na,1,Dev\nb,0,train")["path"]
    corpus = load_corpus(path=path, split="part")
    assert corpus.parts is not None
    assert corpus.parts.tolist() == ["validation", "train"]


@pytest.mark.parametrize(
    ("files", "settings", "expected"),
    [
        ({"path": "text,label\n"}, {}, ["no row", "no rows below its header"]),
        (
            {"path": "text,label\n ,1\nx,\n"},
            {},
            ["no text left out (line 2)", "no label left out"],
        ),
        ({"path": ""}, {}, ["empty"]),
        ({"path": "text,label\na,1\nb,1"}, {}, ["one label"]),
        (
            {"train": "text,label\na,1\nb,0", "test": "text,label\na,2"},
            {},
            ["test.csv, line 2", "`2`"],
        ),
        (
            {"train": "text,label\n1,2,3", "test": "a,b\n"},
            {},
            ["train.csv, line 2", "test.csv: which"],
        ),
        (
            {},
            {"positive": "spam", "format": "csv"},
            ["data.positive=spam", "format=csv", "data.path"],
        ),
    ],
    ids=["no row", "none usable", "empty", "one class", "third in test", "two files", "no file"],
)
def test_refuses(
    tmp_path: Path, files: dict[str, str], settings: dict[str, Any], expected: list[str]
) -> None:
    with pytest.raises(DataError) as error:
        load_corpus(**write(tmp_path, **files), **settings)
    assert [word for word in expected if word not in str(error.value)] == []


def test_dropped_values_take_their_rows_groups_and_parts_along(tmp_path: Path) -> None:
    rows = "a,pos,x,train\nb,mid,y,test\nc,neg,z,train\nd,pos,x,test\n"
    path = write(tmp_path, path=f"text,label,who,part\n{rows}")["path"]
    corpus = load_corpus(path=path, group="who", split="part", positive="neg", drop="mid")
    assert (corpus.texts, corpus.labels.tolist()) == (["a", "c", "d"], [0, 1, 0])
    assert corpus.groups is not None
    assert corpus.parts is not None
    assert (corpus.groups.tolist(), corpus.parts.tolist()) == (
        ["x", "z", "x"],
        ["train", "train", "test"],
    )
    assert corpus.notes[-2:] == (
        "Label values, yes: `neg` (1 rows); no: `pos` (2 rows); left out: `mid` (1 rows).",
        "3 rows, 1 of them positive (`neg`, 33.3%).",
    )


def test_another_choice_of_classes_is_another_corpus(tmp_path: Path) -> None:
    path = write(tmp_path, path="text,label\na,pos\nb,mid\nc,neg\n")["path"]
    choices: list[dict[str, Any]] = [
        {"positive": "neg", "negative": "rest"},
        {"positive": "neg", "drop": "mid"},
        {"positive": "pos", "drop": "mid"},
        {"positive": ["neg", "mid"]},
        {"positive": "mid", "negative": ["neg", "pos"]},
    ]
    found = [load_corpus(path=path, **choice).fingerprint for choice in choices]
    assert len(set(found)) == len(choices)
    same = load_corpus(path=path, positive=["mid", "neg"]).fingerprint
    assert same == found[3]


def test_a_third_value_is_answered_with_settings_that_read_this_file(tmp_path: Path) -> None:
    values = ["positive"] * 20 + ["it's, so"] * 15 + ["negative"] * 30
    lines = "".join(f'"text {n}","{value}"\n' for n, value in enumerate(values))
    path = write(tmp_path, path=f"tweet,tone\n{lines}")["path"]
    with pytest.raises(ChoiceError) as refused:
        load_corpus(path=path, label="tone")
    assert all(words[1] == "data.label=tone" for _, words in refused.value.ways)
    assert all(words[0] == f"data.path={spelled(path)}" for _, words in refused.value.ways)


def test_a_row_read_as_header_is_mentioned(tmp_path: Path) -> None:
    path = write(tmp_path, path="ham,hi\nspam,win\nham,you")["path"]
    notes = load_corpus(path=path, text=1, label=0, positive="spam").notes
    assert any("`ham` is a label value too" in note for note in notes)


def test_without_a_file_the_built_in_corpus() -> None:
    corpus = load_corpus(seed=1, name="mine")
    assert isinstance(corpus, Corpus)
    assert corpus.name == "mine"


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("settings", "rows", "positive"),
    [
        (
            {"path": "sms_spam/SMSSpamCollection", "header": False, "text": 1, "label": 0},
            5574,
            747,
        ),
        ({"path": "sms_spam/spam.csv"}, 5572, 747),
    ],
    ids=["tsv", "csv"],
)
def test_both_forms_of_the_sms_collection(
    real_data: Path, settings: dict[str, Any], rows: int, positive: int
) -> None:
    settings = {**settings, "path": str(real_data / str(settings["path"]))}
    corpus = load_corpus(**settings, positive="spam")
    assert (len(corpus.texts), corpus.labels.sum()) == (rows, positive)
    assert any("£" in text for text in corpus.texts)


@pytest.mark.real_data
def test_sst2(real_data: Path) -> None:
    files = {"train": "train", "validation": "dev", "test": "test"}
    paths: dict[str, Any] = {
        part: str(real_data / f"sst2/{name}.tsv") for part, name in files.items()
    }
    corpus = load_corpus(**paths, header=False, text=0, label=1)
    assert corpus.parts is not None
    assert [int((corpus.parts == part).sum()) for part in files] == [6920, 872, 1821]
    assert corpus.labels.sum() == 3610 + 444 + 909


@pytest.mark.real_data
def test_imdb(real_data: Path) -> None:
    folder = real_data / "imdb_subset"
    corpus = load_corpus(
        train=str(folder / "subset_train_4000.jsonl"), test=str(folder / "subset_test_2000.jsonl")
    )
    assert (len(corpus.texts), corpus.labels.sum()) == (6000, 3000)
