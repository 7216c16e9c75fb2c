"""Everything that can go wrong with a pull, as a small flat tree.

    PullError
    ├── InvalidReference  the reference cannot be read                  (wrong usage)
    ├── SettingsError      a setting is out of its range                 (wrong usage)
    ├── HostsError         a file that names a registry's hosts is damaged, or forbids the pull
    ├── NotAnImage         the registry answered with something that is no image
    ├── PlatformNotFound   the index holds no entry for the platform
    ├── RegistryError      a request failed for good: what was asked, what came, what to do
    │   ├── AccessDenied   401 or 403 with every credential tried
    │   └── NotFound       404
    ├── BadReply           a reply contradicts the request or itself
    ├── DigestMismatch     the bytes are not those that were asked for
    └── StoreError         the place on disk cannot be used

Messages are for people: they name the request (never its query or credentials), the reply and the
remedy. Errors of the transport are `httpx.TransportError`; `pull` turns those it gives up on into
`RegistryError`.
"""

from dataclasses import dataclass

from pullscope.engine.message import Message, words_of


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a pull failed, in parts, for people.

    Attributes:
        words: all of it in one line.
        asked: method and redacted URL; empty where no request failed.
        came: what was answered, or what happened.
        remedy: what the user can do; may be empty.
    """

    words: str
    asked: str = ""
    came: str = ""
    remedy: str = ""


class PullError(Exception):
    """A pull, or a request made for it, failed. `str()` is one line for people.

    Args:
        came: what happened, in words.
        remedy: what the user can do; may be empty.
    """

    asked = ""

    def __init__(self, came: str, remedy: str = "") -> None:
        super().__init__(Message("{came}; {remedy}", came=came, remedy=remedy) if remedy else came)
        self.came = came
        self.remedy = remedy


class InvalidReference(PullError):
    """An image reference cannot be read."""


class SettingsError(PullError):
    """A setting is outside its range."""


class HostsError(PullError):
    """A file of hosts is damaged, or forbids the pull. The message names file and line."""


class NotAnImage(PullError):
    """The registry holds something else under this name."""


class PlatformNotFound(PullError):
    """An index holds no manifest for the platform that was asked for."""


class RegistryError(PullError):
    """A registry refused a request, or could not be reached.

    Args:
        asked: method and redacted URL.
        came: what the registry answered, in words.
        remedy: what the user can do; may be empty.
        status: the HTTP status, None when there was no reply.
        retry_after: seconds the registry asked to wait, None when it did not say.
    """

    def __init__(
        self,
        asked: str,
        came: str,
        remedy: str = "",
        *,
        status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(Message("{asked}: {came}", asked=asked, came=came), remedy)
        self.asked = asked
        self.came = came
        self.status = status
        self.retry_after = retry_after


class AccessDenied(RegistryError):
    """401 or 403 with every credential tried."""


class NotFound(RegistryError):
    """404: no such repository, tag or blob."""


class BadReply(PullError):
    """A reply contradicts the request or itself."""


class DigestMismatch(PullError):
    """The bytes received are not those of the digest."""


class StoreError(PullError):
    """The place on disk cannot be used."""


def failure_of(error: BaseException) -> Failure:
    """Return an error in parts."""
    if not isinstance(error, PullError):
        kind = type(error).__name__
        unexpected = Message("unexpected error: {kind}: {error}", kind=kind, error=error)
        return Failure(unexpected, came=unexpected)
    return Failure(words_of(error), error.asked, error.came, error.remedy)
