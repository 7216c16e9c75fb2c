"""The headline: how the pull goes, in one strip.

It has one page for each way a pull can stand: under way, done, failed or cancelled. Numbers change
four times a second, slowly enough to be read; the bar beneath them changes with every frame.
"""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent, QResizeEvent
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
from pullscope.gui.language import said
from pullscope.gui.limit_box import LimitBox
from pullscope.gui.panel import Rule
from pullscope.gui.pull_run import PullRun, RunState
from pullscope.gui.rates import FULL, PEAK_WINDOW, RateMeter
from pullscope.tuning.limits import Limit, LimitKind, Limits

_HEIGHT = 54
_READ_EVERY = 0.25  # seconds
_ETA_WINDOW = 4.0
_ROOM_FOR_TIME = 190  # pixels that the time of the whole pull takes in the summary
_ROOM_FOR_ALL = 760  # pixels, below which average and peak leave theirs to the verdict


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
        # The pages drop what there is no room for; they must not hold the window open for it.
        self._pages.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
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
        self._ended: tuple[Snapshot, Limits] | None = None
        self._recorded = False

    @property
    def peak(self) -> float:
        """The highest rate of the pull that was shown, bytes/s."""
        return self._running.peak

    def begin(self, run: PullRun) -> None:
        """Show a pull of the list, of which nothing more is known yet."""
        self._running.begin(run)
        self._ended = None
        self._recorded = run.state is RunState.TRACE
        self._bar.clear()
        self._pages.setCurrentWidget(self._running)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Draw the bar anew; called with every frame."""
        self._bar.show_snapshot(snapshot)

    def measure(self, snapshot: Snapshot, limit: Limit) -> None:
        """Bring numbers and verdict up to date; called ten times a second."""
        self._running.measure(snapshot, limit)

    def end(self, snapshot: Snapshot, limits: Limits) -> None:
        """Show how the pull ended, and what limited it."""
        self._bar.show_snapshot(snapshot)
        self._ended = (snapshot, limits)
        if snapshot.state is PullState.DONE:
            self._summary.show_snapshot(snapshot, self._running.peak, limits)
            self._pages.setCurrentWidget(self._summary)
            return
        self._stopped.show_end(snapshot, recorded=self._recorded)
        self._pages.setCurrentWidget(self._stopped)

    def show_error(self, error: str) -> None:
        """Show a pull that never began."""
        self._stopped.show_error(error)
        self._pages.setCurrentWidget(self._stopped)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange and self._ended is not None:
            self.end(*self._ended)

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
        self._now = RateMeter(PEAK_WINDOW)
        self._lately = RateMeter(_ETA_WINDOW)
        self._read_at = -1.0
        self._rate = _label(themes.number_font(34))
        self._unit = _label(themes.base_font(14), "muted")
        self._average = _label(themes.base_font(11), "muted")
        self._peak = _label(themes.base_font(11), "muted")
        self._both = QWidget()
        self._both.setLayout(_stacked(self._average, self._peak))
        self._both.layout().setContentsMargins(0, 0, 8, 0)  # type: ignore[union-attr]
        self._done = _label(themes.number_font(20))
        self._total = _label(themes.base_font(13), "muted")
        self._left = _label(themes.number_font(20))
        self._left_words = _label(themes.base_font(13), "muted")
        self._limit = LimitBox()

        columns = QHBoxLayout(self)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(8)
        columns.addWidget(self._rate)
        columns.addLayout(_lowered(self._unit))
        columns.addSpacing(8)
        columns.addWidget(self._both)
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
        columns.addStretch(1)
        columns.addWidget(self._limit, 100)
        self._snapshot: Snapshot | None = None
        self._verdict = Limit(LimitKind.RESOLVING)
        self._run = PullRun()
        self._set_texts()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for label in (self._both, self._total):
            label.setVisible(self.width() >= _ROOM_FOR_ALL)
        if self._snapshot is not None:
            self._write(self._snapshot)  # the total tells the unit of both, where it is shown

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._set_texts()

    def _set_texts(self) -> None:
        self._rate.setAccessibleName(self.tr("Rate"))
        if self._snapshot is not None:
            self._write(self._snapshot)
        else:
            self._limit.show_state(*self._words_before())

    def _words_before(self) -> tuple[str, str]:
        """Return what there is to say of a pull without a snapshot."""
        run = self._run
        kept = self.tr("{0} are kept").format(size_text(run.received)) if run.received else ""
        match run.state:
            case RunState.QUEUED:
                return self.tr("Waiting"), self.tr("begins when another pull has ended")
            case RunState.HELD:
                return self.tr("Waiting"), self.tr("begins when it is resumed")
            case RunState.INTERRUPTED | RunState.PAUSED:
                return self.tr("Interrupted"), kept
            case RunState.CANCELLED:
                return self.tr("Cancelled"), kept
            case RunState.DONE:
                return self.tr("Done"), size_text(run.total) if run.total else ""
            case RunState.FAILED:
                return self.tr("Failed"), said(run.error)
        return self.tr("Resolving"), run.reference

    def begin(self, run: PullRun) -> None:
        self._snapshot = None
        self._run = run
        self.peak = run.peak
        self._now = RateMeter(PEAK_WINDOW)
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
        self._set_texts()

    def measure(self, snapshot: Snapshot, limit: Limit) -> None:
        self._verdict = limit
        if snapshot.state is PullState.RUNNING:
            self._now.add(snapshot.at, snapshot.received)
            self._lately.add(snapshot.at, snapshot.received)
            if self._now.span >= FULL * PEAK_WINDOW:
                self.peak = max(self.peak, self._now.rate)
        else:  # what comes after a pause is measured afresh
            self._now = RateMeter(PEAK_WINDOW)
            self._lately = RateMeter(_ETA_WINDOW)
        if snapshot.at - self._read_at >= _READ_EVERY or snapshot.state.ended:
            self._read_at = snapshot.at
            self._write(snapshot)

    def _write(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
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
        same = total.split()[1] == unit and self.width() >= _ROOM_FOR_ALL
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
                self._limit.show_state(self.tr("Resolving"), snapshot.reference)
            case PullState.PAUSED:
                kept = self.tr("{0} are kept").format(size_text(snapshot.received))
                words = kept if snapshot.received else snapshot.reference
                self._limit.show_state(self.tr("Paused"), words)
            case PullState.COMMITTING:
                self._limit.show_state(self.tr("Committing"), detail)
            case state if state.ended:
                self._limit.show_state(self.tr("Ending"), detail)
            case _ if self._verdict.kind is LimitKind.UNKNOWN:
                verifying = layers and not receiving and snapshot.received == snapshot.total
                words = self.tr("Verifying") if verifying else self.tr("Receiving")
                self._limit.show_state(words, detail)
            case _:
                self._limit.show_limit(self._verdict)


class _Summary(QWidget):
    """The page of a pull that is done: where the time and the bytes went."""

    def __init__(self) -> None:
        super().__init__()
        self._time = _label(themes.number_font(34))
        self._unit = _label(themes.base_font(14), "muted")
        self._done = _label(themes.number_font(13))
        self._in_all = _label(themes.base_font(11), "muted")
        self._facts: dict[str, QLabel] = {}
        self._headings: dict[str, QLabel] = {}
        self._places: dict[str, QWidget] = {}
        self._told: list[str] = []  # facts, those of most interest first
        columns = QHBoxLayout(self)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(8)
        columns.addWidget(self._time)
        columns.addLayout(_lowered(self._unit))
        columns.addLayout(_stacked(self._done, self._in_all))
        columns.addSpacing(8)
        self._limit = LimitBox()
        columns.addWidget(self._limit, 100)
        columns.addStretch(1)
        for fact in ("network", "commit", "bytes", "reused", "rate", "retries", "wasted"):
            value = _label(themes.number_font(13))
            heading = _label(themes.base_font(11), "muted")
            place = QWidget()
            place.setLayout(_stacked(value, heading))
            columns.addWidget(place)
            self._places[fact] = place
            self._facts[fact] = value
            self._headings[fact] = heading
        self._set_texts()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._set_texts()

    def _set_texts(self) -> None:
        self._done.setText(self.tr("Done"))
        self._in_all.setText(self.tr("in all"))
        for fact, title in (
            ("network", self.tr("network time")),
            ("commit", self.tr("verify, commit")),
            ("bytes", self.tr("from network")),
            ("reused", self.tr("already here")),
            ("rate", self.tr("average, peak")),
            ("retries", self.tr("retries")),
            ("wasted", self.tr("wasted")),
        ):
            self._facts[fact].setAccessibleName(title)
            self._headings[fact].setText(title)

    def show_snapshot(self, snapshot: Snapshot, peak: float, limits: Limits) -> None:
        self._limit.show_whole(limits)
        self._told = ["network", "commit", "rate", "bytes"]
        for fact, count in (
            ("retries", snapshot.retries),
            ("reused", snapshot.reused),
            ("wasted", snapshot.wasted),
        ):
            if count:
                self._told.append(fact)
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
        self._show_what_fits()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_what_fits()

    def _show_what_fits(self) -> None:
        """Drop the facts of least interest where there is no room beside the verdict."""
        left = self.width() - self._limit.minimumWidth() - _ROOM_FOR_TIME
        shown = set()
        for fact in self._told:
            left -= self._places[fact].sizeHint().width() + 8
            if left >= 0:
                shown.add(fact)
        for fact, place in self._places.items():
            place.setVisible(fact in shown)


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
        self._words.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # Tab comes by, to copy a part
        self._words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._copy = QPushButton()
        self._copy.setObjectName("copy_error")
        self._copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._words.text()))
        self._retry = QPushButton()
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
        self._set_texts()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._set_texts()

    def _set_texts(self) -> None:
        self._copy.setText(self.tr("Copy"))
        self._copy.setAccessibleName(self.tr("Copy the error"))
        self._retry.setText(self.tr("Retry"))

    def show_error(self, error: str) -> None:
        self._title.setText(self.tr("Failed"))
        self._words.setText(error)
        self._words.setToolTip(error)
        self._words.setAccessibleName(self.tr("Error: {0}").format(error))
        self._mark.setPixmap(themes.icon("error", themes.current()).pixmap(24, 24))
        self._mark.show()
        self._copy.show()
        self._retry.show()
        self._retry.setText(self.tr("Retry"))

    def show_end(self, snapshot: Snapshot, *, recorded: bool) -> None:
        """Show what is kept of a pull that was cancelled or failed; the rest is the error panel's.

        `recorded`: it is told by a trace, which may end before the pull does.
        """
        failed = snapshot.state is PullState.FAILED
        if snapshot.state.ended:
            self._title.setText(self.tr("Failed") if failed else self.tr("Cancelled"))
        else:
            self._title.setText(self.tr("Unfinished"))
        if not snapshot.total:
            words = self.tr("Nothing had been received yet.")
        elif recorded:
            words = self.tr("{0} of {1} had been received when the trace ends.")
        else:
            words = self.tr("{0} of {1} are kept; the next pull of this image goes on from there.")
        self._words.setToolTip("")
        here = snapshot.written if recorded else kept_bytes(snapshot)
        self._words.setText(words.format(size_text(here), size_text(snapshot.total)))
        self._words.setAccessibleName("")
        self._mark.hide()
        self._copy.hide()
        self._retry.setVisible(not recorded and not failed)
        self._retry.setText(self.tr("Go on"))


class TotalBar(QWidget):
    """Bytes of the whole pull: hashed, written and received, in the colours of these states."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("total")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._shares = (0.0, 0.0, 0.0)
        self._last: Snapshot | None = None
        self._set_texts()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._set_texts()

    def _set_texts(self) -> None:
        self.setAccessibleName(self.tr("Overall progress"))
        self._tell()

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
            self._last = snapshot
            self._tell()
            self.update()

    def _tell(self) -> None:
        snapshot = self._last
        if snapshot is not None:
            self.setToolTip(
                self.tr("received {0}, written {1}, hashed {2} of {3}").format(
                    size_text(snapshot.received),
                    size_text(snapshot.written),
                    size_text(snapshot.hashed),
                    size_text(snapshot.total),
                )
            )
            self.setAccessibleDescription(self.toolTip())

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


def kept_bytes(snapshot: Snapshot) -> int:
    """Return what the next pull of an image that failed or was cancelled finds.

    A layer that is complete and failed all the same was not what its digest says: it is gone.
    """
    damaged = (
        layer.written
        for layer in snapshot.layers
        if layer.state is LayerState.FAILED and layer.written >= layer.size
    )
    return snapshot.written - sum(damaged)


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
