"""The headline: how the pull goes, in one strip.

It has one page for each way a pull can stand: under way, done, failed or cancelled. Numbers change
four times a second, slowly enough to be read; the bar beneath them changes with every frame.
"""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from pullscope.engine.model import LayerState, PullState, Snapshot
from pullscope.engine.units import duration_text, rate_text, size_text
from pullscope.gui import theme as themes
from pullscope.gui.panel import Rule
from pullscope.gui.rates import RateMeter

_HEIGHT = 54
_READ_EVERY = 0.25  # seconds
_NOW_WINDOW = 1.0
_ETA_WINDOW = 4.0


class Headline(QWidget):
    """Shows snapshots of one pull at a time.

    Signals:
        retry_asked: the user wants the pull that failed or was cancelled once more.
    """

    retry_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("headline")
        self._pages = QStackedWidget()
        self._pages.setFixedHeight(_HEIGHT)
        self._running = _Running()
        self._summary = _Summary()
        self._stopped = _Stopped()
        self._stopped.retry_asked.connect(self.retry_asked)
        for page in (self._running, self._summary, self._stopped):
            self._pages.addWidget(page)
        self._bar = TotalBar()
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(8)
        rows.addWidget(self._pages)
        rows.addWidget(self._bar)

    def begin(self, reference: str) -> None:
        """Show a pull of which nothing is known yet."""
        self._running.begin(reference)
        self._bar.clear()
        self._pages.setCurrentWidget(self._running)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Draw the bar anew; called with every frame."""
        self._bar.show_snapshot(snapshot)

    def measure(self, snapshot: Snapshot) -> None:
        """Bring the numbers up to date; called ten times a second."""
        self._running.measure(snapshot)

    def end(self, snapshot: Snapshot) -> None:
        """Show how the pull ended."""
        self._bar.show_snapshot(snapshot)
        if snapshot.state is PullState.DONE:
            self._summary.show_snapshot(snapshot, self._running.peak)
            self._pages.setCurrentWidget(self._summary)
            return
        if snapshot.state is PullState.CANCELLED:
            self._stopped.show_cancelled(snapshot)
        else:
            self.show_error(snapshot.error)
        self._pages.setCurrentWidget(self._stopped)

    def show_error(self, error: str) -> None:
        """Show a pull that failed, or never began."""
        self._stopped.show_error(error)
        self._pages.setCurrentWidget(self._stopped)

    def text(self) -> str:
        """Return what the strip says, in words."""
        page = self._pages.currentWidget()
        if page is None:
            return ""
        labels = [label.text() for label in page.findChildren(QLabel) if label.isVisibleTo(page)]
        return " · ".join(text for text in labels if text)


class _Running(QWidget):
    """The page of a pull under way."""

    def __init__(self) -> None:
        super().__init__()
        self.peak = 0.0
        self._now = RateMeter(_NOW_WINDOW)
        self._lately = RateMeter(_ETA_WINDOW)
        self._read_at = -1.0
        self._rate = _label(themes.number_font(34))
        self._rate.setAccessibleName(self.tr("Rate"))
        self._unit = _label(themes.base_font(14), "muted")
        self._average = _label(themes.base_font(11), "muted")
        self._peak = _label(themes.base_font(11), "muted")
        self._done = _label(themes.number_font(20))
        self._total = _label(themes.base_font(13), "muted")
        self._left = _label(themes.number_font(20))
        self._left_words = _label(themes.base_font(13), "muted")
        self._state = _label(themes.number_font(13))
        self._detail = _label(themes.base_font(12), "muted")
        for label in (self._state, self._detail):
            label.setAlignment(Qt.AlignmentFlag.AlignRight)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

        columns = QHBoxLayout(self)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(8)
        columns.addWidget(self._rate)
        columns.addLayout(_lowered(self._unit))
        columns.addSpacing(8)
        columns.addLayout(_stacked(self._average, self._peak))
        columns.addSpacing(8)
        self._rules = (_rule(), _rule())
        columns.addWidget(self._rules[0])
        columns.addSpacing(8)
        columns.addWidget(self._done)
        columns.addLayout(_lowered(self._total))
        columns.addSpacing(8)
        columns.addWidget(self._rules[1])
        columns.addSpacing(8)
        columns.addWidget(self._left)
        columns.addLayout(_lowered(self._left_words))
        columns.addSpacing(16)
        columns.addLayout(_stacked(self._state, self._detail), 1)

    def begin(self, reference: str) -> None:
        self.peak = 0.0
        self._now = RateMeter(_NOW_WINDOW)
        self._lately = RateMeter(_ETA_WINDOW)
        self._read_at = -1.0
        self._rate.setText("0")
        self._unit.setText(self.tr("MB/s"))
        for rule in self._rules:
            rule.hide()
        for label in (
            self._done,
            self._average,
            self._peak,
            self._total,
            self._left,
            self._left_words,
        ):
            label.setText("")
        self._state.setText(self.tr("Resolving"))
        self._detail.setText(reference)

    def measure(self, snapshot: Snapshot) -> None:
        if snapshot.state is PullState.RUNNING:
            self._now.add(snapshot.at, snapshot.received)
            self._lately.add(snapshot.at, snapshot.received)
            if self._now.span >= 0.8 * _NOW_WINDOW:
                self.peak = max(self.peak, self._now.rate)
        else:  # what comes after a pause is measured afresh
            self._now = RateMeter(_NOW_WINDOW)
            self._lately = RateMeter(_ETA_WINDOW)
        if snapshot.at - self._read_at >= _READ_EVERY or snapshot.state.ended:
            self._read_at = snapshot.at
            self._write(snapshot)

    def _write(self, snapshot: Snapshot) -> None:
        rate, unit = rate_text(self._now.rate).split()
        if not self._now.rate:
            unit = self.tr("MB/s")
        self._write_state(snapshot)
        self._rate.setText(rate)
        self._unit.setText(unit)
        average = average_rate(snapshot)
        self._average.setText(self.tr("average {0}").format(rate_text(average)) if average else "")
        self._peak.setText(self.tr("peak {0}").format(rate_text(self.peak)) if self.peak else "")
        if not snapshot.total:
            return
        for rule in self._rules:
            rule.show()
        done, unit = size_text(snapshot.received).split()
        total = size_text(snapshot.total)
        same = total.split()[1] == unit
        self._done.setText(done if same else f"{done} {unit}")
        self._total.setText(self.tr("of {0}").format(total))
        self._write_left(snapshot)

    def _write_left(self, snapshot: Snapshot) -> None:
        missing = snapshot.total - snapshot.received
        left = ""
        if missing > 0 and self._lately.rate > 0:
            seconds = missing / self._lately.rate
            left = clock_text(seconds) if seconds < 100 * 3600 else self.tr("days")
        self._left.setText(left)
        self._left_words.setText(self.tr("left") if left else "")

    def _write_state(self, snapshot: Snapshot) -> None:
        layers = snapshot.layers
        finished = sum(layer.state in (LayerState.DONE, LayerState.EXISTING) for layer in layers)
        receiving = sum(layer.state is LayerState.RECEIVING for layer in layers)
        detail = self.tr("{0} of {1} layers done").format(finished, len(layers)) if layers else ""
        match snapshot.state:
            case PullState.RESOLVING:
                self._state.setText(self.tr("Resolving"))
                detail = snapshot.reference
            case PullState.PAUSED:
                self._state.setText(self.tr("Paused"))
                detail = self.tr("{0} are kept").format(size_text(snapshot.received))
            case PullState.COMMITTING:
                self._state.setText(self.tr("Committing"))
            case state if state.ended:
                self._state.setText(self.tr("Ending"))
            case _ if layers and not receiving and snapshot.received == snapshot.total:
                self._state.setText(self.tr("Verifying"))
            case _:
                self._state.setText(self.tr("Receiving"))
        self._detail.setText(detail)


class _Summary(QWidget):
    """The page of a pull that is done: where the time and the bytes went."""

    def __init__(self) -> None:
        super().__init__()
        self._time = _label(themes.number_font(34))
        self._unit = _label(themes.base_font(14), "muted")
        done = _label(themes.number_font(13))
        done.setText(self.tr("Done"))
        in_all = _label(themes.base_font(11), "muted")
        in_all.setText(self.tr("in all"))
        self._facts: dict[str, QLabel] = {}
        columns = QHBoxLayout(self)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(8)
        columns.addWidget(self._time)
        columns.addLayout(_lowered(self._unit))
        columns.addLayout(_stacked(done, in_all))
        columns.addStretch(1)
        for fact, title in (
            ("network", self.tr("network time")),
            ("commit", self.tr("verify, commit")),
            ("bytes", self.tr("from network")),
            ("reused", self.tr("already here")),
            ("rate", self.tr("average, peak")),
            ("retries", self.tr("retries")),
            ("wasted", self.tr("wasted")),
        ):
            value = _label(themes.number_font(13))
            value.setAccessibleName(title)
            heading = _label(themes.base_font(11), "muted")
            heading.setText(title)
            if columns.count() > 3:
                columns.addWidget(_rule())
            columns.addLayout(_stacked(value, heading))
            self._facts[fact] = value

    def show_snapshot(self, snapshot: Snapshot, peak: float) -> None:
        line = snapshot.timeline
        ended = line.committed if line.committed is not None else snapshot.at
        self._time.setText(clock_text(ended) if ended >= 60 else f"{ended:.1f}")
        self._unit.setText("" if ended >= 60 else self.tr("s"))
        network = after = None
        if line.first_byte is not None and line.last_byte is not None:
            network = line.last_byte - line.first_byte
            after = max(0.0, ended - line.last_byte)
        average = average_rate(snapshot)
        self._facts["network"].setText("–" if network is None else duration_text(network))
        self._facts["commit"].setText("–" if after is None else duration_text(after))
        self._facts["bytes"].setText(size_text(snapshot.network))
        self._facts["reused"].setText(size_text(snapshot.reused))
        both = rate_pair(average, peak) if peak else rate_text(average)
        self._facts["rate"].setText(both if average else "–")
        self._facts["retries"].setText(str(snapshot.retries))
        self._facts["wasted"].setText(size_text(snapshot.wasted))


class _Stopped(QWidget):
    """The page of a pull that failed or was cancelled: why, and what can be done."""

    retry_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._mark = QLabel()
        self._title = _label(themes.number_font(15))
        self._words = _label(themes.base_font(13), "")
        self._words.setObjectName("error")
        self._words.setWordWrap(True)
        self._words.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._copy = QPushButton(self.tr("Copy"))
        self._copy.setObjectName("copy_error")
        self._copy.setAccessibleName(self.tr("Copy the error"))
        self._copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._words.text()))
        self._retry = QPushButton(self.tr("Retry"))
        self._retry.setObjectName("retry")
        self._retry.clicked.connect(self.retry_asked)
        columns = QHBoxLayout(self)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(8)
        columns.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignVCenter)
        columns.addSpacing(4)
        columns.addWidget(self._title)
        columns.addSpacing(8)
        columns.addWidget(self._words, 1)
        columns.addSpacing(8)
        columns.addWidget(self._copy)
        columns.addWidget(self._retry)

    def show_error(self, error: str) -> None:
        self._title.setText(self.tr("Failed"))
        self._words.setText(error)
        self._words.setToolTip(error)
        self._words.setAccessibleName(self.tr("Error: {0}").format(error))
        self._mark.setPixmap(themes.icon("error", themes.current()).pixmap(24, 24))
        self._mark.show()
        self._copy.show()
        self._retry.setText(self.tr("Retry"))

    def show_cancelled(self, snapshot: Snapshot) -> None:
        self._title.setText(self.tr("Cancelled"))
        self._words.setToolTip("")
        self._words.setText(
            self.tr("{0} of {1} are kept; the next pull of this image goes on from there.").format(
                size_text(snapshot.written), size_text(snapshot.total)
            )
            if snapshot.total
            else self.tr("Nothing had been received yet.")
        )
        self._words.setAccessibleName("")
        self._mark.hide()
        self._copy.hide()
        self._retry.setText(self.tr("Go on"))


class TotalBar(QWidget):
    """Bytes of the whole pull: hashed, written and received, in the colours of these states."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("total")
        self.setAccessibleName(self.tr("Overall progress"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._shares = (0.0, 0.0, 0.0)

    def sizeHint(self) -> QSize:
        """Return a thin bar."""
        return QSize(200, 6)

    def clear(self) -> None:
        """Show nothing."""
        self._shares = (0.0, 0.0, 0.0)
        self.update()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show how much is received, written and hashed."""
        total = snapshot.total or 1
        shares = (snapshot.received / total, snapshot.written / total, snapshot.hashed / total)
        if shares != self._shares:
            self._shares = shares
            self.setToolTip(
                self.tr("received {0}, written {1}, hashed {2} of {3}").format(
                    size_text(snapshot.received),
                    size_text(snapshot.written),
                    size_text(snapshot.hashed),
                    size_text(snapshot.total),
                )
            )
            self.setAccessibleDescription(self.toolTip())
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bar."""
        theme = themes.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        whole = QRectF(self.rect())
        painter.setBrush(theme.pending)
        painter.drawRoundedRect(whole, 3, 3)
        colours = (theme.receiving, theme.written, theme.hashed)
        for share, colour in zip(self._shares, colours, strict=True):
            if share > 0:
                painter.setBrush(colour)
                part = QRectF(whole)
                part.setWidth(max(6.0, whole.width() * min(1.0, share)))
                painter.drawRoundedRect(part, 3, 3)


def average_rate(snapshot: Snapshot) -> float:
    """Return bytes/s over the network since the first byte; 0 before there is one."""
    began, ended = snapshot.timeline.first_byte, snapshot.timeline.last_byte
    if began is None:
        return 0.0
    span = (snapshot.at if ended is None else ended) - began
    return (snapshot.received - snapshot.reused) / span if span > 0.05 else 0.0


def rate_pair(first: float, second: float) -> str:
    """Return two rates with one unit where that is possible: "43.1, 62.4 MB/s"."""
    one, two = rate_text(first), rate_text(second)
    if one.split()[1] == two.split()[1]:
        one = one.split()[0]
    return f"{one}, {two}"


def clock_text(seconds: float) -> str:
    """Return a duration as a clock shows it: "0:14", "1:02:03"."""
    whole = round(seconds)
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def _label(font: object, role: str = "") -> QLabel:
    label = QLabel()
    label.setFont(font)  # type: ignore[arg-type]
    if role:
        label.setProperty("role", role)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label


def _stacked(*widgets: QWidget) -> QVBoxLayout:
    rows = QVBoxLayout()
    rows.setSpacing(2)
    rows.addStretch(1)
    for widget in widgets:
        rows.addWidget(widget)
    rows.addStretch(1)
    return rows


def _lowered(label: QLabel) -> QVBoxLayout:
    """Put a unit on the base line of the number before it, nearly."""
    rows = QVBoxLayout()
    rows.setContentsMargins(0, 10, 0, 4)
    rows.addWidget(label, 0, Qt.AlignmentFlag.AlignVCenter)
    return rows


def _rule() -> Rule:
    return Rule(upright=True, length=36)
