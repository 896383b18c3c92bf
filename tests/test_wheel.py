"""An installed copy is whole: it composes every configuration from any folder."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROGRAM = """\
import sys
from pathlib import Path
import sweep
from sweep.compose.catalogue import CONF
from support.typed_commands import compose_typed, words_of
from test_conf_files import FILES, command_of
assert Path(sweep.__file__).is_relative_to(sys.argv[1]), sweep.__file__
assert CONF.is_relative_to(sys.argv[1]), CONF
for file in FILES:
    compose_typed(words_of(command_of(file)))
print(len(FILES))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = ["-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run([sys.executable, *build], check=True, capture_output=True, text=True)
    (file,) = folder.glob("*.whl")
    return file


def test_the_wheel_holds_every_module_and_every_configuration(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    own = [*(ROOT / "src" / "sweep").rglob("*.py"), *(ROOT / "src" / "sweep").glob("*/template/*")]
    modules = {str(f.relative_to(ROOT / "src")) for f in own}
    configurations = {f"sweep/{f.relative_to(ROOT)}" for f in (ROOT / "conf").rglob("*.yaml")}
    assert modules | configurations | {"sweep/py.typed"} <= names
    assert not [name for name in names if name.startswith(("tests", "conf"))]


def test_an_installed_copy_composes_every_configuration(wheel: Path, tmp_path: Path) -> None:
    target, elsewhere = tmp_path / "installed", tmp_path / "elsewhere"
    elsewhere.mkdir()
    install = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        "--target",
        str(target),
        str(wheel),
    ]
    subprocess.run([sys.executable, *install], check=True, capture_output=True, text=True)
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(target)],
        cwd=elsewhere,
        env=os.environ | {"PYTHONPATH": f"{target}{os.pathsep}{ROOT / 'tests'}"},
        check=False,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    assert int(run.stdout.splitlines()[-1]) == len(list((ROOT / "conf").rglob("*.yaml")))
    assert list(elsewhere.iterdir()) == []
