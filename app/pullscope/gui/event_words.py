"""The events of a pull in words, as the event list shows them.

What comes from a registry is cut to a bounded length and shown as plain text.
"""

from enum import Enum

from PySide6.QtCore import QObject

from pullscope.engine.events import (
    ChunkDone,
    ChunkHedged,
    ChunkReturned,
    ChunkStarted,
    FirstByte,
    LayerCommitted,
    LayerDiscarded,
    LayerExisting,
    LayerHeldElsewhere,
    LayerReceived,
    LayerResumed,
    LayerVerified,
    PullEnded,
    PullEvent,
    PullPaused,
    PullResolved,
    PullResumed,
    PullStarted,
    RangeUnusable,
    RequestSent,
    SettingsApplied,
)
from pullscope.engine.model import PullState
from pullscope.engine.units import size_text
from pullscope.gui.attempt_words import AttemptWords, brief_duration
from pullscope.gui.effects import change_text
from pullscope.gui.language import said

_LONGEST = 300
_LONGEST_HOST = 80


class Topic(Enum):
    """What an event is about."""

    PULL = "pull"
    LAYERS = "layers"
    CHUNKS = "chunks"
    REQUESTS = "requests"
    SETTINGS = "settings"


def topic_of(event: PullEvent) -> Topic | None:
    """Return what `event` is about; None for those that only measure, which nobody reads."""
    match event:
        case PullStarted() | PullResolved() | PullPaused() | PullResumed() | PullEnded():
            return Topic.PULL
        case RequestSent():
            return Topic.REQUESTS
        case SettingsApplied():
            return Topic.SETTINGS
        case ChunkStarted() | FirstByte() | ChunkDone() | ChunkReturned() | ChunkHedged():
            return Topic.CHUNKS
        case LayerExisting() | LayerHeldElsewhere() | LayerResumed() | LayerReceived():
            return Topic.LAYERS
        case LayerVerified() | LayerCommitted() | LayerDiscarded() | RangeUnusable():
            return Topic.LAYERS
    return None


def is_problem(event: PullEvent) -> bool:
    """Whether something went otherwise than hoped for."""
    match event:
        case ChunkReturned(retry_in=retry_in, status=status):
            return retry_in is not None or (status is not None and status >= 400)
        case RequestSent(status=status):
            # 401 only asks for a token; 0 stands for no reply.
            return status == 0 or (status >= 400 and status != 401)
        case PullEnded(state=state):
            return state is PullState.FAILED
        case ChunkHedged() | RangeUnusable() | LayerDiscarded():
            return True
    return False


class EventWords(QObject):
    """Says what happened."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._attempts = AttemptWords(self)

    def of(self, event: PullEvent) -> str:
        """Return `event` in one line."""
        return " ".join(self._of(event).split())[:_LONGEST]

    def _of(self, event: PullEvent) -> str:
        match event:
            case PullStarted():
                return self.tr("the pull of {} began").format(event.reference)
            case RequestSent(status=0):
                return self.tr("{} from {}: no reply after {}: {}").format(
                    self._attempts.kind(event.kind),
                    event.host[:_LONGEST_HOST],
                    brief_duration(event.at - event.began),
                    said(event.error),
                )
            case RequestSent():
                return self.tr("{} from {}: HTTP {}, after {}").format(
                    self._attempts.kind(event.kind),
                    event.host[:_LONGEST_HOST],
                    event.status,
                    brief_duration(event.at - event.began),
                )
            case PullResolved():
                return self.tr("manifest known: {} layers, {}").format(
                    len(event.layers), size_text(sum(layer.size for layer in event.layers))
                )
            case SettingsApplied():
                return self.tr("settings changed: {}").format(change_text(event.old, event.new))
            case PullPaused():
                return self.tr("paused")
            case PullResumed():
                return self.tr("resumed")
            case PullEnded():
                return self._end(event)
            case ChunkStarted() | FirstByte() | ChunkDone() | ChunkReturned() | ChunkHedged():
                return self._of_chunk(event)
        return self._of_layer(event)

    def _of_chunk(
        self, event: ChunkStarted | FirstByte | ChunkDone | ChunkReturned | ChunkHedged
    ) -> str:
        match event:
            case ChunkStarted():
                words = self.tr("bytes {} to {} ({}) asked on c{}").format(
                    f"{event.offset:,}",
                    f"{event.offset + event.length - 1:,}",
                    size_text(event.length),
                    event.connection + 1,
                )
                if event.attempt > 1:
                    words += self.tr(", attempt {}").format(event.attempt)
                return words
            case ChunkHedged():
                return self.tr("silent for {}: a second request is sent").format(
                    brief_duration(event.silent)
                )
            case FirstByte():
                return self.tr("first byte from {}, HTTP {}, {}").format(
                    event.host[:_LONGEST_HOST], event.status, event.protocol[:20]
                )
            case ChunkDone():
                return self.tr("{} written").format(size_text(event.received))
        words = self.tr("ended early after {}: {}").format(
            size_text(event.received), said(event.reason)
        )
        if event.retry_in is not None:
            words += self.tr("; again in {}").format(brief_duration(event.retry_in))
        return words

    def _of_layer(self, event: PullEvent) -> str:
        match event:
            case LayerExisting():
                return self.tr("the layer is already here")
            case LayerHeldElsewhere():
                return self.tr("another pull is fetching the layer; it is waited for")
            case LayerResumed():
                return self.tr("{} kept from an earlier pull").format(size_text(event.kept))
            case LayerReceived():
                return self.tr("every byte of the layer is here")
            case LayerDiscarded():
                return self.tr("discarded: {}").format(said(event.reason))
            case LayerVerified():
                return self.tr("the digest is right")
            case LayerCommitted():
                return self.tr("the layer is in the store")
            case RangeUnusable():
                return self.tr("the whole layer is asked for: {}").format(said(event.reason))
        return type(event).__name__

    def _end(self, event: PullEnded) -> str:
        match event.state:
            case PullState.DONE:
                return self.tr("the pull is done")
            case PullState.CANCELLED:
                return self.tr("the pull was cancelled")
        return self.tr("the pull failed: {}").format(said(event.error))
