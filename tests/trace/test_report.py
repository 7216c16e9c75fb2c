import io
from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st

from pullscope.engine.events import ChunkReturned, ChunkStarted, PullEnded, PullStarted
from pullscope.engine.model import PullState, Settings
from pullscope.trace.report import write_report

VOID = {"meta", "br", "line", "rect", "polyline"}


class Page(HTMLParser):
    """Reads a page, and fails where its elements are not closed in order."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(content)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if data.strip() and self.open[-1:] != ["style"]:
            self.words.append(data.strip())

    def count(self, name):
        return sum(tag == name for tag, _ in self.elements)


def read(events):
    file = io.BytesIO()
    write_report(events, file)
    return Page(file.getvalue().decode())


def test_a_report_tells_how_it_went_with_plots(troubled):
    page = read(troubled)

    assert page.words[0] == page.words[1] == "registry.example/demo/app:1"
    for words in ("failed", "Critical path", "Throughput, MB/s", "Memory, MiB", "parallelism"):
        assert words in page.words
    assert "2 → 16" in page.words
    plots = [a["aria-label"] for tag, a in page.elements if tag == "svg" and "aria-label" in a]
    assert len(plots) == 5
    kinds = [a["class"] for tag, a in page.elements if tag == "rect"]
    assert (kinds.count("failed"), kinds.count("retried")) == (2 + 1, 2 + 2)  # and the legends


def test_a_report_loads_nothing(troubled):
    page = read(troubled)

    assert {tag for tag, _ in page.elements}.isdisjoint({"script", "img", "link", "iframe", "a"})
    for _, attributes in page.elements:
        assert {"src", "href", "onload", "style"}.isdisjoint(attributes)
    assert any("default-src 'none'" in (a.get("content") or "") for _, a in page.elements)


def test_words_of_a_registry_are_no_html():
    evil = '<script>alert(1)</script>"><b>'
    page = read(
        [
            PullStarted(0.0, evil, "", Settings(), 0.0),
            ChunkStarted(0.0, 0, 0, 1, 0, 1, 0, 0.0),
            ChunkReturned(0.5, 0, 0, 1, 0, evil, None, 0.5),
            PullEnded(1.0, PullState.FAILED, evil),
        ]
    )

    assert page.count("script") == 0
    assert page.words.count(evil) == 4


def test_many_attempts_make_a_page_of_bounded_size():
    events = []
    for chunk in range(20_000):
        at = chunk / 1000
        events.append(ChunkStarted(at, 0, chunk, 1, chunk, 1, chunk % 300, at))
        events.append(ChunkReturned(at + 0.01, 0, chunk, 1, 0, "stalled", None, None))
    page = read(events)

    assert page.count("rect") <= 2 * 4000 + 6  # and the legend
    assert "and 100 more" in page.words  # connections


@settings(deadline=None)
@given(data=st.data())
def test_the_page_is_well_formed_whatever_happened(data, any_events):
    read(data.draw(any_events))
