"""The pre-flight beside a sweep: of each arm's first trial, once for all commands, told before the budget is spent."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console

from support.begun_calls import Beside
from support.ill_networks import write_ill_networks
from support.plugins import forget
from sweep.config import Config, DoctorConfig, ModelConfig, OptimizerConfig, SearchConfig
from sweep.coordinator.doctor.beside import strictly
from sweep.coordinator.doctor.network import NetworkCheck, first_trials, of_network
from sweep.coordinator.doctor.wanted import wanted
from sweep.errors import UserError
from sweep.plugins.load import load_files
from sweep.preflight import preflight
from sweep.workspace import Workspace

if TYPE_CHECKING:
    from conftest import SmallCorpus

CELLS = {"type": "categorical", "choices": ["lstm", "gru"]}
RATES = {"type": "float", "low": 1e-3, "high": 1e-2, "log": True}


@pytest.fixture(autouse=True)
def _quick_and_polite(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "NICE", 0)  # here it would hold for every test that follows
    checks = {name: preflight.CHECKS[name] for name in ("memorises", "companions")}
    monkeypatch.setattr(preflight, "CHECKS", checks)


@pytest.fixture
def _ill(tmp_path: Path) -> Iterator[None]:
    load_files([write_ill_networks(tmp_path)])
    yield
    forget()


def make_config(folder: Path, network: str = "recurrent", **search: Any) -> Config:
    given = {"compare": "model.cell", "space": {"model": {"cell": CELLS}}, "trials": 1} | search
    (folder / "s").mkdir()
    return Config(
        workdir=str(folder),
        model=ModelConfig(network=network, vectors="none", embedding=16, hidden=16),
        search=SearchConfig(name="s", **given),
    )


def checked(
    config: Config, corpus: Path, beside: Beside, about: str = "abc"
) -> tuple[NetworkCheck, Console]:
    console = Console(record=True, width=100, file=io.StringIO())
    return NetworkCheck(config, corpus, about, beside, console), console


def test_the_first_trial_of_each_arm_is_tried_as_the_search_will_have_it(tmp_path: Path) -> None:
    space = {"model": {"cell": CELLS}, "optimizer": {"learning_rate": RATES}}
    config = make_config(tmp_path, space=space)
    config.optimizer.learning_rate = 0.5
    jobs = first_trials(config, tmp_path)
    assert [(arm, job.config.model.cell) for arm, job in jobs.items()] == [
        ("lstm", "lstm"),
        ("gru", "gru"),
    ]
    assert {job.config.optimizer.learning_rate for job in jobs.values()} == {1e-2}
    assert len({job.seed for job in jobs.values()}) == 1
    plain = Config(search=None)  # type: ignore[arg-type]
    assert first_trials(plain, tmp_path)["all"].config is plain


def test_it_is_told_kept_and_made_once_for_a_fingerprint(
    small_corpus: "SmallCorpus", tmp_path: Path
) -> None:
    config = make_config(tmp_path)
    beside = Beside()
    first, console = checked(config, small_corpus.folder, beside)
    first.begin()
    first.end()
    assert console.export_text() == "network checked: Nothing ill was found.\n"
    file = Workspace(tmp_path).sweep("s").preflight
    assert list(json.loads(file.read_text(encoding="utf-8"))["arms"]) == ["lstm", "gru"]
    again, console = checked(config, small_corpus.folder, beside)
    again.begin()
    assert console.export_text() == "network checked: Nothing ill was found.\n"
    assert len(beside.begun) == 1
    other, _ = checked(config, small_corpus.folder, Beside(), about="other")
    other.begin()
    other.end()
    assert json.loads(file.read_text(encoding="utf-8"))["about"].startswith("other")


@pytest.mark.usefixtures("_ill")
def test_an_ill_network_of_ones_own_is_told_and_refused_under_strict(
    small_corpus: "SmallCorpus", tmp_path: Path
) -> None:
    config = make_config(tmp_path, network="mixing", compare=None, space={})
    config.search.vary = False
    one, console = checked(config, small_corpus.folder, Beside())
    with pytest.raises(UserError, match="depends on the texts beside it.*Look for a mean"):
        strictly([one])
    told = console.export_text()
    assert "network checked: 1 error" in told
    assert "logit moves by" in told


def test_settings_choose_what_is_examined_and_strict_makes_it_now(
    small_corpus: "SmallCorpus", tmp_path: Path
) -> None:
    config = make_config(tmp_path)
    console = Console(file=io.StringIO())
    made = []
    for doctor in (
        DoctorConfig(),
        DoctorConfig(audit=False),
        DoctorConfig(preflight=False),
        DoctorConfig(audit=False, strict=True),
    ):
        config.doctor = doctor
        beside = Beside()
        found = wanted(config, small_corpus.split, small_corpus.folder, "abc", beside, console)
        made.append(([type(one).__name__ for one in found], len(beside.begun)))
    assert made == [
        (["CorpusAudit", "NetworkCheck"], 0),
        (["NetworkCheck"], 0),
        (["CorpusAudit"], 0),
        (["NetworkCheck"], 1),
    ]


def test_a_rate_is_judged_by_the_interval_that_is_searched(tmp_path: Path) -> None:
    facts = {
        "arms": {
            "all": {
                "rate_range": {"steps": 12, "whole": 900, "low": 1e-3, "best": 0.03, "high": 0.1}
            }
        }
    }
    far = RATES | {"low": 5.0, "high": 50.0}
    config = make_config(tmp_path, compare=None, space={"optimizer": {"learning_rate": far}})
    (found,) = of_network(config, facts)
    assert found.symptom == "rate_outside"
    assert found.patch[0].startswith("search.space.optimizer.learning_rate.low=")
    alone = Config(search=None, optimizer=OptimizerConfig(learning_rate=2e-3))  # type: ignore[arg-type]
    assert of_network(alone, facts) == []
