"""The passports of this user's registries, kept as JSON from one run to the next.

What is in the file saves a pull its first careful request and tells the window what to show; it is
never needed. So a file that cannot be read or written is a warning, and the next pull finds out
anew.
"""

import json
import logging
from pathlib import Path

from pullscope.engine.files import replace_file
from pullscope.engine.passport import Passport

LOGGER = logging.getLogger(__name__)

VERSION = 1
MOST = 200
"""Registries that are kept; those unseen for longest go first."""

_LARGEST = 4 * 1024 * 1024


class PassportFile:
    """Passports by registry, in memory and in a file that is read when first needed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._passports: dict[str, Passport] | None = None
        self._unsaved: set[str] = set()

    def find(self, host: str) -> Passport | None:
        """Return what is known of a registry, by the host that references name."""
        return self._known().get(host)

    def note(self, passport: Passport) -> None:
        """Keep a passport until `save` writes it."""
        self._known()[passport.host] = passport
        self._unsaved.add(passport.host)

    def save(self) -> None:
        """Write what was noted, beside what other processes wrote meanwhile."""
        if not self._unsaved:
            return
        known = self._known()
        known.update((p.host, p) for p in self._read() if p.host not in self._unsaved)
        newest = sorted(known.values(), key=lambda passport: -passport.at)[:MOST]
        document = {"version": VERSION, "passports": [one.to_json() for one in newest]}
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            text = json.dumps(document, indent=1) + "\n"
            replace_file(self._path, text.encode(), durable=False)
        except OSError as error:
            LOGGER.warning("registry passports not written to %s: %s", self._path, error)
        else:
            self._unsaved.clear()

    def _known(self) -> dict[str, Passport]:
        if self._passports is None:
            self._passports = {passport.host: passport for passport in self._read()}
        return self._passports

    def _read(self) -> list[Passport]:
        try:
            if self._path.stat().st_size > _LARGEST:
                raise ValueError(f"it is larger than {_LARGEST} bytes")
            document = json.loads(self._path.read_text(encoding="utf-8"))
            if not isinstance(document, dict) or document.get("version") != VERSION:
                raise ValueError(f"it is no file of version {VERSION}")
            return [Passport.from_json(entry) for entry in document["passports"]]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            LOGGER.warning("registry passports not read from %s: %s", self._path, error)
            return []
