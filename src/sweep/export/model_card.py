"""The model card: what decides whether an exported model goes into production, shortest and hardest first."""

import re
from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, StrictUndefined

from sweep.export.answer import probability_column

SCORES = ("average_precision", "roc_auc", "mcc", "f1", "precision", "recall")
FITS = ("ece", "log_loss", "brier")
NAMES = {
    "average_precision": "average precision",
    "roc_auc": "ROC-AUC",
    "mcc": "Matthews' correlation (MCC)",
    "f1": "F1",
    "balanced_accuracy": "balanced accuracy",
    "log_loss": "log loss (less is better)",
    "ece": "calibration error",
    "brier": "Brier score",
}
RULES = {
    "f1": "the F1 score",
    "mcc": "Matthews' correlation",
    "balanced_accuracy": "the balanced accuracy",
    "recall": "the precision, among the thresholds that reach the wanted recall",
    "precision": "the recall, among the thresholds that reach the wanted precision",
    "cost": "the savings, at the given costs of a miss and a false alarm",
}
PASSED = {
    "better": "**Better than a linear model.**",
    "worse": "**Worse than a linear model: take that one.**",
    "no evidence": "**No evidence that it is better than a linear model,** which is simpler and faster.",
}
TEMPLATE = """\
# {{ name }}

{% if settings.get("model.network", "recurrent") == "recurrent" -%}
A recurrent network ({{ settings["model.cell"] | upper }})
{%- else -%}
A network of a plug-in ({{ settings["model.network"] }})
{%- endif %} that says how probably a text is \
**{{ corpus.positive }}** rather than **{{ corpus.negative }}**.
{%- if networks > 1 %} It is a bag: {{ networks }} networks of the same settings, each trained with another part of \
the rows held out; the mean of their log-odds answers.{% elif members %} It is one of {{ members }} networks of the \
same settings, the one whose answers are nearest to their mean.{% endif %} \
It won the sweep `{{ name }}` as trial {{ best.arm }}-{{ best.number }}.

## How good it is

{% if gate -%}
{{ passed[gate.decision] }} On the {{ gate.rows }} rows that are no test rows, each answered by networks that had not \
trained on it, its {{ names.get(gate.metric, gate.metric) }} is {{ gate.network | number }}, that of TF-IDF with \
logistic regression {{ gate.baseline | number }}; the difference lies between {{ gate.interval[0] | number }} and \
{{ gate.interval[1] | number }}, 95 times in 100.

{% endif -%}
{% if counts -%}
Of {{ counts.positives }} texts of the test part that are {{ corpus.positive }} it finds {{ counts.found }} and misses \
{{ counts.missed }}; of {{ counts.negatives }} that are {{ corpus.negative }} it calls {{ counts.alarms }} \
{{ corpus.positive }}.

{% endif -%}
| |{% for column in columns %} {{ column.title }} |{% endfor %}
|---|{{ "---:|" * (columns | length) }}
{% for score in scores -%}
| {{ names.get(score, score) }} |{% for column in columns %} {{ column | told(score) }} |{% endfor %}
{% endfor %}
In brackets: where the score lies on other rows of this kind, 95 times in 100 (percentile bootstrap over rows, each \
class keeping its number). That holds for this model; training it anew would change more.\
{% if corpus.groups %} Rows of one group were drawn singly, so the intervals are too narrow.{% endif %} A model that \
guesses has an average precision of {{ "%.3f" | format(corpus.parts.test.positive) }}, a ROC-AUC of .5, an MCC of 0. \
The test part was read {% if test_reads == 1 %}once{% else %}{{ test_reads }} times (once for each winner of a \
growing budget){% endif %} and chose nothing. \
{% if members %}The scores out of fold are a little too good, since each network's epoch was chosen by the fold that \
it answers for, and single networks' where the model is a bag.\
{% else %}The scores on validation are those of the best of many trials, so they are too good.{% endif %}

## Threshold and probabilities

{{ corpus.positive }} from a probability of {{ "%.6g" | format(decision.threshold) }}: on the \
{% if members %}rows held out{% else %}validation part{% endif %} this maximises {{ rules[threshold_for] }}.\
{% if interval %} Chosen on other rows of this kind it would lie between {{ "%.4g" | format(interval[0]) }} and \
{{ "%.4g" | format(interval[1]) }}, 95 times in 100.{% endif %}
{%- if networks == 1 and members %} Both are the bag's.{% endif %}

{% if reliability -%}
| on the test part it says | texts | says on average | of them {{ corpus.positive }} |
|---|---:|---:|---:|
{% for bin in reliability.bins -%}
| {{ bin.low }} to {{ bin.high }} | {{ bin.rows }} | {{ bin.said | number }} | {{ bin.found | number }} |
{% endfor %}
{% for fit in fits -%}
{{ names[fit] }} {{ reliability.after[fit] | number }}\
{% if reliability.before != reliability.after %} (before calibration {{ reliability.before[fit] | number }}){% endif %}\
{{ "; " if not loop.last else "." }}
{%- endfor %} {% endif -%}
Calibration: {{ decision.calibrator.kind }}{% if decision.trained_prior != decision.true_prior %}; corrected from a \
positive share of {{ "%.4g" | format(decision.trained_prior) }} in training to \
{{ "%.4g" | format(decision.true_prior) }}{% endif %}.
{% if speed %}
## What it costs

| | texts a second | memory |
|---|---:|---:|
{% for told in speed -%}
| {{ "one network" if told.members == 1 else "all " ~ told.members }} | {{ "{:,}".format(told.texts_s) }} | \
{% if told.memory_mb %}{{ told.memory_mb }} MB{% endif %} |
{% endfor %}
On one core of the machine that exported it, encoding included, with the corpus' own texts ({{ words }} words on \
average); memory is all that the process held at its highest, PyTorch included.
{% endif %}
## Do not use it

* for texts of another language, source or time before you have scored it on such: it knows what it was trained on, \
and of {{ encoder.vocabulary_size }} tokens two are padding and unknown, so that all new words look alike to it;
* where {{ corpus.positive }} is much rarer or commoner than \
{{ "%.1f" | format(100 * corpus.parts.test.positive) }} %: probabilities and threshold are fitted to that share;
* for what stands late in long texts: a text is cut at {{ encoder.max_length }} tokens, of which the \
{{ encoder.keep | replace("_", " and ") }} is kept;
* alone, where a wrong answer harms a person: nobody has asked whether it errs more for some people than for others;
* or pass it on, before you have looked at the licence and at private words: the vocabulary in `tokenizer.json` holds \
words of the training texts.

A text without a visible sign gets no answer.
{% if examples %}
## What it is most wrong about

Of the {% if members %}rows held out{% else %}validation part{% endif %}, as asked for by `export.examples`; look \
whether they may be shown.

| probability of {{ corpus.positive }} | is | text |
|---:|---|---|
{% for told in examples -%}
| {{ told.probability | number }} | {{ told.label | cell }} | {{ told.text | shown }} |
{% endfor %}
{%- endif %}
## Trained on

Corpus `{{ corpus.name }}`{% if corpus.digest %}, with its parts of the SHA-256 `{{ corpus.digest }}`{% endif %}:

| part | texts | {{ corpus.positive }} |
|---|---:|---:|
{% for part, told in corpus.parts.items() -%}
| {{ part }} | {{ told.texts }} | {{ "%.1f" | format(100 * told.positive) }} % |
{% endfor %}
{% for note in corpus.notes -%}
* {{ note | cell }}
{% endfor %}
{% if members %}Training and validation part were one: each network held a fold of them out, by which its epoch was \
chosen; threshold and calibration were chosen by the answers about all rows, each by the network that had not \
trained on it.{% else %}The network was fitted on the training part; epoch, threshold and calibration were chosen on \
the validation part.{% endif %}

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

## Make it again

    {{ command }}

Seed {{ seed }}; {{ versions }}{% if fingerprint %}; what it was begun with (corpus, split, settings, space) has the \
fingerprint `{{ fingerprint }}`{% endif %}. On a CPU of this kind the same versions give the same numbers. What the \
search chose, all else is in `settings.json`:

| setting | value |
|---|---|
{% for setting, value in best.settings.items() -%}
| {{ setting }} | {{ value | cell }} |
{% endfor %}"""


def model_card(facts: Mapping[str, Any]) -> str:
    """Write the model card.

    Args:
        facts: `name`, `command`, `seed`, `test_reads`, `versions`, `fingerprint`, `settings` (flat), `corpus` (name,
            positive, negative, notes, parts, digest, groups), `encoder`, `decision`, `threshold_for`, `best`,
            `plugins`, `networks` (how many are exported), `members` (how many were trained; 0 where the winner was
            not confirmed), `interval` (of the threshold, or None), `gate`, `reliability`, `speed` and `examples`
            (each empty where it is not known), `words` (mean number in a text) and `columns`: for each column of
            the table its `title`, `scores` and their `intervals`, which may lack some.

    Returns:
        Markdown.
    """
    # The card is Markdown, not HTML; a table's cells must not be broken by what a user wrote.
    environment = Environment(undefined=StrictUndefined, autoescape=False)
    environment.filters |= {"cell": _cell, "number": _number, "told": _told, "shown": _shown}
    metric = (facts["gate"] or {}).get("metric", SCORES[0])
    card = environment.from_string(TEMPLATE).render(
        **facts,
        probability=probability_column(str(facts["corpus"]["positive"])),
        scores=list(dict.fromkeys([metric, *SCORES])),
        fits=FITS,
        names=NAMES,
        rules=RULES,
        passed=PASSED,
        counts=_counts(facts["columns"][0]["scores"]),
    )
    return re.sub(r"\n{3,}", "\n\n", card).strip() + "\n"


def _counts(test: Mapping[str, float]) -> dict[str, int] | None:
    if "tp" not in test:
        return None
    tp, fp, fn, tn = (round(test[name]) for name in ("tp", "fp", "fn", "tn"))
    return {"positives": tp + fn, "found": tp, "missed": fn, "negatives": tn + fp, "alarms": fp}


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")


def _shown(text: str) -> str:
    """A text as a cell that shows its signs and does nothing."""
    short = " ".join(text.split())
    short = short if len(short) <= 160 else f"{short[:159]}…"
    short = short.replace("&", "&amp;")
    for sign in "\\`*_[]<>|~":
        short = short.replace(sign, f"&#{ord(sign)};")
    return short


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _told(column: Mapping[str, Any], score: str) -> str:
    value = column["scores"].get(score)
    ends = column["intervals"].get(score)
    if value is None or ends is None:
        return _number(value)
    return f"{value:.3f} ({ends[0]:.3f} to {ends[1]:.3f})"
