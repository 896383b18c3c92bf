"""The page in a real browser: drawn, moved, sorted, copied, printed; and what is hostile stays a text."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from support.browsers import browser
from support.made_records import ROWS, make_records
from sweep.page.records import Records
from sweep.page.report import write

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = pytest.mark.slow
PICTURES = 18
WIDTHS = (390, 1440)


@pytest.fixture(scope="module")
def chromium() -> Iterator["Browser"]:
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def strange(tmp_path_factory: pytest.TempPathFactory) -> Records:
    records = make_records(tmp_path_factory.mktemp("shown") / "made", trials=30, hostile=True)
    write(records)
    return records


class Seen:
    """A page with what it told its console and asked of the network."""

    def __init__(self, context: "BrowserContext", file: Path) -> None:
        self.told: list[str] = []
        self.asked: list[str] = []
        self.page: Page = context.new_page()
        self.page.on("console", lambda message: self.told.append(message.text))
        self.page.on("pageerror", lambda error: self.told.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(file.as_uri())
        self.page.wait_for_selector("html[data-drawn]", state="attached", timeout=60_000)


@pytest.fixture(scope="module")
def opened(chromium: "Browser", strange: Records) -> Iterator[Callable[..., Seen]]:
    contexts: dict[tuple[int, str], Seen] = {}

    def open_page(width: int = 1440, scheme: str = "light") -> Seen:
        if (width, scheme) not in contexts:
            look: Any = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
            contexts[width, scheme] = Seen(chromium.new_context(**look), strange.folder.page)
        return contexts[width, scheme]

    yield open_page
    for seen in contexts.values():
        seen.page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_it_is_drawn_whole_and_legible(
    opened: Callable[..., Seen], width: int, scheme: str
) -> None:
    seen = opened(width, scheme)
    assert seen.told == []
    assert [url for url in seen.asked if not url.startswith(("file:", "blob:", "data:"))] == []
    assert seen.page.get_attribute("html", "data-drawn") == str(PICTURES)
    assert len(seen.page.query_selector_all(".plot .main-svg")) >= PICTURES
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
    wide = "els => els.filter(e => e.getBoundingClientRect().right > innerWidth + 1).length"
    assert seen.page.eval_on_selector_all(".plot svg, .lines, p, h2, figcaption", wide) == 0
    small = "els => els.filter(e => parseFloat(getComputedStyle(e).fontSize) < 11).length"
    assert seen.page.eval_on_selector_all("p, td, th, figcaption, .plot text", small) == 0


def test_hostile_texts_run_nothing(opened: Callable[..., Seen]) -> None:
    page = opened().page
    assert page.evaluate("typeof window.hacked") == "undefined"
    assert page.evaluate("document.querySelectorAll('main img, main iframe, main b').length") == 0
    assert "<script>window.hacked = 1</script>" in page.inner_text("main")
    # And were one to get in, the policy would stop it.
    page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.hacked = 2';"
        " document.body.append(s); s.remove(); const d = document.createElement('div');"
        " d.innerHTML = '<img src=x onerror=\"window.hacked = 3\">'; document.body.append(d); d.remove(); }"
    )
    page.wait_for_timeout(200)
    assert page.evaluate("typeof window.hacked") == "undefined"
    opened().told.clear()


def test_the_slider_shows_the_counts_of_any_threshold(
    opened: Callable[..., Seen], strange: Records
) -> None:
    page, answers = opened().page, strange.answers
    assert answers is not None

    def matrix() -> list[int]:
        cells = page.query_selector_all(".matrix td.right, .matrix td.wrong")
        return [int(cell.inner_text().replace(",", "")) for cell in cells]

    def counted(threshold: float) -> list[int]:
        yes, positive = answers.network >= threshold, answers.labels == 1
        pairs = ((positive, yes), (positive, ~yes), (~positive, yes), (~positive, ~yes))
        return [int((a & b).sum()) for a, b in pairs]

    assert matrix() == counted(strange.found["best"]["threshold"])
    slider = page.locator("#threshold-input")
    slider.focus()
    for key in ("ArrowRight", "End", "Home"):
        slider.press(key)
        told = page.inner_text("label[for=threshold-input]")
        assert matrix() == counted(float(told.split()[1])), told
        assert sum(matrix()) == ROWS
    page.get_by_role("button", name="Back to the chosen one").click()
    assert "the chosen one" in page.inner_text("label[for=threshold-input]")


def test_a_table_sorts_by_the_column_that_is_asked_for(
    opened: Callable[..., Seen], strange: Records
) -> None:
    page = opened().page

    def column(place: int) -> list[str]:
        cells = f".sortable tbody tr > :nth-child({place})"
        return [cell.inner_text() for cell in page.query_selector_all(cells)]

    head = page.locator(".sortable thead button", has_text="seconds")
    head.focus()
    head.press("Enter")
    seconds = [float(cell) for cell in column(5)]
    assert seconds == sorted(seconds)
    head.press("Enter")
    assert [float(cell) for cell in column(5)] == sorted(seconds, reverse=True)
    assert page.get_attribute(".sortable th:nth-child(5)", "aria-sort") == "descending"
    assert len(seconds) == len(strange.trials)


def test_a_button_copies_its_words(opened: Callable[..., Seen], strange: Records) -> None:
    page = opened().page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy").last.scroll_into_view_if_needed()
    block = page.locator("#reproduce .copy").first
    block.get_by_role("button").click()
    block.get_by_role("status").filter(has_text="copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == strange.command


def test_a_range_leaves_the_trials_that_have_it(
    opened: Callable[..., Seen], strange: Records
) -> None:
    page = opened().page
    page.get_by_label("model.cell, to").select_option("0")
    left = page.locator("[data-live=parallel] .facts").inner_text()
    ours = [t for t in strange.scored if t["arm"] == "lstm"]
    assert left.startswith(f"{len(ours)} of {len(strange.scored)} trials")
    drawn = page.query_selector_all("[data-live=parallel] path[data-inside='1']")
    assert len(drawn) == len(ours)
    page.get_by_role("button", name="All trials").click()
    assert page.locator("[data-live=parallel] .facts").inner_text().startswith("All ")


def test_a_link_leads_to_the_trial_s_line(opened: Callable[..., Seen]) -> None:
    page = opened().page
    page.locator("#why a").first.click()
    row = page.locator("tr:target")
    assert row.locator("th").inner_text() == page.locator("#why a").first.inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_a_screen_reader_meets_no_serious_obstacle(
    opened: Callable[..., Seen], width: int, scheme: str
) -> None:
    axe: Any = pytest.importorskip("axe_playwright_python.sync_playwright")
    found = axe.Axe().run(opened(width, scheme).page).response["violations"]
    serious = [
        (one["id"], one["nodes"][0]["html"][:200], one["nodes"][0].get("failureSummary"))
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
    assert serious == []


def test_on_paper_every_picture_is_whole(opened: Callable[..., Seen]) -> None:
    page = opened().page
    sizes: list[list[float]] = []
    page.expose_function("measured", lambda told: sizes.extend(told))
    page.evaluate(
        "() => addEventListener('beforeprint', () => measured([...document.querySelectorAll('.plot .main-svg')]"
        ".map(s => [s.getBoundingClientRect().width, s.querySelectorAll('.trace, .point, .points').length])))"
    )
    assert page.pdf(format="A4").startswith(b"%PDF")
    assert sizes
    assert max(width for width, _ in sizes) <= 180 / 25.4 * 96  # millimetres between the margins
