"""What a run in a gridworld is made of."""

import re
from functools import cached_property
from typing import Any, Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

import playground.params
from playground import edits
from playground.cells import by_hand
from playground.concepts.gridworld import dynamics, world
from playground.concepts.gridworld.world import NOTHING, World, wrong

MAZE = "SFFFWFFFFF/FWWFWFWWWF/FWFFFFWFFF/FWFWWFWFWW/FFFWFFFFFF/WWFWFWWWWF/FFFFFWFFFF/FWWWFWFWWW/FFFWFFFWWW/WWFFFWFFFG"
PLANNERS = ("value_iteration", "policy_iteration")
ON_POLICY = ("sarsa", "expected_sarsa", "n_step", "lambda")
OFF_POLICY = ("q_learning", "dyna", "double_q", "dqn")
LEARNERS = (*OFF_POLICY[:1], *ON_POLICY, *OFF_POLICY[1:])
PAINTED: dict[str, Any] = by_hand("FWSGHCILDRU123", "rewards", (world.LEAST, world.MOST))
SOFT = ("epsilon", "optimistic")  # ways of exploring that do so with chance ε
PAYS = re.compile(r"[=:]\d*\.?\d*[1-9]")  # a painted reward above 0
LEARNS: dict[str, Any] = {"agent": "|".join(LEARNERS)}
DEEP: dict[str, Any] = {"agent": "dqn"}
MOST_SWEEPS = 20_000  # of an agent that plans
DEEP_STEP, DEEP_EVERY = 8e-4, 4  # CPU seconds a step, and steps for one update, as Mnih et al. have it


def live(**extra: Any) -> dict[str, Any]:
    """Marks a field that may change while it learns."""
    return {"live": True, "when": LEARNS} | extra


class Params(playground.params.Params):
    world: str = Field(MAZE, max_length=20_000, json_schema_extra={**PAINTED, "examples": ["SFFF/FHFH/FFFH/HFFG"]})
    rewards: str = Field("", max_length=4_000, json_schema_extra={"cells": {}, "examples": ["1,1=0.5"]})
    agent: Literal[
        "value_iteration", "policy_iteration", "q_learning", "sarsa", "expected_sarsa", "n_step", "lambda", "dyna", "double_q", "dqn"
    ] = "q_learning"
    alpha: float = Field(0.5, gt=0, le=1, json_schema_extra=live(step=0.05))
    gamma: float = Field(0.95, ge=0, le=1, json_schema_extra={"step": 0.01})
    lam: float = Field(0.8, ge=0, le=1, json_schema_extra={"step": 0.05, "when": {"agent": "lambda"}})
    n: int = Field(4, ge=1, le=20, json_schema_extra={"when": {"agent": "n_step"}})
    planning: int = Field(10, ge=0, le=50, json_schema_extra={"when": {"agent": "dyna"}})
    sees: Literal["place", "cell"] = Field("place", json_schema_extra={"when": DEEP})
    hidden: int = Field(64, ge=0, le=128, json_schema_extra={"when": DEEP})
    memory: int = Field(5000, ge=1, le=20_000, json_schema_extra={"when": DEEP})
    copied: int = Field(100, ge=1, le=2000, json_schema_extra={"when": DEEP})
    optimizer: Literal["adam", "sgd"] = Field("adam", json_schema_extra={"when": DEEP})
    explore: Literal["epsilon", "softmax", "optimistic", "count"] = Field("epsilon", json_schema_extra={"when": LEARNS})
    epsilon: float = Field(1.0, ge=0, le=1, json_schema_extra=live(step=0.01, when=LEARNS | {"explore": "|".join(SOFT)}))
    epsilon_end: float = Field(0.2, ge=0, le=1, json_schema_extra={"step": 0.01, "when": LEARNS | {"explore": "|".join(SOFT)}})
    curious: bool = Field(True, json_schema_extra={"when": {"agent": "|".join(OFF_POLICY), "explore": "|".join(SOFT)}})
    temperature: float = Field(0.1, ge=0.01, le=10, json_schema_extra={"step": 0.01, "when": LEARNS | {"explore": "softmax"}})
    bonus: float = Field(1.0, ge=0, le=100, json_schema_extra={"step": 0.1, "when": LEARNS | {"explore": "optimistic|count"}})
    episodes: int = Field(1000, ge=1, le=5000, json_schema_extra={"when": LEARNS})
    puzzle: Literal["none", "long_way", "circle", "home"] = "none"
    slip: float = Field(0.0, ge=0, le=0.5, json_schema_extra={"step": 0.01})
    step_reward: float = Field(0.0, ge=-10, le=10, json_schema_extra={"step": 0.01})
    cell: str = Field(NOTHING, max_length=30, json_schema_extra=live(examples=["0,1,H", "1,1:-0.5"]))
    look_at: int = Field(5, ge=0, le=4999, json_schema_extra={"when": LEARNS})
    seeds: int = Field(1, ge=1, le=64, json_schema_extra={"when": LEARNS})
    edits: str = playground.params.EDITS

    def work(self) -> float:
        """Sweeps, or steps of all episodes, and the exact values beside each frame."""
        cells = min(len(self.world), 420) / 100
        if not self.learns:
            return 0.5 + 0.3 * cells + min(MOST_SWEEPS, 100 / max(1e-9, 1 - self.gamma)) * (5e-5 + 2e-5 * cells)
        if self.agent == "dqn":
            return 0.5 + self.episodes * 100 * cells * DEEP_STEP * DEEP_EVERY / min(DEEP_EVERY, self.memory)
        walked = self.episodes * self._long()
        planned = self.planning if self.agent == "dyna" else 0
        step = 1e-5 * (1 + 0.4 * planned) + (8e-5 + 2e-7 * self.seeds) * (1 + 0.4 * planned) * (self.seeds > 1)
        return 0.3 + walked * step + 0.3 * cells**2 * (1 + self.seeds / 4)

    def megabytes(self) -> float:
        """Of many members each policy's transitions, and their solution beside them."""
        return 150.0 + 32e-6 * self.seeds * min(len(self.world), 420) ** 2 * (1 if self.learns else 0)

    def _long(self) -> float:
        """Steps of an episode, on average: nearly as many as there may be where the agent wanders or it pays to stay."""
        longest = max(100.0, 10.0 * sum(letter not in "WHGC/" for letter in self.world))
        stays = bool(PAYS.search(self.rewards)) or self.step_reward > 0 or any(edit.field == "cell" for edit in self.changes)
        wanders = not self.seeks_the_new or self.slip > 0 or self.gamma < 0.5 or self.alpha < 0.05
        return longest if stays or wanders else longest / 4

    @property
    def learns(self) -> bool:
        return self.agent not in PLANNERS

    @property
    def seeks_the_new(self) -> bool:
        """Who learns about the policy that is followed takes any action; the others may go where it is worth going."""
        return self.curious and self.agent in OFF_POLICY and self.explore in SOFT

    @property
    def steps(self) -> int:
        """What edits count."""
        return self.episodes

    @property
    def looked_at(self) -> int:
        """The episode in slow motion, counted in episodes before it."""
        return min(self.look_at, self.episodes - 1)

    def epsilon_at(self, episode: int) -> float:
        """From its first value to its last, in a straight line; another that a hand has set stays."""
        if self.explore not in SOFT:
            return 0.0
        if any(edit.field == "epsilon" and edit.step <= episode and self.at(edit.step).epsilon != self.epsilon for edit in self.changes):
            return self.at(episode).epsilon
        return self.epsilon + (self.epsilon_end - self.epsilon) * episode / max(1, self.episodes - 1)

    @cached_property
    def laid(self) -> World:
        """The world at the beginning."""
        return next(world.stages(world.read(self.world, self.rewards), [self.cell]))

    def world_at(self, step: int) -> World:
        """The world in force after so many episodes: every change of a cell stays."""
        cells = [edit.value for edit in self.changes if edit.field == "cell" and edit.step <= step]
        return list(world.stages(self.laid, cells))[-1] if cells else self.laid

    @field_validator("world")
    @classmethod
    def _can_be_read(cls, text: str) -> str:
        world.read(text)
        return text

    @model_validator(mode="after")
    def _can_be_lived_in(self, info: ValidationInfo) -> Self:
        """Every world on the way has a goal in reach, so that no run meets one that can't be. Each stands on the ones before."""
        laid, cells = self.laid, [edit for edit in self.changes if edit.field == "cell"]
        if info.context == edits.ON_THE_WAY:
            return self
        dynamics.check_goal(laid)
        for edit, now in zip(cells, world.stages(laid, [edit.value for edit in cells]), strict=True):
            try:
                dynamics.check_goal(now)
            except PydanticCustomError as error:
                raise edits.refused(edit.step, [error]) from None
        return self

    @model_validator(mode="after")
    def _alone(self) -> Self:
        if self.agent == "dqn" and self.seeds > 1:
            raise wrong("dqn_alone", "seeds")
        return self
