"""Export: the winner of a sweep as a folder that predicts on its own."""

import platform
import shutil
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sweep.export import bundle
from sweep.export.card_facts import card_facts
from sweep.export.model_card import model_card
from sweep.export.place import check_place
from sweep.export.registry import save_pyfunc
from sweep.export.speed import measure
from sweep.export.winner import Winner, encoder_digest
from sweep.files import check_unchanged, whole_folder, write_json, write_whole
from sweep.plugins.tables import PREDICTING, Plugin, used
from sweep.workspace import EncoderFolder, ModelFolder

VERSIONS = ("sweep", "torch", "tokenizers", "numpy")


def export(
    summary: Mapping[str, Any],
    winner: Winner,
    out: Path,
    *,
    settings: Mapping[str, Any],
    corpus: Mapping[str, Any],
    command: str,
    fingerprint: str = "",
    measured: Sequence[str] = (),
    examples: Sequence[Mapping[str, Any]] = (),
) -> None:
    """Write the winner of a sweep as a folder that predicts on its own.

    Args:
        summary: what `summary.json` holds.
        winner: its networks and their decision.
        out: where the model goes, whole or not at all; an exported model there is replaced.
        settings: the winner's settings by dotted name.
        corpus: `name`, `positive`, `negative`, `notes`, `digest`, whether it has `groups`, and for each of `parts` its
            `texts` and the share that is `positive`.
        command: what makes this model again.
        fingerprint: digest of what the sweep was begun with.
        measured: texts that speed and memory are measured with; without any they are not.
        examples: what `most_wrong` gives, for the card.

    Raises:
        UserError: there is something else at `out`, or the process that measures was ended from outside.
    """
    check_place(out, sweep=summary["name"], fingerprint=fingerprint)
    with whole_folder(out) as partial:
        about = _about(summary, settings, corpus, command) | {"fingerprint": fingerprint}
        _copy_plugins(settings, ModelFolder(partial).plugins)
        _write_core(ModelFolder(partial), winner, about)
        _write_pyfunc(ModelFolder(partial))
        for network, files in zip(winner.networks, _folders(partial, winner), strict=True):
            shutil.copyfile(network.checkpoint, files.checkpoint)
        speed = measure(partial, measured) if measured else []
        _write_metrics(ModelFolder(partial), winner, summary, speed)
        facts = card_facts(ModelFolder(partial), winner, summary, measured) | {
            "corpus": corpus,
            "speed": speed,
            "examples": list(examples),
        }
        for place in (ModelFolder(partial).card, ModelFolder(partial).pyfunc_card):
            write_whole(place, model_card(facts))
        bundle.seal(partial)


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


def _folders(root: Path, winner: Winner) -> list[ModelFolder]:
    model = ModelFolder(root)
    several = len(winner.networks) > 1
    return [model.member(n) if several else model for n in range(len(winner.networks))]


def _write_core(model: ModelFolder, winner: Winner, about: dict[str, Any]) -> None:
    import torch

    encoders = winner.encoders()
    members = []
    for network, files in zip(winner.networks, _folders(model.root, winner), strict=True):
        state = torch.load(network.checkpoint, map_location="cpu", weights_only=True)
        files.root.mkdir(parents=True, exist_ok=True)
        torch.save(_weights(state["state_dict"]), files.weights)
        sizes = dict(state["hyper_parameters"]["network"])
        place = encoders.index(encoder_digest(network.encoder))
        members.append({"network": sizes, "shift": network.shift, "encoder": place})
    several = len(members) > 1
    for number, digest in enumerate(encoders):
        first = next(n for n in winner.networks if encoder_digest(n.encoder) == digest)
        source = EncoderFolder(first.encoder)
        there = model.encoder(number) if several else EncoderFolder(model.root)
        there.root.mkdir(parents=True, exist_ok=True)
        for file in (source.facts, source.tokenizer):
            shutil.copyfile(file, there.root / file.name)
    # One network has no shift: its prior stands in its decision.
    write_json(model.settings, about | ({"members": members} if several else {"network": sizes}))
    write_json(model.decision, dict(winner.decision))
    bundle.seal(model.root)
    bundle.Bundle.load(model.root)  # what cannot be loaded is not exported


def _weights(state: Mapping[str, Any]) -> dict[str, Any]:
    prefix = "network."
    return {
        name.removeprefix(prefix): value
        for name, value in state.items()
        if name.startswith(prefix)
    }


def _write_pyfunc(model: ModelFolder) -> None:
    for name in (*bundle.needed(model.root), model.manifest.name):
        copy = model.bundle / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(model.root / name, copy)
    if model.plugins.exists():
        shutil.copytree(model.plugins, ModelFolder(model.bundle).plugins)
    save_pyfunc(model.pyfunc, model.bundle)
    shutil.rmtree(model.bundle)


def _write_metrics(
    model: ModelFolder, winner: Winner, summary: Mapping[str, Any], speed: list[dict[str, Any]]
) -> None:
    found = {"validation": summary["best"]["validation"], "test": dict(winner.test)}
    found["baselines"] = summary.get("baselines", {})
    told = {"intervals": winner.intervals, "speed": speed}
    write_json(model.metrics, found | {name: value for name, value in told.items() if value})
