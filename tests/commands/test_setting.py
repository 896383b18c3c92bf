"""Settings that one command alone takes."""

import pytest

from sweep.commands.setting import Setting, taken, taken_alone
from sweep.errors import UserError

SETTINGS = (
    Setting(name="output", default="best-model", about="where to"),
    Setting(name="mlflow", default="true", choices=("true", "false"), about="whether"),
    Setting(name="name", needed=True, about="the sweep's name"),
    Setting(name="text", about="column"),
)


@pytest.mark.parametrize(
    ("words", "given", "rest"),
    [
        (["name=a"], {}, []),
        (["name=a", "output=my model"], {"output": "my model"}, []),
        (["name=a", "seed=3", "+search=x", "--flag"], {}, ["seed=3", "+search=x", "--flag"]),
        (['name="a b"', "mlflow=false"], {"name": "a b", "mlflow": "false"}, []),
        (["name=a", "output="], {}, []),
        (["name=a", "name=a", "text=0"], {"text": "0"}, []),
    ],
)
def test_a_command_takes_its_own_words(
    words: list[str], given: dict[str, str], rest: list[str]
) -> None:
    usual = {"output": "best-model", "mlflow": "true", "name": "a"}
    assert taken(words, SETTINGS) == (usual | given, rest, [])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], ["`name=` must be given: the sweep's name."]),
        (["name="], ["`name=` must be given: the sweep's name."]),
        (
            ["name=a", "name=b", "mlflow=no"],
            ["`name` is given twice: 'a' and 'b'.", "`mlflow` takes true or false, but got 'no'."],
        ),
    ],
    ids=["missing", "empty", "twice and wrong"],
)
def test_mistakes_are_told_together(words: list[str], told: list[str]) -> None:
    assert taken(words, SETTINGS)[2] == told


def test_other_words_are_refused() -> None:
    assert taken_alone("delete", ["name=a"], SETTINGS)["name"] == "a"
    with pytest.raises(UserError) as refused:
        taken_alone("delete", ["nam=a", "airline"], SETTINGS)
    takes = "`delete` takes output=, mlflow=, name=, text=."
    assert list(refused.value.mistakes) == [
        f"`nam` is no setting. Did you mean `name`? {takes}",
        f"`airline` sets nothing: write NAME=VALUE without spaces. {takes}",
        "`name=` must be given: the sweep's name.",
    ]
