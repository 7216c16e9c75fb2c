"""What the lab has seen and sent, counted by the server and read by whoever started it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class LabStatistics:
    """A picture of the lab's counters. Kinds of request: base, catalog, tags, manifest, blob,
    cdn, token, other."""

    requests: dict[str, int] = field(default_factory=dict)
    """By kind; HEAD requests are among them."""
    head_requests: dict[str, int] = field(default_factory=dict)
    """By kind."""
    statuses: dict[int, int] = field(default_factory=dict)
    faults: dict[str, int] = field(default_factory=dict)
    """Injected, by kind."""
    range_requests: int = 0
    blob_bytes_sent: int = 0
    """Bytes of blobs, from either origin, as handed to the sockets."""
    bodies_now: int = 0
    """Bodies of blobs being sent."""
    bodies_peak: int = 0
    connections: int = 0
    """Opened to the registry."""
    cdn_connections: int = 0
    """Opened to the second origin."""
    cdn_authorizations: int = 0
    """Requests that carried an Authorization header to the second origin."""

    def to_json(self) -> dict[str, Any]:
        """Return the counters as a JSON object."""
        return asdict(self)

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "LabStatistics":
        """Return the counters in a JSON object, whose keys are all texts."""
        statuses = {int(status): count for status, count in document["statuses"].items()}
        return cls(**{**document, "statuses": statuses})


class Counters:
    """The counters while they count."""

    def __init__(self) -> None:
        self.requests: Counter[str] = Counter()
        self.head_requests: Counter[str] = Counter()
        self.statuses: Counter[int] = Counter()
        self.faults: Counter[str] = Counter()
        self.range_requests = 0
        self.blob_bytes_sent = 0
        self.bodies_now = 0
        self.bodies_peak = 0
        self.connections = 0
        self.cdn_connections = 0
        self.cdn_authorizations = 0

    def body_began(self) -> None:
        """Count a body that is being sent."""
        self.bodies_now += 1
        self.bodies_peak = max(self.bodies_peak, self.bodies_now)

    def body_ended(self) -> None:
        """Count it off again, however it ended."""
        self.bodies_now -= 1

    def snapshot(self) -> LabStatistics:
        """Return a picture of this moment."""
        return LabStatistics(
            requests=dict(self.requests),
            head_requests=dict(self.head_requests),
            statuses=dict(self.statuses),
            faults=dict(self.faults),
            range_requests=self.range_requests,
            blob_bytes_sent=self.blob_bytes_sent,
            bodies_now=self.bodies_now,
            bodies_peak=self.bodies_peak,
            connections=self.connections,
            cdn_connections=self.cdn_connections,
            cdn_authorizations=self.cdn_authorizations,
        )
