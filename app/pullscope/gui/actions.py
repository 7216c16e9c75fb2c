"""Everything the window can be told to do, in one place.

Menus, buttons, shortcuts and the shortcut sheet are all made from `SPECS`; what an action does is
connected by the window. An action's objectName is its id.
"""

from collections.abc import Iterable, Mapping
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
        "inspect",
        "Pull",
        "Inspect",
        "Show what the image is made of, without pulling its layers",
        ("Ctrl+I",),
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
        "retry_pull",
        "Pull",
        "Start again",
        "Pull what waits, was interrupted or has ended; what is here already is kept",
        ("Ctrl+R",),
        "resume",
    ),
    ActionSpec("move_up", "Pull", "Move up", "Let this pull begin before the one above it"),
    ActionSpec("move_down", "Pull", "Move down", "Let this pull begin after the one below it"),
    ActionSpec(
        "remove_pull",
        "Pull",
        "Remove from the list",
        "Cancel this pull and take it off the list; its parts are kept",
    ),
    ActionSpec(
        "discard_pull",
        "Pull",
        "Remove and delete its parts",
        "Cancel this pull, take it off the list, and delete what is unfinished of it",
    ),
    ActionSpec(
        "resume_all",
        "Pull",
        "Resume all pulls",
        "Go on with all pulls that are paused or were interrupted, in the order of the list",
    ),
    ActionSpec("pause_all", "Pull", "Pause all pulls", "Pause all pulls that run"),
    ActionSpec(
        "export_trace",
        "Pull",
        "Export trace",
        "Save every event of this pull for other tools",
        ("Ctrl+S", "Ctrl+E"),
        "export-trace",
    ),
    ActionSpec(
        "open_trace",
        "Pull",
        "Open trace…",
        "Show a pull that a .pullscope or .jsonl file tells of",
        ("Ctrl+O",),
        "log",
    ),
    ActionSpec(
        "compare",
        "Pull",
        "Compare…",
        "Lay two pulls or traces over one another; select both in the list",
        ("Ctrl+Shift+D",),
    ),
    ActionSpec(
        "export_redacted",
        "Pull",
        "Export trace without names",
        "Save a trace that is safe to share: pseudonyms for hosts, repositories, folders and "
        "addresses",
    ),
    ActionSpec(
        "sweep",
        "Pull",
        "Sweep…",
        "Find the best settings: pull an image again and again with others, each time cold",
        ("Ctrl+Shift+S",),
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
        ("Ctrl+L",),
    ),
    ActionSpec("choose_output", "Pull", "Choose output folder…", "Where the image is written to"),
    ActionSpec(
        "choose_oci_archive",
        "Pull",
        "Write an OCI archive…",
        "A tar of the image, as skopeo and podman read it",
    ),
    ActionSpec(
        "choose_docker_archive",
        "Pull",
        "Write a Docker archive…",
        "A tar of the image, as docker load reads it",
    ),
    ActionSpec(
        "referrers",
        "Pull",
        "With signatures and SBOMs",
        "Also pull what refers to the image: signatures, attestations, SBOMs",
        checkable=True,
    ),
    ActionSpec("use_store", "Pull", "Use my store", "Write images to your Pullscope store"),
    ActionSpec(
        "clear_recents",
        "Pull",
        "Clear recent references and traces",
        "Forget what was pulled and opened lately",
    ),
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
    ActionSpec(
        "copy_as_pullscope", "Copy", "Copy as pullscope pull", "", ("Ctrl+Shift+K",), "copy"
    ),
    ActionSpec("copy_as_skopeo", "Copy", "Copy as skopeo copy", "", (), "copy"),
    ActionSpec(
        "copy_as_curl",
        "Copy",
        "Copy as curl",
        "The selected chunk or layer, else the manifest",
        (),
        "copy",
    ),
    ActionSpec("copy_as_ctr", "Copy", "Copy as ctr images pull", "", (), "copy"),
    ActionSpec("copy_status", "Copy", "Copy status as text", "", (), "copy"),
    ActionSpec(
        "copy_diagnostics",
        "Copy",
        "Copy diagnostics",
        "Versions, settings, the error and the last events, without secrets",
        (),
        "copy",
    ),
    ActionSpec("undo_tuning", "Tuning", "Undo", "Undo the last change of a setting", ("Ctrl+Z",)),
    ActionSpec(
        "redo_tuning", "Tuning", "Redo", "Make the undone change again", ("Ctrl+Shift+Z", "Ctrl+Y")
    ),
    ActionSpec(
        "use_in_runtime",
        "Tuning",
        "Use in a runtime…",
        "The settings as the configuration of containerd, SOCI, Docker or podman",
    ),
    ActionSpec(
        "filter_layers",
        "View",
        "Filter the layers",
        "Show only layers whose digest, state or type has these words",
        ("Ctrl+F",),
    ),
    ActionSpec("show_pulls", "View", "Pulls", "Show or hide the list of pulls", ("Ctrl+B",)),
    ActionSpec("show_tuning", "View", "Tuning", "Show or hide the settings", ("Ctrl+9",)),
    ActionSpec("show_map", "View", "Chunk map", "", ("Ctrl+1",)),
    ActionSpec("show_timeline", "View", "Timeline", "", ("Ctrl+2",)),
    ActionSpec("show_throughput", "View", "Throughput", "", ("Ctrl+3",)),
    ActionSpec("show_memory", "View", "Memory", "", ("Ctrl+4",)),
    ActionSpec(
        "show_events", "View", "Events", "Show or hide what happened, in words", ("Ctrl+5",)
    ),
    ActionSpec("show_connections", "View", "Chunks in flight", "", ("Ctrl+6",)),
    ActionSpec("show_own_cost", "View", "Loop lag and frames", "", ("Ctrl+7",)),
    ActionSpec("show_image", "View", "Image", "", ("Ctrl+8",)),
    ActionSpec("scheme_system", "View", "Theme of the desktop", "", (), "theme", checkable=True),
    ActionSpec("scheme_light", "View", "Light", "", (), "", checkable=True),
    ActionSpec("scheme_dark", "View", "Dark", "", (), "", checkable=True),
    ActionSpec("switch_theme", "View", "Switch light and dark", "", ("Ctrl+T",), "theme"),
    ActionSpec("language_system", "View", "Language of the desktop", "", (), "", checkable=True),
    ActionSpec("language_en", "View", "English", "", (), "", checkable=True),
    ActionSpec("language_de", "View", "Deutsch", "", (), "", checkable=True),
    ActionSpec("reset_layout", "View", "Reset layout", "Put everything back in its place"),
    ActionSpec(
        "command_palette",
        "Window",
        "Command palette",
        "Find and do anything by a few letters of its name",
        ("Ctrl+Shift+P",),
    ),
    ActionSpec("shortcuts", "Window", "Keyboard shortcuts", "", ("?", "F1")),
    ActionSpec(
        "history",
        "Window",
        "History",
        "Every pull that has ended: search, tag, pull again",
        ("Ctrl+H",),
        "recent",
    ),
    ActionSpec("settings", "Window", "Settings…", "What holds for all pulls", ("Ctrl+,",)),
    ActionSpec("quit", "Window", "Quit", "", ("Ctrl+Q",)),
)


NEEDS: dict[str, str] = {
    "pull": "needs a reference in the field",
    "inspect": "needs a reference in the field",
    "pause": "needs a pull that runs",
    "cancel": "needs a pull that runs",
    "export_trace": "needs a pull",
    "compare": "needs two pulls that have ended, or traces",
    "export_redacted": "needs a pull",
    "pull_demo": "the demo registry is starting",
    "retry_pull": "needs a pull that does not run",
    "move_up": "needs a pull below another",
    "move_down": "needs a pull above another",
    "remove_pull": "needs a pull",
    "discard_pull": "needs a pull that began in this window",
    "resume_all": "needs a pull that stands still",
    "pause_all": "needs a pull that runs",
    "copy_reference": "needs a pull",
    "copy_diagnostics": "needs a pull",
    **dict.fromkeys(
        ("copy_as_pullscope", "copy_as_skopeo", "copy_as_curl", "copy_as_ctr"),
        "needs a reference in the field",
    ),
    "copy_digest": "needs selected layers",
    "copy_rows": "needs selected layers",
    "undo_tuning": "no setting was changed",
    "redo_tuning": "nothing was undone",
}
"""What an action that cannot be used waits for, by id."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("actions", text) if text else ""


def name(actions: Mapping[str, QAction]) -> None:
    """Give the actions their words in the language in force."""
    for spec in SPECS:
        action = actions[spec.id]
        action.setText(_tr(spec.text))
        describe(action, _tr(spec.tip))


def make_actions(parent: QObject) -> dict[str, QAction]:
    """Return the actions by id; `parent` owns them."""
    made = {}
    for spec in SPECS:
        action = QAction(parent)
        action.setObjectName(spec.id)
        action.setCheckable(spec.checkable)
        action.setShortcuts([QKeySequence(keys) for keys in spec.keys])
        made[spec.id] = action
    name(made)
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


def group_text(spec: ActionSpec) -> str:
    """Return the heading of an action."""
    return _tr(spec.group)


def needs_text(spec: ActionSpec) -> str:
    """Return what an action that cannot be used waits for."""
    return _tr(NEEDS.get(spec.id, "not now"))


def keys_text(keys: Iterable[str]) -> str:
    """Return shortcuts as the platform writes them."""
    native = QKeySequence.SequenceFormat.NativeText
    return " / ".join(QKeySequence(each).toString(native) for each in keys)


def sheet() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the shortcut sheet: by group, the keys and what they do."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for spec in SPECS:
        if spec.keys:
            words = (keys_text(spec.keys), _tr(spec.text))
            groups.setdefault(_tr(spec.group), []).append(words)
    return list(groups.items())
