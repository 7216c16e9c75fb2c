"""Everything the window can be told to do, in one place.

Menus, buttons, shortcuts and the shortcut sheet are all made from `SPECS`; what an action does is
connected by the window. An action's objectName is its id.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtGui import QAction, QKeySequence

from pullscope.gui import theme


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One action: its id, its words, its keys and its icon.

    `group` is the heading it stands under in the shortcut sheet.
    """

    id: str
    group: str
    text: str
    tip: str
    keys: tuple[str, ...] = ()
    icon: str = ""
    checkable: bool = False


SPECS: tuple[ActionSpec, ...] = (
    ActionSpec(
        "pull", "Pull", "Pull", "Pull the image named on the left", ("Ctrl+Return",), "pull"
    ),
    ActionSpec(
        "pause",
        "Pull",
        "Pause",
        "Cut the chunks in flight and keep what they received",
        ("Ctrl+P",),
        "pause",
    ),
    ActionSpec(
        "cancel",
        "Pull",
        "Cancel",
        "End the pull; its parts are kept and the next pull resumes them",
        ("Ctrl+.",),
        "cancel",
    ),
    ActionSpec(
        "export_trace",
        "Pull",
        "Export trace",
        "Save every event of this pull for other tools",
        ("Ctrl+S", "Ctrl+E"),
        "export-trace",
    ),
    ActionSpec(
        "pull_demo",
        "Pull",
        "Pull the demo image",
        "Pull 1 GiB in 8 layers from a registry on this computer, slow enough to watch",
        ("Ctrl+D",),
    ),
    ActionSpec(
        "edit_reference",
        "Pull",
        "Edit the reference",
        "Go to the reference field",
        ("Ctrl+L", "Ctrl+O"),
    ),
    ActionSpec("choose_output", "Pull", "Choose output folder…", "Where the image is written to"),
    ActionSpec("use_store", "Pull", "Use my store", "Write images to your Pullscope store"),
    ActionSpec("clear_recents", "Pull", "Clear recent references", "Forget the references", ()),
    ActionSpec(
        "plain_http",
        "Pull",
        "Plain HTTP",
        "Speak HTTP without TLS to the registry",
        checkable=True,
    ),
    ActionSpec(
        "tls_verify",
        "Pull",
        "Verify TLS certificates",
        "Refuse registries whose certificate is not trusted",
        checkable=True,
    ),
    ActionSpec("copy_reference", "Copy", "Copy reference", "", ("Ctrl+Shift+C",), "copy"),
    ActionSpec("copy_digest", "Copy", "Copy digest of the selected layers", "", (), "copy"),
    ActionSpec("copy_rows", "Copy", "Copy selected rows", "", ("Ctrl+C",), "copy"),
    ActionSpec("copy_status", "Copy", "Copy status as text", "", (), "copy"),
    ActionSpec("undo_tuning", "Tuning", "Undo", "Undo the last change of a setting", ("Ctrl+Z",)),
    ActionSpec(
        "redo_tuning", "Tuning", "Redo", "Make the undone change again", ("Ctrl+Shift+Z", "Ctrl+Y")
    ),
    ActionSpec("show_map", "View", "Chunk map", "", ("Ctrl+1",)),
    ActionSpec("show_timeline", "View", "Timeline", "", ("Ctrl+2",)),
    ActionSpec("show_throughput", "View", "Throughput", "", ("Ctrl+3",)),
    ActionSpec("show_memory", "View", "Memory", "", ("Ctrl+4",)),
    ActionSpec("scheme_system", "View", "Theme of the desktop", "", (), "theme", checkable=True),
    ActionSpec("scheme_light", "View", "Light", "", (), "", checkable=True),
    ActionSpec("scheme_dark", "View", "Dark", "", (), "", checkable=True),
    ActionSpec("switch_theme", "View", "Switch light and dark", "", ("Ctrl+T",), "theme"),
    ActionSpec("reset_layout", "View", "Reset layout", "Put everything back in its place"),
    ActionSpec("shortcuts", "Window", "Keyboard shortcuts", "", ("?", "F1")),
    ActionSpec("quit", "Window", "Quit", "", ("Ctrl+Q",)),
)


def _tr(text: str) -> str:
    return QCoreApplication.translate("actions", text) if text else ""


def make_actions(parent: QObject) -> dict[str, QAction]:
    """Return the actions by id; `parent` owns them."""
    made = {}
    for spec in SPECS:
        action = QAction(_tr(spec.text), parent)
        action.setObjectName(spec.id)
        action.setCheckable(spec.checkable)
        action.setShortcuts([QKeySequence(keys) for keys in spec.keys])
        describe(action, _tr(spec.tip))
        made[spec.id] = action
    return made


def describe(action: QAction, tip: str) -> None:
    """Set the tooltip of `action`, with its first shortcut."""
    words = tip or action.text().rstrip("…")
    keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    action.setToolTip(f"{words} ({keys})" if keys else words)
    action.setStatusTip("")


def dress(actions: Mapping[str, QAction]) -> None:
    """Give the actions the icons of the theme in force."""
    in_force = theme.current()
    for spec in SPECS:
        if spec.icon:
            actions[spec.id].setIcon(theme.icon(spec.icon, in_force))


def sheet() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the shortcut sheet: by group, the keys and what they do."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for spec in SPECS:
        if spec.keys:
            keys = " / ".join(
                QKeySequence(each).toString(QKeySequence.SequenceFormat.NativeText)
                for each in spec.keys
            )
            groups.setdefault(_tr(spec.group), []).append((keys, _tr(spec.text)))
    return list(groups.items())
