"""The contract of plug-ins: the worked examples of docs/extend.md keep it, and each planted illness is found."""

import re
from pathlib import Path

import pytest

import sweep.testing
from support.plugins import examples, forget
from support.typed_commands import compose_typed, words_of
from sweep.errors import UserError

ROOT = Path(__file__).parents[2]
HEAD = """
import torch
from torch import nn
from sweep.plugins import cell, cleaning, loss, network, read_out, resampler
"""
ILL = {
    "reads the padding": (
        """
        @cell("ill")
        class Ill(nn.Module):
            def __init__(self, inputs, hidden):
                super().__init__()
                self.inner = nn.Linear(inputs, hidden)
            def forward(self, x):
                return self.inner(x).flip(0).cumsum(0).flip(0)
        """,
        "model.cell=ill: a text's logit depends on more padding",
    ),
    "mixes the rows": (
        """
        @network("ill")
        class Ill(nn.Module):
            def __init__(self, vocabulary_size, embedding):
                super().__init__()
                self.embedding = nn.Embedding(vocabulary_size, embedding, padding_idx=0)
                self.head = nn.Linear(embedding, 1)
            def forward(self, ids, lengths):
                x = self.embedding(ids).sum(1) / lengths[:, None]
                return self.head(x - x.mean(0)).squeeze(1)
        """,
        "model.network=ill: a text's logit depends on the texts beside it in the batch",
    ),
    "has a column too many": (
        """
        @network("ill")
        class Ill(nn.Module):
            def __init__(self, vocabulary_size, embedding):
                super().__init__()
                self.embedding = nn.Embedding(vocabulary_size, 1)
            def forward(self, ids, lengths):
                return self.embedding(ids).sum(1)
        """,
        "model.network=ill must give logits of the shape (rows,) = (5,), but gave (5, 1).",
    ),
    "keeps a weight from the gradient": (
        """
        @read_out("ill")
        class Ill(nn.Module):
            def __init__(self, size):
                super().__init__()
                self.idle = nn.Linear(size, size)
            def forward(self, states, lengths):
                return states[0]
        """,
        "no gradient reaches read_out.body.idle.weight, read_out.body.idle.bias",
    ),
    "does not save what it draws": (
        """
        @cell("ill")
        class Ill(nn.Module):
            def __init__(self, inputs, hidden):
                super().__init__()
                self.inner = nn.Linear(inputs, hidden)
                self.scale = float(torch.rand(()))
            def forward(self, x):
                return self.scale * self.inner(x)
        """,
        "model.cell=ill: saved and loaded it answers otherwise",
    ),
    "gives states of another size": (
        """
        @cell("ill")
        def ill(inputs, hidden):
            return nn.RNN(inputs, hidden + 1)
        """,
        "model.cell=ill must give states of the shape (tokens, rows, hidden) = (7, 5, 5), but gave (7, 5, 6).",
    ),
    "raises": (
        """
        @read_out("ill")
        def ill(size):
            raise RuntimeError("no idea")
        """,
        "model.read_out=ill: it raised RuntimeError: no idea",
    ),
    "a mean instead of rows": (
        """
        @loss("ill")
        def ill(logits, targets):
            return ((logits - targets) ** 2).mean()
        """,
        "loss.name=ill must give each row's loss, of the shape (rows,) = (1,), but gave ().",
    ),
    "overflows": (
        """
        @loss("ill")
        def ill(logits, targets):
            return -torch.log(torch.sigmoid(logits)) * targets - torch.log(1 - torch.sigmoid(logits)) * (1 - targets)
        """,
        "loss.name=ill: it is no finite number at logits between -40 and 40.",
    ),
    "rewards errors": (
        """
        @loss("ill")
        def ill(logits, targets):
            return torch.sigmoid(logits) * targets
        """,
        "loss.name=ill: a right answer must cost less than a wrong one",
    ),
    "loses a class": (
        """
        @resampler("ill")
        class Ill:
            def __init__(self, seed):
                pass
            def fit_resample(self, X, y):
                self.sample_indices_ = (y == 0).nonzero()[0]
                return X[y == 0], y[y == 0]
        """,
        "resampling.method=ill cannot work on this training part (200 positive, 40 negative rows): it would leave 0 "
        "positive, 40 negative.",
    ),
    "gives rows that are none": (
        """
        @resampler("ill")
        class Ill:
            def __init__(self, seed):
                pass
            def fit_resample(self, X, y):
                self.sample_indices_ = list(range(len(y) + 1))
                return X, y
        """,
        "its indices must be whole numbers from 0 to 239.",
    ),
    "draws by a seed of its own": (
        """
        @resampler("ill")
        class Ill:
            def __init__(self, seed):
                pass
            def fit_resample(self, X, y):
                self.sample_indices_ = torch.randint(len(y), (len(y) * 3,)).numpy()
                return X, y
        """,
        "resampling.method=ill: under one seed it gave two answers",
    ),
    "needs more rows than there are": (
        """
        @resampler("ill")
        class Ill:
            def __init__(self, seed):
                pass
            def fit_resample(self, X, y):
                if (y == 1).sum() < 20:
                    raise ValueError("too few")
                self.sample_indices_ = list(range(len(y)))
                return X, y
        """,
        "(12 positive, 200 negative rows)",
    ),
    "falls over few rows": (
        """
        @resampler("ill")
        class Ill:
            def __init__(self, seed):
                pass
            def fit_resample(self, X, y):
                self.sample_indices_ = list(range(len(y)))
                if len(y) < 100:
                    raise KeyError("none")
                return X, y
        """,
        "resampling.method=ill: it raised KeyError: 'none'",
    ),
    "has no interface": (
        """
        @resampler("ill")
        def ill(seed):
            return seed
        """,
        "it must give an object with fit_resample, but gave int.",
    ),
    "gives no text": (
        """
        @cleaning("ill")
        def ill(text):
            return text or None
        """,
        "text.cleaning=ill: an empty text: text.cleaning=ill must give a text, but gave None.",
    ),
    "raises on a text": (
        """
        @cleaning("ill")
        def ill(text):
            return text[0] + text
        """,
        "an empty text: text.cleaning=ill cannot clean a text:",
    ),
    "keeps a state": (
        """
        seen = set()
        @cleaning("ill")
        def ill(text):
            if text in seen:
                return "again"
            seen.add(text)
            return text
        """,
        "text.cleaning=ill: plain words: asked again it answers otherwise",
    ),
    "changes its own answer": (
        """
        @cleaning("ill")
        def ill(text):
            return "re: " + text
        """,
        "plain words: it changes its own answer again; where that is meant, say check(FILE, once=['ill']).",
    ),
    "breaks in training alone": (
        """
        @network("ill")
        class Ill(nn.Module):
            def __init__(self, vocabulary_size, embedding):
                super().__init__()
                self.embedding = nn.Embedding(vocabulary_size, 1, padding_idx=0)
            def forward(self, ids, lengths):
                if len(ids) > 6:
                    raise RuntimeError("too many rows")
                return self.embedding(ids).sum(1).squeeze(1) / lengths
        """,
        "model.network=ill: it raised RuntimeError: too many rows",
    ),
}


@pytest.fixture(autouse=True)
def _none_stays() -> None:
    yield
    forget()


def outdented(code: str) -> str:
    return HEAD + re.sub(r"^ {8}", "", code, flags=re.MULTILINE)


@pytest.mark.parametrize("illness", ILL)
def test_each_illness_is_told(illness: str, tmp_path: Path) -> None:
    code, told = ILL[illness]
    file = tmp_path / "ill.py"
    file.write_text(outdented(code), encoding="utf-8")
    with pytest.raises(AssertionError, match="breaks the contract") as breach:
        sweep.testing.check(file)
    assert told in str(breach.value)


def test_the_worked_examples_keep_the_contract(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = examples(tmp_path)
    assert names == [
        "leaky.py", "bag.py", "squared.py", "varied.py", "replies.py", "test_mine.py",
    ]  # fmt: skip
    monkeypatch.chdir(tmp_path)
    scope: dict[str, object] = {}
    exec((tmp_path / "test_mine.py").read_text(encoding="utf-8"), scope)  # noqa: S102
    scope["test_mine"]()  # type: ignore[operator]


def test_a_step_may_change_its_answer_where_that_is_said(tmp_path: Path) -> None:
    file = tmp_path / "ill.py"
    file.write_text(outdented(ILL["changes its own answer"][0]), encoding="utf-8")
    sweep.testing.check(file, once=["ill"])


def test_a_setting_is_tried_as_given(tmp_path: Path) -> None:
    examples(tmp_path)
    with pytest.raises(
        UserError, match=re.escape("plugins.leaky: keep must lie in [0, 1), but got 1.")
    ):
        sweep.testing.check(tmp_path / "leaky.py", {"leaky": {"keep": 1.0}})


def commands() -> list[str]:
    text = (ROOT / "docs" / "extend.md").read_text(encoding="utf-8").replace("\\\n", " ")
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


@pytest.mark.parametrize("line", commands())
def test_every_command_of_the_page_composes(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    examples(tmp_path)
    monkeypatch.chdir(tmp_path)
    compose_typed(words_of(line) or [])
