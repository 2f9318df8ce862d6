"""A world that is learned by Q-learning: as little as the stage needs to show worlds of cells."""

from collections.abc import Iterator

import numpy as np
from pydantic import Field

import playground.params
from playground.cells import by_hand
from playground.frame import Frame

LETTERS = "FWSGHCILDRU123"
MOVES = ((0, -1), (1, 0), (0, 1), (-1, 0))
WORLD = "SFFFW/FWWFF/FIFHF/RF1FG"


class Params(playground.params.Params):
    world: str = Field(WORLD, max_length=500, json_schema_extra=by_hand(LETTERS, "rewards", (3, 20)))
    rewards: str = Field("", max_length=500, json_schema_extra={"cells": {}})
    gamma: float = Field(0.9, ge=0, le=1)
    episodes: int = Field(40, ge=1, le=400)


def rules(letters: np.ndarray, painted: str) -> dict[str, np.ndarray]:
    """Where each action leads, what it earns, what ends: enough of it for a picture."""
    rows, columns = letters.shape
    enter = np.where(letters == "G", 1.0, np.where(letters == "C", -100.0, 0.0)).astype("f4")
    for part in filter(None, painted.split(";")):
        cell, value = part.split("=")
        enter[tuple(map(int, cell.split(",")))] = float(value)
    start = np.argwhere(letters == "S")[0]
    to, pay = np.zeros((rows, columns, 4, 2), "i2"), np.zeros((rows, columns, 4), "f4")
    for row, column, action in np.ndindex(rows, columns, 4):
        r, c = row + MOVES[action][0], column + MOVES[action][1]
        inside = 0 <= r < rows and 0 <= c < columns and letters[r, c] != "W"
        there = (r, c) if inside else (row, column)
        pay[row, column, action] = enter[there] if inside else 0
        to[row, column, action] = start if letters[there] == "C" else there
    return {
        "world": np.vectorize(ord)(letters).astype("u1"),
        "reward": np.where(letters == "C", 0, np.where(letters == "G", 0, enter)).astype("f4"),
        "next": to,
        "pay": pay,
        "aside": np.where(letters == "I", 1 / 3, 0).astype("f4"),
        "ends": np.isin(letters, ["G", "H"]).astype("u1"),
    }


def told(q: np.ndarray, known: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    v = q.max(-1)
    greedy = ((q == v[..., None]) * [1, 2, 4, 8]).sum(-1)
    stops = known["ends"].astype(bool) | np.isin(known["world"], [ord("W"), ord("C")])
    return {"q": q.copy(), "v": v, "policy": np.where(stops, 0, greedy).astype("u1")}


def run(params: Params, state: None = None) -> Iterator[Frame]:
    """Frames `learn`, one an episode, then `slow`, the updates of one more."""
    letters = np.array([list(row) for row in params.world.split("/")])
    known = rules(letters, params.rewards)
    draw = np.random.default_rng(params.seed)
    q = np.zeros((*letters.shape, 4), "f4")
    start = tuple(np.argwhere(letters == "S")[0])
    for episode in range(params.episodes + 1):
        visits, trail, total, at = np.zeros(letters.shape, "i2"), [start], 0.0, start
        for t in range(60):
            action = int(draw.integers(4) if draw.random() < 0.3 else draw.choice(np.flatnonzero(q[at] == q[at].max())))
            there = tuple(known["next"][at][action])
            reward, ends = float(known["pay"][at][action]), bool(known["ends"][there])
            best = 0.0 if ends else float(q[there].max())
            old, target = float(q[at][action]), reward + params.gamma * best
            q[(*at, action)] += 0.5 * (target - old)
            if episode == params.episodes and t < 12:
                numbers = {
                    "old": old,
                    "reward": reward,
                    "gamma": params.gamma,
                    "best_next": best,
                    "target": target,
                    "td_error": target - old,
                }
                update = np.array([*at, action, *there, -1 if ends else int(q[there].argmax())], "i2")
                metrics = numbers | {"alpha": 0.5, "new": float(q[at][action]), "part": t + 1.0}
                yield Frame(t + 1, known | told(q, known) | {"update": update}, metrics, phase="slow")
            visits[there] += 1
            total += params.gamma**t * reward
            trail, at = [*trail, there], there
            if ends:
                break
        if episode < params.episodes:
            arrays = known | told(q, known) | {"visits": visits, "trail": np.array(trail, "i2")}
            yield Frame(episode + 1, arrays, {"return": total, "steps": len(trail) - 1.0}, phase="learn")
