"""Change one thing in the source at a time, run the tests that should notice, and record whether one failed.

    python experiments/mutants/run.py                what has no result yet, or whose code or tests have changed since
    python experiments/mutants/run.py --all          everything
    python experiments/mutants/run.py split.py clip  what has one of these words in its file or name

Works on a copy in a temporary folder. Writes a row a mutant to `results.csv` as it goes; stopped and started again, it
goes on. Ends with 1 where a mutant lives that the table does not explain, or an explained one has died.
"""

import argparse
import contextlib
import importlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from table import (
    BROKEN,
    KILLED,
    ROOT,
    SURVIVED,
    Mutant,
    Result,
    complaints,
    read_mutants,
    read_results,
    write_results,
)

COPIED = ("src", "tests", "conf", "docs", "pyproject.toml", "README.md")
LIMIT_S = 900.0  # a change may make a loop endless
QUICK = "not slow and not real_data"
LIBRARIES = (
    "hypothesis", "imblearn.over_sampling", "imblearn.under_sampling", "omegaconf", "optuna", "pandas", "psutil",
    "pytorch_lightning", "scipy.optimize", "sklearn.isotonic", "sklearn.linear_model", "sklearn.svm", "sqlalchemy",
    "tokenizers", "yaml",
)  # fmt: skip
FAILED = re.compile(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", re.MULTILINE)


def tested(root: Path, tests: list[str]) -> tuple[int | None, str]:
    """Run tests up to the first failure; pytest's exit code, None where time is up, and what it printed."""
    printed = root / "printed.txt"
    child = os.fork()
    if not child:
        _test(root, tests, printed)
    until = time.monotonic() + LIMIT_S
    code = None
    while code is None and time.monotonic() < until:
        ended, status = os.waitpid(child, os.WNOHANG)
        code = os.waitstatus_to_exitcode(status) if ended else None
        time.sleep(0.02)
    # Workers of a test that failed may still be there, too.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    if code is None:
        os.waitpid(child, 0)
    return code, printed.read_text(encoding="utf-8", errors="replace")


def _test(root: Path, tests: list[str], printed: Path) -> None:
    # Forked from a process that holds the libraries: loading them takes longer than most tests.
    code = 3
    try:
        os.setsid()
        os.chdir(root)
        os.environ["PYTHONPATH"] = os.pathsep.join([str(root / "src"), str(root / "tests")])
        log = os.open(printed, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        for stream in (1, 2):
            os.dup2(log, stream)
        sys.stdout = sys.stderr = os.fdopen(1, "w", encoding="utf-8")
        # Plugins that are loaded already cannot be rewritten, which no result depends on.
        words = [
            "-W",
            "ignore::pytest.PytestAssertRewriteWarning",
            "-x",
            "-q",
            "-p",
            "no:cacheprovider",
            "--tb=line",
            "-m",
            QUICK,
        ]
        code = int(pytest.main([*words, *tests]))
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


@contextlib.contextmanager
def applied(mutant: Mutant, root: Path) -> Iterator[None]:
    """For a while, have the change in the copy."""
    path = mutant.source(root)
    before = path.read_text(encoding="utf-8")
    try:
        _write(path, mutant.changed(before))
        yield
    finally:
        _write(path, before)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    # Two versions of one second and one length look alike to Python's cache of compiled files.
    for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
        compiled.unlink()


def judged(mutant: Mutant, root: Path) -> tuple[str, str]:
    """Whether the tests notice the change, and which one did first."""
    with applied(mutant, root):
        code, printed = tested(root, [f"tests/{name}" for name in mutant.tests])
    if code is None:
        return KILLED, "time"
    if code == 0:
        return SURVIVED, ""
    if code == 1 and (found := FAILED.search(printed)):
        return KILLED, found[1].removeprefix("tests/")
    print(printed[-2000:], file=sys.stderr)
    return BROKEN, f"pytest ended with {code}"


def commit() -> str:
    """The commit that is tested, `-dirty` where the tree differs from it."""
    words = ["git", "-C", str(ROOT), "describe", "--always", "--dirty"]
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout.strip()


def copy_tree(root: Path) -> None:
    """Copy what the tests need into a folder."""
    skipped = shutil.ignore_patterns("__pycache__")
    for name in COPIED:
        there = ROOT / name
        if there.is_dir():
            shutil.copytree(there, root / name, ignore=skipped)
        else:
            shutil.copy(there, root / name)


def run(pending: list[Mutant], mutants: list[Mutant], results: dict[str, Result]) -> None:
    """Judge the mutants that are asked for, one after the other, and then the tests that noticed."""
    for library in LIBRARIES:
        importlib.import_module(library)
    now, tree = datetime.now(UTC).date().isoformat(), commit()
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        root = Path(folder)
        copy_tree(root)
        for number, mutant in enumerate(pending, start=1):
            digest, start = mutant.digest(root), time.monotonic()
            outcome, killed_by = judged(mutant, root)
            seconds = f"{time.monotonic() - start:.0f}"
            results[mutant.name] = Result(
                name=mutant.name, file=mutant.file, outcome=outcome, killed_by=killed_by, seconds=seconds, date=now,
                commit=tree, digest=digest,
            )  # fmt: skip
            write_results(mutants, results)
            print(f"{number}/{len(pending)} {outcome:8} {mutant.name}: {killed_by}", flush=True)
        check_the_tests(root, results)
    write_results(mutants, results)


def check_the_tests(root: Path, results: dict[str, Result]) -> None:
    """A test that fails on the unchanged source has noticed nothing."""
    while True:
        noticed = {r.killed_by.partition("[")[0] for r in results.values() if r.outcome == KILLED}
        code, printed = tested(root, sorted(f"tests/{test}" for test in noticed - {"time"}))
        if code == 0:
            return
        found = FAILED.search(printed)
        if code != 1 or not found:
            sys.exit(f"{printed}\nThe tests that noticed cannot be run on the unchanged source.")
        wrong = found[1].removeprefix("tests/").partition("[")[0]
        for name, result in results.items():
            if result.killed_by.partition("[")[0] == wrong:
                results[name] = replace(result, outcome=BROKEN)
        print(f"{wrong} fails on the unchanged source, too", flush=True)


def main() -> None:
    """Read the words, run, and tell."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("words", nargs="*", help="only mutants with one of these in file or name")
    parser.add_argument("--all", action="store_true", help="also those whose result is known")
    asked = parser.parse_args()
    os.nice(19)
    # Before torch and numpy load, as in tests/conftest.py.
    os.environ |= {"OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}
    mutants, results = read_mutants(), read_results()
    words = asked.words or [""]
    chosen = [m for m in mutants if any(word in f"{m.file} {m.name}" for word in words)]
    known = {} if asked.all else {name: result.digest for name, result in results.items()}
    if pending := [m for m in chosen if known.get(m.name) != m.digest(ROOT)]:
        run(pending, mutants, results)
    outcomes = [results[m.name].outcome for m in chosen]
    counts = {kind: outcomes.count(kind) for kind in (KILLED, SURVIVED, BROKEN)}
    print(", ".join(f"{count} {kind}" for kind, count in counts.items()))
    if wrong := complaints(chosen, results):
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()
