"""The table of published results, as `python -m tests.published`: see `validation_table`."""

import sys

from tests.published.validation_table import main

if __name__ == "__main__":
    sys.exit(main())
