"""What is wrong with one command is told at once, whatever it is about; typed as a person types it."""

from pathlib import Path

import pytest

from support.messages import write_messages
from support.plugins import forget
from sweep.__main__ import main

TYPED: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "a value and a file": (
        "+search=smoke model.dropout=7 data.path=mesages.csv",
        (
            "model.dropout must lie in [0, 1), but got 7.",
            "mesages.csv: no such file. Did you mean `messages.csv`?",
        ),
        (),
    ),
    "a name, a value, a space and a file": (
        "+search=lstm_vs_gru model.hiden=3 model.dropout=7 data.train=train.csv data.text=text",
        ("Did you mean `model.hidden`?", "model.dropout must lie", "train.csv: no such file"),
        (),
    ),
    "the space and a file": (
        "+search=lstm_vs_gru search.space.model.hidden.choices=[many] data.path=mesages.csv",
        ("search.space.model.hidden", "mesages.csv: no such file"),
        (),
    ),
    "a plug-in, what is of it, and a file": (
        "--plugin my_net.py +search=smoke model.network=my_net optimizer.nme=adam data.path=mesages.csv",
        (
            "--plugin my_net.py: the file cannot be read",
            "Did you mean `optimizer.name`?",
            "mesages.csv: no such file",
        ),
        ("model.network",),
    ),
    "a search, a flag and a file": (
        "+search=smok --mutlirun data.path=mesages.csv",
        (
            "There is no search `smok`. Did you mean `smoke`?",
            "`--mutlirun` is no flag.",
            "mesages.csv: no such file",
        ),
        (),
    ),
    "a folder of searches and a file": (
        "+search=smoke --config-dir serach data.path=mesages.csv",
        ("--config-dir must name a folder, but there is none at", "mesages.csv: no such file"),
        (),
    ),
    "a command's own settings": (
        "delete nme=messages mlflow=maybe",
        (
            "`nme` is no setting. Did you mean `name`?",
            "`mlflow` takes true or false, but got 'maybe'.",
            "`name=` must be given",
        ),
        (),
    ),
    "what to label, with what and where to": (
        "predict model=bestmodel input=mesages.csv output=out.doc",
        (
            "bestmodel is no exported model",
            "mesages.csv: no such file. Did you mean `messages.csv`?",
            "out.doc",
        ),
        (),
    ),
}


@pytest.mark.parametrize(("typed", "told", "left_out"), TYPED.values(), ids=TYPED)
def test_all_mistakes_are_told_at_once(
    typed: str,
    told: tuple[str, ...],
    left_out: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    write_messages(tmp_path)
    monkeypatch.chdir(tmp_path)
    try:
        assert main(typed.split()) == 2
    finally:
        forget()
    said = capsys.readouterr().err
    for mistake in told:
        assert mistake in said
    for consequence in left_out:
        assert consequence not in said
    bullets = [line for line in said.splitlines() if line.startswith("- ")]
    assert len(bullets) == len(set(bullets)) == len(told)
    assert [path.name for path in tmp_path.iterdir()] == ["messages.csv"]
