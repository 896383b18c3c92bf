"""The doctor's screen: width, order, what is left out."""

from sweep.diagnosis.finding import Evidence, Finding, Severity
from sweep.report.doctor_screen import WIDTH, introduction, screen, verdict


def finding(severity: Severity, title: str = "x " * 80) -> Finding:
    return Finding(
        symptom="duplicates", cause="data", severity=severity, confidence=0.9, title=title,
        evidence=(Evidence(text="a.csv", rows=tuple(range(2, 30))), Evidence(text="share", number=0.1)),
        remedy="Do this.", patch=("text.strip_html=true", "data.group=COLUMN"),
    )  # fmt: skip


def test_lines_keep_the_width_and_hold_number_rows_and_what_to_type() -> None:
    lines = screen([finding("warning")])
    assert max(map(len, lines)) <= WIDTH
    text = " ".join(" ".join(lines).split())
    assert text.startswith("warn x x")
    assert "look at a.csv: lines 2, 3, 4, 5, 6, …" in text
    assert text.endswith("Do this. Type: text.strip_html=true data.group=COLUMN")


def test_what_does_not_fit_is_counted_but_errors_are_always_told() -> None:
    lines = screen([*[finding("error", "bad")] * 8, *[finding("note", "mild")] * 3], most=6)
    assert sum(line.startswith("ERROR") for line in lines) == 8
    assert "and 3 more" in lines[-1]


def test_the_verdict_counts() -> None:
    assert verdict([finding("error"), finding("note"), finding("note")]) == "1 error, 2 notes."
    assert verdict([]) == "Nothing ill was found."


def test_the_introduction_says_what_is_to_beat() -> None:
    classes = {"train": {"rows": 10, "positives": 2}, "test": {"rows": 0, "positives": 0}}
    reached = {"majority": {}, "tfidf_logreg": {"roc_auc": 0.9, "mcc": 0.5}}
    lines = introduction({"files": ["a.csv"], "classes": classes, "baselines": reached})
    assert lines == [
        "a.csv: train 10 (20.0% positive)",
        "to beat on validation: tfidf_logreg 0.900 AUC 0.500 MCC",
    ]
