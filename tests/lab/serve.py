"""The laboratory's site as a program: python -m tests.lab.serve STORE. It says where it is ready.

With LAB_CONCEPTS=…/studio it serves the concepts of that folder, pages included.
"""

import os
import sys
from pathlib import Path


def main() -> None:
    from tests import lab

    lab.install()
    from playground.runs.local import LocalEngine
    from playground.settings import Settings
    from playground.web import server

    settings = Settings(store=Path(sys.argv[1]), host="127.0.0.1", port=0, shutdown_seconds=1)
    engine = LocalEngine(settings, preload=lab.PRELOAD)
    engine.start()
    server.serve(server.create_app(settings, engine=engine, sites="LAB_CONCEPTS" in os.environ), settings)


if __name__ == "__main__":
    main()
