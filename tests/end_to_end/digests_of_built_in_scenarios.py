"""Prints the digests of built-in scenarios as JSON; all of them, or the part that a slice such as `0::3` names."""

import json
import sys

from scenarios.library import names
from scenarios.run import run


def main() -> None:
    """Run each scenario of the part once in this process, in the order of the slice."""
    bounds = [int(bound) if bound else None for bound in sys.argv[1].split(":")]
    print(json.dumps({name: run(name).digest for name in names()[slice(*bounds)]}))


if __name__ == "__main__":
    main()
