"""The page of storage: where images go, the user's store, and what cleaning it up would free."""

import asyncio
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from pullscope.engine.errors import StoreError
from pullscope.engine.inventory import StoredImage
from pullscope.engine.store import Garbage, Store
from pullscope.engine.units import size_text
from pullscope.gui import theme as themes
from pullscope.gui.general_settings import GeneralSettings
from pullscope.gui.language import said
from pullscope.gui.legend import plain_tip, short_digest
from pullscope.gui.panel import ElidedLabel
from pullscope.session import default_store

_TITLE_WIDTH = 124
_USUAL_WIDTH = 176
_NAME_ROLE = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class _Found:
    images: tuple[StoredImage, ...]
    garbage: Garbage


class StoragePage(QWidget):
    """Shows a store; looking and cleaning are done in a thread."""

    def __init__(self, general: GeneralSettings) -> None:
        super().__init__()
        self._general = general
        self._task: asyncio.Task[None] | None = None
        self._where = _PlaceRow("store", self.tr("My store"), self.tr("Usual place"))
        self._where.chosen.connect(self.use_store)
        self._output = _PlaceRow("default_output", self.tr("Images go to"), self.tr("Use my store"))
        self._output.chosen.connect(self.use_output)
        self._note = _plain_label("place_note")
        self._note.hide()
        traces = QCheckBox(self.tr("Keep a trace of each pull, for the history"))
        traces.setObjectName("keep_traces")
        traces.setChecked(general.value.keep_traces)
        traces.toggled.connect(lambda on: general.change(keep_traces=on))
        self._said = _plain_label("store_said")
        self.images = QTreeWidget()
        self.images.setObjectName("store_images")
        self.images.setAccessibleName(self.tr("Images in the store"))
        self.images.setRootIsDecorated(False)
        self.images.setUniformRowHeights(True)
        self.images.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.images.setHeaderLabels(
            [self.tr("IMAGE"), self.tr("PLATFORM"), self.tr("SIZE"), self.tr("DIGEST")]
        )
        self.images.header().resizeSection(0, 250)
        self.images.header().resizeSection(2, 72)
        self.images.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.images.itemSelectionChanged.connect(self._enable)
        self._remove = QPushButton(self.tr("Remove"))
        self._remove.setObjectName("remove_images")
        self._remove.setToolTip(self.tr("Cleaning up then frees their space"))
        self._remove.clicked.connect(self._remove_selected)
        self._clean = QPushButton(self.tr("Clean up"))
        self._clean.setObjectName("clean_up")
        self._clean.setToolTip(self.tr("Remove what no image and no running pull needs"))
        self._clean.clicked.connect(self._clean_up)
        buttons = QHBoxLayout()
        buttons.addWidget(self._remove)
        buttons.addStretch(1)
        buttons.addWidget(self._clean)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(8)
        rows.addWidget(self._output)
        rows.addWidget(self._where)
        rows.addWidget(self._note)
        rows.addWidget(self.images, 1)
        rows.addWidget(self._said)
        rows.addLayout(buttons)
        rows.addWidget(traces)
        self._garbage = Garbage(0, 0, 0)
        self._show_places()
        self._enable()

    def use_store(self, folder: str) -> None:
        """Keep images in a folder from the next pull on; empty for the usual place.

        What is in the old place stays there, which is said.
        """
        before = self._general.value.store_place
        if not self._take(folder or str(default_store()), store=folder):
            return
        count = self.images.topLevelItemCount()
        if before == self._general.value.store_place:
            return
        words = self.tr("Pulls use the new place from now on.")
        if count == 1:
            words += " " + self.tr("Nothing is moved: 1 image stays in {1}.").format(count, before)
        elif count:
            stays = self.tr("Nothing is moved: {0} images stay in {1}.")
            words += " " + stays.format(count, before)
        words += " " + self.tr("Unfinished pulls begin anew there.")
        self._tell(words)
        self.refresh()

    def use_output(self, folder: str) -> None:
        """Write images to a folder from the next pull on; empty for the user's store."""
        self._take(folder, output=folder)

    def _take(self, folder: str, **values: str) -> bool:
        """Change a place, unless images cannot be written there, which is said."""
        problem = unusable(Path(folder)) if folder else ""
        self._tell(problem)
        if not problem:
            self._general.change(**values)
            self._show_places()
        return not problem

    def _show_places(self) -> None:
        value = self._general.value
        self._where.show_place(str(value.store_place), usual=not value.store)
        self._output.show_place(value.output or self.tr("my store"), usual=not value.output)

    def _tell(self, words: str) -> None:
        self._note.setText(words)
        self._note.setVisible(bool(words))

    def refresh(self) -> None:
        """Look what is there, and what could go."""
        self._do(lambda store: None)

    def _remove_selected(self) -> None:
        names = [str(item.data(0, _NAME_ROLE)) for item in self.images.selectedItems()]
        self._do(lambda store: store.remove(names))

    def _clean_up(self) -> None:
        self._do(lambda store: store.collect_garbage())

    def _do(self, change: Callable[[Store], object]) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._carry_out(change))
            self.destroyed.connect(self._task.cancel)  # nobody looks at what it finds
            self._enable()

    async def _carry_out(self, change: Callable[[Store], object]) -> None:
        place = self._general.value.store_place

        def work() -> _Found:
            change(Store(place))
            store = Store(place)
            return _Found(store.images(), store.collect_garbage(dry_run=True))

        try:
            found = await asyncio.to_thread(work)
        except StoreError as error:
            self._said.setText(said(error))
        else:
            self._show(found)
        self._task = None
        self._enable()

    def _show(self, found: _Found) -> None:
        self.images.clear()
        for image in found.images:
            name = image.full_name or image.name or self.tr("(no name)")
            row = [name, image.platform, size_text(image.size), short_digest(image.digest)]
            item = QTreeWidgetItem(row)
            item.setData(0, _NAME_ROLE, image.name or image.digest)
            item.setToolTip(0, plain_tip(name))
            item.setToolTip(3, image.digest)
            self.images.addTopLevelItem(item)
        self._garbage = found.garbage
        total = size_text(sum(image.size for image in found.images))
        count = len(found.images)
        counted = self.tr("1 image, {1}") if count == 1 else self.tr("{0} images, {1}")
        words = [counted.format(count, total)]
        if found.garbage.blobs or found.garbage.parts:
            words.append(
                self.tr("cleaning up frees {0} (blobs: {1}, unfinished: {2})").format(
                    size_text(found.garbage.size), found.garbage.blobs, found.garbage.parts
                )
            )
        else:
            words.append(self.tr("nothing to clean up"))
        self._said.setText(" · ".join(words))

    def _enable(self) -> None:
        idle = self._task is None
        self._remove.setEnabled(idle and bool(self.images.selectedItems()))
        self._clean.setEnabled(idle and bool(self._garbage.blobs or self._garbage.parts))


class _PlaceRow(QWidget):
    """A folder, a button that chooses another, and one that goes back to the usual one.

    Signals:
        chosen: the folder; empty for the usual one.
    """

    chosen = Signal(str)

    def __init__(self, name: str, title: str, usual: str) -> None:
        super().__init__()
        self._name = name
        self._title = title
        heading = QLabel(title)
        heading.setProperty("role", "muted")
        heading.setMinimumWidth(_TITLE_WIDTH)
        self._place = ElidedLabel(themes.base_font(), muted=False)
        self._place.setObjectName(f"{name}_place")
        self._place.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._choose = QPushButton(self.tr("Change…"))
        self._choose.setObjectName(f"choose_{name}")
        self._choose.setAccessibleName(self.tr("{0}: choose another folder").format(title))
        self._choose.clicked.connect(self._ask)
        self._usual = QPushButton(usual)
        self._usual.setObjectName(f"usual_{name}")
        self._usual.setMinimumWidth(_USUAL_WIDTH)
        self._usual.setAccessibleName(f"{title}: {usual}")
        self._usual.clicked.connect(lambda: self.chosen.emit(""))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(heading)
        row.addWidget(self._place, 1)
        row.addWidget(self._choose)
        row.addWidget(self._usual)

    def show_place(self, place: str, *, usual: bool) -> None:
        """Show a folder, and whether it is the usual one."""
        self._place.setText(place)
        self._place.setToolTip(plain_tip(place))
        self._usual.setEnabled(not usual)

    def _ask(self) -> None:
        dialog = QFileDialog(self.window(), self._title)
        dialog.setObjectName(f"{self._name}_dialog")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.chosen)
        dialog.open()


def unusable(folder: Path) -> str:
    """Return why images cannot be written to a folder, in words, else nothing: it is made ready."""
    try:
        Store(folder).prepare()
        with tempfile.TemporaryFile(dir=folder):
            return ""
    except StoreError as error:
        return said(error)
    except OSError as error:
        return f"{folder}: {error.strerror}"


def _plain_label(name: str) -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
