"""A chunk attempt in words: for tips, the details of a selection, and the clipboard."""

import math

from PySide6.QtCore import QObject

from pullscope.engine.units import duration_text, size_text
from pullscope.gui.attempts import Attempts, OtherRequest, Outcome
from pullscope.gui.language import said
from pullscope.gui.legend import short_digest

_LONGEST_HOST = 80


def brief_duration(seconds: float) -> str:
    """Return seconds as "12 ms", or "0.4 ms", below one second."""
    if seconds < 0.01:
        return f"{max(seconds, 0.0) * 1000:.1f} ms"
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else duration_text(seconds)


class AttemptWords(QObject):
    """Says what an attempt asked, what came of it, and how long each of its phases took."""

    def about(self, attempts: Attempts, number: int, now: float) -> list[str]:
        """Return the lines that tell of the attempt in row `number`; `now` ends what goes on."""
        row = attempts.columns[number]
        layer, start, length = int(row["layer"]), int(row["offset"]), int(row["length"])
        name = f"{layer + 1}"
        if layer < len(attempts.digests):
            name += f", {short_digest(attempts.digests[layer])}"
        chunk = self.tr("chunk {}, attempt {}, connection c{}").format(
            int(row["chunk"]), int(row["attempt"]), int(row["connection"]) + 1
        )
        if row["hedge"]:
            chunk += self.tr(", sent beside a silent one")
        lines = [
            self.tr("Layer {}").format(name),
            chunk,
            self.tr("bytes {} to {} ({})").format(
                f"{start:,}", f"{start + length - 1:,}", size_text(length)
            ),
        ]
        return lines + self.course(attempts, number, now)

    def course(self, attempts: Attempts, number: int, now: float) -> list[str]:
        """Return the lines on host, phases and end of the attempt in row `number`."""
        row = attempts.columns[number]
        lines = []
        host, status = attempts.name(int(row["host"]))[:_LONGEST_HOST], int(row["status"])
        if host:
            lines.append(f"{host}, HTTP {status}" if status else host)
        phases = self.phases(attempts, number, now)
        lines.append(", ".join(f"{name} {brief_duration(seconds)}" for name, seconds in phases))
        reason = attempts.name(int(row["reason"]))
        if reason:
            lines.append(self.tr("ended early: {}").format(said(reason)))
        elif row["outcome"] == Outcome.IN_FLIGHT:
            lines.append(self.tr("in flight"))
        return lines

    def phases(self, attempts: Attempts, number: int, now: float) -> list[tuple[str, float]]:
        """Return the phases that the attempt has entered, and the seconds it spent in each."""
        row = attempts.columns[number]
        started, first = float(row["started"]), float(row["first_byte"])
        received, ended = float(row["received_at"]), float(row["ended"])
        began, hashed = float(row["hash_began"]), float(row["hashed_at"])
        end = now if math.isnan(ended) else ended
        phases = [
            (self.tr("queued"), started - float(row["queued"])),
            (self.tr("waiting"), (end if math.isnan(first) else first) - started),
        ]
        if not math.isnan(first):
            phases.append(
                (self.tr("receiving"), (end if math.isnan(received) else received) - first)
            )
        if not math.isnan(received):
            phases.append((self.tr("writing"), end - received))
        if not math.isnan(hashed):
            if began > end:
                phases.append((self.tr("waiting for its turn to be hashed"), began - end))
            phases.append((self.tr("hashing"), hashed - began))
        return phases

    def about_request(self, request: OtherRequest) -> list[str]:
        """Return the lines that tell of a request that brought no bytes of a layer."""
        host, took = request.host[:_LONGEST_HOST], brief_duration(request.at - request.began)
        if not request.status:
            return [self.kind(request.kind), host, self.tr("no reply after {}").format(took)]
        return [
            self.kind(request.kind),
            f"{host}, HTTP {request.status}",
            self.tr("answered after {}").format(took),
        ]

    def kind(self, kind: str) -> str:
        """Return what a request was for."""
        return {
            "manifest": self.tr("manifest"),
            "referrers": self.tr("referrers"),
            "config": self.tr("config blob"),
            "token": self.tr("token"),
            "redirect": self.tr("redirect"),
            "challenge": self.tr("question for a token"),
        }.get(kind, kind[:40])
