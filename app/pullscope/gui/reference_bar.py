"""The reference bar: what to pull, for which platform, to where, and the buttons of the pull."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction, QIcon, QResizeEvent
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

from pullscope.engine.archive import ArchiveFormat
from pullscope.engine.platforms import ALL_PLATFORMS
from pullscope.gui import theme as themes
from pullscope.gui.legend import plain_tip
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
_OUTPUT_WIDTH = 164
_NARROW_OUTPUT_WIDTH = 124
_LEAST_ROOM = 1200  # pixels, below which other things give way to the reference
_OUTPUT_PADDING = 44  # of the button, at both sides together
_ENDINGS = {ArchiveFormat.OCI: "oci.tar", ArchiveFormat.DOCKER: "docker.tar"}
_FILE_NAME = re.compile(r"[^A-Za-z0-9._-]+")
_Output = tuple[Path, ArchiveFormat | None]
_HEIGHT = 32


class ActionButton(QPushButton):
    """A push button that is an action: its words, its icon, its tip and whether it can be used."""

    def __init__(self, action: QAction, *, primary: bool = False) -> None:
        super().__init__()
        self._action = action
        self._primary = primary
        self._icon_alone = False
        self.setObjectName(f"{action.objectName()}_button")
        self.setProperty("primary", primary)
        self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)
        self._follow()

    def show_icon_alone(self, *, alone: bool) -> None:
        """Leave the words to the tip, or bring them back."""
        if alone is not self._icon_alone:
            self._icon_alone = alone
            self._follow()

    def _follow(self) -> None:
        action = self._action
        self.setText("" if self._icon_alone else action.text())
        self.setIcon(action.icon() if self._icon_alone else QIcon())
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
        self.setMovable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self._options = options
        self._outputs: list[_Output] = []
        if options.output is not None:
            self._outputs.append((options.output, options.archive))

        self.reference = QComboBox()
        self.reference.setObjectName("reference")
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
        field.setAcceptDrops(False)  # the window takes a whole reference, not the field a part
        # Under a style sheet, a font that is set is lost with the next parent.
        face = f'{{ font-family: "{themes.mono_font().family()}"; }}'
        self.reference.setStyleSheet(f"QComboBox {face} QLineEdit {face}")
        field.returnPressed.connect(self.pull_asked)
        field.textChanged.connect(self.reference_edited)

        self.platform = QComboBox()
        self.platform.setObjectName("platform")
        self.platform.setEditable(True)
        self.platform.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.platform.addItems(["", *_PLATFORMS, ""])  # this machine first, all last
        self.platform.setMinimumWidth(132)
        self.platform.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        if options.platform:
            self.choose_platform(options.platform)

        self.output = QToolButton()
        self.output.setObjectName("output")
        self.output.setProperty("raised", True)
        self.output.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.output.setFixedWidth(_OUTPUT_WIDTH)
        menu = QMenu(self.output)
        menu.aboutToShow.connect(lambda: self._fill_output_menu(menu, actions))
        self.output.setMenu(menu)
        actions["use_store"].triggered.connect(lambda: self.set_output(None))
        actions["choose_output"].triggered.connect(self._choose_output)
        for name, archive in (
            ("choose_oci_archive", ArchiveFormat.OCI),
            ("choose_docker_archive", ArchiveFormat.DOCKER),
        ):
            actions[name].triggered.connect(
                lambda _=False, archive=archive: self._choose_archive(archive)
            )
        actions["referrers"].setChecked(options.referrers)
        actions["referrers"].toggled.connect(self._set_referrers)

        self.more = QToolButton()
        self.more.setObjectName("more")
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)

        self._export = ActionButton(actions["export_trace"])
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
            self._export,
            self.more,
        ):
            widget.setFixedHeight(_HEIGHT)
            row.addWidget(widget)
        self.addWidget(inside)
        self._dress()
        self._set_texts()

    @property
    def text(self) -> str:
        """The reference as it stands in the field."""
        return self.reference.currentText().strip()

    @property
    def options(self) -> PullOptions:
        """The options as they are chosen."""
        platform = self.platform.currentText().strip()
        this = self.platform.currentIndex() == 0 and platform == self.platform.itemText(0)
        if platform == self.platform.itemText(self.platform.count() - 1):
            platform = ALL_PLATFORMS
        return replace(self._options, platform=None if this or not platform else platform)

    def change_options(self, options: PullOptions) -> None:
        """Take other options."""
        self._options = options

    def set_reference(self, reference: str) -> None:
        """Put `reference` into the field."""
        self.reference.setEditText(reference)

    def offer_platforms(self, platforms: Sequence[str]) -> None:
        """Offer the platforms of an index; none brings the usual ones back. The choice stays."""
        this, chosen = self.platform.currentIndex() == 0, self.options.platform
        self.platform.clear()
        self.platform.addItems(["", *(platforms or _PLATFORMS), ""])
        self._name_platforms()
        if not this:
            self.choose_platform(chosen or "")

    def choose_platform(self, platform: str) -> None:
        """Choose a platform, whether it is offered or not."""
        last = self.platform.count() - 1
        place = last if platform == ALL_PLATFORMS else self.platform.findText(platform)
        self.platform.setCurrentIndex(place)
        self.platform.setEditText(self.platform.itemText(last) if place == last else platform)

    def set_recents(self, references: Sequence[str]) -> None:
        """Offer `references`, newest first; what stands in the field stays."""
        text = self.reference.currentText()
        field = self.reference.lineEdit()
        blocked = field is not None and field.blockSignals(True)
        self.reference.clear()
        self.reference.addItems(list(references))
        self.reference.setCurrentIndex(-1)
        self.reference.setEditText(text)
        if field is not None:
            field.blockSignals(blocked)

    def set_output(self, path: Path | None, archive: ArchiveFormat | None = None) -> None:
        """Write images to a folder, to an archive of this format, or to the user's store."""
        self._options = replace(self._options, output=path, archive=archive)
        if path is not None and (path, archive) not in self._outputs:
            self._outputs.insert(0, (path, archive))
        self._write_output()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme and the language."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and hasattr(self, "more"):
            self._dress()
        elif event.type() is QEvent.Type.LanguageChange:
            self._set_texts()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the reference its room."""
        super().resizeEvent(event)
        narrow = self.width() < _LEAST_ROOM
        self._export.show_icon_alone(alone=narrow)
        self.output.setFixedWidth(_NARROW_OUTPUT_WIDTH if narrow else _OUTPUT_WIDTH)
        self._write_output()

    def _set_texts(self) -> None:
        self.setWindowTitle(self.tr("Reference"))
        self.reference.setToolTip(self.tr("The image to pull, such as ghcr.io/team/app:1.0"))
        self.platform.setToolTip(self.tr("Which image of an index is pulled"))
        self._name_platforms()
        for box, name in (
            (self.reference, self.tr("Image reference")),
            (self.platform, self.tr("Platform")),
        ):
            box.setAccessibleName(name)
            field = box.lineEdit()
            if field is not None:
                field.setAccessibleName(name)
        field = self.reference.lineEdit()
        if field is not None:
            field.setPlaceholderText(self.tr("registry/repository:tag"))
        self.more.setAccessibleName(self.tr("More"))
        self.more.setToolTip(self.tr("More"))
        self._write_output()

    def _dress(self) -> None:
        self.more.setIcon(themes.icon("more", themes.current()))

    def _name_platforms(self) -> None:
        last = self.platform.count() - 1
        for place, name in ((0, self.tr("this machine")), (last, self.tr("all platforms"))):
            chosen = self.platform.currentIndex() == place
            self.platform.setItemText(place, name)
            if chosen:
                self.platform.setCurrentText(name)

    def _write_output(self) -> None:
        path, archive = self._options.output, self._options.archive
        name = self.tr("my store") if path is None else _short(path)
        narrow = self.output.maximumWidth() < _OUTPUT_WIDTH
        words = ("{0}" if narrow else self.tr("To {0}")) + "  ⌄"
        metrics = self.output.fontMetrics()
        room = self.output.maximumWidth() - _OUTPUT_PADDING
        room -= metrics.horizontalAdvance(words.format(""))
        shown = metrics.elidedText(name, Qt.TextElideMode.ElideLeft, room)
        self.output.setText(words.format(shown))
        self.output.setAccessibleName(self.tr("Output: {0}").format(name))
        if path is None:
            tip = self.tr("Images are written to your Pullscope store")
        elif archive is None:
            tip = self.tr("Images are written to {0}").format(path)
        else:
            tip = self.tr("The image is written as {0} to {1}").format(archive.value, path)
        self.output.setToolTip(plain_tip(tip))

    def _fill_output_menu(self, menu: QMenu, actions: Mapping[str, QAction]) -> None:
        menu.clear()
        menu.addAction(actions["use_store"])
        for path, archive in self._outputs[:8]:
            words = str(path) if archive is None else f"{archive.value}: {path}"
            action = menu.addAction(words.replace("&", "&&"))
            action.triggered.connect(
                lambda _=False, path=path, archive=archive: self.set_output(path, archive)
            )
        menu.addSeparator()
        names = ("choose_output", "choose_oci_archive", "choose_docker_archive")
        menu.addActions([actions[name] for name in names])
        menu.addSeparator()
        menu.addAction(actions["referrers"])

    def _set_referrers(self, on: bool) -> None:
        self._options = replace(self._options, referrers=on)

    def _choose_archive(self, archive: ArchiveFormat) -> None:
        dialog = QFileDialog(self.window(), self.tr("Write an archive"))
        dialog.setObjectName("choose_archive_dialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        # The engine writes it anew, as it does for each pull of the same image.
        dialog.setNameFilter(self.tr("{0} (*.tar)").format(archive.value))
        dialog.setDefaultSuffix("tar")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self._options.output is not None:
            dialog.setDirectory(str(self._options.output.parent))
        image = _FILE_NAME.sub("-", self.text.rpartition("/")[2]).strip("-.")[:80] or "image"
        dialog.selectFile(f"{image}.{_ENDINGS[archive]}")
        dialog.fileSelected.connect(lambda name: self.set_output(Path(name), archive))
        dialog.open()

    def _choose_output(self) -> None:
        dialog = QFileDialog(self.window(), self.tr("Choose output folder"))
        dialog.setObjectName("choose_output_dialog")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self._options.output is not None and self._options.archive is None:
            dialog.setDirectory(str(self._options.output))
        dialog.fileSelected.connect(lambda name: self.set_output(Path(name)))
        dialog.open()


def _short(folder: Path) -> str:
    """Return `folder` with ~ for the home."""
    try:
        return "~/" + str(folder.relative_to(Path.home()))
    except ValueError:
        return str(folder)
