"""What happens on `scrm` and `python -m scrm`? The command line of the extension, which has the table of verbs."""

import sys

from ._scrm import main as run


def main() -> int:
    """Runs the command line of this process and returns its exit status: 130 when it was interrupted."""
    try:
        return run(sys.argv[1:])
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
