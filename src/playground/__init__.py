"""AIGC Playground: understand generative AI by touching it."""

import os
from pathlib import Path

_ASSETS = Path(__file__).parent / "assets"
if _ASSETS.is_dir():  # an installed package carries what a checkout has beside src; the environment tells every worker
    os.environ.setdefault("PLAYGROUND_ASSETS", str(_ASSETS))
