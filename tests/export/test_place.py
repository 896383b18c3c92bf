"""Where a model may be written, and what is left alone."""

import json
from pathlib import Path

import pytest

from sweep.errors import UserError
from sweep.export.place import check_place


def place(out: Path, name: str = "sms", fingerprint: str = "ab") -> str | None:
    return check_place(out, sweep=name, fingerprint=fingerprint)


def exported(out: Path, **about: str) -> Path:
    """As much of an exported model as tells whose it is."""
    out.mkdir()
    (out / "manifest.json").write_text(json.dumps({"format": 1, "files": {"settings.json": "0"}}))
    told = {"name": "sms", "trial": "gru-3", "fingerprint": "ab"} | about
    (out / "settings.json").write_text(json.dumps(told))
    return out


@pytest.mark.parametrize("made", [False, True])
def test_nothing_is_no_obstacle(tmp_path: Path, made: bool) -> None:
    if made:
        (tmp_path / "m").mkdir()
    assert place(tmp_path / "m") is None


@pytest.mark.parametrize("about", [{}, {"fingerprint": ""}], ids=["this version", "an early one"])
def test_a_model_of_the_same_sweep_is_named(tmp_path: Path, about: dict[str, str]) -> None:
    assert place(exported(tmp_path / "m", **about)) == "gru-3"


@pytest.mark.parametrize(
    ("about", "told"),
    [
        ({"name": "spam"}, "the winner gru-3 of the sweep `spam`, not of this sweep `sms`"),
        ({"fingerprint": "cd"}, "the winner gru-3 of other data or settings, not of this sweep"),
    ],
    ids=["another name", "begun anew"],
)
def test_a_model_of_another_sweep_stays(tmp_path: Path, about: dict[str, str], told: str) -> None:
    with pytest.raises(UserError, match=told) as refused:
        place(exported(tmp_path / "m", **about))
    assert "Add `output=FOLDER`, or move it away." in str(refused.value)


@pytest.mark.parametrize("what", ["folder", "file", "link", "torn"])
def test_anything_else_stays(tmp_path: Path, what: str) -> None:
    out, precious = tmp_path / "best-model", tmp_path / "precious"
    precious.mkdir()
    (precious / "thesis.tex").write_text("x")
    if what == "folder":
        precious.rename(out)
    elif what == "file":
        out.write_text("x")
    elif what == "torn":
        (exported(out) / "settings.json").write_text("{")
    else:
        out.symlink_to(precious)
    with pytest.raises(UserError, match="is in the way"):
        place(out)
    assert out.exists()
