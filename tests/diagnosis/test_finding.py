"""A finding goes to JSON and back."""

import json

from sweep.diagnosis.finding import Evidence, Finding


def test_a_finding_comes_back_from_json() -> None:
    evidence = (
        Evidence(text="3 of 9 trials", number=1 / 3, interval=(0.1, 0.7), trials=("lstm-3",)),
        Evidence(text="two rows", rows=(4, 17)),
    )
    finding = Finding(
        symptom="collapse",
        cause="imbalance",
        severity="error",
        confidence=0.75,
        title="Every answer is no.",
        evidence=evidence,
        remedy="Do not resample.",
        patch=("resampling=none",),
        proof="observed",
    )
    told = json.loads(json.dumps(finding.to_dict()))
    assert Finding.from_dict(told) == finding
    assert told["evidence"][1] == {"text": "two rows", "rows": [4, 17]}
