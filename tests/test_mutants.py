"""The table of mutants fits the source: each change can be made, has tests to notice it, and a result on record."""

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
MUTANTS = ROOT / "experiments" / "mutants"
ROWS = tomllib.loads((MUTANTS / "mutants.toml").read_text(encoding="utf-8"))["mutant"]
COVERED = ("training", "network", "resampling", "scoring", "search")


@pytest.fixture(autouse=True)
def found_as_when_run(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A script finds those beside it."""
    monkeypatch.syspath_prepend(str(MUTANTS))
    yield
    for name in [f.stem for f in MUTANTS.glob("*.py")]:
        sys.modules.pop(name, None)


def made(**changes: Any) -> Any:
    import table

    fields = {"name": "m", "file": "seeds.py", "old": "x = 1", "new": "x = 2", "tests": ()}
    return table.Mutant(**fields | changes)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['file']} {row['name']}")
def test_a_change_can_be_made_and_has_tests_to_notice_it(row: dict[str, Any]) -> None:
    mutant = made(**row)
    before = mutant.source(ROOT).read_text(encoding="utf-8")
    after = mutant.changed(before)  # refuses a text that is not there exactly once
    assert after != before
    compile(after, mutant.file, "exec")
    assert mutant.tests
    for test, file in zip(mutant.tests, mutant.test_files(ROOT), strict=True):
        name = test.partition("::")[2] or "def test_"
        assert name in file.read_text(encoding="utf-8")


def test_the_table_covers_what_decides_a_result() -> None:
    names = [row["name"] for row in ROWS]
    assert len(set(names)) == len(names) >= 60
    files = {row["file"] for row in ROWS}
    assert "data/split.py" in files
    for folder in COVERED:
        assert any(file.startswith(f"{folder}/") for file in files)


def test_no_mutant_lives_without_a_reason() -> None:
    import table

    mutants, results = table.read_mutants(), table.read_results()
    assert table.complaints(mutants, results) == []
    assert set(results) == {mutant.name for mutant in mutants}


@pytest.mark.parametrize(
    ("outcome", "explained", "complained"),
    [
        ("killed", "", False),
        ("survived", "", True),
        ("survived", "equal to rounding", False),
        ("killed", "equal to rounding", True),
        ("broken", "", True),
        ("broken", "equal to rounding", True),
        (None, "", True),
    ],
)
def test_what_is_complained_of(outcome: str | None, explained: str, complained: bool) -> None:
    import table

    mutant = made(explained=explained)
    fields = dict.fromkeys(("file", "killed_by", "seconds", "date", "commit", "digest"), "")
    results = {} if outcome is None else {"m": table.Result(name="m", outcome=outcome, **fields)}
    assert bool(table.complaints([mutant], results)) is complained


@pytest.mark.parametrize("text", ["", "x = 1\nx = 1\n"], ids=["gone", "twice"])
def test_a_text_that_is_not_there_once_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be in seeds.py once"):
        made().changed(text)


def planted(root: Path, test: str) -> Any:
    """A mutant of a source of one line, and the test that looks at it."""
    for path, text in {"src/sweep/seeds.py": "x = 1\n", "tests/test_x.py": test}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    (root / "pyproject.toml").write_text(
        "[tool.pytest.ini_options]\npythonpath = ['src/sweep']\nmarkers = ['slow', 'real_data']\n"
    )
    return made(tests=("test_x.py",))


JUDGED = {
    "noticed": ("from seeds import x\ndef test_x(): assert x == 1\n", ("killed", "test_x.py::test_x")),
    "not noticed": ("from seeds import x\ndef test_x(): assert x > 0\n", ("survived", "")),
    "no test": ("from seeds import y\ndef test_x(): pass\n", ("broken", "pytest ended with 2")),
    "slow": (
        "import pytest\nfrom seeds import x\n@pytest.mark.slow\ndef test_x(): assert x == 1\n",
        ("broken", "pytest ended with 5"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("test", "expected"), JUDGED.values(), ids=JUDGED)
def test_a_mutant_is_killed_by_a_test_that_fails_and_the_change_is_taken_back(
    tmp_path: Path, test: str, expected: tuple[str, str]
) -> None:
    import run

    mutant = planted(tmp_path, test)
    assert run.judged(mutant, tmp_path) == expected
    assert mutant.source(tmp_path).read_text() == "x = 1\n"


def test_a_mutant_that_never_ends_is_killed_by_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import run

    monkeypatch.setattr(run, "LIMIT_S", 0.5)
    mutant = planted(tmp_path, "import time\ndef test_x(): time.sleep(60)\n")
    assert run.judged(mutant, tmp_path) == ("killed", "time")


def test_a_test_that_fails_anyway_has_noticed_nothing(tmp_path: Path) -> None:
    import run
    import table

    planted(tmp_path, "def test_x(): assert False\ndef test_y(): pass\n")
    row = dict.fromkeys(("file", "seconds", "date", "commit", "digest"), "")
    results = {
        name: table.Result(name=name, outcome="killed", killed_by=f"test_x.py::test_{name}", **row)
        for name in "xy"
    }
    run.check_the_tests(tmp_path, results)
    assert {name: result.outcome for name, result in results.items()} == {
        "x": "broken",
        "y": "killed",
    }
