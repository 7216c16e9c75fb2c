"""The selected chunk: one for all views, which frame it and tell of clicks."""

from typing import Protocol

from PySide6.QtCore import QObject, Signal, SignalInstance


class ChunkView(Protocol):
    """A view in which a chunk can be selected."""

    @property
    def chunk_selected(self) -> SignalInstance:
        """Emitted with the layer and the chunk that the user selected in this view."""

    def select_chunk(self, layer: int, chunk: int) -> None:
        """Show what is selected, without a signal."""


class Selection(QObject):
    """The layer and the chunk that are selected; -1 is none.

    Signals:
        changed: the layer and the chunk; the same ones again when the user clicked again.
    """

    changed = Signal(int, int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.layer = -1
        self.chunk = -1

    def link(self, *views: ChunkView) -> None:
        """Let the views show what is selected, and select."""
        for view in views:
            view.chunk_selected.connect(self.select)
            self.changed.connect(view.select_chunk)

    def select(self, layer: int, chunk: int) -> None:
        """Select a chunk of a layer."""
        self.layer, self.chunk = layer, chunk
        self.changed.emit(layer, chunk)

    def clear(self) -> None:
        """Select nothing."""
        self.select(-1, -1)
