"""Prints the digest of every built-in scenario as JSON; `backwards` as an argument runs them in reverse order."""

import json
import sys

from scenarios.library import names
from scenarios.run import run


def main() -> None:
    """Run every scenario once in this process."""
    order = names()[:: -1 if "backwards" in sys.argv else 1]
    print(json.dumps({name: run(name).digest for name in order}))


if __name__ == "__main__":
    main()
