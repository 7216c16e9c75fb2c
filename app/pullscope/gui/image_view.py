"""The image view: what an image is made of, before it is pulled and while it is.

A bar with a piece for each layer, a table of the layers with the step that made each, and what the
image says of itself. All of it was written by whoever made the image: `topology` has made it short
and plain, and it is never shown as anything but plain text here.
"""

import shlex
import textwrap
from collections.abc import Iterator, Sequence
from enum import IntEnum

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QGuiApplication,
    QHelpEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QToolTip,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from pullscope.engine.topology import Topology, TopologyLayer
from pullscope.engine.units import size_text
from pullscope.gui import theme as themes
from pullscope.gui.language import said
from pullscope.gui.legend import plain_tip, short_digest
from pullscope.gui.reference_bar import ActionButton

_ROW_HEIGHT = 24
_BAR_HEIGHT = 18
_LEAST_PIECE = 3.0  # px: an empty layer is a layer, too
_LONGEST_TIP = 800
_TIP_WIDTH = 90  # characters
_MOST_SIZES = 60  # that a screen reader reads out
_DIGEST_ROLE = Qt.ItemDataRole.UserRole
_PLATFORM_ROLE = Qt.ItemDataRole.UserRole + 1


class Column(IntEnum):
    """The columns of the table of layers, from left to right."""

    NUMBER = 0
    LAYER = 1
    SIZE = 2
    MADE_BY = 3
    SHARED = 4
    TYPE = 5


_RIGHT = (Column.NUMBER, Column.SIZE)
_ALWAYS = (Column.NUMBER, Column.LAYER, Column.SIZE)
_WIDTHS = {
    Column.NUMBER: 36,
    Column.LAYER: 112,
    Column.SIZE: 76,
    Column.SHARED: 112,
    Column.TYPE: 96,
}
_STEP_WIDTH = 160


class ImageView(QWidget):
    """Shows one `Topology` at a time.

    Args:
        inspect: the action that looks an image up; its button stands in this view.

    Signals:
        layer_selected: the digest of a layer that the user selected here.
        platform_chosen: a platform of the index that the user wants to pull.
    """

    layer_selected = Signal(str)
    platform_chosen = Signal(str)

    def __init__(self, inspect: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("image_view")
        self._topology: Topology | None = None
        self._summary = _plain_label("image_summary")
        self._summary.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._problem = _plain_label("image_problem")
        self._problem.setWordWrap(True)
        self._hint = _plain_label("image_hint")
        self._hint.setProperty("role", "muted")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint.setWordWrap(True)
        self.bar = LayerBar()
        self.bar.clicked.connect(self._select_and_tell)
        self.layers = _LayerTable()
        self.layers.itemSelectionChanged.connect(self._tell_layer)
        self.details = _Details()
        self.details.itemActivated.connect(self._tell_platform)

        head = QHBoxLayout()
        head.setContentsMargins(10, 4, 8, 0)
        head.addWidget(self._summary, 1)
        head.addWidget(ActionButton(inspect))
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(8)
        split.addWidget(self.layers)
        split.addWidget(self.details)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        found = QWidget()
        rows = QVBoxLayout(found)
        rows.setContentsMargins(10, 0, 8, 4)
        rows.setSpacing(6)
        rows.addWidget(self._problem)
        rows.addWidget(self.bar)
        rows.addWidget(split, 1)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._hint)
        self._pages.addWidget(found)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(6)
        whole.addLayout(head)
        whole.addWidget(self._pages, 1)
        self._set_texts()
        self.show_topology(None)

    @property
    def topology(self) -> Topology | None:
        """What is shown."""
        return self._topology

    def show_topology(self, topology: Topology | None) -> None:
        """Show an image; None for none. A layer that is selected stays so where it is there."""
        selected = self._selected_digest()
        self._topology = topology
        layers = topology.layers if topology is not None else ()
        self._pages.setCurrentIndex(0 if topology is None else 1)
        self._problem.setText(said(topology.problem) if topology is not None else "")
        self._problem.setVisible(bool(self._problem.text()))
        self.bar.show_layers([(layer.digest, layer.size) for layer in layers])
        self.bar.setVisible(bool(layers))
        self._fill_table(layers)
        self.details.show_sections(self._sections())
        self._write_summary()
        self.select_layer(selected)

    def select_layer(self, digest: str) -> None:
        """Show which layer is selected, without a signal; one that is not here deselects."""
        row = next((n for n in range(self.layers.rowCount()) if self._digest(n) == digest), -1)
        blocked = self.layers.blockSignals(True)
        self.layers.clearSelection()
        if row >= 0:
            self.layers.selectRow(row)
            self.layers.scrollTo(self.layers.model().index(row, 0))
        self.layers.blockSignals(blocked)
        self.layers.viewport().update()
        self.bar.select(digest if row >= 0 else "")

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._set_texts()
            self.show_topology(self._topology)

    def _set_texts(self) -> None:
        self._hint.setText(
            self.tr(
                "Inspect shows an image before it is pulled: its layers and what made them, its "
                "configuration, and the platforms to choose from."
            )
        )
        self.layers.setAccessibleName(self.tr("Layers of the image"))
        self.details.setAccessibleName(self.tr("What the image says of itself"))
        self.details.copy_action.setText(self.tr("Copy"))
        self.details.setHeaderLabels([self.tr("NAME"), self.tr("VALUE")])
        self.layers.set_headings(
            [
                "#",
                self.tr("LAYER"),
                self.tr("SIZE"),
                self.tr("MADE BY"),
                self.tr("ALSO IN"),
                self.tr("MEDIA TYPE"),
            ]
        )
        self.bar.setAccessibleName(self.tr("Sizes of the layers"))

    def _write_summary(self) -> None:
        topology = self._topology
        parts: list[str] = []
        if topology is not None:
            parts.append(topology.reference)
            if topology.platform:
                parts.append(topology.platform)
            if topology.layers:
                count = len(topology.layers)
                words = self.tr("1 layer") if count == 1 else self.tr("{0} layers").format(count)
                parts += [words, size_text(topology.size)]
            if len(topology.choices) > 1:
                parts.append(self.tr("{0} platforms").format(len(topology.choices)))
        self._summary.setText(" · ".join(parts))
        self._summary.setToolTip(_tip(self._summary.text()))

    def _fill_table(self, layers: Sequence[TopologyLayer]) -> None:
        table = self.layers
        blocked = table.blockSignals(True)
        table.setRowCount(0)
        table.setRowCount(len(layers))
        for row, layer in enumerate(layers):
            made_by = layer.made_by.created_by if layer.made_by is not None else ""
            comment = layer.made_by.comment if layer.made_by is not None else ""
            shared = ", ".join(layer.shared_with)
            cells = {
                Column.NUMBER: (str(row + 1), ""),
                Column.LAYER: (short_digest(layer.digest), layer.digest),
                Column.SIZE: (size_text(layer.size), self.tr("{0} bytes").format(layer.size)),
                Column.MADE_BY: (_bare_step(made_by) or comment, made_by or comment),
                Column.SHARED: (shared, "\n".join(layer.shared_with)),
                Column.TYPE: (_short_type(layer.media_type), layer.media_type),
            }
            for column, (text, tip) in cells.items():
                item = QTableWidgetItem(text)
                item.setToolTip(_tip(tip))
                if column in _RIGHT:
                    item.setTextAlignment(
                        Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                    )
                if column in (Column.LAYER, Column.MADE_BY):
                    item.setFont(themes.mono_font())
                item.setData(_DIGEST_ROLE, layer.digest)
                table.setItem(row, column, item)
        table.blockSignals(blocked)

    def _sections(self) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
        """Yield titles with rows of name, value and the platform that the row stands for."""
        topology = self._topology
        if topology is None:
            return
        config = topology.config
        image = [
            (self.tr("reference"), topology.reference),
            (self.tr("manifest"), topology.digest),
            (self.tr("media type"), topology.media_type),
            (self.tr("platform"), topology.platform),
        ]
        if config is not None:
            image += [(self.tr("created"), config.created), (self.tr("author"), config.author)]
        yield self.tr("Image"), _rows(image)
        if config is not None:
            yield (
                self.tr("Runs as"),
                _rows(
                    [
                        (self.tr("entrypoint"), shlex.join(config.entrypoint)),
                        (self.tr("command"), shlex.join(config.cmd)),
                        (self.tr("user"), config.user),
                        (self.tr("folder"), config.workdir),
                        (self.tr("ports"), ", ".join(config.ports)),
                        (self.tr("volumes"), ", ".join(config.volumes)),
                        (self.tr("stop signal"), config.stop_signal),
                    ]
                ),
            )
        yield (
            self.tr("Platforms"),
            [(entry.platform or "–", entry.digest, entry.platform) for entry in topology.platforms],
        )
        if config is not None:
            pairs = [text.partition("=") for text in config.env]
            yield self.tr("Environment"), _rows([(name, value) for name, _, value in pairs])
            yield self.tr("Labels"), _rows(config.labels)
        yield self.tr("Annotations"), _rows(topology.annotations)
        if config is not None:
            yield (
                self.tr("History"),
                [
                    ("–" if line.empty else "+", _bare_step(line.created_by) or line.comment, "")
                    for line in config.history
                ],
            )

    def _digest(self, row: int) -> str:
        item = self.layers.item(row, 0)
        return "" if item is None else str(item.data(_DIGEST_ROLE))

    def _selected_digest(self) -> str:
        rows = self.layers.selectionModel().selectedRows()
        return self._digest(rows[0].row()) if rows else ""

    def _tell_layer(self) -> None:
        digest = self._selected_digest()
        self.bar.select(digest)
        if digest:
            self.layer_selected.emit(digest)

    def _select_and_tell(self, digest: str) -> None:
        self.select_layer(digest)
        self.layer_selected.emit(digest)

    def _tell_platform(self, item: QTreeWidgetItem) -> None:
        platform = str(item.data(0, _PLATFORM_ROLE) or "")
        if self._topology is not None and platform in self._topology.choices:
            self.platform_chosen.emit(platform)


class LayerBar(QWidget):
    """The layers of an image, one beside the other, each as long as it is large.

    Signals:
        clicked: the digest of a layer.
    """

    clicked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("layer_bar")
        self.setFixedHeight(_BAR_HEIGHT)
        self._layers: list[tuple[str, int]] = []
        self._selected = ""

    def show_layers(self, layers: Sequence[tuple[str, int]]) -> None:
        """Show layers, each with its digest and its bytes."""
        self._layers = list(layers)
        self.setAccessibleDescription(
            ", ".join(size_text(size) for _, size in self._layers[:_MOST_SIZES])
        )
        self.update()

    def select(self, digest: str) -> None:
        """Mark a layer; empty for none."""
        self._selected = digest
        self.update()

    def pieces(self) -> list[QRectF]:
        """Return where each layer stands, in logical pixels."""
        count = len(self._layers)
        if not count:
            return []
        least = min(_LEAST_PIECE, self.width() / count)
        total = sum(size for _, size in self._layers) or 1
        free = self.width() - least * count
        left, found = 0.0, []
        for _, size in self._layers:
            width = least + free * size / total
            found.append(QRectF(left, 0.0, width, self.height()))
            left += width
        return found

    def sizeHint(self) -> QSize:
        """Return a thin bar."""
        return QSize(200, _BAR_HEIGHT)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select the layer under the mouse."""
        place = self._at(event.position().x())
        if place >= 0 and event.button() is Qt.MouseButton.LeftButton:
            self.clicked.emit(self._layers[place][0])

    def event(self, event: QEvent) -> bool:
        """Tell of the layer under the mouse."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = self._at(event.pos().x())
            if place >= 0:
                digest, size = self._layers[place]
                words = f"#{place + 1}  {short_digest(digest)}  {size_text(size)}"
                QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the pieces, the larger ones with their number."""
        theme = themes.current()
        painter = QPainter(self)
        painter.setFont(themes.base_font(11))
        for number, (piece, (digest, _)) in enumerate(
            zip(self.pieces(), self._layers, strict=True), 1
        ):
            chosen = digest == self._selected
            gap = 1.0 if piece.width() > _LEAST_PIECE else 0.5
            inner = piece.adjusted(0, 0, -gap, 0)
            painter.fillRect(inner, theme.accent if chosen else theme.pending)
            if piece.width() > 24:
                painter.setPen(theme.on_accent if chosen else theme.text)
                painter.drawText(inner, Qt.AlignmentFlag.AlignCenter, str(number))

    def _at(self, x: float) -> int:
        places = (n for n, piece in enumerate(self.pieces()) if piece.left() <= x < piece.right())
        return next(places, -1)


class _LayerTable(QTableWidget):
    """A row for each layer; what is wanted least goes where there is no room for it."""

    def __init__(self) -> None:
        super().__init__(0, len(Column))
        self.setObjectName("image_layers")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        rows = self.verticalHeader()
        rows.hide()
        rows.setDefaultSectionSize(_ROW_HEIGHT)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        columns = self.horizontalHeader()
        columns.setHighlightSections(False)
        columns.setMinimumSectionSize(28)
        for column, width in _WIDTHS.items():
            columns.resizeSection(column, width)
        columns.setSectionResizeMode(Column.MADE_BY, QHeaderView.ResizeMode.Stretch)
        columns.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    def set_headings(self, words: Sequence[str]) -> None:
        """Head the columns, each on the side on which its cells begin."""
        self.setHorizontalHeaderLabels(list(words))
        for column in _RIGHT:
            heading = self.horizontalHeaderItem(column)
            if heading is not None:
                heading.setTextAlignment(
                    Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep room for the steps."""
        super().resizeEvent(event)
        free = self.viewport().width() - sum(_WIDTHS[c] for c in _ALWAYS) - _STEP_WIDTH
        for column in (Column.SHARED, Column.TYPE):
            free -= _WIDTHS[column]
            self.setColumnHidden(column, free < 0)


class _Details(QTreeWidget):
    """Sections of names and values."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("image_details")
        self.setColumnCount(2)
        self.setUniformRowHeights(True)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setIndentation(12)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        header = self.header()
        header.setStretchLastSection(True)
        header.resizeSection(0, 132)
        self.copy_action = QAction(self)
        self.copy_action.setShortcut(QKeySequence.StandardKey.Copy)
        self.copy_action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.copy_action.triggered.connect(self.copy_rows)
        self.addAction(self.copy_action)

    def show_sections(self, sections: Iterator[tuple[str, list[tuple[str, str, str]]]]) -> None:
        """Show sections; those without rows are left out."""
        self.clear()
        for title, rows in sections:
            if not rows:
                continue
            section = QTreeWidgetItem([f"{title} ({len(rows)})" if len(rows) > 8 else title])
            section.setFont(0, themes.number_font(12))
            self.addTopLevelItem(section)
            section.setFirstColumnSpanned(True)
            for name, value, platform in rows:
                item = QTreeWidgetItem([name, value])
                item.setToolTip(0, _tip(name))
                item.setToolTip(1, _tip(value))
                item.setData(0, _PLATFORM_ROLE, platform)
                section.addChild(item)
            section.setExpanded(True)

    def copy_rows(self) -> None:
        """Copy the selected rows, tab-separated."""
        rows = [f"{item.text(0)}\t{item.text(1)}".rstrip() for item in self.selectedItems()]
        if rows:
            QGuiApplication.clipboard().setText("\n".join(rows))


def _tip(text: str) -> str:
    """Return a tooltip of a few lines, however long the text is."""
    lines = (
        textwrap.fill(line, _TIP_WIDTH, break_on_hyphens=False)
        for line in text[:_LONGEST_TIP].splitlines()
    )
    return plain_tip("\n".join(lines) + ("…" if len(text) > _LONGEST_TIP else ""))


def _plain_label(name: str) -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label


def _rows(pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str, str]]:
    return [(name, value, "") for name, value in pairs if value]


def _bare_step(command: str) -> str:
    """Return a step of a build without what builders put before and behind every one."""
    for noise in ("/bin/sh -c #(nop) ", "/bin/sh -c "):
        command = command.removeprefix(noise)
    return command.removesuffix(" # buildkit").strip()


def _short_type(media_type: str) -> str:
    """Return the part of a media type that differs between layers: "tar+gzip"."""
    behind = media_type.rpartition(".v1.")[2] if ".v1." in media_type else media_type
    return behind.removeprefix("application/vnd.docker.image.rootfs.diff.")
