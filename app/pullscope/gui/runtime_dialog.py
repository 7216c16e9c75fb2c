"""Settings as the configuration of a container runtime: what changes in the user's file, what it
does there, and what in the file keeps it from that. Nothing is written until the user says so.
"""

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from pullscope.engine.model import Settings
from pullscope.engine.units import size_text
from pullscope.gui import theme as themes
from pullscope.gui.language import said
from pullscope.sweep.recommendation import settings_text
from pullscope.sweep.runtimes.export import export
from pullscope.sweep.runtimes.runtime_config import Runtime, RuntimeConfig, RuntimeConfigError
from pullscope.sweep.runtimes.user_file import read_text, replace_text
from pullscope.sweep.settings import TrialSettings
from pullscope.trace.texts import printable

translate = QCoreApplication.translate

_SIZE = QSize(960, 600)
_WORDS_WIDTH = 360
_NAMES = {
    Runtime.CONTAINERD: "containerd",
    Runtime.SOCI: "SOCI snapshotter",
    Runtime.DOCKER: "Docker",
    Runtime.PODMAN: "podman",
}


def of_pull(settings: Settings) -> TrialSettings:
    """Return what the settings of a pull come to without its limit of all connections."""
    parallelism = min(settings.parallelism, max(1, settings.connections // settings.layers))
    return TrialSettings(settings.layers, parallelism, settings.chunk_size)


class RuntimeDialog(QDialog):
    """To be opened with `show`: the window goes on beside it. It is deleted when it is closed.

    Args:
        settings: what the configuration is made of.
        image_layers: how many layers the image has; None where it is not known.
    """

    def __init__(
        self, settings: TrialSettings, image_layers: int | None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("runtime_dialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(_SIZE)
        self._settings = settings
        self._image_layers = image_layers
        self._existing = ""
        self._config: RuntimeConfig | None = None

        self._about = _plain("runtime_about")
        self.runtime = QComboBox()
        self.runtime.setObjectName("runtime")
        for runtime in Runtime:
            self.runtime.addItem(_NAMES[runtime], runtime)
        self.file = QLineEdit()
        self.file.setObjectName("runtime_file")
        self.file.setClearButtonEnabled(True)
        self._browse = QPushButton()
        self._browse.setObjectName("browse_runtime_file")
        self._words = _plain("runtime_words")
        self._words.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.text = QPlainTextEdit()
        self.text.setObjectName("runtime_text")
        self.text.setReadOnly(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(themes.mono_font())
        self._told = _plain("runtime_told")
        self.copy = QPushButton()
        self.copy.setObjectName("copy_runtime_text")
        self.write = QPushButton()
        self.write.setObjectName("write_runtime_file")
        self._close = QPushButton()
        self._close.setObjectName("close_runtime")
        self._lay_out()
        self.runtime.currentIndexChanged.connect(self.refresh)
        self.file.editingFinished.connect(self.refresh)
        self._browse.clicked.connect(self._choose)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._shown()))
        self.write.clicked.connect(self._write)
        self._close.clicked.connect(self.accept)
        self._set_texts()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._set_texts()

    def refresh(self) -> None:
        """Read the file again, and show what becomes of it."""
        self._config = None
        runtime = Runtime(self.runtime.currentData())
        path = self._path()
        try:
            self._existing = "" if path is None else read_text(path)
            self._config = export(
                runtime,
                self._settings,
                image_layers=self._image_layers,
                existing_text=self._existing,
                name="" if path is None else str(path),
                translate=translate,
            )
        except RuntimeConfigError as error:
            self._words.setText(
                self.tr("This file cannot be used: {0}").format(printable(said(error)))
            )
        else:
            self._words.setText(self._in_words(self._config))
        self.text.setPlainText(self._shown())
        self.file.setPlaceholderText(
            self.tr("Your file, as {0}; empty for a text of its own").format(
                "" if self._config is None else self._config.usual_path
            )
        )
        changes = self._config is not None and self._config.text != self._existing
        self.write.setEnabled(path is not None and changes)
        self.copy.setEnabled(bool(self._shown()))
        self._told.setText(self._outlook(changes=changes))

    def _lay_out(self) -> None:
        choice = QHBoxLayout()
        choice.setSpacing(8)
        choice.addWidget(self.runtime)
        choice.addWidget(self.file, 1)
        choice.addWidget(self._browse)
        words = QScrollArea()
        words.setObjectName("runtime_words_area")
        words.setFrameShape(QFrame.Shape.NoFrame)
        words.setWidgetResizable(True)
        words.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        words.setWidget(self._words)
        words.setFixedWidth(_WORDS_WIDTH)
        middle = QHBoxLayout()
        middle.setSpacing(16)
        middle.addWidget(self.text, 1)
        middle.addWidget(words)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self._told, 1)
        for button in (self.copy, self.write, self._close):
            foot.addWidget(button)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(16, 16, 16, 12)
        rows.setSpacing(12)
        rows.addWidget(self._about)
        rows.addLayout(choice)
        rows.addLayout(middle, 1)
        rows.addLayout(foot)

    def _set_texts(self) -> None:
        self.setWindowTitle(self.tr("Use in a runtime"))
        self._about.setText(settings_text(self._settings, translate))
        self.runtime.setAccessibleName(self.tr("The runtime"))
        self.file.setAccessibleName(self.tr("The runtime's file"))
        self._browse.setText(self.tr("Browse…"))
        self.text.setAccessibleName(self.tr("What changes in the file"))
        self.copy.setText(self.tr("Copy"))
        self.copy.setToolTip(self.tr("Copy what is shown, a patch where there is a file"))
        self.write.setText(self.tr("Write"))
        self.write.setToolTip(self.tr("Replace the file, and keep a copy of it beside it"))
        self._close.setText(self.tr("Close"))
        self.refresh()

    def _path(self) -> Path | None:
        text = self.file.text().strip()
        return Path(text).expanduser() if text else None

    def _shown(self) -> str:
        if self._config is None:
            return ""
        return self._config.text if self._path() is None else self._config.diff

    def _in_words(self, config: RuntimeConfig) -> str:
        warned = self.tr("Warning: {0}")
        parts = [warned.format(text) for text in config.warnings]
        for change in config.changes:
            # In two lines: one would have no place to break at.
            table, _, name = change.name.rpartition(".")
            line = f"{name} = {change.value}"
            if change.before not in ("", change.value):
                line = self.tr("{0} (was {1})").format(line, change.before)
            where = f"[{table}]\n" if table else ""
            parts.append(f"{where}{line}\n{change.meaning}")
        parts.append(
            self.tr("Memory per node: {0}, {1}.").format(
                size_text(config.memory_bytes), config.memory_words
            )
        )
        return "\n\n".join(printable_lines(text) for text in (*parts, *config.notes))

    def _outlook(self, *, changes: bool) -> str:
        if self._config is None:
            return self.tr("The file is as it was.")
        if self._path() is None:
            return self.tr("Nothing is written without a file.")
        if not changes:
            return self.tr("The file says so already.")
        return self.tr("Nothing is written yet.")

    def _choose(self) -> None:
        start = self.file.text() or ("" if self._config is None else self._config.usual_path)
        dialog = QFileDialog(self, self.tr("The runtime's file"), start)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._take)
        dialog.open()

    def _take(self, path: str) -> None:
        self.file.setText(path)
        self.refresh()

    def _write(self) -> None:
        path, config = self._path(), self._config
        if path is None or config is None:
            return
        try:
            backup = replace_text(path, self._existing, config.text)
        except RuntimeConfigError as error:
            self._told.setText(printable(said(error)))
            return
        self.refresh()
        told = [self.tr("Written.")]
        if backup is not None:
            told.append(self.tr("As it was: {0}").format(printable(str(backup))))
        if config.apply:
            told.append(self.tr("Then: {0}").format(config.apply))
        self._told.setText("\n".join(told))


def printable_lines(text: str) -> str:
    """Return a text of several lines with what is not to be drawn escaped."""
    return "\n".join(printable(line) for line in text.split("\n"))


def _plain(name: str) -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
