"""`pullscope sweep drivers`: the programs that a sweep can pull with, here."""

import json
import shutil
import textwrap

from pullscope.cli.question import print_answer
from pullscope.sweep.drivers.programs import DRIVERS
from pullscope.sweep.settings import KNOBS
from pullscope.trace.texts import printable

_NARROWEST, _WIDEST = 40, 100


def list_drivers(*, as_json: bool) -> None:
    """Print each program, whether it is here or what brings it, and what sets it apart."""
    found = [
        {
            "name": driver.name,
            "version": version,
            "settings": [knob for knob in KNOBS if version and knob in driver.knobs],
            "about": driver.about,
            "package": driver.package,
        }
        for driver in DRIVERS.values()
        for version in (driver.found(),)
    ]
    if as_json:
        print_answer(json.dumps(found, indent=2))
        return
    width = max(_NARROWEST, min(_WIDEST, shutil.get_terminal_size().columns))
    lines = []
    for about in found:
        if about["version"]:
            knobs = ", ".join(str(knob).replace("_", " ") for knob in about["settings"] or ())
            lines.append(f"{about['name']} {about['version']}; sweeps {knobs or 'no setting'}")
        else:
            lines.append(f"{about['name']} is not here; install {about['package']}")
        text = str(about["about"])
        lines += textwrap.wrap(text, width, initial_indent="    ", subsequent_indent="    ")
    print_answer("\n".join(printable(line) for line in lines))
