"""The translations themselves: whole, up to date, and with the placeholders of the source."""

import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import pytest

from pullscope.gui.language import LANGUAGES, TRANSLATIONS

SCRIPT = Path(__file__).parents[2] / "resources" / "translate"
CATALOGS = sorted(TRANSLATIONS.glob("*.ts"))
PLACEHOLDER = re.compile(r"\{[^{}]*\}|%\d|%n")


def messages(catalog: Path) -> list[tuple[str, str, str, bool]]:
    """Return context, source, translation and whether it is finished, of each message."""
    root = ET.parse(catalog).getroot()
    found = []
    for context in root.iter("context"):
        for message in context.iter("message"):
            translation = message.find("translation")
            assert translation is not None
            found.append(
                (
                    context.findtext("name") or "",
                    message.findtext("source") or "",
                    translation.text or "",
                    translation.get("type") is None,
                )
            )
    return found


def test_that_each_language_but_ours_has_a_catalog() -> None:
    assert {path.stem.removeprefix("pullscope_") for path in CATALOGS} == set(LANGUAGES) - {"en"}


def test_that_catalogs_hold_what_the_sources_hold_and_are_compiled() -> None:
    checked = subprocess.run(
        [sys.executable, str(SCRIPT), "--check"], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize("catalog", CATALOGS, ids=lambda path: path.stem)
def test_that_every_text_is_translated(catalog: Path) -> None:
    missing = [
        f"{context}: {source}"
        for context, source, translation, finished in messages(catalog)
        if not finished or not translation.strip()
    ]
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize("catalog", CATALOGS, ids=lambda path: path.stem)
def test_that_placeholders_are_those_of_the_source(catalog: Path) -> None:
    others = [
        f"{context}: {source!r} has {translation!r}"
        for context, source, translation, _ in messages(catalog)
        if Counter(PLACEHOLDER.findall(source)) != Counter(PLACEHOLDER.findall(translation))
    ]
    assert not others, "\n".join(others)


@pytest.mark.parametrize("catalog", CATALOGS, ids=lambda path: path.stem)
def test_that_a_context_is_the_name_of_a_class_or_a_table(catalog: Path) -> None:
    """lupdate takes another for a context where it misreads a source: its texts are lost then."""
    contexts = {context for context, *_ in messages(catalog)}
    strange = [context for context in contexts if not context.isidentifier()]
    assert strange == []
    small = {context for context in contexts if context == context.lower()}
    assert small == {
        "actions",
        "effects",
        "messages",
        "passport",
        "presets",
        "runtimes",
        "sweeps",
    }
