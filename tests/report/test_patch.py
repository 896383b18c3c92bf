"""The next sweep's settings as findings advise them."""

from pathlib import Path

import pytest

from sweep.compose.compose import compose
from sweep.compose.flags import read_flags
from sweep.config import Config
from sweep.diagnosis.finding import Evidence, Finding
from sweep.report.patch import accepted, patch_yaml


@pytest.fixture(scope="module")
def config() -> Config:
    return compose(read_flags(["+search=lstm_vs_gru"]))


def advice(*patch: str, symptom: str = "planted") -> Finding:
    return Finding(
        symptom=symptom,
        cause="training",
        severity="warning",
        confidence=0.9,
        title="3 of 9 trials did it.",
        evidence=(Evidence(text="3 of 9"),),
        remedy="Do not.",
        patch=patch,
    )


RATE = "search.space.optimizer.learning_rate"


@pytest.mark.parametrize(
    ("patches", "taken"),
    [
        ([[f"{RATE}.high=0.004"]], [[f"{RATE}.high"]]),
        ([[f"{RATE}.high=0.004"], [f"{RATE}.low=0.002"]], [[f"{RATE}.high"]]),
        ([[f"{RATE}.low=0.5"]], []),
        ([[f"{RATE}.low=0.5"], [f"{RATE}.high=0.004"]], [[f"{RATE}.high"]]),
        ([["optimizer.clip_norm=-1"]], []),
        ([["search.space.no.such.high=1"]], []),
        ([[], ["trainer.max_epochs=40", "search.trials=24"]], [["trainer.max_epochs", "search.trials"]]),
    ],
    ids=["one", "the first of two", "low above high", "what fits of two", "refused", "no setting", "settings"],
)  # fmt: skip
def test_patches_are_taken_while_they_fit(
    config: Config, patches: list[list[str]], taken: list[list[str]]
) -> None:
    before = repr(config)
    found = accepted(config, [advice(*patch) for patch in patches])
    assert [list(values) for _, values in found] == taken
    assert repr(config) == before


def test_a_patch_says_why_and_the_next_search_takes_it(config: Config, tmp_path: Path) -> None:
    findings = [
        advice(f"{RATE}.high=0.004", symptom="rate_too_high"),
        advice("search.space.model.read_out.choices=[max]", "trainer.max_epochs=40"),
    ]
    text = patch_yaml(accepted(config, findings), name="sms_2", command="python -m sweep …")
    file = tmp_path / "patch.yaml"
    file.write_text(text, encoding="utf-8")
    assert text.startswith("# python -m sweep …\n#\nname: sms_2\n")
    assert "        # rate_too_high: 3 of 9 trials did it.\n        high: 0.004\n" in text
    patched = compose(read_flags(["+search=lstm_vs_gru", "--patch", str(file)]))
    assert (patched.sweep, patched.trainer.max_epochs) == ("sms_2", 40)
    assert patched.search.space["optimizer"]["learning_rate"]["high"] == 0.004
    assert patched.search.space["model"]["read_out"]["choices"] == ["max"]
