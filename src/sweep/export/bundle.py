"""An exported model: loads from its folder alone, and gives texts their probability and label."""

import io
import json
import pickle
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from sweep.errors import BundleError
from sweep.files import sha256, write_json
from sweep.network.batches import EvaluationBatches
from sweep.network.classifier import Classifier
from sweep.network.own import OwnNetwork, make_network
from sweep.plugins.load import loaded
from sweep.scoring.decision import Decision
from sweep.text.clean import whole_unicode
from sweep.text.encoder import Encoder
from sweep.workspace import ModelFolder

SINGLE, BAG = 1, 2
"""Forms of an exported model: one network with its files at the top, or several, each in a folder."""
CHUNK = 20_000  # texts encoded at once, which bounds the memory for any number of them
BATCH = 256


@dataclass(frozen=True, kw_only=True)
class Member:
    """A trained network of a model."""

    network: "Classifier | OwnNetwork"
    """In evaluation mode, on the CPU."""
    encoder: int
    """Which of the model's encoders makes its ids."""
    shift: float = 0.0
    """Added to its logits: what resampling and weights did to its own prior, undone."""


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """Trained networks with all they need: encoders, one decision over the mean of their log-odds, label names."""

    encoders: tuple[Encoder, ...]
    members: tuple[Member, ...]
    decision: Decision
    labels: tuple[str, str]
    """What the label values 0 and 1 were called in the corpus."""

    @classmethod
    def load(cls, folder: Path) -> "Bundle":
        """Read an exported model.

        Args:
            folder: what `python -m sweep export` wrote.

        Returns:
            The model.

        Raises:
            BundleError: a file is missing or is not the one that was exported; none has been read then. Or it needs a
                plug-in that is not loaded.
        """
        verify(folder)
        files = ModelFolder(folder)
        try:
            settings = json.loads(files.settings.read_bytes())
            check_plugins(folder, settings.get("plugins", []))
            decision = Decision.from_dict(json.loads(files.decision.read_bytes()))
            labels = (settings["labels"]["negative"], settings["labels"]["positive"])
            if "members" in settings:
                told = list(enumerate(settings["members"]))
                members = [_member(files.member(n).weights, about) for n, about in told]
                encoders = [
                    files.encoder(n).root for n in range(1 + max(m.encoder for m in members))
                ]
            else:
                members = [_member(files.weights, {"network": settings["network"], "encoder": 0})]
                encoders = [folder]
        except BundleError:
            raise
        except (KeyError, TypeError, ValueError, RuntimeError, pickle.UnpicklingError) as error:
            raise BundleError(
                f"{folder} was not written by this version of sweep and cannot be read ({error}). "
                "Use the version that wrote it, or export the model again."
            ) from error
        return cls(
            encoders=tuple(Encoder.load(place) for place in encoders),
            members=tuple(members),
            decision=decision,
            labels=labels,
        )

    def predict(self, texts: Sequence[object]) -> tuple[np.ndarray, list[str]]:
        """Classify raw texts.

        Args:
            texts: N of them, cleaned by nobody; a missing one counts as empty, a number as written.

        Returns:
            Probabilities of the positive class, (N,), float64; and N labels as the corpus wrote them.
        """
        written = [as_text(text) for text in texts]
        chunks = (written[start : start + CHUNK] for start in range(0, len(written), CHUNK))
        logits = np.concatenate([np.empty(0), *(self._logits(chunk) for chunk in chunks)])
        probabilities = self.decision.probabilities(logits)
        yes = probabilities >= self.decision.threshold
        return probabilities, [self.labels[int(positive)] for positive in yes]

    @torch.inference_mode()
    def _logits(self, texts: list[str]) -> np.ndarray:
        encoded = [EvaluationBatches(each.encode(texts), BATCH) for each in self.encoders]
        total = np.zeros(len(texts))
        for member in self.members:
            batches = encoded[member.encoder]
            parts = [member.network(b.ids, b.lengths).double().numpy() for b in batches]
            total += batches.in_order(np.concatenate(parts)) + member.shift
        return total / len(self.members)


def _member(weights: Path, about: Mapping[str, Any]) -> Member:
    network = make_network(about["network"])
    data = io.BytesIO(weights.read_bytes())
    # Weights only: loading can run no code.
    network.load_state_dict(torch.load(data, map_location="cpu", weights_only=True))
    shift = float(about.get("shift", 0.0))
    return Member(network=network.eval(), encoder=int(about["encoder"]), shift=shift)


def check_plugins(folder: Path, needed: list[dict[str, str]]) -> None:
    """See that the plug-ins that a model needs are loaded, the very ones.

    Args:
        folder: of the model.
        needed: `name` and `digest` of each.

    Raises:
        BundleError: one is not.
    """
    there = {
        plugin.digest if not plugin.installed else (plugin.name, plugin.digest)
        for plugin in loaded()
    }
    mistakes = []
    for plugin in needed:
        name, digest, installed = plugin["name"], plugin["digest"], plugin["kind"] == "package"
        if ((name, digest) if installed else digest) in there:
            continue
        other = next((p.digest for p in loaded() if p.name == name), None)
        if installed:
            what, way_out = (
                f"the package {name} {digest}",
                f"install it: pip install {name}=={digest}",
            )
        else:
            what = f"the plug-in {name} with the SHA-256 {digest}"
            copy = ModelFolder(folder).plugins / name
            way_out = (
                f"a copy is {copy}: read it, then add --plugin {copy} (in Python: plugins=[FILE])"
            )
        got = f", but {name} here is {other}" if other else ""
        mistakes.append(f"{folder} needs {what}{got}; {way_out}.")
    if mistakes:
        raise BundleError(*mistakes)


def as_text(value: object) -> str:
    """Take any cell as a text.

    Args:
        value: a text, a number, or a missing value.

    Returns:
        A text that can be encoded.
    """
    missing = value is None or value != value  # only NaN and its like differ from themselves
    return "" if missing else whole_unicode(str(value))


def seal(folder: Path) -> None:
    """Write the manifest: the SHA-256 of every file there is.

    Args:
        folder: of the model, all other files written.
    """
    digests = {str(path.relative_to(folder)): sha256(path) for path in _files(folder)}
    several = ModelFolder(folder).member(0).root.is_dir()
    form = {"format": BAG if several else SINGLE, "files": digests}
    write_json(ModelFolder(folder).manifest, form)


def manifest(folder: Path) -> dict[str, str]:
    """Read which files belong to an exported model.

    Args:
        folder: of the model.

    Returns:
        The SHA-256 of each file by its path within the folder.

    Raises:
        BundleError: it is no exported model.
    """
    path = ModelFolder(folder).manifest
    try:
        content: dict[str, Any] = json.loads(path.read_bytes())
        known = content["format"] in (SINGLE, BAG)
        files = dict(content["files"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BundleError(
            f"{folder} is no exported model: its {path.name} is missing or damaged. "
            "`python -m sweep export name=SWEEP` writes one."
        ) from error
    if not known:
        raise BundleError(
            f"{folder} has the format {content['format']}, this version of sweep reads {SINGLE} and {BAG}. "
            "Use the version that wrote it, or export the model again."
        )
    return files


def verify(folder: Path) -> None:
    """Check every file of an exported model before anything of it is used.

    Args:
        folder: of the model.

    Raises:
        BundleError: files are missing, or are not those that were exported.
    """
    expected = manifest(folder)
    mistakes = [
        f"{folder / name} is missing; copy the folder again, or export the model again."
        for name in expected
        if not (folder / name).is_file()
    ]
    for name, digest in expected.items():
        path = folder / name
        if path.is_file() and (found := sha256(path)) != digest:
            mistakes.append(
                f"{path} is not the file that was exported: its SHA-256 must be {digest}, but is "
                f"{found}. Nothing was read; copy or export the model again."
            )
    mistakes += [
        f"{ModelFolder(folder).manifest} does not list {name}; export the model again."
        for name in (ModelFolder.SETTINGS, ModelFolder.DECISION)
        if name not in expected
    ]
    if mistakes:
        raise BundleError(*mistakes)
    mistakes = [
        f"{ModelFolder(folder).manifest} does not list {name}; export the model again."
        for name in needed(folder)
        if name not in expected
    ]
    if mistakes:
        raise BundleError(*mistakes)


def needed(folder: Path) -> list[str]:
    """Name the files without which a model cannot predict.

    Args:
        folder: of the model; its settings are there.

    Returns:
        Their paths within the folder.
    """
    files = ModelFolder(folder)
    settings = json.loads(files.settings.read_bytes())
    if "members" not in settings:
        return list(ModelFolder.NEEDED)
    paths = [files.settings, files.decision]
    for number, about in enumerate(settings["members"]):
        encoder = files.encoder(about["encoder"])
        paths += [files.member(number).weights, encoder.facts, encoder.tokenizer]
    return list(dict.fromkeys(str(path.relative_to(folder)) for path in paths))


def _files(folder: Path) -> Iterator[Path]:
    manifests = ModelFolder(folder).manifest.name
    return (p for p in sorted(folder.rglob("*")) if p.is_file() and p.name != manifests)
