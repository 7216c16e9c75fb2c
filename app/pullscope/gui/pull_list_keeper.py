"""Keeps the list of pulls on disk while it changes, and brings it back when the window opens.

Of several windows the first one keeps the list. The others begin with an empty one, and say that it
is not kept; when the first is left, the next one whose list changes takes over what it kept.
"""

from contextlib import suppress

from PySide6.QtCore import QLockFile, QObject, QTimer, Signal

from pullscope.gui.language import said
from pullscope.gui.pull_controller import PullController
from pullscope.gui.pull_list import PullListError, PullListFile
from pullscope.gui.pull_run import PullRun
from pullscope.session import PullOptions

_WRITE_EVERY_MS = 5000
"""How old the file may be about how far a pull is; what else changes is written at once."""


class PullListKeeper(QObject):
    """Writes the list of a controller.

    Signals:
        failed: the list cannot be read or written; the words say why.
        kept_changed: whether this window is the one that keeps its list.
    """

    failed = Signal(str)
    kept_changed = Signal(bool)

    def __init__(
        self, file: PullListFile, controller: PullController, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._file = file
        self._controller = controller
        self._lock = QLockFile(str(file.path.with_name(f"{file.path.name}.lock")))
        self._lock.setStaleLockTime(0)  # only the end of its process frees it, however long it runs
        self._base = PullOptions()
        self._written: tuple[object, ...] = ()
        self._watching = False
        self._keeping = False
        self._told = False
        self._later = QTimer(self, interval=_WRITE_EVERY_MS, singleShot=True)
        self._later.timeout.connect(self.save)
        controller.listed.connect(self._changed)

    def restore(self, base: PullOptions) -> None:
        """Put the pulls of earlier sessions into the list; keep it from now on.

        Where another window keeps it, this one's stays as it is.
        """
        self._base = base
        self._watching = True
        if not self._take_over():
            self.kept_changed.emit(False)

    def save(self) -> None:
        """Write the list."""
        self._later.stop()
        if not self._watching or not (self._keeping or self._take_over()):
            return
        self._written = self._standing()
        try:
            self._file.write(self._kept())
        except PullListError as error:
            if not self._told:  # once is enough
                self._told = True
                self.failed.emit(self.tr("The list of pulls is not kept: {0}").format(said(error)))

    def stop(self) -> None:
        """Write the list a last time: what still runs is interrupted by whoever leaves."""
        self.save()
        self._watching = self._keeping = False
        self._later.stop()
        self._lock.unlock()

    def _take_over(self) -> bool:
        """Keep the list from now on, unless another window does."""
        with suppress(OSError):  # told when the list cannot be written
            self._file.path.parent.mkdir(parents=True, exist_ok=True)
        if not self._lock.tryLock(0) and self._lock.error() is QLockFile.LockError.LockFailedError:
            return False
        self._keeping = True
        try:
            found = self._file.read(self._base)
        except PullListError as error:
            self.failed.emit(
                self.tr("The pulls of the last session are not known: {0}").format(said(error))
            )
        else:
            self._controller.restore(found)
        self._written = self._standing()
        self.kept_changed.emit(True)
        return True

    def _kept(self) -> list[PullRun]:
        controller = self._controller
        gone = controller.unfinished if controller.discarding else []
        return [run for run in controller.runs if run not in gone]

    def _changed(self) -> None:
        if not self._watching:
            return
        if self._standing() != self._written:
            self.save()
        elif self._controller.unfinished and not self._later.isActive():
            self._later.start()

    def _standing(self) -> tuple[object, ...]:
        return tuple((run, _stands(run)) for run in self._controller.runs)


def _stands(run: PullRun) -> tuple[object, ...]:
    return run.state, run.settings, run.total
