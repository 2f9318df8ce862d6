"""Starts the site, with the options of `playground serve`. Workers import this file again, so that everything stands behind the guard."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "src"))

if __name__ == "__main__":
    from playground.cli import main

    main(["serve", *sys.argv[1:]])
