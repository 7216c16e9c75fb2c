"""The copy key of a view: it copies what the view has, whatever the window would copy."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent, QKeySequence


class CopyKey(QObject):
    """An event filter that takes the copy key for its view, which the window has a use for too."""

    def __init__(self, view: QObject, copy: Callable[[], None]) -> None:
        super().__init__(view)
        self._copy = copy

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Claim the key before it becomes a shortcut of the window, then copy."""
        if not isinstance(event, QKeyEvent) or not event.matches(QKeySequence.StandardKey.Copy):
            return False
        if event.type() is QEvent.Type.ShortcutOverride:
            event.accept()
        elif event.type() is QEvent.Type.KeyPress:
            self._copy()
        return True
