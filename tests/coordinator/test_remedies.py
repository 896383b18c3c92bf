"""Remedies that are tried: which, on which trial, once, and what is said of them afterwards."""

import io
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console

from support.tiny_trials import make_job
from sweep.config import Config, DoctorConfig, SearchConfig
from sweep.coordinator.doctor.remedies import experiments, proved
from sweep.diagnosis.facts import Facts, TrialFacts
from sweep.diagnosis.finding import Evidence, Finding
from sweep.executors import Event
from sweep.records import Reason, Status, TrialJob, TrialKey, TrialResult
from sweep.training.trial import train
from sweep.workspace import SweepFolder

if TYPE_CHECKING:
    from conftest import SmallCorpus

RATE = "optimizer.learning_rate"
RATES = {"type": "float", "low": 1e-6, "high": 1.0, "log": True}


class AtWork:
    """An executor that trains in this process, or ends every job as it is told."""

    def __init__(self, reason: Reason | None = None) -> None:
        self.reason, self.jobs, self.closed = reason, [], 0

    def submit(self, job: TrialJob) -> None:
        self.jobs.append(job)

    def wait(self, _: float) -> list[Event]:
        job = self.jobs[-1]
        if self.reason is None:
            return [train(job, lambda _: False)]
        failed = TrialResult(key=job.key, status=Status.FAILED, reason=self.reason, message="no.")
        return [failed]

    def close(self) -> None:
        self.closed += 1


def make_config(folder: Path, corpus: Path, **settings: Any) -> Config:
    given = {"trainer__max_epochs": 25, "optimizer__learning_rate": 1e-6, "model__hidden": 8}
    base = make_job(corpus, folder, **given | settings).config
    space = {"optimizer": {"learning_rate": RATES}}
    search = SearchConfig(name="s", space=space, trials=2)
    return replace(base, workdir=str(folder), search=search)


def trial(number: int, value: float | None, **values: Any) -> TrialFacts:
    status, reason = ("FAILED", "diverged") if value is None else ("COMPLETE", None)
    name = f"all-{number}"
    fields = {"status": status, "reason": reason, "value": value, "values": values}
    return TrialFacts(name=name, arm="all", number=number, seconds=12.4, **fields)


def finding(*patch: str, trials: tuple[str, ...] = (), **changes: Any) -> Finding:
    told = {"symptom": "rate_too_low", "cause": "training", "severity": "error", "confidence": 0.9}
    told |= {"title": "It is low.", "remedy": "Raise it.", "patch": patch} | changes
    return Finding(evidence=(Evidence(text="so low", trials=trials),), **told)


FACTS = Facts(trials=(trial(0, 0.02, **{RATE: 1e-6}), trial(1, None, **{RATE: 0.5})))


def chosen(config: Config, *findings: Finding, facts: Facts = FACTS) -> list[tuple[str, str]]:
    folder = SweepFolder(Path(config.workdir) / "s")
    found = experiments(config, facts, findings, Path("corpus"), folder)
    return [(one.trial.name, one.words) for one in found]


@pytest.mark.parametrize(
    ("patch", "words"),
    [
        ([f"{RATE}=0.003"], f"{RATE}=0.003"),
        ([f"{RATE}=1e-05"], f"{RATE}=1e-05"),
        (["search.space.optimizer.learning_rate.low=0.01"], f"{RATE}=0.01"),
        (["search.space.optimizer.name.choices=[sgd,rmsprop]", "model.hidden=16"],
         "optimizer.name=sgd model.hidden=16"),
        (["model.orthogonal=false"], "model.orthogonal=False"),
        (["search.space.optimizer.learning_rate.high=0.5"], None),
        (["model.hidden=8"], None),
        (["data.positive=1"], None),
        (["split.overlap=drop", "model.hidden=16"], None),
        (["search.trials=50"], None),
        (["model.hidden=-3"], None),
        ([], None),
    ],
)  # fmt: skip
def test_a_patch_becomes_a_change_of_the_trial_that_has_it(
    tmp_path: Path, patch: list[str], words: str | None
) -> None:
    config = make_config(tmp_path, tmp_path)
    assert chosen(config, finding(*patch)) == ([] if words is None else [("all-0", words)])


def test_only_errors_without_another_proof_are_tried_each_change_once_and_few(
    tmp_path: Path,
) -> None:
    config = make_config(tmp_path, tmp_path)
    raised, wide = finding(f"{RATE}=0.003"), finding("model.hidden=16", trials=("all-1",))
    assert chosen(config, replace(raised, severity="warning")) == []
    assert chosen(config, replace(raised, proof="observed")) == []
    assert chosen(config, raised, raised, wide) == [
        ("all-0", f"{RATE}=0.003"),
        ("all-1", "model.hidden=16"),
    ]
    assert chosen(config, raised, facts=Facts()) == []
    config.doctor = DoctorConfig(experiments=1)
    assert len(chosen(config, raised, wide)) == 1
    config.doctor = DoctorConfig(experiments=0)
    assert chosen(config, raised, wide) == []


def prove(
    config: Config,
    corpus: Path,
    one: Finding,
    at_work: AtWork | None,
    facts: Facts = FACTS,
) -> tuple[Finding, str]:
    console = Console(record=True, width=200, file=io.StringIO())
    folder = SweepFolder(Path(config.workdir) / "s")
    given = None if at_work is None else (at_work, console)
    (found,) = proved(config, facts, [one], corpus, folder, given)
    return found, console.export_text()


def test_a_remedy_that_helps_is_confirmed_and_tried_once(
    small_corpus: "SmallCorpus", tmp_path: Path
) -> None:
    config, corpus = make_config(tmp_path, small_corpus.folder), small_corpus.folder
    one, at_work = finding(f"{RATE}=0.03"), AtWork()
    assert prove(config, corpus, one, None)[0] == one
    found, said = prove(config, corpus, one, at_work)
    assert "testing a remedy: all-0 again with optimizer.learning_rate=0.03 (about 12 s" in said
    assert found.proof == "confirmed"
    told = found.evidence[-1]
    assert told.text.startswith(
        f"all-0 again with {RATE}=0.03, all else equal: average_precision 0."
    )
    assert told.text.endswith(", before 0.020")
    assert told.number is not None
    assert told.number > 0.1
    (job,) = at_work.jobs
    assert (job.key, job.config.optimizer.learning_rate) == (TrialKey(arm="all", number=0), 0.03)
    assert job.config.model == config.model
    assert job.folder.is_relative_to(tmp_path / "s" / "remedies")
    assert at_work.closed == 1
    again, said = prove(config, corpus, one, AtWork(Reason.diverged))
    assert (again, said) == (found, "")
    assert prove(config, corpus, one, None)[0] == found


def test_one_that_does_not_is_refuted(small_corpus: "SmallCorpus", tmp_path: Path) -> None:
    config = make_config(tmp_path, small_corpus.folder)
    same = finding(f"{RATE}=2e-06")
    facts = Facts(trials=(trial(0, 0.3, **{RATE: 1e-6}),))
    found, _ = prove(config, small_corpus.folder, same, AtWork(), facts)
    assert found.proof == "refuted"
    assert (found.title, found.severity) == (same.title, same.severity)
    lost, _ = prove(config, small_corpus.folder, finding(f"{RATE}=9.0"), AtWork(Reason.diverged))
    assert (lost.proof, lost.evidence[-1].number) == ("refuted", None)
    assert "no score (diverged), before 0.020" in lost.evidence[-1].text


def test_what_was_lost_is_healed_by_any_score_and_a_killed_worker_proves_nothing_for_good(
    small_corpus: "SmallCorpus", tmp_path: Path
) -> None:
    config = make_config(tmp_path, small_corpus.folder)
    lost = finding(f"{RATE}=0.01", trials=("all-1",))
    killed, _ = prove(config, small_corpus.folder, lost, AtWork(Reason.killed))
    assert killed.proof == "none"
    found, _ = prove(config, small_corpus.folder, lost, AtWork())
    assert found.proof == "confirmed"
    assert found.evidence[-1].text.endswith(", before no score (diverged)")


def test_a_stop_ends_it_and_leaves_the_findings_as_they_were(
    small_corpus: "SmallCorpus", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import signal

    class Stopped(AtWork):
        def wait(self, _: float) -> list[Event]:
            signal.raise_signal(signal.SIGINT)
            return []

    at_work = Stopped()
    one = finding(f"{RATE}=0.01")
    found, _ = prove(make_config(tmp_path, small_corpus.folder), small_corpus.folder, one, at_work)
    assert found == one
    assert at_work.closed == 1


def test_confirmed_findings_survive_their_file() -> None:
    one = replace(finding(f"{RATE}=0.01"), proof="confirmed")
    told: Mapping[str, Any] = one.to_dict()
    assert Finding.from_dict(told) == one
