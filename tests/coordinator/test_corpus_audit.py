"""The audit beside a sweep: once for all its commands, told when it is there, and never in the way."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from support.begun_calls import Beside
from support.ill_corpora import healthy, write
from sweep.audit import examined
from sweep.config import Config, DataConfig, SearchConfig
from sweep.coordinator.doctor.beside import strictly
from sweep.coordinator.doctor.corpus import CorpusAudit
from sweep.data import SplitCorpus
from sweep.data.load import load_split
from sweep.errors import SweepError, UserError
from sweep.workspace import Workspace

H = healthy(200)
ILL = [*H, *({**row, "label": 1 - row["label"]} for row in H[:60])]


@pytest.fixture(autouse=True)
def _polite(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examined, "NICE", 0)  # here it would hold for every test that follows


def sweep_of(folder: Path, rows: list[dict[str, Any]]) -> tuple[Config, SplitCorpus]:
    path = write(folder / "corpus.csv", rows)
    search = SearchConfig(name="s")
    config = Config(workdir=str(folder), data=DataConfig(path=str(path)), search=search)
    (folder / "s").mkdir(exist_ok=True)
    return config, load_split(config)


def audit(config: Config, split: SplitCorpus, beside: Beside) -> tuple[CorpusAudit, Console]:
    console = Console(record=True, width=100, file=io.StringIO())
    return CorpusAudit(config, split, beside, console), console


def test_it_is_told_and_kept_and_done_once(tmp_path: Path) -> None:
    config, split = sweep_of(tmp_path, ILL)
    beside = Beside()
    first, console = audit(config, split, beside)
    first.begin()
    first.end()
    told = console.export_text()
    assert "corpus audited: 1 error" in told
    assert "60 texts have both labels" in told
    kept = json.loads(Workspace(tmp_path).sweep("s").audit.read_text(encoding="utf-8"))
    assert kept["conflicts"]["texts"] == 60
    again, console = audit(config, split, beside)
    again.begin()
    assert console.export_text() == told
    assert len(beside.begun) == 1
    other = Config(workdir=config.workdir, data=config.data, search=config.search, seed=1)
    changed, _ = audit(other, load_split(other), beside)
    changed.begin()
    changed.end()
    assert len(beside.begun) == 2


def test_the_search_goes_on_meanwhile_and_an_end_in_haste_waits_for_nothing(
    tmp_path: Path,
) -> None:
    config, split = sweep_of(tmp_path, H)
    beside = Beside(at_once=False)
    one, console = audit(config, split, beside)
    one.begin()  # returns though the audit has not
    assert not Workspace(tmp_path).sweep("s").audit.exists()
    one.end(patience=0)
    assert beside.begun[0].stopped
    assert console.export_text() == ""


def test_an_audit_that_fails_costs_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config, split = sweep_of(tmp_path, H)
    one, console = audit(config, split, Beside())

    def fail(*given: Any) -> None:
        raise SweepError("examined:beside failed: no memory")

    monkeypatch.setattr(examined, "beside", fail)
    one.begin()
    one.end()
    assert (
        console.export_text() == "the corpus was not audited: examined:beside failed: no memory\n"
    )


def test_strict_refuses_an_error_before_anything_is_run(tmp_path: Path) -> None:
    config, split = sweep_of(tmp_path, ILL)
    with pytest.raises(UserError, match="60 texts have both labels.*Decide which"):
        strictly([audit(config, split, Beside())[0]])
    (tmp_path / "well").mkdir()
    config, split = sweep_of(tmp_path / "well", H)
    one, console = audit(config, split, Beside())
    strictly([one])
    one.begin()  # the search's own: it is there already, and is not told twice
    assert console.export_text().count("corpus audited") == 1


def test_what_lies_there_damaged_is_done_again(tmp_path: Path) -> None:
    config, split = sweep_of(tmp_path, H)
    file = Workspace(tmp_path).sweep("s").audit
    for content in ("{", "{}"):
        file.write_text(content, encoding="utf-8")
        beside = Beside()
        one, _ = audit(config, split, beside)
        one.begin()
        one.end()
        assert len(beside.begun) == 1
        assert json.loads(file.read_text(encoding="utf-8"))["rows"] == 200
