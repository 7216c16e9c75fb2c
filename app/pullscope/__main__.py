"""`python -m pullscope`."""

import sys

from pullscope.main import main

if __name__ == "__main__":
    sys.exit(main())
