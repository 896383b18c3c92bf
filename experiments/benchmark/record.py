"""How a benchmark's numbers are kept: one JSON file each, with the day, the commit and the machine."""

import datetime
import json
import os
import platform
import subprocess
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).with_name("results")


def write(folder: Path, name: str, numbers: dict[str, Any]) -> None:
    """Keep a benchmark's numbers and print them.

    Args:
        folder: where to.
        name: of the benchmark; the file is `NAME.json`.
        numbers: what was measured, plain JSON types.
    """
    folder.mkdir(parents=True, exist_ok=True)
    found = {"benchmark": name, **circumstances(), **numbers}
    (folder / f"{name}.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(found))


def circumstances() -> dict[str, str]:
    """Day, commit (marked where files differ from it) and machine."""
    day = datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    return {"date": day, "commit": commit(), "machine": machine()}


def commit() -> str:
    """The commit that was measured; `+` where the program's files differ from it."""

    def git(*words: str) -> str:
        command = ["git", "-C", str(Path(__file__).parents[2]), *words]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()

    changed = git("status", "--porcelain", "src", "conf")
    return (git("rev-parse", "--short", "HEAD") or "unknown") + ("+" if changed else "")


def machine() -> str:
    """Processor and number of cores."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [x for x in info.read_text(encoding="utf-8").splitlines() if "model name" in x]
        model = names[0].partition(":")[2].strip() if names else model
    return f"{model}, {os.cpu_count()} cores"
