"""The page as a file: nothing from the network, nothing of a stranger's as markup, one policy over all."""

import json
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.made_records import HOSTILE
from sweep.page.records import Records
from sweep.page.render import island, render
from sweep.page.report import sections

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text() | st.sampled_from(HOSTILE),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=9,
)


@given(PLAIN)
def test_an_island_is_what_was_put_in_and_holds_no_tag(value: object) -> None:
    text = island(value)
    assert json.loads(text) == value
    assert not set("<>&\u2028\u2029") & set(text)


def test_what_is_no_number_in_json_becomes_null() -> None:
    assert island([float("inf"), {"a": float("nan")}, 1.5]) == '[null,{"a":null},1.5]'


class Parsed(HTMLParser):
    """Elements with their attributes, and texts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.fixture(scope="module")
def pages(records: Records, hostile: Records) -> tuple[Parsed, Parsed]:
    plain, strange = (Parsed(render("made", sections(each))) for each in (records, hostile))
    return plain, strange


def test_hostile_texts_add_no_element_and_no_attribute(pages: tuple[Parsed, Parsed]) -> None:
    plain, strange = (
        [(tag, sorted(attributes)) for tag, attributes in page.elements] for page in pages
    )
    assert strange == plain


def test_hostile_texts_are_there_to_be_read(pages: tuple[Parsed, Parsed]) -> None:
    whole = "".join(pages[1].texts)
    assert "<script>window.hacked = 1</script>" in whole
    assert "⟨U+202E⟩nes" not in pages[0].texts
    assert "⟨U+202E⟩" in whole
    assert "{{ 7 * 7 }}" in whole
    assert not set("\u202e\u2066\x00\x1b") & set(whole)


def test_nothing_is_asked_of_the_network(pages: tuple[Parsed, Parsed]) -> None:
    for tag, attributes in pages[1].elements:
        assert tag not in ("link", "img", "iframe", "object", "embed", "base", "form")
        assert not {"src", "srcset", "action", "style", "ping"} & set(attributes)
        assert not [name for name in attributes if name.startswith("on")]
        assert (attributes.get("href") or "#").startswith("#")


def test_the_policy_lets_only_the_page_s_own_scripts_run(records: Records) -> None:
    text = render("made", sections(records))
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    told = dict(part.strip().split(" ", 1) for part in policy.replace("&#39;", "'").split(";"))
    assert told["default-src"] == "'none'"
    assert len(re.findall(r"'sha256-[\w+/]{43}='", told["script-src"])) == 2
    assert not re.search(r"unsafe|https?:|\*", told["script-src"])
    assert len(text) < 5_000_000
