"""The web: the only importers of gradio and fastapi."""

import inspect
import os

from playground.settings import Settings

# Read when gradio and huggingface_hub are imported, here and in every worker: no request leaves this machine unless the host says so
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
if not Settings().hub_ids:
    os.environ.setdefault("HF_HUB_OFFLINE", "1")

_getfile = inspect.getfile


def _getfile_but_for_gradio(thing: object) -> str:
    """Gradio rewrites a type stub for each of its components at every import, half of its start; without a file it leaves that."""
    if isinstance(thing, type) and thing.__module__.startswith("gradio."):
        raise OSError("not while gradio is imported")
    return _getfile(thing)  # type: ignore[arg-type]


inspect.getfile = _getfile_but_for_gradio
try:
    import gradio as gradio
finally:
    inspect.getfile = _getfile
