"""The reference bar: what to pull, for which platform, to where, and the buttons of the pull."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QSizePolicy,
    QToolBar,
    QToolButton,
    QWidget,
)

from pullscope.gui import theme as themes
from pullscope.session import PullOptions

_PLATFORMS = (
    "linux/amd64",
    "linux/arm64",
    "linux/arm/v7",
    "linux/386",
    "linux/ppc64le",
    "linux/riscv64",
    "linux/s390x",
    "windows/amd64",
)
_OUTPUT_CHARACTERS = 14
_HEIGHT = 32


class ActionButton(QPushButton):
    """A push button that is an action: its words, its icon, its tip and whether it can be used."""

    def __init__(self, action: QAction, *, primary: bool = False) -> None:
        super().__init__()
        self._action = action
        self._primary = primary
        self.setObjectName(f"{action.objectName()}_button")
        self.setProperty("primary", primary)
        self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        action = self._action
        self.setText(action.text())
        self.setToolTip(action.toolTip())
        self.setAccessibleName(action.text())
        self.setEnabled(action.isEnabled())


class ReferenceBar(QToolBar):
    """The bar at the top of the window.

    Signals:
        pull_asked: the user pressed Enter in the reference field.
        reference_edited: the text of the reference field.
    """

    pull_asked = Signal()
    reference_edited = Signal(str)

    def __init__(
        self, options: PullOptions, actions: Mapping[str, QAction], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("reference_bar")
        self.setWindowTitle(self.tr("Reference"))
        self.setMovable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self._options = options
        self._folders: list[Path] = [options.output] if options.output else []

        self.reference = QComboBox()
        self.reference.setObjectName("reference")
        self.reference.setAccessibleName(self.tr("Image reference"))
        self.reference.setToolTip(self.tr("The image to pull, such as ghcr.io/team/app:1.0"))
        self.reference.setEditable(True)
        self.reference.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.reference.setMaxVisibleItems(20)
        self.reference.setMinimumWidth(200)
        self.reference.setMinimumContentsLength(16)
        self.reference.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.reference.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        field = self.reference.lineEdit()
        assert field is not None  # noqa: S101 - it is editable
        field.setObjectName("reference_field")
        field.setAccessibleName(self.reference.accessibleName())
        field.setPlaceholderText(self.tr("registry/repository:tag"))
        # Under a style sheet, a font that is set is lost with the next parent.
        face = f'{{ font-family: "{themes.mono_font().family()}"; }}'
        self.reference.setStyleSheet(f"QComboBox {face} QLineEdit {face}")
        field.returnPressed.connect(self.pull_asked)
        field.textChanged.connect(self.reference_edited)

        self.platform = QComboBox()
        self.platform.setObjectName("platform")
        self.platform.setAccessibleName(self.tr("Platform"))
        self.platform.setToolTip(self.tr("Which image of an index is pulled"))
        self.platform.setEditable(True)
        self.platform.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.platform.addItem(self.tr("this machine"))
        self.platform.addItems(_PLATFORMS)
        self.platform.setFixedWidth(132)
        names = self.platform.lineEdit()
        assert names is not None  # noqa: S101 - it is editable
        names.setAccessibleName(self.platform.accessibleName())
        if options.platform:
            self.platform.setCurrentText(options.platform)

        self.output = QToolButton()
        self.output.setObjectName("output")
        self.output.setProperty("raised", True)
        self.output.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.output.setFixedWidth(148)
        menu = QMenu(self.output)
        menu.aboutToShow.connect(lambda: self._fill_output_menu(menu, actions))
        self.output.setMenu(menu)
        actions["use_store"].triggered.connect(lambda: self.set_output(None))
        actions["choose_output"].triggered.connect(self._choose_output)

        self.more = QToolButton()
        self.more.setObjectName("more")
        self.more.setAccessibleName(self.tr("More"))
        self.more.setToolTip(self.tr("More"))
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)

        inside = QWidget()  # a tool bar keeps no margins of its own
        inside.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(inside)
        row.setContentsMargins(12, 10, 12, 10)
        row.setSpacing(8)
        for widget in (
            self.reference,
            self.platform,
            self.output,
            ActionButton(actions["pull"], primary=True),
            ActionButton(actions["pause"]),
            ActionButton(actions["cancel"]),
            ActionButton(actions["export_trace"]),
            self.more,
        ):
            widget.setFixedHeight(_HEIGHT)
            row.addWidget(widget)
        self.addWidget(inside)
        self._dress()
        self._write_output()

    @property
    def text(self) -> str:
        """The reference as it stands in the field."""
        return self.reference.currentText().strip()

    @property
    def options(self) -> PullOptions:
        """The options as they are chosen."""
        platform = self.platform.currentText().strip()
        this = self.platform.currentIndex() == 0 and platform == self.platform.itemText(0)
        return replace(self._options, platform=None if this or not platform else platform)

    def change_options(self, options: PullOptions) -> None:
        """Take other options."""
        self._options = options

    def set_reference(self, reference: str) -> None:
        """Put `reference` into the field."""
        self.reference.setEditText(reference)

    def set_recents(self, references: Sequence[str]) -> None:
        """Offer `references`, newest first; what stands in the field stays."""
        text = self.reference.currentText()
        self.reference.clear()
        self.reference.addItems(list(references))
        self.reference.setCurrentIndex(-1)
        self.reference.setEditText(text)

    def set_output(self, folder: Path | None) -> None:
        """Write images to `folder`, or to the user's store."""
        self._options = replace(self._options, output=folder)
        if folder is not None and folder not in self._folders:
            self._folders.insert(0, folder)
        self._write_output()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and hasattr(self, "more"):
            self._dress()

    def _dress(self) -> None:
        self.more.setIcon(themes.icon("more", themes.current()))

    def _write_output(self) -> None:
        folder = self._options.output
        name = self.tr("my store") if folder is None else _short(folder)
        self.output.setText(self.tr("To {0}").format(name) + "  ⌄")
        self.output.setAccessibleName(self.tr("Output: {0}").format(name))
        self.output.setToolTip(
            self.tr("Images are written to your Pullscope store")
            if folder is None
            else self.tr("Images are written to {0}").format(folder)
        )

    def _fill_output_menu(self, menu: QMenu, actions: Mapping[str, QAction]) -> None:
        menu.clear()
        menu.addAction(actions["use_store"])
        for folder in self._folders[:8]:
            action = menu.addAction(str(folder))
            action.triggered.connect(lambda _=False, folder=folder: self.set_output(folder))
        menu.addSeparator()
        menu.addAction(actions["choose_output"])

    def _choose_output(self) -> None:
        dialog = QFileDialog(self.window(), self.tr("Choose output folder"))
        dialog.setObjectName("choose_output_dialog")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self._options.output is not None:
            dialog.setDirectory(str(self._options.output))
        dialog.fileSelected.connect(lambda name: self.set_output(Path(name)))
        dialog.open()


def _short(folder: Path) -> str:
    """Return `folder` as short as the button: with ~ for the home, and its end where it is long."""
    try:
        text = "~/" + str(folder.relative_to(Path.home()))
    except ValueError:
        text = str(folder)
    if len(text) > _OUTPUT_CHARACTERS:
        text = "…" + text[-(_OUTPUT_CHARACTERS - 1) :]
    return text
