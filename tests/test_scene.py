"""Scenes: how far a run is, from what its chapters say beforehand; the words and the colours that layers ask for."""

import re
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from playground import concept, lesson
from playground.scene import Chapter, Layer, Scene, Text
from playground.web import assets

CHAPTERS = (Chapter("forward", 4, 3, 0.1), Chapter("train", 10, 800, 0.7), Chapter("reverse", 5, 4, 0.2))


@pytest.mark.parametrize(("frames", "done"), [(0, 0), (2, 0.05), (4, 0.1), (9, 0.45), (14, 0.8), (19, 1), (30, 1)])
def test_the_work_done_follows_the_chapters_shares(frames: int, done: float) -> None:
    assert Scene((), (), chapters=CHAPTERS).done(frames, 19) == pytest.approx(done)


def test_without_chapters_frames_are_counted() -> None:
    assert Scene((), ()).done(30, 120) == pytest.approx(0.25)


@pytest.mark.parametrize(("theme", "block"), [("light", ":root, body"), ("dark", "body.dark")])
def test_class_colours_are_seen_and_told_apart(theme: str, block: str) -> None:
    """Against the card by WCAG's contrast; from each other, data and model also with any one kind of cone missing (Machado 2009)."""
    colors = tokens(block)
    classes = [colors[f"class-{i}"] for i in range(4)]
    assert all(contrast(color, colors["card"]) >= 3 for color in classes)
    pairs = combinations([*classes, colors["data"], colors["model"]], 2)
    assert all(difference(a, b) > 15 for a, b in pairs), "CIE76; 2.3 is just noticeable"


MACHADO = {
    "trichromat": np.eye(3),
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def tokens(block: str) -> dict[str, np.ndarray]:
    """The colours that a block of site.css names, as linear light."""
    css = (assets.FOLDER / "site.css").read_text()
    rules = css.split(f"{block} {{", 1)[1].split("}", 1)[0]
    found = {
        name: np.array([int(value[i : i + 2], 16) for i in (0, 2, 4)]) / 255 for name, value in re.findall(r"--([\w-]+): #(\w{6});", rules)
    }
    return {name: np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4) for name, c in found.items()}


def contrast(a: np.ndarray, b: np.ndarray) -> float:
    dark, light = sorted((XYZ[1] @ a, XYZ[1] @ b))
    return (light + 0.05) / (dark + 0.05)


def difference(a: np.ndarray, b: np.ndarray) -> float:
    return min(float(np.linalg.norm(lab(m @ a) - lab(m @ b))) for m in map(np.array, MACHADO.values()))


def lab(rgb: np.ndarray) -> np.ndarray:
    x, y, z = np.cbrt(XYZ @ np.clip(rgb, 0, 1) / XYZ.sum(1))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def test_a_lesson_owes_the_words_of_the_classes_its_scenes_name(monkeypatch: pytest.MonkeyPatch) -> None:
    layers = (Layer("sample", "images", "sample", names="kinds"),)
    plain = concept.load("diffusion")
    monkeypatch.setattr(lesson, "load_concept", lambda _: replace(plain, scene=lambda params: replace(plain.scene(params), layers=layers)))
    assert lesson.missing("diffusion", "en") == ["labels.classes.kinds"]


def test_a_lesson_owes_the_words_of_the_texts_its_scenes_show(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = (Text("passage", ("train",)),)
    plain = concept.load("diffusion")
    monkeypatch.setattr(lesson, "load_concept", lambda _: replace(plain, scene=lambda params: replace(plain.scene(params), texts=texts)))
    assert lesson.missing("diffusion", "en") == ["labels.texts.passage"]


@pytest.mark.parametrize(("theme", "block"), [("light", ":root, body"), ("dark", "body.dark")])
def test_the_ends_of_attentions_colours_are_told_apart(theme: str, block: str) -> None:
    """From the tile's own ground to the layer's colour, for a layer of any colour that means something."""
    colors = tokens(block)
    assert all(contrast(colors[name], colors["fill"]) >= 1.5 for name in ("data", "model", "noise", "good", "bad", "mark"))
