"""A made-up run that shows every kind of layer and chart, put in the place of the server's answers."""

import json
import re
from collections.abc import Callable, Iterable, Iterator

import numpy as np
from playwright.sync_api import Page, Route

from playground.frame import Frame, encode
from playground.scene import Chapter, Chart, Layer, Scene, Series

POINTS, FRAMES, BINS = 1000, 20, 40
WORDS = {"en": ["face", "animal", "food", "vehicle", "building", "instrument", "flower", "weather"]}
WORDS["zh"] = ["笑脸", "动物", "食物", "交通工具", "建筑", "乐器", "花朵", "天气"]

LAYERS = (
    Layer("real", "points", "data", "data", ("train",), labels="halves", names="halves"),
    Layer("field", "mesh", "mesh", "soft", ("reverse",)),
    Layer("contours", "contour", "walk", "good", ("reverse",), on=False),
    Layer("trails", "trails", "walk", "model", ("reverse",), labels="halves"),
    Layer("sample", "points", "walk", "model", ("reverse",), labels="halves"),
    Layer("denoised", "points", "guess", "good", ("reverse",), on=False, linked="walk"),
    Layer("latent_noise", "images", "pictures", "model", ("compare",), columns=8, labels="kinds", names="kinds"),
    Layer("pixel_noise", "images", "pictures", "data", ("compare",), columns=8, labels="kinds"),
    Layer("noisy", "arrows", "arrows", "good", ("train",), width=4),
)
CHAPTERS = tuple(Chapter(phase, n, n - 1) for phase, n in (("train", FRAMES), ("reverse", FRAMES), ("compare", 3)))
BARS = (Series("density", "model"), Series("normal", "noise"), Series("limit", "data", reference=True))
CHARTS = (
    Chart("walk", BARS, ("reverse",), x="centres", kind="histogram", metrics=("sw2", "signal")),
    Chart("speed", (Series("sw2"),), ("reverse",), x="t"),
)
SCENE = Scene(LAYERS, CHARTS, view=2.4, chapters=CHAPTERS, headline={"train": "t", "reverse": "t", "compare": "t"})


def frames() -> Iterator[Frame]:
    """Points that shrink to a ring while a grid bends; then pictures."""
    rng = np.random.default_rng(1)
    noise = rng.normal(size=(POINTS, 2))
    angle = np.arctan2(noise[:, 1], noise[:, 0])
    ring = np.stack([np.cos(angle), np.sin(angle)], 1) * 1.4
    u, v = np.meshgrid(np.linspace(-2, 2, 21), np.linspace(-2, 2, 15))
    grid = np.stack([u, v], -1)
    pictures = rng.integers(0, 255, (32, 16, 16, 3)).astype(np.uint8)
    halves = (noise[:, 0] > 0).astype(np.uint8) + (noise[:, 1] > 1).astype(np.uint8)
    still = {
        "data": ring.astype(np.float32),
        "halves": halves,
        "kinds": (np.arange(32) % 8).astype(np.uint8),
        "guess": ring.astype(np.float32),
    }
    for chapter in CHAPTERS:
        for step in range(chapter.frames):
            part = step / (chapter.frames - 1)
            walk = (1 - part) * noise + part * ring
            arrows = np.array([[-1, 0.5 + part / 2, 1, 0.4], [0.2, -0.6, 0.7, -0.7], [1.5, 1, -0.3, -0.9]], np.float32)
            moving = {
                "walk": walk.astype(np.float16),
                "mesh": (grid * (1 - part * 0.4 * np.exp(-(grid**2).sum(-1, keepdims=True)))).astype(np.float16),
            }
            density = np.histogram(walk[:, 0], BINS, (-3, 3), density=True)[0].astype(np.float32)
            centres = np.linspace(-3, 3, BINS, dtype=np.float32)
            bars = {
                "centres": centres,
                "density": density,
                "normal": np.exp(-(centres**2) / 2).astype(np.float32) / 2.5066,
                "limit": np.exp(-(centres**2)).astype(np.float32) / 1.772,
            }
            yield Frame(
                step,
                {**still, **moving, **bars, "arrows": arrows, "pictures": pictures},
                {"t": 1 - part, "sw2": part, "signal": walk.mean()},
                {},
                chapter.phase,
            )


def many(seeds: int = 16) -> Iterator[Frame]:
    """The same run with many seeds: each member's points are moved its own way, and its distance is its own."""
    for frame in frames():
        walk = frame.arrays["walk"]
        moved = np.stack([walk * (1 - 0.05 * i) for i in range(seeds)]).astype(np.float16)
        distances = np.array([frame.metrics["sw2"] * (1 + 0.1 * i) + 0.05 for i in range(seeds)])
        measured = {"median": np.median(distances), "low": distances.min(), "high": distances.max()}
        spread = {f"sw2_{name}": float(value) for name, value in measured.items()}
        yield Frame(frame.step, {**frame.arrays, "walk_all": moved}, {**frame.metrics, **spread}, {}, frame.phase)


def body(made: Iterable[Frame]) -> bytes:
    head = {"concept": "diffusion", "params": {}, "key": "synthetic", "v": "", "frames": sum(chapter.frames for chapter in CHAPTERS)}
    tail = {"end": True, "frames": head["frames"], "seconds": 0.1}
    return b"".join([json.dumps(head).encode() + b"\n", *encode(made), json.dumps(tail).encode() + b"\n"])


def instead(page: Page, lang: str = "en", scene: Scene = SCENE, made: Callable[[], Iterable[Frame]] = frames) -> None:
    """From here on the page gets this run and scene whatever it asks for."""
    classes = json.dumps({"kinds": WORDS[lang], "halves": ["west", "east", "north"]})
    layers = '"contours": "where they are dense", '
    metrics = '"centres": "x", "density": "step by step", "normal": "closed form", "limit": "limit", '

    def plan(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json={**answer.json(), "scene": scene.as_json(), "stored": True})

    def document(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(
            response=answer,
            body=answer.text()
            .replace('"labels": {', f'"labels": {{"classes": {classes}, ', 1)
            .replace('"layers": {', f'"layers": {{{layers}', 1)
            .replace('"metrics": {', f'"metrics": {{{metrics}', 1),
        )

    page.route(re.compile("/plan/"), plan)
    page.route(re.compile("/runs/"), lambda route: route.fulfill(body=body(made()), content_type="application/x-ndjson"))
    page.route(re.compile(r"/(en|zh)/diffusion(\?|$)"), document)
