"""The user's settings file: which settings a registry is pulled from with, and the general ones.

`settings.toml` in the user's config directory, TOML 1.0:

    version = 2

    [general]
    theme = "dark"

    [registries."docker.io"]
    parallelism = 16
    chunk_size = "16MiB"

The names are those of `model.Settings`; sizes (bytes) and rates (bytes/s) may be written with a
unit. A pattern is a host as references name it, "*.example.com" for the hosts below it, or "*" for
all; where it has no port, any port fits. All patterns that fit count, the closest one most. What
`[general]` holds is `general`'s affair.

The file is the user's: what is written here changes only what must change, comments stay, and a
file of an older version is copied before it is brought up to date.
"""

import os
import re
import shutil
import tomllib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs

from pullscope.engine.errors import SettingsError
from pullscope.engine.message import Message, words_of
from pullscope.engine.model import CHOICES, GIB, KIB, MIB, Settings
from pullscope.engine.units import parse_size
from pullscope.tuning.general import General, parse_general

if TYPE_CHECKING:
    import tomlkit

_PATTERN = re.compile(
    r"\*|(?:\*\.)?(?:[A-Za-z0-9][A-Za-z0-9.-]*|\[[0-9A-Fa-f:]+\])(?::[0-9]{1,5})?", re.ASCII
)
_NAMES = tuple(Settings().as_dict())
_SIZES = ("chunk_size", "rate_limit", "memory_limit")
_UNITS = ((GIB, "GiB"), (MIB, "MiB"), (KIB, "KiB"))
_LARGEST = 1024 * 1024
_HEADER = "# Pullscope's settings.\n\n"

Step = Callable[[dict[str, Any]], None]


def _begin_versions(document: dict[str, Any]) -> None:
    """A file written by hand has no version; it is read as the first one."""


def _begin_general(document: dict[str, Any]) -> None:
    """Version 1 knew settings of registries only."""
    document.setdefault("general", {})


STEPS: tuple[Step, ...] = (_begin_versions, _begin_general)
"""What makes a document of version N one of N + 1, in its place; by N."""

VERSION = len(STEPS)


class ProfilesError(SettingsError):
    """The settings file cannot be read, understood or written."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Settings, by name, for the registries that a pattern fits; what it does not name is left."""

    pattern: str
    values: Mapping[str, int | str]

    def closeness(self, host: str) -> int:
        """Return how closely the pattern fits a host: 0 not at all, the closer the more."""
        return _closeness(self.pattern.lower(), host.lower())


@dataclass(frozen=True, slots=True)
class Profiles:
    """All profiles of a settings file."""

    profiles: tuple[Profile, ...] = ()

    def of(self, pattern: str) -> Profile | None:
        """Return the profile with exactly this pattern."""
        return next((p for p in self.profiles if p.pattern.lower() == pattern.lower()), None)

    def values_for(self, host: str) -> dict[str, int | str]:
        """Return the settings, by name, that the profiles name for a host."""
        fitting = sorted(
            (profile for profile in self.profiles if profile.closeness(host)),
            key=lambda profile: profile.closeness(host),
        )
        return {name: value for profile in fitting for name, value in profile.values.items()}


class ProfileUse:
    """Which settings a window takes when the registry is another than before.

    Args:
        given: settings by name, from the command line; no profile replaces them.
    """

    def __init__(self, given: Mapping[str, int | str]) -> None:
        self._given = given
        self._host = ""
        self._before: Settings | None = None
        self._taken: Settings | None = None

    def settings_for(self, host: str, profiles: Profiles, current: Settings) -> Settings:
        """Return the settings to pull with from `host`.

        For another host than before, what is kept for it replaces the `current` settings. Those
        that a profile had replaced come back first, unless the user has changed them meanwhile.
        """
        if host == self._host:
            return current
        self._host = host
        base = current
        if self._before is not None and current == self._taken:
            base = self._before
        values = profiles.values_for(host)
        taken = base.changed(**{n: v for n, v in values.items() if n not in self._given})
        self._before, self._taken = base, taken
        return taken


def default_path() -> Path:
    """Return where this user's settings are kept."""
    return platformdirs.user_config_path("pullscope") / "settings.toml"


class SettingsFile:
    """A settings file, read whenever it is asked: the user may edit it meanwhile."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> Profiles:
        """Return what the file says; nothing where there is none.

        Raises:
            ProfilesError: it cannot be read or understood; the message names the file and place.
        """
        text = self._text()
        if text is None:
            return Profiles()
        document = self._parsed(text)
        migrate(document, self._version(document))
        return self._profiles(document)

    def read_general(self) -> General:
        """Return the general settings; the usual ones where there is no file.

        Raises:
            ProfilesError: as `read`.
        """
        text = self._text()
        if text is None:
            return General()
        document = self._parsed(text)
        migrate(document, self._version(document))
        try:
            return parse_general(document.get("general", {}))
        except SettingsError as error:
            raise self._error(words_of(error)) from error

    def keep_general(self, general: General) -> None:
        """Write the general settings that are other than those in the file.

        Raises:
            ProfilesError: the file cannot be understood or written.
        """
        before = self.read_general().as_dict()
        values = {name: value for name, value in general.as_dict().items() if before[name] != value}

        def change(document: "tomlkit.TOMLDocument") -> None:
            _table_in(document, "general").update(values)

        if values:
            self._edit(change)

    def keep(self, pattern: str, settings: Settings) -> None:
        """Write a registry's profile, all settings of it, over the one it had.

        Raises:
            ProfilesError: the file cannot be understood or written.
        """
        self.keep_values(pattern, settings.as_dict())

    def keep_values(self, pattern: str, values: Mapping[str, int | str]) -> None:
        """Write a registry's profile with these settings alone, over the one it had.

        Raises:
            ProfilesError: the pattern is none, or the file cannot be understood or written.
        """
        if not is_pattern(pattern):
            raise ProfilesError(_no_pattern(pattern))
        try:
            Settings().changed(**values)
        except SettingsError as error:
            raise ProfilesError(
                Message("{pattern}: {error}", pattern=pattern, error=error)
            ) from error

        def change(document: "tomlkit.TOMLDocument") -> None:
            registries = _table_in(document, "registries", is_super_table=True)
            profile = _table_in(registries, _key_of(registries, pattern))
            for name in [name for name in profile if name not in values]:
                del profile[name]
            for name, value in values.items():
                profile[name] = _written(name, value)

        self._edit(change)

    def forget(self, pattern: str) -> None:
        """Remove a registry's own profile, if it has one.

        Raises:
            ProfilesError: the file cannot be understood or written.
        """

        def change(document: "tomlkit.TOMLDocument") -> None:
            registries = document.get("registries", {})
            registries.pop(_key_of(registries, pattern), None)

        if self.read().of(pattern) is not None:
            self._edit(change)

    def _edit(self, change: Callable[["tomlkit.TOMLDocument"], None]) -> None:
        import tomlkit  # only whoever changes settings waits for it

        self.read()  # what cannot be understood is not written over
        text = self._text()
        if text is None:
            document = tomlkit.parse(f"{_HEADER}version = {VERSION}\n")
        else:
            version = self._version(self._parsed(text))
            if version == 0 and "version" not in self._parsed(text):
                # In front: behind a table's header it would be part of that table.
                text = f"version = 0\n\n{text}"
            try:
                document = tomlkit.parse(text)
            except tomlkit.exceptions.TOMLKitError as error:
                raise self._error(str(error)) from error
            if version != VERSION:
                self._back_up(version)
                migrate(document, version)
                document["version"] = VERSION
        change(document)
        self._write(tomlkit.dumps(document))

    def _text(self) -> str | None:
        try:
            if self.path.stat().st_size > _LARGEST:
                raise self._error(Message("it is larger than {most} bytes", most=_LARGEST))
            return self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except UnicodeDecodeError:
            raise self._error(Message("it is not UTF-8")) from None
        except OSError as error:
            raise self._error(error.strerror or Message("it cannot be read")) from error

    def _parsed(self, text: str) -> dict[str, Any]:
        try:
            return tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise self._error(str(error)) from error

    def _version(self, document: Mapping[str, Any]) -> int:
        version = document.get("version", 0)
        if isinstance(version, bool) or not isinstance(version, int) or version < 0:
            raise self._error(
                Message(
                    "its version is {version!r}; it should be {known}",
                    version=version,
                    known=VERSION,
                )
            )
        if version > VERSION:
            raise self._error(
                Message(
                    "it is of version {version}, from a newer Pullscope; this one knows {known}",
                    version=version,
                    known=VERSION,
                )
            )
        return version

    def _profiles(self, document: Mapping[str, Any]) -> Profiles:
        registries = document.get("registries", {})
        if not isinstance(registries, dict):
            raise self._error(Message("{name} is not a table", name="registries"))
        profiles = []
        for pattern, table in registries.items():
            if not is_pattern(pattern):
                raise self._error(_no_pattern(pattern))
            if not isinstance(table, dict):
                raise self._error(Message("{name} is not a table", name=f"registries.{pattern}"))
            profiles.append(Profile(pattern, self._values(pattern, table)))
        return Profiles(tuple(profiles))

    def _values(self, pattern: str, table: Mapping[str, Any]) -> dict[str, int | str]:
        values: dict[str, int | str] = {}
        for name, value in table.items():
            if isinstance(value, dict):
                raise self._error(
                    Message(
                        "{pattern}.{name}: a host with dots needs quotes around it",
                        pattern=pattern,
                        name=name[:40],
                    )
                )
            if name not in _NAMES:
                raise self._error(
                    Message(
                        "{section}: there is no setting {name!r}; there are {names}",
                        section=pattern,
                        name=name[:40],
                        names=", ".join(_NAMES),
                    )
                )
            try:
                values[name] = _read(name, value)
                Settings().changed(**{name: values[name]})
            except (SettingsError, ValueError) as error:
                raise self._error(
                    Message(
                        "{pattern}: {name}: {error}",
                        pattern=pattern,
                        name=name,
                        error=error,
                    )
                ) from error
        return values

    def _back_up(self, version: int) -> None:
        copy = self.path.with_name(f"{self.path.name}.version-{version}")
        try:
            shutil.copy2(self.path, copy)
        except OSError as error:
            raise self._error(
                Message(
                    "it could not be copied to {copy}: {error}", copy=copy, error=error.strerror
                )
            ) from error

    def _write(self, text: str) -> None:
        # The file may be a link into a folder of the user's dotfiles: what it names is replaced.
        target = self.path.resolve()
        unfinished = target.with_name(f"{target.name}.{os.getpid()}.new")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            unfinished.write_text(text, encoding="utf-8")
            with suppress(FileNotFoundError):
                shutil.copymode(target, unfinished)
            os.replace(unfinished, target)
        except OSError as error:
            raise self._error(
                Message("it was not written: {error}", error=error.strerror)
            ) from error

    def _error(self, reason: str) -> ProfilesError:
        return ProfilesError(Message("{path}: {error}", path=self.path, error=reason))


def is_pattern(text: str) -> bool:
    """Return whether `text` is a host, *.DOMAIN or *."""
    return _PATTERN.fullmatch(text) is not None


def _no_pattern(text: str) -> Message:
    return Message("{pattern!r} is neither a host nor *.DOMAIN nor *", pattern=text[:100])


def migrate(document: dict[str, Any], version: int, steps: Sequence[Step] = STEPS) -> None:
    """Bring a document of an older version up to date, one version after the other."""
    for step in steps[version:]:
        step(document)


def _closeness(pattern: str, host: str) -> int:
    name, colon, port = host.rpartition(":")
    has_port = bool(colon) and port.isdigit() and not name.endswith(":")
    candidates = [host, name] if has_port else [host]
    for place, candidate in enumerate(candidates):
        if pattern == candidate:
            return 10_000 - place
        if pattern.startswith("*.") and candidate.endswith(pattern[1:]) and pattern != "*.":
            return 2 + 2 * len(pattern) - place
    return 1 if pattern == "*" else 0


def _read(name: str, value: object) -> int | str:
    if isinstance(value, str) and name in CHOICES:
        return value
    if isinstance(value, str) and name in _SIZES:
        return parse_size(value)
    if isinstance(value, bool) or not isinstance(value, int):
        shown = str(value)[:40]
        if name not in _SIZES:
            raise ValueError(Message("{value!r} is not a whole number", value=shown))
        raise ValueError(
            Message('{value!r} is not a whole number; write it as 16777216 or "16MiB"', value=shown)
        )
    return value


def _written(name: str, value: int | str) -> int | str:
    """Return a value as the file has it: a size in the largest unit in which it is whole."""
    if isinstance(value, int) and name in _SIZES and value:
        for size, unit in _UNITS:
            if value % size == 0:
                return f"{value // size}{unit}"
    return value


def _key_of(registries: Mapping[str, Any], pattern: str) -> str:
    """Return how the file writes a pattern: the case of a host does not matter."""
    return next((key for key in registries if key.lower() == pattern.lower()), pattern)


def _table_in(parent: Any, name: str, *, is_super_table: bool = False) -> Any:
    if name not in parent:
        import tomlkit

        parent[name] = tomlkit.table(is_super_table=is_super_table)
    return parent[name]
