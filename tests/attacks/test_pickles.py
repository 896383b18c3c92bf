"""No file that is read can run code, whoever wrote it: each is planted with a bomb, and every reader goes by it."""

import ast
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from support.bombs import BOMBS, bomb
from support.trained_sweep import Trained, trained
from sweep.__main__ import main
from sweep.errors import UserError
from sweep.files import sha256
from sweep.text.vector_files import read_vectors

SOURCE = Path(__file__).parents[2] / "src" / "sweep"
UNSAFE = {"pickle", "dill", "cloudpickle", "joblib", "shelve", "marshal", "code", "runpy"}
OPENED = {
    "plugins/load.py": "runs what --plugin FILE names on the command line",
    "export/bundle.py": "names the error that a reader raises",
    "search/samplers.py": "reads numbers only, see tests/search/test_samplers.py",
}


@pytest.mark.parametrize("kind", BOMBS)
def test_the_bombs_are_real(kind: str, tmp_path: Path) -> None:
    canary, file = tmp_path / "canary", tmp_path / "file"
    file.write_bytes(bomb(kind, canary))
    if kind == "torch":
        import torch

        torch.load(file, weights_only=False)
    elif kind == "npz":
        np.load(file, allow_pickle=True)["logits"]
    else:
        np.load(file, allow_pickle=True)
    assert canary.is_dir()


def called(node: ast.Call) -> str:
    return ast.unparse(node.func)


def said(node: ast.Call, name: str) -> str:
    return next((ast.unparse(k.value) for k in node.keywords if k.arg == name), "")


def test_every_reader_in_the_source_is_a_safe_one() -> None:
    wrong = []
    for file in SOURCE.rglob("*.py"):
        place = str(file.relative_to(SOURCE))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import) and UNSAFE & {
                a.name.split(".")[0] for a in node.names
            }:
                wrong += [] if place in OPENED else [f"{place}: {ast.unparse(node)}"]
            if not isinstance(node, ast.Call):
                continue
            name = called(node)
            bad = (
                (name == "np.load" and said(node, "allow_pickle") not in ("", "False"))
                or (name == "torch.load" and said(node, "weights_only") != "True")
                or (name.endswith("load_from_checkpoint") and said(node, "weights_only") != "True")
                or name in ("yaml.load", "yaml.unsafe_load", "yaml.full_load", "eval", "exec")
                or name.startswith(("pickle.load", "hydra.utils", "instantiate", "os.system"))
                or said(node, "shell") == "True"
            )
            wrong += (
                [f"{place}:{node.lineno}: {ast.unparse(node)}"]
                if bad and place not in OPENED
                else []
            )
    assert wrong == []


@pytest.mark.parametrize("kind", ["pickle", "npy"])
def test_an_array_of_vectors_that_holds_code(kind: str, tmp_path: Path) -> None:
    canary, file = tmp_path / "canary", tmp_path / "v.npy"
    file.write_bytes(bomb(kind, canary))
    file.with_suffix(".txt").write_text("win\n")
    with pytest.raises(UserError, match=r"v\.npy"):
        read_vectors(file, ["win"], file.with_suffix(".txt"))
    assert not canary.exists()


def files_of(made: Trained, kind: str) -> tuple[list[Path], str]:
    inside, cache = made.folder, made.workdir / "cache"
    return {
        "checkpoint, torch": (list(inside.rglob("*.ckpt")), "torch"),
        "checkpoint, pickle": (list(inside.rglob("*.ckpt")), "pickle"),
        "answers": (list(inside.rglob("*.npz")), "npz"),
        "decision": (list(inside.rglob("decision.json")), "pickle"),
        "cached arrays": (list(cache.rglob("*.npy")), "npy"),
        "cached texts": (list(cache.rglob("*.parquet")), "pickle"),
        "cached encoder": (list(cache.rglob("tokenizer.json")), "pickle"),
        "settings": (list(inside.rglob("config.yaml")), "pickle"),
        "records": (
            [*inside.rglob("result.json"), *inside.rglob("probe.json"), inside / "summary.json"],
            "pickle",
        ),
    }[kind]


KINDS = (
    "checkpoint, torch", "checkpoint, pickle", "answers", "decision", "cached arrays",
    "cached texts", "cached encoder", "settings", "records",
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Detected pickle protocol", "ignore:The ``noload`` loader")
@pytest.mark.parametrize("kind", KINDS)
def test_no_file_of_a_sweep_runs_code(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sweep.compose.compose import as_yaml

    made = trained()
    work = shutil.copytree(made.workdir, tmp_path / "runs")
    copied = Trained(work, made.config, made.split, made.result, made.summary)
    if not (copied.folder / "config.yaml").exists():
        (copied.folder / "config.yaml").write_text(as_yaml(made.config), encoding="utf-8")
    canary = tmp_path / "canary"
    files, packed = files_of(copied, kind)
    assert files
    for file in files:
        file.write_bytes(bomb(packed, canary))
    # Whoever changes a file can change the digests that are kept of it.
    summary = copied.folder / "summary.json"
    if kind.startswith(("checkpoint", "decision")):
        told = json.loads(summary.read_text(encoding="utf-8"))
        told["best"] |= {
            "sha256": sha256(copied.trial / "best.ckpt"),
            "decision_sha256": sha256(copied.trial / "decision.json"),
        }
        summary.write_text(json.dumps(told), encoding="utf-8")
    for seal in work.rglob("whole.json"):
        digests = json.loads(seal.read_text(encoding="utf-8"))
        seal.write_text(json.dumps({name: sha256(seal.parent / name) for name in digests}))
    monkeypatch.chdir(tmp_path)
    for words in (["list"], ["report", "name=tiny"], ["export", "name=tiny", "output=model"]):
        # A reader that meets bytes that it does not know may fail in its own words; it may not run them.
        try:
            main(words)
        except Exception as error:
            assert "canary" not in str(error)  # noqa: PT017
    assert not canary.exists()
