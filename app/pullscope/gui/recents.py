"""What was pulled lately, and which traces were opened, in a file of the user's state directory.

Credentials do not belong in it: whatever stands before an "@" in the host is dropped.
"""

import json
import logging
import re
from pathlib import Path

import platformdirs

from pullscope.engine.files import replace_file

_LOG = logging.getLogger(__name__)
_KEPT = 20
_TRACES_KEPT = 10
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_DIGEST = re.compile(r"[a-z0-9]+:[0-9a-fA-F]{32,}")


def default_path() -> Path:
    """Return where the recent references of this user are kept."""
    return platformdirs.user_state_path("pullscope") / "recents.json"


def without_credentials(reference: str) -> str:
    """Return `reference` without scheme and user information."""
    reference = _SCHEME.sub("", reference.strip())
    host, slash, rest = reference.partition("/")
    before, at, behind = host.rpartition("@")
    if at and (slash or not _DIGEST.fullmatch(behind)):
        return behind + slash + rest
    return before + at + behind + slash + rest


class Recents:
    """The lists and their file. A file that cannot be read or written is not worth a failure."""

    def __init__(self, path: Path) -> None:
        self._path = path
        found = self._read()
        names = _strings(found, "references")
        self._references = [without_credentials(name) for name in names][:_KEPT]
        self._traces = _strings(found, "traces")[:_TRACES_KEPT]

    @property
    def references(self) -> tuple[str, ...]:
        """The references, newest first."""
        return tuple(self._references)

    def add(self, reference: str) -> None:
        """Put `reference` first."""
        reference = without_credentials(reference)
        if not reference:
            return
        others = [other for other in self._references if other != reference]
        self._references = [reference, *others][:_KEPT]
        self._write()

    @property
    def traces(self) -> tuple[Path, ...]:
        """The files of the traces, the one that was opened last first."""
        return tuple(map(Path, self._traces))

    def add_trace(self, path: Path) -> None:
        """Put the trace at `path` first."""
        name = str(path.absolute())
        self._traces = [name, *(other for other in self._traces if other != name)][:_TRACES_KEPT]
        self._write()

    def clear(self) -> None:
        """Forget them all."""
        self._references = []
        self._traces = []
        self._write()

    def _read(self) -> object:
        try:
            return json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            _LOG.warning("recent references not read from %s: %s", self._path, error)
            return None

    def _write(self) -> None:
        lists = {"references": self._references, "traces": self._traces}
        text = json.dumps({"version": 1, **lists}, indent=2)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(self._path, f"{text}\n".encode(), durable=False)
        except OSError as error:
            _LOG.warning("recent references not written to %s: %s", self._path, error)


def _strings(found: object, name: str) -> list[str]:
    entries = found.get(name) if isinstance(found, dict) else None
    return [one for one in entries if isinstance(one, str)] if isinstance(entries, list) else []
