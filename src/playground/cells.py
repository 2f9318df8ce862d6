"""Worlds of cells that are painted on the stage, as far as a parameter's schema is concerned."""

from typing import Any


def by_hand(letters: str, rewards: str, sides: tuple[int, int]) -> dict[str, Any]:
    """What makes a text field a world of cells that is painted on the stage: json_schema_extra=by_hand(…).

    Its text is rows joined by "/", a letter a cell; `rewards` names the field of painted rewards, "row,column=value" joined by ";",
    whose own json_schema_extra is {"cells": {}}; `sides` are the least and the most rows and columns.
    """
    return {"cells": {"letters": letters, "rewards": rewards, "sides": list(sides)}}
