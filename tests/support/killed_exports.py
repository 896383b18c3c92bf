"""An export that is killed at random moments, in a process of its own: `python -m support.killed_exports ROUNDS`."""

import pickle
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from support.child_environment import child_environment
from sweep.export.bundle import manifest, verify
from sweep.export.write import export
from sweep.workspace import ModelFolder

CHILD = """
import pickle, sys
import mlflow.pyfunc, torch
from sweep.export.write import export
given = pickle.load(open(sys.argv[1], "rb"))
print("ready", flush=True)
export(**given)
"""


def content(model: Path) -> dict[str, str]:
    """The SHA-256 of every file but the one into which MLflow puts the time."""
    return {name: d for name, d in manifest(model).items() if name != ModelFolder.MLMODEL}


def rounds(given: dict[str, Any], count: int, seed: int = 0) -> list[str]:
    """Kill an export over a good model, look what stands there, export again.

    Returns:
        For each round where the kill came: `before`, `during` or `after` the new model took its place.
    """
    out: Path = given["out"]
    export(**given)  # the first one loads MLflow, too
    began = time.monotonic()
    export(**given)
    took = time.monotonic() - began
    expected, draw = content(out), random.Random(seed)
    saved, found = out.with_name("given"), []
    saved.write_bytes(pickle.dumps(given))
    for _ in range(count):
        before = ModelFolder(out).manifest.stat().st_ino
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(saved)],
            stdout=subprocess.PIPE, env=child_environment(),
        )  # fmt: skip
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        time.sleep(draw.uniform(0, took))
        child.kill()
        child.wait()
        child.stdout.close()
        parts = [path.name for path in out.parent.iterdir() if path not in (out, saved)]
        standing = out if out.exists() else out.with_name(f".{out.name}.old")
        verify(standing)
        assert content(standing) == expected
        new = ModelFolder(standing).manifest.stat().st_ino != before
        found.append("after" if new else "during" if parts else "before")
        print(len(found), found[-1], flush=True)
        export(**given)
        verify(out)
        assert content(out) == expected
        assert {path.name for path in out.parent.iterdir()} == {out.name, saved.name}
    return found


if __name__ == "__main__":
    from support.exported_model import given_of
    from support.trained_sweep import trained

    with tempfile.TemporaryDirectory() as folder:
        print(rounds(given_of(trained(), Path(folder) / "best-model"), int(sys.argv[1])))
