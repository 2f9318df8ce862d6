"""What the lesson says happens on the stage, held against the baked runs that the page shows."""

from collections.abc import Mapping

import numpy as np
import pytest
import torch

from playground import lesson
from playground.concept import load
from playground.concepts.latent_diffusion import looks, model, spaces
from playground.concepts.latent_diffusion.model import Params
from playground.datasets import mnist
from playground.frame import Frame
from playground.nets import classifier, mlp, vae
from tests.playing import baked, phase

CONCEPT = load("latent_diffusion")


def chapter(preset: str, name: str) -> list[Frame]:
    return phase(baked("latent_diffusion", preset), name)


def end(preset: str, phase: str = "train") -> Mapping[str, float]:
    return chapter(preset, phase)[-1].metrics


def agreement(pictures: np.ndarray) -> float:
    seen = classifier.classes("digits", classifier.features("digits", torch.from_numpy(pictures.copy())))
    return (seen.numpy() == np.tile(np.arange(10), 2)).mean().item()


def test_at_equal_work_pixels_are_snow_where_the_others_are_digits() -> None:
    last = end("default")
    assert last["fid_pixels"] > 10 * last["fid_vae"]
    assert last["fid_pixels"] > 3 * last["fid_pca"]
    assert last["agreement_pixels"] < 0.75 < 0.85 < last["agreement_pca"] < last["agreement_vae"]
    shown = chapter("default", "train")[-1].arrays
    assert agreement(shown["vae"]) >= 0.9, "those on the stage, too"


def test_the_latent_space_draws_digits_after_a_quarter_of_the_budget() -> None:
    early = [frame.metrics for frame in chapter("default", "train") if frame.metrics["gmacs"] <= 0.26 * end("default")["gmacs"]][-1]
    assert early["agreement_vae"] > 0.8
    assert max(early["agreement_pca"], early["agreement_pixels"]) < early["agreement_vae"] - 0.1


def test_the_latent_space_ends_at_its_ceiling_and_pca_above_a_lower_one() -> None:
    last = end("default")
    assert last["fid_vae"] < 1.25 * last["limit_vae"]
    assert last["fid_pca"] > 3 * last["limit_pca"]
    assert last["limit_pixels"] <= last["limit_pca"] < last["limit_vae"]


def test_with_a_quarter_of_the_numbers_the_autoencoder_loses_more_and_is_softer() -> None:
    params, last = Params(), chapter("default", "autoencode")[-1]
    assert 4 * params.latent == params.components
    assert last.metrics["error_vae"] > 1.5 * last.metrics["error_pca"]
    pca, autoencoder = (np.abs(np.diff(last.arrays[name].astype(float), axis=2)).mean() for name in ("pca", "vae"))
    assert autoencoder < 0.95 * pca, "smaller steps from pixel to pixel"


def test_twice_the_budget_hardly_helps_the_pixels() -> None:
    assert end("doubled")["gmacs"] == pytest.approx(2 * end("default")["gmacs"])
    assert end("doubled")["fid_pixels"] > 0.75 * end("default")["fid_pixels"]
    assert end("doubled")["fid_pixels"] > 8 * end("default")["fid_vae"]


def test_nearly_half_of_what_pixels_draw_is_grain() -> None:
    last = end("default")
    assert 0.4 < last["grain_pixels"] < 0.5
    assert last["grain_real"] == pytest.approx(0.09, abs=0.005)
    assert max(last["grain_pca"], last["grain_vae"]) < last["grain_real"]


def test_a_layer_with_room_for_all_pixels_costs_so_much_that_the_snow_remains(monkeypatch: pytest.MonkeyPatch) -> None:
    budget = Params().budget
    monkeypatch.setattr(model, "WIDTH", 784)
    wide = Params(steps=round(budget / model.BATCH / mlp.labelled_macs(784, 784).training))
    assert wide.budget == pytest.approx(budget, rel=0.02)
    space = spaces.pixels(mnist().train.x)
    descent = model.diffusion(wide, "pixels", space)
    descent.until(descent.steps)
    measured = looks.judged({"pixels": model.end(wide, space, descent.mean)})
    assert measured["grain_pixels"] > 0.4
    assert measured["fid_pixels"] > 0.75 * end("default")["fid_pixels"]


def test_pixels_end_with_the_lower_loss_and_the_worse_pictures() -> None:
    last = end("default")
    assert last["loss_pixels"] < last["loss_pca"]


def test_two_numbers_come_down_to_their_ceiling_and_even_pixels_are_ahead() -> None:
    last = end("two_numbers")
    for name in ("pca", "vae"):
        assert last[f"fid_{name}"] < 1.1 * last[f"limit_{name}"]
        assert last[f"fid_{name}"] > last["fid_pixels"]
    assert end("default")["fid_vae"] < 0.1 * last["fid_vae"], "the cure"


def test_pure_noise_looks_different_in_each_space() -> None:
    first = chapter("default", "reverse")[0].metrics
    assert first["fid_pixels"] > 1.3 * first["fid_pca"] > 1.3 * first["fid_vae"]
    assert first["grain_pixels"] > 0.8


def test_the_walk_of_the_reverse_chapter_ends_as_good_as_the_training() -> None:
    for name in model.SPACES:
        assert end("default", "reverse")[f"fid_{name}"] == pytest.approx(end("default")[f"fid_{name}"], rel=0.05)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_figures_of_the_text_are_those_of_the_defaults(lang: str) -> None:
    params, body = Params(), lesson.load("latent_diffusion", lang).body
    for name, d in params.dimensions.items():
        assert f"<td>{params.steps_in[name]}</td>" in body
        macs = mlp.labelled_macs(d, model.WIDTH).training
        assert macs == 960 * (1920 + d) + 640 * (64 + d) + 64, "the formula of the text"
        assert (f"{macs / 1e6:.1f} million" if lang == "en" else f"{round(macs / 1e5) * 10} 万") in body
    assert f"<td>{params.autoencoder_steps}</td>" in body
    assert params.budget == pytest.approx(60e9, rel=0.01)
    assert ("60 billion" if lang == "en" else "600 亿") in body
    last = end("default", "reverse")
    for cost in (last["cost_vae"], last["cost_pixels"]):
        assert (f"{cost:.0f}" if lang == "en" else f"{round(cost) * 100:,} 万") in body
    ratios = [mlp.labelled_macs(784, 320).training / mlp.labelled_macs(d, 320).training for d in (96, 24)]
    assert ratios == pytest.approx([1.5, 1.6], abs=0.05)
    assert (512 * 512 * 3, (512 // 64) ** 2) == (48 * 64 * 64 * 4, 64)


def test_the_autoencoder_costs_as_much_as_each_diffusion_and_shrinks_the_picture_first() -> None:
    spent = [chapter("default", phase)[-1].metrics["gmacs"] for phase in ("autoencode", "train")]
    assert spent[0] == pytest.approx(spent[1], rel=0.01)
    assert vae.macs(24).training * model.BATCH * Params().autoencoder_steps == pytest.approx(spent[0] * 1e9)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_checks_have_more_than_one_answer_among_the_presets(lang: str) -> None:
    for check in lesson.load("latent_diffusion", lang).checks:
        values = [end(preset, check["phase"])[check["value"]] / end(preset, check["phase"])[check["over"]] for preset in CONCEPT.presets]
        answers = {next(i for i, option in enumerate(check["options"]) if value < option.get("below", np.inf)) for value in values}
        assert len(answers) > 1


def test_both_languages_have_the_same_parts() -> None:
    english, chinese = lesson.load("latent_diffusion", "en"), lesson.load("latent_diffusion", "zh")
    for part in ("<h2", "<h3", "<li", "<td", "math block", 'data-key="'):
        assert english.body.count(part) == chinese.body.count(part), part
    assert len(english.glossary) == len(chinese.glossary)
    assert [len(check["options"]) for check in english.checks] == [len(check["options"]) for check in chinese.checks]
