"""Export: the winner of a sweep as a folder that predicts on its own."""

import json
import os
import platform
import shutil
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sweep.errors import BundleError, UserError
from sweep.export import bundle
from sweep.export.model_card import model_card
from sweep.export.registry import save_pyfunc
from sweep.files import check_unchanged, write_json, write_whole

CHECKPOINT = "best.ckpt"  # as `sweep.training.trial` calls it, which would bring Lightning in
NEEDED = (bundle.SETTINGS, bundle.WEIGHTS, bundle.DECISION, "encoder.json", "tokenizer.json")
VERSIONS = ("sweep", "torch", "tokenizers", "numpy")


def export(
    summary: Mapping[str, Any],
    trial: Path,
    out: Path,
    *,
    settings: Mapping[str, Any],
    encoder: Path,
    corpus: Mapping[str, Any],
    command: str,
) -> None:
    """Write the winner of a sweep as a folder that predicts on its own.

    Args:
        summary: what `summary.json` holds.
        trial: the winner's folder.
        out: where the model goes, whole or not at all; an exported model there is replaced.
        settings: the winner's settings by dotted name.
        encoder: folder of its encoder.
        corpus: `name`, `positive`, `negative`, `notes`, and for each of `parts` its `texts` and the share
            that is `positive`.
        command: what makes this model again.

    Raises:
        BundleError: checkpoint or decision are not those of the training.
        UserError: there is something else at `out`.
    """
    check_place(out)
    best = summary["best"]
    state = _checkpoint(trial / CHECKPOINT, best["sha256"])
    check_unchanged(trial / bundle.DECISION, best.get("decision_sha256"))
    out.parent.mkdir(parents=True, exist_ok=True)
    partial = out.with_name(f".{out.name}.{os.getpid()}.part")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        partial.mkdir()
        _write_core(partial, state, trial, encoder, _about(summary, settings, corpus, command))
        _write_pyfunc(partial)
        shutil.copyfile(trial / CHECKPOINT, partial / "model.ckpt")
        _write_reading(partial, summary, corpus)
        bundle.seal(partial)
        _put(partial, out)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def check_place(out: Path) -> None:
    """Look whether a model can be written here.

    Args:
        out: folder of the model.

    Raises:
        UserError: there is something that is no exported model.
    """
    try:
        if out.is_symlink() or (out.exists() and not out.is_dir()):
            raise BundleError(f"{out} is no folder")
        if out.exists() and any(out.iterdir()):
            bundle.manifest(out)
    except BundleError as error:
        raise UserError(
            f"{out} is in the way: it is not an exported model, so it is not replaced. "
            "Move it, or run the command in another folder."
        ) from error


def _checkpoint(path: Path, digest: str) -> dict[str, Any]:
    import torch

    check_unchanged(path, digest)
    state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    return state


def _about(
    summary: Mapping[str, Any],
    settings: Mapping[str, Any],
    corpus: Mapping[str, Any],
    command: str,
) -> dict[str, Any]:
    best = summary["best"]
    return {
        "name": summary["name"],
        "trial": f"{best['arm']}-{best['number']}",
        "labels": {"negative": corpus["negative"], "positive": corpus["positive"]},
        "settings": dict(settings),
        "seed": summary["seed"],
        "threshold_for": summary["threshold_for"],
        "command": command,
        "versions": {"python": platform.python_version()} | {n: _version(n) for n in VERSIONS},
    }


def _version(name: str) -> str:
    from sweep import __version__

    return __version__ if name == "sweep" else version(name)


def _write_core(
    folder: Path, state: dict[str, Any], trial: Path, encoder: Path, about: dict[str, Any]
) -> None:
    import torch

    prefix = "network."
    weights = {
        name.removeprefix(prefix): value
        for name, value in state["state_dict"].items()
        if name.startswith(prefix)
    }
    torch.save(weights, folder / bundle.WEIGHTS)
    network = {"network": dict(state["hyper_parameters"]["network"])}
    write_json(folder / bundle.SETTINGS, about | network)
    shutil.copyfile(trial / bundle.DECISION, folder / bundle.DECISION)
    for name in ("encoder.json", "tokenizer.json"):
        shutil.copyfile(encoder / name, folder / name)
    bundle.seal(folder)
    bundle.Bundle.load(folder)  # what cannot be loaded is not exported


def _write_pyfunc(folder: Path) -> None:
    core = folder / "bundle"  # MLflow keeps the folder's name
    core.mkdir()
    for name in (*NEEDED, bundle.MANIFEST):
        shutil.copyfile(folder / name, core / name)
    save_pyfunc(folder / "mlflow", core)
    shutil.rmtree(core)


def _write_reading(folder: Path, summary: Mapping[str, Any], corpus: Mapping[str, Any]) -> None:
    best, baselines = summary["best"], summary.get("baselines", {})
    metrics = {"validation": best["validation"], "test": best["test"], "baselines": baselines}
    write_json(folder / "metrics.json", metrics)
    about = json.loads((folder / bundle.SETTINGS).read_text(encoding="utf-8"))
    encoder = json.loads((folder / "encoder.json").read_text(encoding="utf-8"))
    rows = {f"this model, {part}": best[part] for part in ("validation", "test")}
    rows |= {f"{name}, test": told["test"] for name, told in baselines.items()}
    facts = about | {
        "corpus": corpus,
        "encoder": encoder | {"keep": encoder["settings"]["keep"]},
        "decision": json.loads((folder / bundle.DECISION).read_text(encoding="utf-8")),
        "best": best,
        "rows": rows,
        "versions": ", ".join(f"{name} {number}" for name, number in about["versions"].items()),
    }
    write_whole(folder / "README.md", model_card(facts))


def _put(partial: Path, out: Path) -> None:
    for path in partial.rglob("*"):
        if path.is_file():
            with path.open("rb") as stream:
                os.fsync(stream.fileno())
    old = out.with_name(f".{out.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if out.exists():
        out.rename(old)
    partial.rename(out)
    shutil.rmtree(old, ignore_errors=True)
