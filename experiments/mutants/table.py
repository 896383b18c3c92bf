"""The table of mutants, and what is recorded of them."""

import csv
import hashlib
import tomllib
from dataclasses import asdict, dataclass, fields
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
KILLED, SURVIVED, BROKEN = "killed", "survived", "broken"


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """One change to one file."""

    name: str
    file: str
    """Below src/sweep."""
    old: str
    """Occurs there exactly once."""
    new: str
    tests: tuple[str, ...]
    """Files below tests, or single tests in them (`file.py::test`), of which one must fail."""
    explained: str = ""
    """Why it may live."""

    def source(self, root: Path) -> Path:
        """The file that it changes."""
        return root / "src" / "sweep" / self.file

    def test_files(self, root: Path) -> list[Path]:
        """The files of the tests."""
        return [root / "tests" / name.partition("::")[0] for name in self.tests]

    def changed(self, text: str) -> str:
        """The source with the change in it.

        Raises:
            ValueError: the old text is not there exactly once.
        """
        if (found := text.count(self.old)) != 1:
            raise ValueError(
                f"{self.name}: the old text must be in {self.file} once, not {found} times"
            )
        return text.replace(self.old, self.new)

    def digest(self, root: Path) -> str:
        """Of what decides the result: the changed source and the tests."""
        parts = [self.changed(self.source(root).read_text(encoding="utf-8")), *self.tests]
        parts += [file.read_text(encoding="utf-8") for file in self.test_files(root)]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]


@dataclass(frozen=True, kw_only=True)
class Result:
    """What became of a mutant."""

    name: str
    file: str
    outcome: str
    killed_by: str
    """The first test that failed; `time` where the tests did not end."""
    seconds: str
    date: str
    commit: str
    digest: str


def read_mutants() -> list[Mutant]:
    """The table."""
    rows = tomllib.loads((HERE / "mutants.toml").read_text(encoding="utf-8"))["mutant"]
    return [Mutant(**{**row, "tests": tuple(row["tests"])}) for row in rows]


def read_results() -> dict[str, Result]:
    """What is recorded, under the mutants' names."""
    path = HERE / "results.csv"
    if not path.exists():
        return {}
    with path.open(newline="", encoding="utf-8") as file:
        return {row["name"]: Result(**row) for row in csv.DictReader(file)}


def write_results(mutants: list[Mutant], results: dict[str, Result]) -> None:
    """Write the results in the table's order; those of mutants that are gone are dropped."""
    partial = HERE / "results.csv.part"
    with partial.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [f.name for f in fields(Result)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(results[m.name]) for m in mutants if m.name in results)
    partial.replace(HERE / "results.csv")


def complaints(mutants: list[Mutant], results: dict[str, Result]) -> list[str]:
    """What must not stay as it is: mutants that live without a reason, or died in spite of one."""
    found = []
    for mutant in mutants:
        outcome = results[mutant.name].outcome if mutant.name in results else "not run"
        if outcome != (SURVIVED if mutant.explained else KILLED):
            said = f", though explained: {mutant.explained}" if mutant.explained else ""
            found.append(f"{mutant.file}: {mutant.name} ({outcome}{said})")
    return found
