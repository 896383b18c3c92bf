"""The pre-flight as a whole: plain facts for each arm, whatever its network does, and nothing left behind."""

import json
from collections.abc import Callable

import pytest

from sweep.preflight import preflight as module
from sweep.preflight.checks import companions, memorises
from sweep.preflight.preflight import CHECKS, beside, preflight
from sweep.records import TrialJob

Make = Callable[..., TrialJob]


def test_every_check_is_made_of_every_arm_whatever_another_does_and_needs_no_gpu(
    job: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "NICE", 0)
    jobs = {
        "lstm": job(trainer__accelerator="gpu"),
        "broken": job(model__network="broken"),
        "mixed": job(model__network="sound", resampling__method="smote"),
    }
    found = beside(jobs)
    arms = found["arms"]
    assert list(arms["lstm"]) == ["initial_loss", *CHECKS]
    assert not any("raised" in one for one in arms["lstm"].values())
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    said = "RuntimeError: mat1 and mat2 shapes cannot be multiplied (3x4 and 5x6)"
    assert arms["broken"] == {"raised": said}
    assert "forward_mixed" in arms["mixed"]["raised"]
    assert not jobs["lstm"].folder.exists()


def test_the_same_is_found_again_and_each_check_is_said_as_it_begins(
    job: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = {"memorises": memorises, "companions": companions}
    monkeypatch.setattr(module, "CHECKS", few)
    said: list[str] = []
    assert preflight({"all": job()}, said.append) == preflight({"all": job()})
    assert said == ["the start", "memorises", "companions"]


def test_a_check_that_raises_leaves_the_others(job: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: object) -> dict[str, float]:
        raise ValueError("no such thing")

    monkeypatch.setattr(module, "CHECKS", {"companions": fails, "memorises": memorises})
    found = preflight({"all": job()})["arms"]["all"]
    assert found["companions"] == {"raised": "ValueError: no such thing"}
    assert "value" in found["memorises"]
