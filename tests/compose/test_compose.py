import os
import subprocess
import sys
from pathlib import Path

import pytest

from sweep.commands import SWEEP
from sweep.compose.compose import changed, compose, show, typed
from sweep.compose.flags import read_flags
from sweep.config import Config
from sweep.errors import UserError
from sweep.search.space import Space, apply

SEARCH = "+search=lstm_vs_gru"
HEAVY = {
    "torch",
    "lightning",
    "pytorch_lightning",
    "mlflow",
    "sklearn",
    "imblearn",
    "pandas",
    "optuna",
}


def mistakes(*words: str) -> tuple[str, ...]:
    with pytest.raises(UserError) as info:
        compose(read_flags(list(words)))
    return info.value.mistakes


def composed(*words: str) -> Config:
    config = compose(read_flags([SEARCH, *words]))
    assert config is not None
    return config


def test_the_shipped_search_composes_to_the_schema() -> None:
    config = composed()
    assert isinstance(config, Config)
    assert config.sweep == "lstm_vs_gru"
    assert config.search.compare == "model.cell"
    assert config.model.cell == "lstm"


@pytest.mark.parametrize(
    ("word", "read", "value"),
    [
        ("model.hidden=32", lambda c: c.model.hidden, 32),
        ("++model.hidden=32", lambda c: c.model.hidden, 32),
        ("model=gru", lambda c: c.model.cell, "gru"),
        ("search.trials=4", lambda c: c.search.trials, 4),
        (
            "search.space.model.cell.choices=[gru]",
            lambda c: c.search.space["model"]["cell"]["choices"],
            ["gru"],
        ),
        ("~search.space.model.cell", lambda c: "cell" in c.search.space["model"], False),
        (
            "+search.space.text.level={type: categorical, choices: [word]}",
            lambda c: c.search.space["text"]["level"]["choices"],
            ["word"],
        ),
        ('data.path="a, b.csv"', lambda c: c.data.path, "a, b.csv"),
        ("data.positive=1", lambda c: c.data.positive, 1),
        ("+debug=overfit", lambda c: (c.search.trials, c.pruner.name), (1, "none")),
        ("debug=fast", lambda c: c.trainer.max_epochs, 2),
    ],
    ids=lambda case: case if isinstance(case, str) else "",
)
def test_an_override_reaches_its_setting(word: str, read: object, value: object) -> None:
    assert callable(read)
    assert read(composed(word)) == value


def test_search_is_taken_without_its_plus() -> None:
    config = compose(read_flags(["search=lstm_vs_gru"]))
    assert config is not None
    assert config.search.name == "lstm_vs_gru"


def test_debug_wins_over_the_search_in_either_order() -> None:
    config = compose(read_flags(["+debug=overfit", SEARCH]))
    assert config is not None
    assert config.search.trials == 1


@pytest.mark.parametrize("search", ["lstm_vs_gru", "full", "imbalance", "smoke"])
def test_overfitting_leaves_nothing_to_the_search_but_the_arms(search: str) -> None:
    config = compose(read_flags([f"+search={search}", "+debug=overfit"]))
    assert config is not None
    space = Space.parse(config.search.space, config, config.search.compare)
    assert [p.path for p in space.parameters] == ([space.compare] if space.compare else [])
    for arm in space.arms:
        made = apply(config, space.defaults(arm, config))
        dropout = made.model.embedding_dropout, made.model.layer_dropout, made.model.dropout
        assert (*dropout, made.optimizer.weight_decay, made.trainer.max_epochs) == (0, 0, 0, 0, 40)


TYPED = {
    "a setting": (["model.hidden=32"], {"model.hidden"}),
    "a group": (["model={hidden: 32, layers: 2}"], {"model.hidden", "model.layers"}),
    "a file": (["optimizer=sgd"], {"optimizer.name", "optimizer.learning_rate"}),
    "a file for all groups": (["+debug=fast"], {"name", "text.vocabulary_size", "trainer.max_epochs"}),
    "with its sign": (["++model.hidden=32", "+search.trials=3"], {"model.hidden", "search.trials"}),
    "nothing": ([], set()),
}  # fmt: skip


@pytest.mark.parametrize(("words", "names"), TYPED.values(), ids=TYPED)
def test_what_is_typed_is_known(words: list[str], names: set[str]) -> None:
    assert typed(read_flags([SEARCH, *words])) == names


def test_what_differs_from_the_defaults_is_known_whoever_set_it() -> None:
    assert changed(composed()) == set()
    assert changed(composed("model.hidden=128")) == set()
    assert changed(composed("optimizer=sgd", "model.hidden=32")) == {
        "optimizer.name", "optimizer.learning_rate", "model.hidden",
    }  # fmt: skip
    overfit = changed(composed("+debug=overfit"))
    assert {"pruner.name", "trainer.max_epochs", "model.embedding_dropout"} <= overfit


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("search.fix=optimizer.name", ["takes a list of texts, as in [a,b]"]),
        ("search.fx=[a]", ["`search.fx` is no setting", "`search.fix`"]),
        ("model.hiden=3", ["`model.hiden` is no setting", "`model.hidden`", "read_out"]),
        ("mdel.hidden=3", ["`mdel.hidden` is no setting", "`model.hidden`"]),
        ("hiden=3", ["`hiden` is no setting", "`model.hidden`"]),
        ("foo=3", ["`foo` is no setting", "--cfg job"]),
        ("+foo=3", ["`foo` is no setting"]),
        ("++foo.bar=3", ["`foo` is no setting"]),
        ("+search.trails=4", ["`search.trails` is no setting", "`search.trials`"]),
        ("search.trails=4", ["`search.trails` is no setting", "`search.trials`"]),
        (
            "search.space.model.cel.choices=[gru]",
            ["not in this search's space", "model.cell.choices", "+search"],
        ),
        ("model.hidden=x", ["`model.hidden` takes a whole number, but got `x`"]),
        ("model.hidden=1.5", ["takes a whole number, but got `1.5`"]),
        ("model.cell=rnn", ["`model.cell` takes one of lstm, gru, but got `rnn`"]),
        ("model.bidirectional=maybe", ["takes true or false"]),
        ("data.path=[a]", ["takes a text or null"]),
        ("search.space=3", ["`search.space` takes a tree"]),
        ("split=x", ["`split` is a group of settings", "split.validation=..."]),
        ("model=rnn", ["`model=rnn`: there is no such file", "gru, lstm"]),
        ("model=null", ["`model=null`: there is no such file"]),
        ("+model=gru", ["without `+`: model=gru"]),
        ("+model.hidden=3", ["without `+`"]),
        ("~model.hidden", ["cannot be removed"]),
        ("~search", ["none to remove"]),
        ("model=[gru", ["cannot be read", "quoted"]),
        ("data.label=is {spam", ["'data.label=\"is {spam\"'"]),
        ("model.hidden", ["sets nothing", "NAME=VALUE"]),
        ("=3", ["sets nothing"]),
        ("model.hidden=1,2", ["several runs", "+search.space.model.hidden="]),
        ("model.hidden=range(1,3)", ["several runs"]),
        ("model.hidden=0", ["model.hidden must be at least 1, but got 0"]),
        (
            "trainer.micro_batch_tokens=-1",
            ["trainer.micro_batch_tokens must be `auto` or at least 0, but got -1"],
        ),
        (
            "trainer.micro_batch_tokens=few",
            ["trainer.micro_batch_tokens must be `auto` or at least 0, but got 'few'"],
        ),
        ("data.path=${nowhere}", ["`data.path` cannot be worked out", "nowhere"]),
        ("search=other", ["one search", "lstm_vs_gru", "other"]),
        ("+model._target_=os.system", ["`model._target_`", "call code"]),
        ("+search.space.x={a: [{_partial_: true}]}", ["_partial_", "call code"]),
        ("hydra.job_logging.version=2", ["Hydra's own settings are fixed"]),
        ("hydra/job_logging=none", ["Hydra's own settings are fixed"]),
        ("hydra.searchpath=[pkg://os]", ["Hydra's own settings are fixed", "--config-dir"]),
    ],
)
def test_a_mistake_is_told_with_the_way_out(word: str, told: list[str]) -> None:
    (mistake,) = mistakes(SEARCH, word)
    assert [part for part in told if part not in mistake] == []


def test_all_mistakes_of_a_command_are_told_at_once() -> None:
    found = mistakes(
        "+search=lstm_vs_gruu",
        "model=[",
        "model.hidden=1,2",
        "hydra.verbose=true",
        "text=wrd",
        "optimizer.momentum=x",
        "trainer.patince=3",
        "model.layers=2",
    )
    assert len(found) == 7
    assert not any("model.layers" in mistake for mistake in found)


def test_the_rules_of_all_groups_are_checked_at_once() -> None:
    found = mistakes(
        SEARCH, "model.hidden=0", "model.dropout=2", "trainer.patience=0", "split.test=1"
    )
    assert len(found) == 4


@pytest.mark.parametrize("words", [[], ["search.trials=4"], ["model.layers=2"]], ids=str)
def test_a_command_without_a_search_is_told_which_there_are(words: list[str]) -> None:
    (mistake,) = mistakes(*words)
    assert "+search=lstm_vs_gru" in mistake
    assert "Does an LSTM or a GRU" in mistake


def test_an_unknown_search_is_told_with_the_nearest() -> None:
    (mistake,) = mistakes("+search=lstm_vs_gu")
    assert "Did you mean `lstm_vs_gru`?" in mistake
    assert "Does an LSTM or a GRU" in mistake


def test_a_command_that_needs_no_search_does_without() -> None:
    config = compose(read_flags(["workdir=elsewhere"]), need_search=False)
    assert config is not None
    assert config.workdir == "elsewhere"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "name: x\ntrails: 3",
            ["search/mine.yaml", "`search.trails` is no setting", "`search.trials`"],
        ),
        (
            "name: x\ntrials: many",
            ["search/mine.yaml", "`search.trials` takes a whole number", "`many`"],
        ),
        ("question: Why?", ["`search.name` must be given"]),
        (
            "# @package _global_\nmodel: {hiden: 3}\nsearch: {name: x}",
            ["search/mine.yaml", "`model.hidden`"],
        ),
        (
            "# @package _global_\ndefaults: [override /model: rnn]\nsearch: {name: x}",
            ["no configuration `model/rnn`", "gru, lstm"],
        ),
        ("# @package _global_\nmodel: {_target_: os.system}\nsearch: {name: x}", ["call code"]),
        ("name: x\nspace: {a: {_target_: os.system}}", ["`search.space.a._target_`", "call code"]),
        (
            "# @package _global_\nhydra: {job_logging: {}}\nsearch: {name: x}",
            ["Hydra's own settings"],
        ),
    ],
    ids=["key", "type", "name", "nested", "choice", "code", "code in the space", "hydra"],
)
def test_a_mistake_in_a_file_is_told_with_its_place(
    tmp_path: Path, text: str, told: list[str]
) -> None:
    (tmp_path / "search").mkdir()
    (tmp_path / "search" / "mine.yaml").write_text(text, encoding="utf-8")
    (mistake,) = mistakes("--config-dir", str(tmp_path), "+search=mine")
    assert [part for part in told if part not in mistake] == []


@pytest.mark.parametrize("folder", ["conf", "a folder, it's $odd"])
def test_a_search_comes_from_a_folder_of_the_users(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    (tmp_path / folder / "search").mkdir(parents=True)
    (tmp_path / folder / "search" / "mine.yaml").write_text(
        "name: mine\nquestion: Mine?", encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    config = compose(read_flags(["--config-dir", folder, "+search=mine"]))
    assert config is not None
    assert config.search.question == "Mine?"


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (["--version"], "sweep 0."),
        (["--help"], "+search=lstm_vs_gru"),
        (["--cfg", "job"], "hidden: 128"),
        ([SEARCH, "--cfg", "job", "model.hidden=32", "--package", "model"], "hidden: 32"),
        (["--cfg", "job", "--resolve"], "workdir: runs"),
        (["--info", "defaults"], "model/bilstm"),
        (["--hydra-help"], "Hydra"),
        (["--shell-completion", "install=bash"], "complete"),
    ],
    ids=lambda case: " ".join(case) if isinstance(case, list) else "",
)
def test_hydras_flags_are_answered(
    words: list[str],
    shown: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "argv", ["sweep"])
    assert SWEEP.run(words) == 0
    assert shown in capsys.readouterr().out


def test_what_hydra_shows_is_checked_like_what_is_run() -> None:
    with pytest.raises(UserError, match="`model.hidden`"):
        show(read_flags(["--cfg", "job", "model.hiden=3"]))


def test_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    composed("model.hidden=32")
    mistakes("model.hiden=32")
    assert list(tmp_path.iterdir()) == []


def test_a_mistake_is_answered_before_anything_heavy_loads() -> None:
    program = (
        "import sys, time; from sweep.__main__ import main\n"
        f"code = main(['{SEARCH}', 'model.hiden=3', 'text.level=x'])\n"
        "print(code, round(time.process_time(), 2), *sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"HYDRA_FULL_ERROR": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    code, seconds, *modules = run.stdout.split()
    assert code == "2"
    assert float(seconds) < 2  # of the processor; importing torch alone takes longer
    assert HEAVY & set(modules) == set()
    assert "Traceback" not in run.stderr
    assert run.stderr.count("\n- ") == 2
