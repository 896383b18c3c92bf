"""A row of the table gives a finding what its look does not say."""

import pytest

from sweep.diagnosis.facts import Facts
from sweep.diagnosis.finding import Evidence
from sweep.diagnosis.symptom import Seen, Symptom

EVIDENCE = (Evidence(text="it is so"),)
ROW = Symptom(
    key="planted",
    cause="training",
    severity="warning",
    name="Planted",
    definition="Always.",
    remedy="Nothing.",
    patch=("a=1",),
    look=lambda _: [Seen(title="It is so.", evidence=EVIDENCE, confidence=0.5)],
)


def test_the_row_says_what_the_look_does_not() -> None:
    (finding,) = ROW.findings(Facts())
    assert (finding.symptom, finding.cause, finding.severity) == ("planted", "training", "warning")
    assert (finding.remedy, finding.patch, finding.proof) == ("Nothing.", ("a=1",), "none")


@pytest.mark.parametrize("patch", [(), ("b=2",)])
def test_the_look_goes_before_the_row_an_empty_patch_too(patch: tuple[str, ...]) -> None:
    from dataclasses import replace

    seen = Seen(
        title="So.",
        evidence=EVIDENCE,
        confidence=1.0,
        severity="error",
        remedy="Much.",
        patch=patch,
    )
    (finding,) = replace(ROW, look=lambda _: [seen]).findings(Facts())
    assert (finding.severity, finding.remedy, finding.patch) == ("error", "Much.", patch)
