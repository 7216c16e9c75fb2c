"""Whether a window can be opened here; asked before Qt is loaded, which aborts where it cannot."""

import ctypes
import os
import re
import socket
import sys
from pathlib import Path

_TIMEOUT = 2.0
_X11_NAME = re.compile(r"(?:unix|(?P<host>[^:/]+))?:(?P<number>\d{1,5})(?:\.\d+)?")


def has_display() -> bool:
    """Return whether a display answers. macOS and Windows always have one.

    `QT_QPA_PLATFORM` may name a platform that needs none, such as "offscreen".
    """
    if sys.platform in ("win32", "darwin"):
        return True
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    if platform and not platform.startswith(("xcb", "wayland")):
        return True
    return (_x11_answers() and _x11_lets_in()) or _wayland_answers()


def _x11_answers() -> bool:
    match = _X11_NAME.fullmatch(os.environ.get("DISPLAY", ""))
    if match is None:
        return False
    if match["host"]:
        try:
            address = (match["host"], 6000 + int(match["number"]))
            socket.create_connection(address, _TIMEOUT).close()
        except OSError:
            return False
        return True
    path = f"/tmp/.X11-unix/X{match['number']}"  # noqa: S108 (where X servers put it)
    return _answers(path) or _answers("\0" + path)


def _x11_lets_in() -> bool:
    """Return whether the X server accepts this user; asked of the library that Qt will ask."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:  # where it has another name, nothing speaks against it
        return True
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    refused = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return not refused


def _wayland_answers() -> bool:
    name = os.environ.get("WAYLAND_DISPLAY", "")
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    return bool(name) and _answers(str(Path(runtime) / name))


def _answers(path: str) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(_TIMEOUT)
        return client.connect_ex(path) == 0
