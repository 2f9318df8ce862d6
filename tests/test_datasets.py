import json
import re
from dataclasses import replace

import numpy as np
import pytest
import torch

from playground import datasets
from playground.nets import pca
from playground.web.assets import FOLDER
from playground.words import LANGUAGES


def test_the_split_is_8000_1000_1000_and_leaks_nothing():
    split = datasets.mnist()
    assert [len(part.x) for part in (split.train, split.validation, split.test)] == [8000, 1000, 1000]
    with np.load(datasets.assets() / "data" / "mnist10k.npz", allow_pickle=False) as file:
        raw = sorted(zip((x.tobytes() for x in file["x"]), file["y"].tolist(), strict=True))
    ours = [
        (x.numpy().tobytes(), y)
        for part in (split.train, split.validation, split.test)
        for x, y in zip(part.x, part.y.tolist(), strict=True)
    ]
    assert sorted(ours) == raw  # every picture once, with its own label: so no two parts share one


def test_every_class_is_in_every_part():
    split = datasets.mnist()
    for part in (split.train, split.validation, split.test):
        shares = torch.bincount(part.y, minlength=10) / len(part.y)
        assert shares.shape == (10,)
        assert ((shares > 0.06) & (shares < 0.14)).all()


def test_the_split_is_one_and_cached(monkeypatch):
    first = datasets.mnist()
    assert datasets.mnist() is first
    again = datasets.mnist.__wrapped__()
    assert torch.equal(first.test.x, again.test.x)


def test_assets_can_be_elsewhere(monkeypatch, tmp_path):
    monkeypatch.setenv("PLAYGROUND_ASSETS", str(tmp_path))
    assert datasets.assets() == tmp_path
    with pytest.raises(FileNotFoundError):
        datasets.mnist.__wrapped__()


def test_pca_agrees_with_numpys_svd():
    x = datasets.mnist().train.x[:500]
    latent = pca.fit(x, 8, power=1.0)
    flat = x.flatten(1).double().numpy() / 255
    _, s, vt = np.linalg.svd(flat - flat.mean(0), full_matrices=False)
    assert np.allclose(np.abs((latent.basis.numpy() * vt[:8]).sum(1)), 1, atol=1e-4)
    assert np.allclose(latent.scale.numpy(), s[:8] / np.sqrt(499), rtol=1e-4)
    assert np.allclose(latent.encode(x).std(0).numpy(), 1, atol=1e-3)  # power 1 whitens


def test_pca_coordinates_are_of_unit_scale_for_every_power():
    x = datasets.mnist().train.x
    for power in (0.0, 0.5, 1.0):
        assert pca.fit(x, 64, power).encode(x).square().mean() == pytest.approx(1, abs=1e-3)


def test_all_components_give_the_pictures_back_and_96_most_of_them():
    x = datasets.mnist().test.x
    everything = pca.fit(datasets.mnist().train.x, 784, power=0.0)
    assert (everything.decode(everything.encode(x)).int() - x.int()).abs().max() <= 1
    latent = pca.digits()
    back = latent.decode(latent.encode(x))
    assert back.dtype == torch.uint8
    assert back.shape == x.shape
    flat, rest = x.flatten(1).float(), (x.float() - back.float()).flatten(1)
    assert rest.square().sum() / (flat - flat.mean(0)).square().sum() < 0.16


def test_contrast_cuts_both_ends_of_the_greys():
    x = datasets.mnist().test.x[:20]
    whole = pca.fit(datasets.mnist().train.x, 784, power=0.0)
    cut = replace(whole, contrast=0.2).decode(whole.encode(x))
    expected = ((x.float() / 255 - 0.2) / 0.6 * 255).clamp(0, 255)
    assert (cut.float() - expected).abs().max() < 2


def test_a_picture_knows_its_place_in_the_file():
    with np.load(datasets.assets() / "data" / "noto_emoji16.npz", allow_pickle=False) as file:
        for part in (datasets.emoji().train, datasets.emoji().test.first(5)):
            assert np.array_equal(file["x"][part.place], part.x.numpy())
            assert np.array_equal(file["y"][part.place], part.y.numpy())
    assert len(part.x) == len(part.y) == len(part.place) == 5


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_emoji_has_a_name_in_the_order_of_the_file(language):
    """The page's names are CLDR's, the file's are Unicode's: in English most agree word for word."""
    with np.load(datasets.assets() / "data" / "noto_emoji16.npz", allow_pickle=False) as file:
        unicode = [str(name).casefold() for name in file["name"]]
    names = json.loads((FOLDER / "names" / f"emoji.{language}.json").read_text(encoding="utf-8"))
    assert len(names) == len(unicode) == 1636
    assert all(name.strip() for name in names)
    assert names[unicode.index("taco")] == {"en": "taco", "zh": "墨西哥卷饼"}[language]
    if language == "en":
        words = [[set(re.findall(r"\w+", name.casefold())) for name in every] for every in (unicode, names)]
        alike = [bool(one & other) for one, other in zip(*words, strict=True)]
        assert np.mean(alike) > 0.9
