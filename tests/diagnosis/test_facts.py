"""What is known of a sweep, and which of its trials is the best."""

from dataclasses import replace

from support.sick_sweeps import sweep, trial
from sweep.diagnosis.facts import Searched


def test_the_best_is_the_first_of_the_complete_ones_in_either_direction() -> None:
    pruned = trial(0, value=0.99, status="PRUNED")
    failed = trial(1, value=None, status="FAILED")
    facts = sweep(pruned, failed, trial(2, value=0.5), trial(3, value=0.7), trial(4, value=0.7))
    assert [t.number for t in facts.complete] == [3, 4, 2]
    less = replace(facts, maximize=False)
    assert less.best is not None
    assert less.best.number == 2
    assert sweep(failed).best is None


def test_a_setting_is_found_in_the_space_or_as_it_is() -> None:
    one = Searched(path="model.hidden", kind="int", low=1, high=2)
    facts = sweep(trial(), space=(one,))
    assert facts.searched("model.hidden") is one
    assert facts.searched("model.layers") is None
    assert (facts.setting("model.layers"), facts.setting("no.such")) == (1, None)
