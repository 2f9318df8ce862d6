"""Gridworld: a world painted by hand, and an agent that finds its way in it."""

from typing import Any

from playground.concept import Concept
from playground.concepts.gridworld.model import run
from playground.concepts.gridworld.params import Params
from playground.concepts.gridworld.puzzles import PUZZLES
from playground.concepts.gridworld.scene import scene

CLIFF: dict[str, Any] = {  # Sutton & Barto 2018, example 6.6
    "world": "FFFFFFFFFFFF/FFFFFFFFFFFF/FFFFFFFFFFFF/SCCCCCCCCCCG",
    "rewards": "3,11=0",
    "step_reward": -1.0,
    "gamma": 1.0,
    "epsilon": 0.1,
    "epsilon_end": 0.1,
    "episodes": 4000,
}
WINDY: dict[str, Any] = {  # example 6.5
    "world": "FFF111221F/FFF111221F/FFF111221F/SFF1112G1F/FFF111221F/FFF111221F/FFF111221F",
    "rewards": "3,7=0",
    "step_reward": -1.0,
    "gamma": 1.0,
    "epsilon": 0.8,
    "episodes": 2000,
}

concept = Concept(
    slug="gridworld",
    params=Params,
    run=run,
    scene=scene,
    presets={
        "default": {},
        "room": {"world": "/".join(["SFFFFFFF", *["FFFFFFFF"] * 6, "FFFFFFFG"])},
        "cliff": CLIFF,
        "cliff_sarsa": CLIFF | {"agent": "sarsa", "alpha": 0.1, "episodes": 2000},
        "windy": WINDY,
        "frozenlake4": {"world": "SFFF/FHFH/FFFH/HFFG"},
        "frozenlake8": {"world": "SFFFFFFF/FFFFFFFF/FFFHFFFF/FFFFFHFF/FFFHFFFF/FHHFFFHF/FHFFHFHF/FFFHFFFG"},
        "bridge": {"world": "FFFFFFF/FWHHHWF/SFFFFFG/FWHHHWF/FFFFFFF"},
        "two_rooms": {"world": "SFFFFWFFFFF/FFFFFWFFFFF/FFFFFFFFFFF/FFFFFWFFFFF/FFFFFWFFFFG"},
        "sweeps": {"agent": "value_iteration"},
        "dyna": {"agent": "dyna", "episodes": 60, "look_at": 1},
        "dqn": {"agent": "dqn", "episodes": 150},
        "seeds": {"seeds": 16, "episodes": 300},
        "puzzle": {"puzzle": "long_way", "world": PUZZLES["long_way"].world},
        "puzzle_circle": {"puzzle": "circle", "world": PUZZLES["circle"].world},
        "puzzle_home": {"puzzle": "home", "world": PUZZLES["home"].world, "rewards": PUZZLES["home"].given},
        "trap": {"world": "FFFFF/FFFFF/SFFFF/FFFFF/FFFFG", "rewards": "1,1=0.3"},
        "stuck": {
            "world": "WWWWWWWWWWWWW/GFFSFFFFFFFFG/WWWWWWWWWWWWW",
            "rewards": "1,0=0.2",
            "epsilon": 0.0,
            "epsilon_end": 0.0,
            "look_at": 3,
        },
    },
    cures={"trap": {"rewards": "1,1=0.02"}, "stuck": {"epsilon": 1.0, "epsilon_end": 0.1}},
    trained_by=tuple(Params.model_fields),
    main=("agent", "explore", "epsilon", "alpha", "gamma", "episodes"),
    warmed_by=({}, {"agent": "dqn", "episodes": 1}),
    deterministic=lambda params: not params.learns,
)
