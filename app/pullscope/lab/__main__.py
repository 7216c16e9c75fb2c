"""The lab as a program of its own: `python -m pullscope.lab`."""

import argparse
import sys

from pullscope.lab.command import add_arguments, run


def main() -> int:
    """Run the lab by the command line and return the exit status."""
    parser = argparse.ArgumentParser(prog="pullscope lab")
    add_arguments(parser)
    return run(parser.parse_args())


if __name__ == "__main__":
    sys.exit(main())
