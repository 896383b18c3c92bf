"""Settings of how trials are proposed: every choice has its file in conf/, and every file its choice."""

from sweep.compose.catalogue import CONF
from sweep.config import SamplerName


def test_every_choice_is_a_file_that_chooses_it() -> None:
    assert {file.stem for file in (CONF / "sampler").glob("*.yaml")} == set(SamplerName)
