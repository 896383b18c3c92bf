"""A bag and one of its members as exported models: they give what the members give, from their folder alone."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from support.trained_bag import Bag, trained_bag, write
from support.trained_sweep import Trained
from sweep.errors import BundleError
from sweep.export.bundle import Bundle, manifest, needed, seal
from sweep.export.winner import nearest, single
from sweep.scoring.decision import Decision
from sweep.scoring.metrics import scores
from sweep.text.encoder import Encoder
from sweep.workspace import FinalistFolder, TrialFolder

# MLflow 3.17 asks SQLAlchemy 2.1 for a loader strategy that it will drop.
pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader:DeprecationWarning")


@pytest.fixture(scope="module")
def bag() -> Bag:
    return trained_bag()


@pytest.fixture(scope="module")
def exported(bag: Bag, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("bag") / "best-model", bag.winner())


def rest(made: Trained) -> list[str]:
    return [text for part in ("train", "validation") for text in made.split.part(part)[0]]


def test_it_scores_on_test_what_the_summary_says(exported: Path, bag: Bag, made: Trained) -> None:
    texts, truth = made.split.part("test")
    loaded = Bundle.load(exported)
    probabilities, labels = loaded.predict(texts)
    found = scores(truth, probabilities, loaded.decision.threshold)
    assert found == pytest.approx({name: bag.best["test"][name] for name in found}, abs=1e-5)
    yes = (np.array(labels) == "spam").sum()
    assert yes == bag.best["test"]["tp"] + bag.best["test"]["fp"]


def test_a_text_alone_gets_what_it_gets_among_others(exported: Path, made: Trained) -> None:
    texts, _ = made.split.part("test")
    loaded = Bundle.load(exported)
    alone = [loaded.predict([text])[0][0] for text in texts]
    np.testing.assert_allclose(loaded.predict(texts)[0], alone, rtol=0, atol=1e-6)
    assert loaded.predict([])[1] == []


def test_what_stands_in_the_folder(exported: Path) -> None:
    files = set(manifest(exported))
    for number in range(3):
        assert {f"members/{number}/weights.pt", f"members/{number}/model.ckpt"} <= files
        assert f"encoders/{number}/tokenizer.json" in files
    assert {"settings.json", "decision.json", "README.md", "mlflow/MLmodel"} <= files
    assert json.loads((exported / "manifest.json").read_text())["format"] == 2
    assert set(needed(exported)) < files
    assert "bundle" not in {path.name for path in exported.iterdir()}


def test_the_card_tells_of_the_bag(exported: Path, bag: Bag) -> None:
    card = (exported / "README.md").read_text(encoding="utf-8")
    assert "It is a bag: 3 networks of the same settings" in card
    assert "| | test | out of fold | linear model, test |" in card
    low, high = bag.best["intervals"]["test"]["mcc"]
    assert f"| {bag.best['test']['mcc']:.3f} ({low:.3f} to {high:.3f}) |" in card
    low, high = bag.best["threshold_interval"]
    assert f"would lie between {low:.4g} and {high:.4g}" in card
    assert f"calibration error {bag.best['test']['ece']:.3f}; log loss" in card, "uncalibrated"


def test_mlflow_loads_it_from_its_folder(exported: Path, made: Trained) -> None:
    import mlflow.pyfunc
    import pandas as pd

    texts, _ = made.split.part("test")
    # The model's own copy of the package must not replace the one under test.
    inner = exported / "mlflow" / "artifacts" / "bundle"
    found = Bundle.load(inner).predict(texts)[0]
    np.testing.assert_array_equal(found, Bundle.load(exported).predict(texts)[0])
    assert mlflow.pyfunc.Model.load(str(exported / "mlflow")).signature is not None
    assert len(pd.DataFrame({"text": texts})) == len(found)


def test_equal_encoders_stand_there_once(
    bag: Bag, made: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = bag.winner()
    same = replace(whole.networks[1], encoder=whole.networks[0].encoder)
    # Encoders of other rows have other sizes of vocabulary; a member twice has the same.
    twice = replace(whole, networks=(whole.networks[0], whole.networks[0], whole.networks[0]))
    assert same.encoder == whole.networks[0].encoder
    model = write(tmp_path / "m", twice)
    assert [path.name for path in (model / "encoders").iterdir()] == ["0"]
    calls: list[int] = []
    encode = Encoder.encode

    def counting(self: Encoder, texts: list[str]) -> object:
        calls.append(len(texts))
        return encode(self, texts)

    monkeypatch.setattr(Encoder, "encode", counting)
    texts, _ = made.split.part("test")
    loaded = Bundle.load(model)
    loaded.predict(texts)
    assert calls == [len(texts)], "a text is encoded once"


@pytest.mark.parametrize(
    "name",
    ["members/1/weights.pt", "encoders/2/encoder.json", "decision.json", "settings.json"],
)
@pytest.mark.parametrize("how", ["flipped", "missing", "not listed"])
def test_a_tampered_file_is_refused_by_name(
    exported: Path, tmp_path: Path, name: str, how: str
) -> None:
    copy = Path(shutil.copytree(exported, tmp_path / "copy"))
    if how == "not listed":
        told = json.loads((copy / "manifest.json").read_text())
        del told["files"][name]
        (copy / "manifest.json").write_text(json.dumps(told))
    elif how == "missing":
        (copy / name).unlink()
    else:
        data = bytearray((copy / name).read_bytes())
        data[len(data) // 2] ^= 1
        (copy / name).write_bytes(data)
    with pytest.raises(BundleError, match=name):
        Bundle.load(copy)


def test_a_path_out_of_the_folder_is_no_member(exported: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(exported, tmp_path / "copy"))
    settings = json.loads((copy / "settings.json").read_text())
    settings["members"][0]["encoder"] = "../../elsewhere"
    (copy / "settings.json").write_text(json.dumps(settings))
    seal(copy)
    with pytest.raises(BundleError):
        Bundle.load(copy)


def test_one_member_is_the_one_nearest_the_mean(bag: Bag, made: Trained, tmp_path: Path) -> None:
    whole = bag.winner()
    one = nearest(whole, bag.best, bag.folder, rest(made))
    assert len(one.networks) == 1
    texts, truth = made.split.part("test")
    model = write(tmp_path / "m", one)
    loaded = Bundle.load(model)
    assert len(loaded.members) == 1
    number = [n.checkpoint for n in whole.networks].index(one.networks[0].checkpoint)
    found = scores(truth, loaded.predict(texts)[0], loaded.decision.threshold)
    alone = bag.best["alone"][number]
    assert found == pytest.approx({name: alone[name] for name in found}, abs=1e-5)
    # By hand: every member about every row that is no test row.
    logits = []
    for network in whole.networks:
        single_one = replace(whole, networks=(network,))
        place = write(tmp_path / f"only-{len(logits)}", single_one)
        member = Bundle.load(place)
        own = Decision.from_dict(
            json.loads(TrialFolder(network.checkpoint.parent).decision.read_bytes())
        )
        logits.append(member._logits(rest(made)) + own.shift)
    answers = np.stack(logits)
    distances = ((answers - answers.mean(axis=0)) ** 2).mean(axis=1)
    assert number == int(distances.argmin())
    card = (model / "README.md").read_text(encoding="utf-8")
    assert "It is one of 3 networks of the same settings" in card
    low, high = bag.best["alone_intervals"][number]["mcc"]
    assert f"| {alone['mcc']:.3f} ({low:.3f} to {high:.3f}) |" in card
    assert "before calibration" not in card, "the bag's reliability is not this network's"


@pytest.mark.parametrize("name", ["checkpoint", "decision"])
def test_a_changed_member_is_not_exported(bag: Bag, tmp_path: Path, name: str) -> None:
    copy = FinalistFolder(Path(shutil.copytree(bag.folder.root, tmp_path / "all-0")))
    ill = Bag(copy, bag.members, bag.best, bag.encoders)
    assert len(ill.winner().networks) == 3
    file: Path = getattr(copy.member(2), name)
    file.write_bytes(file.read_bytes() + b" ")
    with pytest.raises(BundleError, match="must have the SHA-256"):
        ill.winner()


def test_a_changed_decision_of_the_bag_is_not_exported(bag: Bag, tmp_path: Path) -> None:
    copy = FinalistFolder(Path(shutil.copytree(bag.folder.root, tmp_path / "all-0")))
    copy.decision.write_text("{}", encoding="utf-8")
    with pytest.raises(BundleError, match="must have the SHA-256"):
        Bag(copy, bag.members, bag.best, bag.encoders).winner()


def test_a_winner_that_was_not_confirmed_is_one_network(made: Trained, bag: Bag) -> None:
    alone = single(made.summary["best"], TrialFolder(made.trial), bag.encoders[0])
    assert len(alone.networks) == 1
    assert alone.decision["threshold"] == made.result.threshold
