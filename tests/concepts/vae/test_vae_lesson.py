"""What the lesson says happens on the stage, held against the baked runs that the page shows."""

import math
import re
from collections.abc import Mapping

import numpy as np
import pytest

from playground import lesson
from playground.concept import load
from playground.concepts.vae.data import shelf
from playground.frame import Frame
from playground.words import LANGUAGES
from tests.playing import baked, phase

CONCEPT = load("vae")
SENT = [name for name, fields in CONCEPT.presets.items() if CONCEPT.params(**fields).compresses]


def last(preset: str, chapter: str = "train") -> Frame:
    return phase(baked("vae", preset), chapter)[-1]


def end(preset: str, chapter: str = "train") -> Mapping[str, float]:
    return last(preset, chapter).metrics


def like_its_neighbour(frame: Frame) -> float:
    """The share of items whose nearest on the map is of their class."""
    z, label = frame.arrays["z"].astype(float), frame.arrays["label"]
    far = np.square(z[:, None] - z[None]).sum(2) + np.diag(np.full(len(z), np.inf))
    return (label[far.argmin(1)] == label).mean()


def test_the_map_comes_apart_while_what_comes_back_gets_sharper() -> None:
    first = phase(baked("vae", "default"), "train")[0]
    assert like_its_neighbour(first) < 0.3
    assert like_its_neighbour(last("default")) > 0.5
    assert end("default")["psnr"] > first.metrics["psnr"] + 3
    assert end("default")["sharpness"] > first.metrics["sharpness"]


def test_all_clouds_together_about_fill_the_standard_one() -> None:
    """Each with its own variance; the codes of a plain autoencoder do as they like."""
    ours, plain = last("default", "walk").arrays, last("ae", "walk").arrays
    assert np.abs(ours["mean"]).max() < 0.9
    assert (ours["spread"] > 0.7).all()
    assert (ours["spread"] < 1.7).all()
    assert plain["spread"].max() > 2


def test_a_bent_map_loses_less_than_a_straight_one() -> None:
    assert end("ae")["mse"] < 0.85 * end("pca")["mse"]


def test_of_hanzi_only_where_ink_is_usual_comes_back() -> None:
    assert end("hanzi")["sharpness"] < 0.3


def explained(z: np.ndarray, told: np.ndarray) -> float:
    """The share of a quantity's variance that a quadratic of the map's two coordinates accounts for."""
    x, y = z.astype(float).T
    terms = np.stack((np.ones_like(x), x, y, x * x, y * y, x * y), 1)
    return 1 - (told - terms @ np.linalg.lstsq(terms, told)[0]).var() / told.var()


def test_the_map_of_hanzi_holds_how_they_are_built_and_not_their_font() -> None:
    z, x = last("hanzi").arrays["z"], shelf("hanzi").test.double().numpy()
    ink = x.mean((1, 2))
    assert explained(z, x[:, :, 12:16].mean((1, 2)) / ink) > 0.35, "in the middle"
    assert explained(z, ink) > 0.25
    assert explained(z, shelf("hanzi").label.double().numpy()) < 0.15


def test_more_draws_give_a_tighter_bound() -> None:
    for preset in ("default", "sixteen"):
        told = end(preset, "walk")
        assert told["elbo"] < told["importance_bound"]
        assert told["elbo_binary"] < told["importance_bound_binary"]


def test_more_numbers_blur_less() -> None:
    assert end("sixteen")["psnr"] > end("default")["psnr"] + 2
    assert end("sixteen")["sharpness"] > end("default")["sharpness"] + 0.1
    assert end("default")["sharpness"] < 0.8


def test_what_costs_nothing_is_said_at_length() -> None:
    """β = 0: and what is drawn from the standard Gaussian falls into holes."""
    free, paid = end("holes", "walk"), end("default", "walk")
    assert free["kl"] > 3 * paid["kl"]
    assert free["elbo"] < paid["elbo"]
    assert free["holes"] > 0.5 > 0.35 > paid["holes"]


def test_a_collapsed_code_says_nothing() -> None:
    told = end("collapse")
    assert CONCEPT.presets["collapse"]["beta"] == 32
    assert told["kl"] < 1
    assert told["active_dimensions"] <= 4
    assert told["sharpness"] < end("sixteen")["sharpness"] - 0.1
    alike, unlike = (last(name).arrays["reconstruction"].std(0).mean() for name in ("collapse", "sixteen"))
    assert alike < 0.3 * unlike, "what comes back is nearly the same"


def test_noise_is_taken_away() -> None:
    told = end("dae")
    assert told["mse_denoised"] < 0.5 * told["mse_noisy"]


def test_a_codebooks_bits_are_counted() -> None:
    params = CONCEPT.params(**CONCEPT.presets["vq"])
    assert end("vq", "walk")["bits"] == params.latent * math.log2(params.codes)


def rungs(preset: str) -> tuple[list[Mapping[str, float]], list[Mapping[str, float]]]:
    frames = [frame.metrics for frame in phase(baked("vae", preset), "compression")]
    return [told for told in frames if "exponent" in told], [told for told in frames if "quality" in told]


def test_who_knows_what_to_expect_needs_fewer_bits_until_much_is_asked() -> None:
    model, jpeg = rungs("sixteen")
    assert jpeg[0]["bits"] == pytest.approx(281, abs=0.5)
    assert jpeg[0]["ssim_jpeg"] == pytest.approx(0.76, abs=0.01)
    about = [told["ssim_model"] for told in model if 20 < told["bits"] < 40]
    assert max(about) > 0.74
    assert jpeg[-1]["psnr_jpeg"] > max(told["psnr_model"] for told in model) + 5


@pytest.mark.parametrize("preset", ["default", "sixteen"])
def test_more_bits_no_longer_buy_anything(preset: str) -> None:
    model, _ = rungs(preset)
    assert model[-1]["bits"] > model[-2]["bits"] + 1
    assert model[-1]["psnr_model"] - model[-2]["psnr_model"] < 0.3 < model[2]["psnr_model"] - model[0]["psnr_model"]


def test_without_loss_it_needs_fewer_bits_than_a_png() -> None:
    assert end("default")["png_bits"] == pytest.approx(273, abs=0.5)
    assert 200 < end("default")["bits_binary"] < 213
    assert end("sixteen")["bits_binary"] == pytest.approx(135, abs=4)


@pytest.mark.parametrize("preset", SENT)
def test_every_rung_of_the_compression_is_told(preset: str) -> None:
    frames = phase(baked("vae", preset), "compression")
    assert all(("exponent" in f.metrics) != ("quality" in f.metrics) for f in frames)


@pytest.mark.parametrize("preset", list(CONCEPT.cures))
def test_every_cure_is_another_run(preset: str) -> None:
    """That it cures, over ten seeds: `make proof`."""
    fields = CONCEPT.presets[preset]
    assert CONCEPT.params(**fields | CONCEPT.cures[preset]) != CONCEPT.params(**fields)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_class_of_the_data_has_a_name(lang: str) -> None:
    classes = lesson.load("vae", lang).labels["classes"]
    for preset in CONCEPT.presets:
        for layer in CONCEPT.scene(CONCEPT.params(**CONCEPT.presets[preset])).layers:
            if layer.names:
                assert len(classes[layer.names]) == last(preset).arrays[layer.labels].max() + 1


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_checks_have_more_than_one_answer(lang: str) -> None:
    for check in lesson.load("vae", lang).checks:
        told = [end(name, check["phase"])[check["value"]] for name in CONCEPT.presets if fits(check["when"], name)]
        assert told
        assert all(math.isfinite(value) for value in told)
        assert len(check["options"]) > 1
        assert check["value"] in "".join(re.findall(r"\{([^}]*)\}", check["told"]))


def fits(when: Mapping[str, str], preset: str) -> bool:
    params = CONCEPT.params(**CONCEPT.presets[preset]).model_dump()
    return all(str(params[name]) in values.split("|") for name, values in when.items())


def test_both_languages_have_the_same_parts() -> None:
    english, chinese = lesson.load("vae", "en"), lesson.load("vae", "zh")
    for part in ("data-when", "<h2", "<h3", "<li", "math block", 'data-key="', 'class="try"'):
        assert english.body.count(part) == chinese.body.count(part), part
    assert [check["when"] for check in english.checks] == [check["when"] for check in chinese.checks]
    assert len(english.glossary) == len(chinese.glossary)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_the_text_points_at_is_on_the_page(lang: str) -> None:
    scenes = [CONCEPT.scene(CONCEPT.params(**fields)) for fields in CONCEPT.presets.values()]
    known = {part.key for scene in scenes for part in (*scene.layers, *scene.charts)}
    pointed = {key for keys in re.findall(r'data-key="([^"]*)"', lesson.load("vae", lang).body) for key in keys.split()}
    assert pointed <= known
