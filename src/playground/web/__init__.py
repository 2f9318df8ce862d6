"""The web: the only importers of gradio and fastapi."""

import inspect

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
