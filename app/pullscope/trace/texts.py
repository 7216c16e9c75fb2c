"""Texts of a trace: what others chose, for formats and terminals that cannot take any, and values
for people."""

from pullscope.engine.model import Settings
from pullscope.engine.units import rate_text, size_text


def clean(text: str) -> str:
    """Return `text` with what is no Unicode character escaped: names of hosts may hold such."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def printable(text: str) -> str:
    """Return `text` with what would steer a terminal escaped."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in clean(text)
    )


def setting_text(name: str, value: int | str) -> str:
    """Return the value of a setting for people."""
    if isinstance(value, str):
        return value
    if name == "request_limit":
        return f"{value}/s" if value else "none"
    if name == "rate_limit":
        return rate_text(value) if value else "none"
    if name == "memory_limit":
        return size_text(value)
    if name == "chunk_size":
        return size_text(value) if value else "whole layer"
    return str(value)


def change_texts(old: Settings, new: Settings) -> list[tuple[str, str]]:
    """Return the settings that differ, each with both values, for people."""
    before, after = old.as_dict(), new.as_dict()
    return [
        (name.replace("_", " "), f"{setting_text(name, value)} → {setting_text(name, after[name])}")
        for name, value in before.items()
        if value != after[name]
    ]
