from pathlib import Path

import pytest

from sweep.compose.flags import read_flags
from sweep.errors import UserError


def test_flags_and_overrides_may_stand_in_any_order(tmp_path: Path) -> None:
    flags = read_flags(["a=1", "--cfg", "job", "b=2", "-cd", str(tmp_path), "c=-3"])
    assert flags.words == ["a=1", "b=2", "c=-3"]
    assert flags.asked == ["--cfg", "job", "--config-dir", str(tmp_path)]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--multirun"], "one search instead"),
        (["-m"], "one search instead"),
        (["--config-path", "x"], "--config-dir"),
        (["--config-name", "x"], "--config-dir"),
        (["--experimental-rerun", "x"], "execute"),
        (["--confg-dir", "x"], "Did you mean `--config-dir`?"),
        (["--model.hidden=3"], "without dashes: model.hidden=3"),
        (["--cfg", "jobs"], "cannot be read"),
        (["--cfg"], "cannot be read"),
        (["--cfg", "job", "--info"], "--cfg and --info"),
        (["--resolve"], "--cfg job --resolve"),
        (["--config-dir", "no/such/folder"], "must name a folder"),
    ],
    ids=lambda case: " ".join(case) if isinstance(case, list) else "",
)
def test_a_refused_flag_is_told_with_the_way_out(words: list[str], told: str) -> None:
    with pytest.raises(UserError, match=told):
        read_flags(words)
