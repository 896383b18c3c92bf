"""The command `doctor` by the real command line: its screen, its codes, its file."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.ill_corpora import healthy, write
from sweep.__main__ import main
from sweep.diagnosis.before.network import ROWS

SOURCE = Path(__file__).parents[2] / "src"
ENVIRONMENT = os.environ | {"PYTHONPATH": str(SOURCE), "OMP_NUM_THREADS": "1"}
H = healthy(300)


def run(folder: Path, rows: list[dict], *words: str, network: bool = False) -> int:
    path = write(folder / "corpus.csv", rows)
    tried = f"doctor.preflight={str(network).lower()}"
    return main(["doctor", f"data.path={path}", f"workdir={folder}/runs", tried, *words])


def test_a_healthy_corpus_is_0_and_leaves_nothing_behind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, H) == 0
    told = capsys.readouterr().out
    assert "corpus.csv: train 180" in told
    assert "tfidf_logreg" in told
    assert max(map(len, told.splitlines())) <= 80
    assert [path.name for path in tmp_path.iterdir()] == ["corpus.csv"]


def test_an_ill_one_is_1_with_its_rows_and_a_file_for_scripts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ill = [*H, *({**row, "label": 1 - row["label"]} for row in H[:60])]
    output = tmp_path / "found.json"
    assert run(tmp_path, ill, f"doctor.output={output}") == 1
    told = capsys.readouterr().out
    assert "ERROR  60 texts have both labels" in told
    assert "corpus.csv: lines 2, 302, 3, 303, 4" in told
    found = json.loads(output.read_text(encoding="utf-8"))
    assert found["healthy"] is False
    assert found["findings"][0]["symptom"] == "conflicting_labels"
    assert found["audit"]["conflicts"]["texts"] == 60
    assert not any(row["text"] in output.read_text(encoding="utf-8") for row in H)


SMALL = ("model.vectors=none", "model.embedding=16", "model.hidden=16")


def test_the_network_is_tried_too_and_a_rate_far_outside_is_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "found.json"
    words = (*SMALL, "optimizer.learning_rate=100", f"doctor.output={output}")
    assert run(tmp_path, H, *words, network=True) == 1
    told = capsys.readouterr().out
    assert "ERROR  A learning rate of 100 lies outside" in told
    assert "Type: optimizer.learning_rate=0." in told
    found = json.loads(output.read_text(encoding="utf-8"))
    assert [one["symptom"] for one in found["findings"] if one["severity"] == "error"] == [
        "rate_outside"
    ]
    assert "memorises" in found["preflight"]["arms"]["all"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["corpus.csv", "found.json"]


@pytest.mark.slow
@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_of_a_healthy_network_on_the_built_in_corpus_nothing_is_said(
    tmp_path: Path, cell: str
) -> None:
    output = tmp_path / "found.json"
    words = [f"model.cell={cell}", f"workdir={tmp_path}/runs", f"doctor.output={output}"]
    assert main(["doctor", *words]) == 0
    told = json.loads(output.read_text(encoding="utf-8"))
    own = {row.key for row in ROWS}
    assert [one["title"] for one in told["findings"] if one["symptom"] in own] == []
    assert set(told["preflight"]["arms"]["all"]) >= {"memorises", "rate_range", "shuffled_labels"}


def test_strict_counts_warnings(tmp_path: Path) -> None:
    warned = [row | {"text": row["text"] + " xyz" * row["label"]} for row in H]
    assert run(tmp_path, warned) == 0
    assert run(tmp_path, warned, "doctor.strict=true") == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["doctor.output=nowhere/found.json"], "in a folder that exists"),
        (["doctor.output=."], "must be a file"),
        (["data.text=nothing"], "no such column"),
        (["doctor.outptu=x.json"], "output"),
    ],
)
def test_what_cannot_work_is_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert run(tmp_path, H, *words) == 2
    assert said in capsys.readouterr().err


@pytest.mark.slow
def test_a_sweep_tells_of_its_corpus_at_the_start_and_at_the_end_and_refuses_under_strict(
    tmp_path: Path,
) -> None:
    ill = [*H, *({**row, "label": 1 - row["label"]} for row in H[:60])]
    write(tmp_path / "corpus.csv", ill)
    words = ["+search=smoke", "data.path=corpus.csv", "workdir=runs", "confirm.top=0"]

    def sweep(*more: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "sweep", *words, *more]
        return subprocess.run(
            command, cwd=tmp_path, env=ENVIRONMENT, capture_output=True, text=True, timeout=240
        )

    refused = sweep("doctor.strict=true")
    assert refused.returncode == 2
    assert "60 texts have both labels" in refused.stderr
    assert not (tmp_path / "runs" / "optuna.db").exists()
    done = sweep()
    assert done.returncode == 0, done.stderr
    assert "corpus audited: 1 error" in done.stdout
    folder = tmp_path / "runs" / "smoke"
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert "conflicting_labels" in [one["symptom"] for one in summary["findings"]]
    before = (folder / "audit.json").stat().st_mtime_ns
    assert "corpus audited: 1 error" in sweep("search.trials=3").stdout
    assert (folder / "audit.json").stat().st_mtime_ns == before
    assert "network checked: Nothing ill was found." in done.stdout
    quiet = sweep("name=quiet", "doctor.audit=false", "doctor.preflight=false")
    assert "corpus audited" not in quiet.stdout
    assert "network checked" not in quiet.stdout
    far = sweep(
        "name=far", "doctor.audit=false", "doctor.strict=true", "optimizer.learning_rate=1000",
        "search.vary=false",
    )  # fmt: skip
    assert far.returncode == 2
    assert "A learning rate of 1e+03 lies outside" in far.stderr


HOSTILE = {
    "nested, huge and missing cells": [
        {"tags": [at, {"deep": None}], "size": 10**400, "gone": None, "ok": at % 3 == 0}
        for at in range(300)
    ],
    "names that a terminal would obey": [
        {"\x1b[2J\x07": at, "[bold red]": "x", "": at % 2} for at in range(300)
    ],
    "a cell of a megabyte": [
        {"body of it": "word " * 200_000 if at == 7 else "", "n": at} for at in range(300)
    ],
}


@pytest.mark.parametrize("name", HOSTILE)
def test_other_columns_may_hold_anything(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    rows = [row | more for row, more in zip(H, HOSTILE[name], strict=True)]
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    output = tmp_path / "found.json"
    words = [f"data.path={path}", f"doctor.output={output}", "doctor.preflight=false"]
    assert main(["doctor", *words]) == 0
    told = capsys.readouterr().out
    assert "\x1b[2J" not in told
    assert len(json.loads(output.read_text(encoding="utf-8"))["audit"]["columns"]) == len(
        HOSTILE[name][0]
    )


def test_words_that_a_terminal_would_obey_are_shown_harmless(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [row | {"text": row["text"] + " \x1b" * row["label"]} for row in H]
    run(tmp_path, rows)
    told = capsys.readouterr().out
    assert "alone nearly tells it" in told
    assert "\x1b" not in told
