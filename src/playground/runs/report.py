"""What a log says of an error."""

import traceback
from pathlib import Path


def where(error: BaseException) -> str:
    """Its kind and the calls that led to it, innermost first, in one line. Its message is left out: it may hold what someone typed."""
    calls = reversed(traceback.extract_tb(error.__traceback__))
    return " < ".join([type(error).__name__, *(f"{Path(call.filename).name}:{call.lineno} {call.name}" for call in calls)])
