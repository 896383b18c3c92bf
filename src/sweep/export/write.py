"""Export: the winner of a sweep as a folder that predicts on its own."""

import json
import platform
import shutil
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sweep.export import bundle
from sweep.export.model_card import model_card
from sweep.export.place import check_place
from sweep.export.registry import save_pyfunc
from sweep.files import check_unchanged, whole_folder, write_json, write_whole
from sweep.plugins.tables import PREDICTING, Plugin, used
from sweep.typed import start_over
from sweep.workspace import EncoderFolder, ModelFolder, TrialFolder

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
    fingerprint: str = "",
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
        fingerprint: digest of what the sweep was begun with.

    Raises:
        BundleError: checkpoint or decision are not those of the training.
        UserError: there is something else at `out`.
    """
    check_place(out, sweep=summary["name"], fingerprint=fingerprint)
    files = TrialFolder(trial)
    best = summary["best"]
    again = start_over(trial.parents[1])
    state = _checkpoint(files.checkpoint, best["sha256"], again)
    check_unchanged(files.decision, best.get("decision_sha256"), again)
    with whole_folder(out) as partial:
        about = _about(summary, settings, corpus, command) | {"fingerprint": fingerprint}
        _copy_plugins(settings, ModelFolder(partial).plugins)
        _write_core(ModelFolder(partial), state, files, EncoderFolder(encoder), about)
        _write_pyfunc(ModelFolder(partial))
        shutil.copyfile(files.checkpoint, ModelFolder(partial).checkpoint)
        _write_reading(ModelFolder(partial), summary, corpus)
        bundle.seal(partial)


def _checkpoint(path: Path, digest: str, again: str = "") -> dict[str, Any]:
    import torch

    check_unchanged(path, digest, again)
    state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    return state


def _about(
    summary: Mapping[str, Any],
    settings: Mapping[str, Any],
    corpus: Mapping[str, Any],
    command: str,
) -> dict[str, Any]:
    best = summary["best"]
    needed = [
        {"name": p.name, "digest": p.digest, "kind": "package" if p.installed else "file"}
        for p in _needed(settings)
    ]
    return {
        **({"plugins": needed} if needed else {}),
        "name": summary["name"],
        "trial": f"{best['arm']}-{best['number']}",
        "labels": {"negative": corpus["negative"], "positive": corpus["positive"]},
        "settings": dict(settings),
        "seed": summary["seed"],
        "threshold_for": summary["threshold_for"],
        "command": command,
        "versions": {"python": platform.python_version()} | {n: _version(n) for n in VERSIONS},
    }


def _needed(settings: Mapping[str, Any]) -> list[Plugin]:
    return list(dict.fromkeys(used(settings, PREDICTING).values()))


def _copy_plugins(settings: Mapping[str, Any], out: Path) -> None:
    for plugin in _needed(settings):
        if not plugin.installed:
            check_unchanged(Path(plugin.place), plugin.digest, "Give the command again.")
            out.mkdir(exist_ok=True)
            shutil.copyfile(plugin.place, out / plugin.name)


def _version(name: str) -> str:
    from sweep import __version__

    return __version__ if name == "sweep" else version(name)


def _write_core(
    model: ModelFolder,
    state: dict[str, Any],
    trial: TrialFolder,
    encoder: EncoderFolder,
    about: dict[str, Any],
) -> None:
    import torch

    prefix = "network."
    weights = {
        name.removeprefix(prefix): value
        for name, value in state["state_dict"].items()
        if name.startswith(prefix)
    }
    torch.save(weights, model.weights)
    network = {"network": dict(state["hyper_parameters"]["network"])}
    write_json(model.settings, about | network)
    shutil.copyfile(trial.decision, model.decision)
    for file in (encoder.facts, encoder.tokenizer):
        shutil.copyfile(file, model.root / file.name)
    bundle.seal(model.root)
    bundle.Bundle.load(model.root)  # what cannot be loaded is not exported


def _write_pyfunc(model: ModelFolder) -> None:
    model.bundle.mkdir()
    for name in (*ModelFolder.NEEDED, model.manifest.name):
        shutil.copyfile(model.root / name, model.bundle / name)
    if model.plugins.exists():
        shutil.copytree(model.plugins, ModelFolder(model.bundle).plugins)
    save_pyfunc(model.pyfunc, model.bundle)
    shutil.rmtree(model.bundle)


def _write_reading(
    model: ModelFolder, summary: Mapping[str, Any], corpus: Mapping[str, Any]
) -> None:
    best = summary["best"]
    baselines = summary.get("baselines", {})
    metrics = {"validation": best["validation"], "test": best["test"], "baselines": baselines}
    write_json(model.metrics, metrics)
    about = json.loads(model.settings.read_text(encoding="utf-8"))
    encoder = json.loads(EncoderFolder(model.root).facts.read_text(encoding="utf-8"))
    rows = {f"this model, {part}": best[part] for part in ("validation", "test")}
    rows |= {f"{name}, test": told["test"] for name, told in baselines.items()}
    facts = (
        {"plugins": []}
        | about
        | {
            "corpus": corpus,
            "encoder": encoder | {"keep": encoder["settings"]["keep"]},
            "decision": json.loads(model.decision.read_text(encoding="utf-8")),
            "best": best,
            "rows": rows,
            "test_reads": summary.get("test_reads", 1),
            "versions": ", ".join(
                f"{name} {number}" for name, number in about["versions"].items()
            ),
        }
    )
    write_whole(model.card, model_card(facts))
