"""All sections in their order, and the files they are written to."""

from sweep.files import write_whole
from sweep.page.blocks import Section
from sweep.page.markdown import markdown
from sweep.page.records import Records
from sweep.page.render import render
from sweep.page.sections.budget import budget
from sweep.page.sections.corpus import corpus
from sweep.page.sections.decision import decision
from sweep.page.sections.failures import why
from sweep.page.sections.mattered import mattered
from sweep.page.sections.opening import opening, verdicts
from sweep.page.sections.reproduce import reproduce
from sweep.page.sections.training import training
from sweep.page.sections.winner import winner

ORDER = (
    opening, winner, verdicts, why, mattered, training, corpus, decision, budget, reproduce,
)  # fmt: skip


def sections(records: Records) -> list[Section]:
    """Make every section.

    Args:
        records: of the sweep.

    Returns:
        They stand on the page in this order.
    """
    return [make(records) for make in ORDER]


def write(records: Records) -> None:
    """Write the page and its Markdown into the sweep's folder.

    Args:
        records: of the sweep.
    """
    made, title = sections(records), f"{records.found['name']}: what the sweep found"
    records.folder.report.mkdir(parents=True, exist_ok=True)
    write_whole(records.folder.page, render(title, made))
    write_whole(records.folder.markdown, markdown(title, made))
