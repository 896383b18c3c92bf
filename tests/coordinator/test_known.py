"""What lies on disk about a sweep, read for the diagnosis."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from support.told_studies import make_config, make_studies
from support.trained_sweep import trained
from sweep.config import Config
from sweep.coordinator.known import known
from sweep.diagnosis.facts import Facts
from sweep.records import Reason, Status
from sweep.search.space import Space
from sweep.search.studies import open_studies
from sweep.workspace import Workspace


@pytest.fixture
def config(tmp_path: Path) -> Config:
    shutil.copytree(trained().workdir, tmp_path / "runs")
    return replace(trained().config, workdir=str(tmp_path / "runs"))


def read(config: Config) -> Facts:
    return known(config, open_studies(config, Space.of(config), create=False), {})


def test_a_trial_is_known_with_settings_history_and_answers(config: Config) -> None:
    facts = read(config)
    (trial,) = facts.trials
    told = trained()
    validation = told.split.part("validation")[1]
    assert (trial.name, trial.status, trial.epochs) == ("all-0", "COMPLETE", 2)
    assert trial.settings["model.hidden"] == 8
    assert trial.settings["resampling.method"] == "random_over"
    assert [epoch["epoch"] for epoch in trial.history] == [0, 1]
    assert trial.metrics == dict(told.result.metrics)
    assert trial.answers is not None
    np.testing.assert_array_equal(trial.answers.labels, validation)
    np.testing.assert_array_equal(trial.answers.probabilities, told.probabilities)
    assert facts.settings["trainer.max_epochs"] == 2
    assert [(s.path, s.choices) for s in facts.space] == [("model.hidden", (8, 16))]


def test_the_corpus_is_counted_and_its_encoding_known(config: Config) -> None:
    facts = read(config)
    train = trained().split.part("train")[1]
    assert facts.corpus["train"]["rows"] == len(train)
    assert facts.corpus["train"]["positives"] == int(np.sum(train))
    encoding = facts.trials[0].encoding
    assert encoding["vocabulary"] > 20
    assert 0 < encoding["train"]["padding"] < 1
    assert {"unknown", "truncated"} <= set(encoding["validation"])


def test_what_is_not_there_is_empty(config: Config) -> None:
    files = Workspace(Path(config.workdir)).sweep("tiny").trial("all-0")
    shutil.rmtree(Path(config.workdir) / "cache")
    files.settings.unlink()
    files.probe.unlink()
    files.validation.write_bytes(b"cut")
    files.history.write_text('{"epoch": 0}\n{"epo')
    facts = read(config)
    (trial,) = facts.trials
    assert (trial.answers, trial.encoding, facts.corpus, trial.probe) == (None, {}, {}, None)
    assert trial.history == ({"epoch": 0},)
    assert trial.settings["model.hidden"] in (8, 16), (
        "from the sweep's settings and the trial's values"
    )


def test_answers_without_the_corpus_or_of_another_are_none(config: Config) -> None:
    files = Workspace(Path(config.workdir)).sweep("tiny").trial("all-0")
    np.savez(files.validation, probabilities=np.ones(3))
    assert read(config).trials[0].answers is None


def test_probes_and_audits_are_read_where_they_are(config: Config) -> None:
    folder = Workspace(Path(config.workdir)).sweep("tiny").root
    told = {"epochs": [{"auc": 0.5}]}
    (folder / "trials" / "all-0" / "probe.json").write_text(json.dumps(told))
    (folder / "audit.json").write_text('{"rows": 160}')
    assert read(config).preflight == {}
    (folder / "preflight.json").write_text('{"arms": {}}')
    facts = read(config)
    assert facts.preflight == {"arms": {}}
    assert facts.trials[0].probe == told
    assert facts.audit == {"rows": 160}


def test_a_trial_cut_short_is_not_judged(tmp_path: Path) -> None:
    told = {"lstm": [0.5, Status.PRUNED, Reason.interrupted], "gru": [Reason.diverged]}
    config = make_config(tmp_path)
    facts = known(config, make_studies(tmp_path, told, config=config), {})
    assert [t.name for t in facts.trials] == ["lstm-0", "lstm-1", "gru-0"]
    assert facts.trials[2].reason == "diverged"
