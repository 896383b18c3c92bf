import json
import os
import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest

from conftest import SmallCorpus
from support.bundles import write_bundle, write_trained
from support.tiny_trials import go_on, make_job
from support.trained_sweep import Trained
from sweep.errors import BundleError
from sweep.export import bundle
from sweep.export.bundle import Bundle, manifest, seal
from sweep.text import vectors
from sweep.training.trial import train as train_job


@pytest.fixture(scope="module")
def model(made: Trained, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that `Bundle.load` needs, without the rest of an export."""
    return write_trained(tmp_path_factory.mktemp("bundle"), made)


@pytest.fixture(scope="module")
def loaded(model: Path) -> Bundle:
    return Bundle.load(model)


@pytest.fixture
def copy(model: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(model, tmp_path / "model"))


def test_it_gives_what_the_trial_gave(loaded: Bundle, made: Trained) -> None:
    texts, truth = made.split.part("validation")
    probabilities, labels = loaded.predict(texts)
    assert probabilities.dtype == np.float64
    np.testing.assert_allclose(probabilities, made.probabilities, rtol=0, atol=1e-6)
    right = np.mean(np.array(labels) == np.where(truth, "spam", "ham"))
    assert right == pytest.approx(made.result.metrics["accuracy"])


def test_a_text_alone_gets_what_it_gets_among_others(loaded: Bundle, made: Trained) -> None:
    texts, _ = made.split.part("test")
    alone = [loaded.predict([text])[0][0] for text in texts]
    np.testing.assert_allclose(loaded.predict(texts)[0], alone, rtol=0, atol=1e-6)


def test_chunks_change_nothing(
    loaded: Bundle, made: Trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts, _ = made.split.part("test")
    whole = loaded.predict(texts)[0]
    monkeypatch.setattr(bundle, "CHUNK", 7)
    np.testing.assert_allclose(loaded.predict(texts)[0], whole, rtol=0, atol=1e-6)


@pytest.mark.parametrize(
    "text",
    ["", " \n\t", "\x00", "\ud83d", "🙂" * 50, "x" * 100_000, "a " * 50_000, "<br", "\u202e", None,
     float("nan"), np.nan, 42, 1.5, True],
    ids=lambda text: repr(text)[:12],
)  # fmt: skip
def test_no_text_is_too_odd(loaded: Bundle, text: object) -> None:
    probabilities, labels = loaded.predict([text, "win prize"])
    assert np.isfinite(probabilities).all()
    assert set(labels) <= {"spam", "ham"}


def test_no_texts(loaded: Bundle) -> None:
    probabilities, labels = loaded.predict([])
    assert (probabilities.shape, labels) == ((0,), [])


@pytest.mark.parametrize(
    "name", ["weights.pt", "settings.json", "decision.json", "tokenizer.json", "encoder.json"]
)
@pytest.mark.parametrize("how", ["flipped", "cut", "missing"])
def test_a_tampered_file_is_refused_by_name(copy: Path, name: str, how: str) -> None:
    data = bytearray((copy / name).read_bytes())
    if how == "missing":
        (copy / name).unlink()
    elif how == "cut":
        (copy / name).write_bytes(data[: len(data) // 2])
    else:
        data[len(data) // 2] ^= 1
        (copy / name).write_bytes(data)
    with pytest.raises(BundleError, match=name):
        Bundle.load(copy)


class Bomb:
    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> tuple:
        return os.mkdir, (str(self.canary),)


@pytest.mark.filterwarnings("ignore:Detected pickle protocol")
def test_weights_that_hold_code_never_run_it(copy: Path, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    (copy / "weights.pt").write_bytes(pickle.dumps(Bomb(canary)))
    seal(copy)  # whoever changes a model can change its manifest, too
    with pytest.raises(BundleError, match="cannot be read"):
        Bundle.load(copy)
    assert not canary.exists()


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (None, "no exported model"),
        ("{", "no exported model"),
        ("[]", "no exported model"),
        ('{"format": 99, "files": {}}', "has the format 99"),
        ('{"format": 1, "files": {}}', "does not list settings.json"),
    ],
)
def test_a_folder_that_is_none(copy: Path, content: str | None, match: str) -> None:
    (copy / "manifest.json").unlink()
    if content is not None:
        (copy / "manifest.json").write_text(content)
    with pytest.raises(BundleError, match=match):
        Bundle.load(copy)


FORMAT_1 = Path(__file__).parent / "format_1"
"""What the version before the bag wrote of a tiny sweep's winner, and what it then said to three texts."""
SAID = {
    "ok a no ok fine n2 <b>&amp;</b> café!": 0.22367697345704454,
    "win meet call now free call prize prize n12 <b>&amp;</b> café!": 0.25598717304112556,
    "free later n15 <b>&amp;</b> café!": 0.23128929848910035,
}


def test_a_model_of_an_early_version_says_what_it_said(tmp_path: Path) -> None:
    old = Bundle.load(Path(shutil.copytree(FORMAT_1, tmp_path / "old")))
    assert (len(old.members), old.labels) == (1, ("ham", "spam"))
    probabilities, labels = old.predict(list(SAID))
    np.testing.assert_allclose(probabilities, list(SAID.values()), rtol=0, atol=1e-6)
    assert labels == ["ham", "ham", "ham"]


def test_settings_of_another_version(copy: Path) -> None:
    settings = json.loads((copy / "settings.json").read_text())
    settings["network"]["attention"] = 3
    (copy / "settings.json").write_text(json.dumps(settings))
    seal(copy)
    with pytest.raises(BundleError, match="not written by this version"):
        Bundle.load(copy)


def test_the_manifest_names_every_file(model: Path) -> None:
    assert manifest(model).keys() == {p.name for p in model.iterdir()} - {"manifest.json"}


def test_a_model_from_ready_made_vectors_needs_them_no_more(
    small_corpus: SmallCorpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = tmp_path / "vectors.txt"
    words.write_text("the 1 0 1\nyou 0 1 1\n", encoding="utf-8")
    job = make_job(small_corpus.folder, tmp_path / "trial", model__vectors=str(words))
    result = train_job(job, go_on)
    assert result.sha256, result
    words.unlink()
    monkeypatch.setattr(vectors, "sources", None)
    out = tmp_path / "model"
    out.mkdir()
    write_bundle(out, job.config, small_corpus.folder, job.folder, result.sha256)
    model = Bundle.load(out)
    assert model.members[0].network.embedding.embedding_dim == 3
    assert len(model.predict(["free entry", "see you"])[0]) == 2
