"""Settings of when a trial is stopped: every choice has its file in conf/, and every file its choice."""

from sweep.compose.catalogue import CONF
from sweep.config import PrunerName


def test_every_choice_is_a_file_that_chooses_it() -> None:
    assert {file.stem for file in (CONF / "pruner").glob("*.yaml")} == set(PrunerName)
