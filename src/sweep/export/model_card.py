"""The model card: what an exported model was trained on, how good it is, and what it is not for."""

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, StrictUndefined

from sweep.export.answer import probability_column

SCORES = ("average_precision", "roc_auc", "f1", "mcc", "balanced_accuracy", "precision", "recall")
CALIBRATION = ("log_loss", "brier", "ece")
RULES = {
    "f1": "the F1 score",
    "mcc": "Matthews' correlation coefficient",
    "balanced_accuracy": "the balanced accuracy",
    "recall": "the precision, among the thresholds that reach the wanted recall",
    "precision": "the recall, among the thresholds that reach the wanted precision",
    "cost": "the savings, at the given costs of a miss and a false alarm",
}
TEMPLATE = """\
# {{ name }}

{% if settings.get("model.network", "recurrent") == "recurrent" -%}
A recurrent network ({{ settings["model.cell"] | upper }})
{%- else -%}
A network of a plug-in ({{ settings["model.network"] }})
{%- endif %} that says how probably a text is \
**{{ corpus.positive }}** rather than **{{ corpus.negative }}**.
It won the sweep `{{ name }}` as trial {{ best.arm }}-{{ best.number }}.\
{% if networks > 1 %} It is a bag: {{ networks }} networks of these settings, each trained with another part of the \
rows held out; the mean of their log-odds answers.{% elif members %} It is one of {{ members }} networks of these \
settings, the one whose answers are nearest to their mean.{% endif %}

## Use

    python -m sweep predict model=FOLDER input=texts.csv output=labelled.csv

or with MLflow, where sweep need not be installed (`mlflow/requirements.txt` says what must be):

    model = mlflow.pyfunc.load_model("FOLDER/mlflow")
    model.predict(pandas.DataFrame({"text": ["..."]}))  # columns {{ probability }}, label

{% for plugin in plugins -%}
It needs {% if plugin.kind == "file" %}\
the plug-in `{{ plugin.name }}` with the SHA-256 `{{ plugin.digest }}`; \
a copy lies in `plugins/`: read it, then add `--plugin FOLDER/plugins/{{ plugin.name }}` to the command{% else %}the \
package \
{{ plugin.name }} {{ plugin.digest }}{% endif %}.

{% endfor -%}
Every file's SHA-256 stands in `manifest.json` and is checked before the model is loaded.

## Data

Corpus `{{ corpus.name }}` ({{ corpus.positive }} is the positive class):

| part | texts | {{ corpus.positive }} |
|---|---:|---:|
{% for part, told in corpus.parts.items() -%}
| {{ part }} | {{ told.texts }} | {{ "%.1f" | format(100 * told.positive) }} % |
{% endfor %}
{% for note in corpus.notes -%}
* {{ note | cell }}
{% endfor %}
{% if members %}Training and validation part were one: each network held a fold of them out, by which its \
epoch was chosen; threshold and calibration were chosen by the answers about all rows, each by the network that \
had not trained on it{% else %}The model was fitted on the training part; threshold and calibration were chosen on the \
validation part{% endif %}; the test part was read \
{% if test_reads == 1 %}once{% else %}{{ test_reads }} times (once for each winner of a growing budget){% endif %}, \
for the scores below. The vocabulary in `tokenizer.json` holds \
words of the training texts. Whether the data's licence allows this model to be used or passed on \
is for you to check: this program does not know where the texts come from.

## Scores

| | {{ (scores + calibration) | join(" | ") | replace("_", " ") }} |
|---|{{ "---:|" * (scores + calibration) | length }}
{% for row, told in rows.items() -%}
| {{ row | cell }} |{% for score in scores + calibration %} {{ told.get(score) | number }} |{% endfor %}
{% endfor %}
Average precision is at home at the positive share ({{ "%.3f" | format(corpus.parts.test.positive) }} \
on test for a model that guesses), ROC-AUC and balanced accuracy at 0.5, MCC at 0.

**Threshold:** {{ corpus.positive }} from a probability of {{ "%.6g" | format(decision.threshold) }}. \
On the {% if members %}rows held out{% else %}validation part{% endif %} this maximises {{ rules[threshold_for] }}\
{% if interval %}; on other rows of this kind it would lie between \
{{ "%.4g" | format(interval[0]) }} and {{ "%.4g" | format(interval[1]) }}, 95 times in \
100{% endif %}. \
Calibration: {{ decision.calibrator.kind }}{% if decision.trained_prior != decision.true_prior %}; \
probabilities are corrected from a positive share of {{ "%.4g" | format(decision.trained_prior) }} \
in training to {{ "%.4g" | format(decision.true_prior) }}{% endif %}.

## Limits

* It knows texts like those it was trained on: another language, time or source needs new scores first.
* A text is cut at {{ encoder.max_length }} tokens; of it the {{ encoder.keep | replace("_", " and ") }} is kept. \
Of the {{ encoder.vocabulary_size }} tokens of its vocabulary two are padding and \
unknown; words it has not seen all look alike to it.
* A text without a visible sign gets no answer: both columns stay empty.
{% if members -%}
* The scores out of fold are a little too good, since each network's epoch was chosen by the fold that it answers for, \
and single networks' where the model is a bag; those on test are the model's own.
{% else -%}
* The scores on validation are those of the best of many trials, so they are too good; those on test are not.
{% endif %}

## Settings

| setting | value |
|---|---|
{% for setting, value in settings.items() -%}
| {{ setting }} | {{ value | cell }} |
{% endfor %}
Seed of the sweep: {{ seed }}. Versions: {{ versions }}.

## Made by

    {{ command }}
"""


def model_card(facts: Mapping[str, Any]) -> str:
    """Write the model card.

    Args:
        facts: `name`, `command`, `seed`, `test_reads`, `versions`, `settings` (flat), `corpus` (name, positive,
            negative, notes, parts), `encoder`, `decision`, `threshold_for`, `best`, `plugins`, `networks`
            (how many are exported), `members` (how many were trained; 0 where the winner was not confirmed),
            `interval` (of the threshold, or None) and `rows`:
            the scores of the model and the baselines by what they are called.

    Returns:
        Markdown.
    """
    # The card is Markdown, not HTML; a table's cells must not be broken by what a user wrote.
    environment = Environment(undefined=StrictUndefined, autoescape=False)
    environment.filters |= {"cell": _cell, "number": _number}
    probability = probability_column(str(facts["corpus"]["positive"]))
    return (
        environment.from_string(TEMPLATE).render(
            **facts, probability=probability, scores=SCORES, calibration=CALIBRATION, rules=RULES
        )
        + "\n"
    )


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"
