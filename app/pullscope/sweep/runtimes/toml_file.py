"""Setting values in a TOML file, of which nothing else changes: comments and order stay.

Rarely tomlkit indents the header of another table as that of its neighbour, which a diff shows.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pullscope.engine.message import Message
from pullscope.sweep.runtimes.runtime_config import RuntimeConfigError

if TYPE_CHECKING:
    from tomlkit.container import Container
    from tomlkit.items import Item, Key

    Body = Sequence[tuple[Key | None, Item]]

Value = int | bool | str
Path = tuple[str, ...]
"""The names of tables, outermost first, and of a setting in the last one."""

_BARE = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_NEWLINE = "\n"


def parse_toml(text: str) -> dict[str, Any]:
    """Return what a TOML text says.

    Raises:
        RuntimeConfigError: it is no TOML.
    """
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise RuntimeConfigError(Message("it is not TOML: {error}", error=error)) from error


def value_at(document: Mapping[str, Any], path: Path) -> Any:
    """Return the value at a path, None where there is none.

    Raises:
        RuntimeConfigError: what should be a table on the way is none.
    """
    table: Any = document
    for depth, name in enumerate(path):
        if not isinstance(table, Mapping):
            raise RuntimeConfigError(Message("{name} is not a table", name=".".join(path[:depth])))
        if name not in table:
            return None
        table = table[name]
    return table


def with_values(text: str, values: Mapping[Path, Value]) -> str:
    """Return a TOML text with values set.

    A setting that is new to its table comes behind the last one there; a new table comes last.

    Raises:
        RuntimeConfigError: it is no TOML, or cannot be changed so that nothing else changes.
    """
    before = parse_toml(text)
    wanted = parse_toml(text)
    tables: dict[Path, dict[str, Value]] = {}
    for path, value in values.items():
        there = value_at(before, path)
        if type(there) is not type(value) or there != value:  # 1 is not true in TOML
            tables.setdefault(path[:-1], {})[path[-1]] = value
        _set(wanted, path, value)
    changed, rest = _edited(text, tables)
    for names, settings in rest.items():
        changed = _with_table(changed, names, settings)
    if "\r\n" in text and "\n" not in text.replace("\r\n", ""):
        changed = changed.replace("\r\n", "\n").replace("\n", "\r\n")
    try:
        well = parse_toml(changed) == wanted
    except RuntimeConfigError:
        well = False
    if not well:
        listed = ", ".join(".".join(path) for path in values)
        raise RuntimeConfigError(
            Message(
                "{settings} cannot be set in it without changing something else", settings=listed
            )
        )
    return changed


def _set(document: dict[str, Any], path: Path, value: Value) -> None:
    for name in path[:-1]:
        document = document.setdefault(name, {})
    document[path[-1]] = value


Tables = Mapping[Path, Mapping[str, Value]]


def _edited(text: str, tables: Tables) -> tuple[str, Tables]:
    """Return a text with settings in the tables whose header is there, and the other tables."""
    import tomlkit  # only whoever changes a file waits for it
    from tomlkit.items import InlineTable, Table

    rest: dict[Path, Mapping[str, Value]] = {}
    try:
        document = tomlkit.parse(text)
        for names, settings in tables.items():
            if not names:
                _add_to(document, settings, None)
                continue
            for table in _parts(document.body, names):
                if isinstance(table, InlineTable):
                    table.update(settings)
                    break
                if isinstance(table, Table) and not table.is_super_table():
                    _add_to(table.value, settings, table)
                    break
            else:
                rest[names] = settings
        # What tomlkit writes may be indented in another way than what it read.
        return (text if len(rest) == len(tables) else tomlkit.dumps(document)), rest
    except (tomlkit.exceptions.TOMLKitError, AttributeError, LookupError, ValueError) as error:
        raise RuntimeConfigError(Message("it cannot be changed: {error}", error=error)) from error


def _parts(body: "Body", names: Path) -> Iterator["Item"]:
    """Yield what makes up a table: its parts may stand far from one another."""
    for key, item in body:
        if key is not None and key.key == names[0]:
            if len(names) == 1:
                yield item
            elif hasattr(item.value, "body"):
                yield from _parts(item.value.body, names[1:])


def _add_to(container: "Container", settings: Mapping[str, Value], header: "Item | None") -> None:
    """Set what a table, or a document without a header, holds."""
    import tomlkit
    from tomlkit.items import AoT, Table

    plain: list[Item] = [header] if header is not None else []
    for key, item in container.body:
        if key is not None and not isinstance(item, Table | AoT):
            plain.append(item)
    new = {name: value for name, value in settings.items() if name not in container}
    if new and not plain:
        container.update(new)
    elif new:
        # As text behind the last setting: tomlkit would put it behind the comments that follow,
        # which are those of the next table.
        trivia = plain[-1].trivia
        indent = trivia.indent.rpartition(_NEWLINE)[2]
        lines = [f"{indent}{name} = {tomlkit.item(new[name]).as_string()}" for name in new]
        trivia.trail = _NEWLINE.join([trivia.trail.removesuffix(_NEWLINE), *lines, ""])
    for name in settings.keys() - new.keys():
        container[name] = settings[name]


def _with_table(text: str, names: Path, settings: Mapping[str, Value]) -> str:
    """Return a text with a table behind all others.

    It is added as text: tomlkit would put it between the tables of others and their comments.
    """
    import tomlkit

    table = tomlkit.table()
    for name, value in settings.items():
        table.add(name, value)
    header = ".".join(name if _BARE.fullmatch(name) else f"'{name}'" for name in names)
    gap = "" if not text else "\n" if text.endswith("\n") else "\n\n"
    return f"{text}{gap}[{header}]\n{table.as_string()}"
