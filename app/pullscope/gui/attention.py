"""What tells of a pull outside the window's own surface: title, taskbar, notifications.

The title and the taskbar show how far the pull is. When it has ended and the window does not have
the keyboard, the window asks for attention and, where the desktop has a place for it, a
notification says how it ended.
"""

import os
import sys

from PySide6.QtCore import QCoreApplication, QObject, QTimer
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from pullscope.engine.model import PullState, Snapshot
from pullscope.gui.language import said

DESKTOP_FILE = "io.github.pullscope.Pullscope"
_LAUNCHER = "com.canonical.Unity.LauncherEntry"
_SHOWN_MS = 10_000

translate = QCoreApplication.translate


def percent(snapshot: Snapshot) -> int | None:
    """Return how much of a pull is here; None while its size is not known."""
    return snapshot.received * 100 // snapshot.total if snapshot.total else None


def title_text(reference: str, snapshot: Snapshot | None) -> str:
    """Return the title of a window that shows a pull: how far it is, of what, in which program."""
    parts = [reference, "Pullscope"]
    if snapshot is not None and snapshot.state.ended:
        parts.insert(0, ended_text(snapshot.state))
    elif snapshot is not None and (share := percent(snapshot)) is not None:
        parts.insert(0, f"{share} %")
    return " – ".join(part for part in parts if part)


def ended_text(state: PullState) -> str:
    """Return how a pull ended, in a word."""
    match state:
        case PullState.DONE:
            return translate("Attention", "done")
        case PullState.CANCELLED:
            return translate("Attention", "cancelled")
        case _:
            return translate("Attention", "failed")


class Attention(QObject):
    """Speaks for one window."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._shown: int | None = None
        self._tray: QSystemTrayIcon | None = None
        self._away = QTimer(self, interval=_SHOWN_MS, singleShot=True)
        self._away.timeout.connect(self._put_away)

    def show_progress(self, snapshot: Snapshot) -> None:
        """Show in the taskbar how far the pull is; costs nothing while the number stands."""
        share = None if snapshot.state.ended else percent(snapshot)
        if share != self._shown:
            self._shown = share
            tell_launcher(share)

    def tell_end(self, reference: str, snapshot: Snapshot, *, notify: bool = True) -> None:
        """Say that a pull has ended, to who is not looking at it.

        `notify`: whether the user wants notifications.
        """
        self.show_progress(snapshot)
        QApplication.alert(self._window)  # unless the window has the keyboard
        unwanted = not notify or snapshot.state is PullState.CANCELLED
        if unwanted or self._window.isActiveWindow():
            return
        if not (QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages()):
            return
        if self._tray is None:
            self._tray = QSystemTrayIcon(self._window.windowIcon(), self)
            self._tray.messageClicked.connect(self._come_forward)
            self._tray.activated.connect(self._come_forward)
        failed = snapshot.state is PullState.FAILED
        icon = QSystemTrayIcon.MessageIcon
        self._tray.show()  # only as long as the notification: nothing lives in the tray
        self._tray.showMessage(
            f"{reference[:120]}: {ended_text(snapshot.state)}",
            said(snapshot.error)[:300] if failed else "",
            icon.Warning if failed else icon.Information,
            _SHOWN_MS,
        )
        self._away.start()

    def _put_away(self) -> None:
        if self._tray is not None:
            self._tray.hide()

    def _come_forward(self) -> None:
        self._put_away()
        self._window.setWindowState(
            self._window.windowState() & ~self._window.windowState().WindowMinimized
        )
        self._window.show()
        self._window.raise_()
        self._window.activateWindow()


def tell_launcher(share: int | None) -> None:
    """Tell the docks of Linux desktops, which listen on the session bus, how far a pull is."""
    if sys.platform != "linux" or "DBUS_SESSION_BUS_ADDRESS" not in os.environ:
        return  # nor is a bus started for this
    from PySide6.QtDBus import QDBusConnection, QDBusMessage  # absent on other platforms

    bus = QDBusConnection.sessionBus()
    if not bus.isConnected():
        return
    message = QDBusMessage.createSignal("/io/github/pullscope", _LAUNCHER, "Update")
    state = {"progress": (share or 0) / 100, "progress-visible": share is not None}
    message.setArguments([f"application://{DESKTOP_FILE}.desktop", state])
    bus.send(message)
