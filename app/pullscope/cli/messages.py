"""Lines on stderr for people, in the form that scripts may rely on."""

import sys
from contextlib import suppress


def tell(text: str) -> None:
    """Print a line on stderr; nothing happens when nobody reads it any more."""
    with suppress(OSError):
        print(text, file=sys.stderr, flush=True)


def tell_error(error: object) -> None:
    """Print why a command failed as one line, "pullscope: error: ..."."""
    tell(f"pullscope: error: {' '.join(str(error).split())}")
