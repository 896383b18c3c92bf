"""From a sweep's studies to its page: every trial of Optuna's is on it."""

from pathlib import Path

from support.told_studies import make_config, make_studies
from sweep.page.gather import report_or_reason, write_report
from sweep.records import Ending, Reason, Status
from sweep.report import summary
from sweep.report.trials_table import trials_csv
from sweep.workspace import Workspace


def test_the_page_of_a_sweep_that_was_cut_short(tmp_path: Path) -> None:
    config = make_config(tmp_path)
    told = {"lstm": [0.5, Status.PRUNED, Reason.diverged], "gru": [0.25]}
    studies = make_studies(tmp_path, told, config=config)  # type: ignore[arg-type]
    found = summary.summarize(
        config, studies, ending=Ending.interrupted, wall_s=9.0, trials_run=4, test_reads=0
    )
    write_report(config, studies, found, command="sweep it", fingerprint="ff00", corpus={})
    files = Workspace(tmp_path).sweep(config.sweep)
    page = files.page.read_text(encoding="utf-8")
    for trial in ("lstm-0", "lstm-1", "lstm-2", "gru-0"):
        assert f"<bdi>{trial}</bdi>" in page
    assert "This sweep was interrupted" in page
    assert "diverged: planted" in page
    assert files.trials_table.read_bytes().decode() == trials_csv(studies)
    assert "ff00" in files.markdown.read_text(encoding="utf-8")


def test_a_page_that_cannot_be_written_costs_the_sweep_a_sentence(tmp_path: Path) -> None:
    config = make_config(tmp_path)
    studies = make_studies(tmp_path, {"lstm": [0.5]}, config=config)
    found = summary.summarize(
        config, studies, ending=Ending.complete, wall_s=9.0, trials_run=1, test_reads=0
    )
    files = Workspace(tmp_path).sweep(config.sweep)
    files.root.mkdir()
    files.report.write_text("in the way", encoding="utf-8")
    about = {"command": "", "fingerprint": "", "corpus": {}}
    why = report_or_reason(config, studies, found, **about)
    assert why is not None
    assert "the report could not be written (FileExistsError" in why
    assert "report name=tried" in why
    files.report.unlink()
    assert report_or_reason(config, studies, found, **about) is None
    assert files.page.is_file()
