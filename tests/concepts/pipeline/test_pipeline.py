"""The pipeline page against diffusers itself: the same pictures, the same schedules, and models of a hub that is not there."""

import json
import math
import re
import threading
from collections.abc import Iterator
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import DDIMScheduler, DDPMPipeline, DDPMScheduler, DPMSolverMultistepScheduler, UNet2DModel
from safetensors.torch import load_file

from playground import lesson
from playground.concept import FOLDER, load
from playground.concepts.pipeline import hub
from playground.concepts.pipeline.faces import weights
from playground.concepts.pipeline.model import Judge, Params, blocks, grain, nearest, prepared, run, shown_steps
from playground.concepts.pipeline.watch import turns
from playground.datasets import faces
from playground.frame import Frame
from playground.params import Flaw, Refused
from playground.words import LANGUAGES, sentence

SCHEDULERS = {kind.__name__: kind for kind in (DDPMScheduler, DDIMScheduler, DPMSolverMultistepScheduler)}


def frames(phase: str, **fields: Any) -> list[Frame]:
    return [frame for frame in run(Params(**fields)) if frame.phase == phase]


def plain(**fields: Any) -> np.ndarray:
    """What anyone gets from diffusers alone."""
    params = Params(**fields)
    pipe = DDPMPipeline.from_pretrained(weights())
    pipe.scheduler = SCHEDULERS[params.scheduler].from_config(pipe.scheduler.config)
    g = torch.Generator().manual_seed(params.seed)
    made = pipe(batch_size=params.pictures, generator=g, num_inference_steps=params.steps).images
    return np.stack([np.asarray(picture) for picture in made])


@pytest.mark.parametrize("scheduler", SCHEDULERS)
def test_the_pictures_are_those_of_plain_diffusers(scheduler: str) -> None:
    fields = {"scheduler": scheduler, "steps": 6, "pictures": 3, "seed": 11}
    assert np.array_equal(frames("denoise", **fields)[-1].arrays["noisy"], plain(**fields))


def test_ddim_with_eta_is_the_loop_written_out() -> None:
    made = frames("denoise", scheduler="DDIMScheduler", eta=0.7, steps=5, pictures=2)[-1].arrays["noisy"]
    pipe, g = DDPMPipeline.from_pretrained(weights()), torch.Generator().manual_seed(7)
    scheduler = DDIMScheduler.from_config(pipe.scheduler.config)
    scheduler.set_timesteps(5)
    x = torch.randn(2, 3, 16, 16, generator=g)
    with torch.no_grad():
        for t in scheduler.timesteps:
            x = scheduler.step(pipe.unet(x, t).sample, t, x, eta=0.7, generator=g).prev_sample
    written = ((x / 2 + 0.5).clamp(0, 1) * 255).round().byte().permute(0, 2, 3, 1).numpy()
    assert np.array_equal(made, written)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_lessons_code_gives_the_runs_pictures(lang: str) -> None:
    """Its first block is the call, its second the loop: fewer steps here, and the shipped folder's real place."""
    text = (FOLDER / "pipeline" / "lesson" / f"{lang}.md").read_text("utf-8")
    call, loop, swap = re.findall(r"```python\n(.*?)```", text, re.S)
    asked = frames("denoise", steps=4)[-1].arrays["noisy"]
    names: dict[str, Any] = {}
    short = {"assets/weights/faces": str(weights()), "=50": "=4", "(50)": "(4)"}
    for code in (call, "g = torch.Generator().manual_seed(7)\n" + loop):
        for old, new in short.items():
            code = code.replace(old, new)
        with torch.no_grad():
            exec(code, names)
    assert np.array_equal(np.stack([np.asarray(picture) for picture in names["made"]]), asked)
    assert np.array_equal(((names["x"] / 2 + 0.5).clamp(0, 1) * 255).round().byte().permute(0, 2, 3, 1).numpy(), asked)
    exec(swap, names)
    assert isinstance(names["pipe"].scheduler, DDIMScheduler)


def test_levels_are_ho_et_als() -> None:
    """β from 1e-4 to 0.02 in 1,000 equal steps; ᾱ is the product of 1 − β."""
    abar = np.cumprod(1 - np.linspace(1e-4, 0.02, 1000))
    for frame in frames("denoise", steps=5, pictures=1)[:-1]:
        t = int(frame.metrics["t"])
        assert frame.metrics["signal"] == pytest.approx(math.sqrt(abar[t]), rel=1e-4)
        assert frame.metrics["noise"] == pytest.approx(math.sqrt(1 - abar[t]), rel=1e-4)


def test_the_guess_is_the_formula_of_the_lesson() -> None:
    pipe = prepared(Params(steps=4, pictures=2))
    g = torch.Generator().manual_seed(7)
    seen = list(turns(pipe, lambda: pipe(batch_size=2, generator=g, num_inference_steps=4)))
    assert [turn.t for turn in seen] == [750, 500, 250, 0]
    for turn in seen:
        abar = pipe.scheduler.alphas_cumprod[turn.t]
        x_0 = (turn.x_t - (1 - abar).sqrt() * turn.eps) / abar.sqrt()
        assert torch.allclose(turn.x_0, x_0.clamp(-1, 1), atol=1e-5)


def test_a_walk_left_early_leaves_no_thread_and_the_scheduler_as_it_was() -> None:
    pipe = prepared(Params())
    walk, before = turns(pipe, lambda: pipe(num_inference_steps=50)), threading.active_count()
    next(walk)
    assert threading.active_count() == before + 1
    walk.close()
    assert threading.active_count() == before
    pipe(num_inference_steps=2)


def test_what_the_call_raises_is_raised() -> None:
    def broken() -> None:
        raise ArithmeticError("on request")

    with pytest.raises(ArithmeticError):
        list(turns(prepared(Params()), broken))


@cache
def preset(name: str, **more: Any) -> tuple[Frame, ...]:
    return tuple(run(Params(**(dict(load("pipeline").presets[name]) | more))))


def ends(name: str, **more: Any) -> Frame:
    return [frame for frame in preset(name, **more) if frame.phase == "denoise"][-1]


def test_the_failure_and_its_cures() -> None:
    """Ten long steps of DDPM with large noise leave noise; another scheduler or the small noise leaves none."""
    real = ends("ddim").metrics["grain_real"]
    assert ends("ddpm_few").metrics["grain"] > 1.5 * real
    cured = (ends("ddim"), ends("dpm"), ends("ddpm_few", variance="fixed_small"), ends("default"))
    assert all(0.9 * real < frame.metrics["grain"] < 1.1 * real for frame in cured)
    assert all(0.8 < frame.metrics["nearest"] < 1.2 for frame in cured), "faces, and no copies"


def test_ddim_and_dpm_follow_the_same_curve() -> None:
    a, b, other = (ends(name).arrays["noisy"].astype(float) for name in ("ddim", "dpm", "default"))
    assert 2 * np.abs(a - b).mean() < np.abs(a - other).mean()


def test_the_guesses_are_wild_then_faces_then_only_sharper() -> None:
    shown = [frame for frame in preset("default") if frame.phase == "denoise"]
    first, middle, last = shown[0], shown[len(shown) // 2 + 1], shown[-1]
    assert (first.metrics["t"], round(first.metrics["signal"], 3)) == (980, 0.008)
    assert first.metrics["nearest"] > 3
    assert middle.metrics["nearest"] < 1.25
    assert abs(last.metrics["nearest"] - middle.metrics["nearest"]) < 0.15


def test_what_the_unet_names_is_noise_without_the_face() -> None:
    """Neighbouring pixels of the picture are alike, those of the named noise are not."""
    maps = [frame for frame in preset("default") if frame.phase == "inside"][-1].arrays["maps"].reshape(10, 12, 18, 18)[:, :3, 1:-1, 1:-1]

    def alike(x: np.ndarray) -> float:
        return float(np.mean([np.corrcoef(each[:, 1:].ravel(), each[:, :-1].ravel())[0, 1] for each in x.astype(float)]))

    assert alike(maps[0]) > 0.25
    assert abs(alike(maps[-1])) < 0.15


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_checks_have_an_answer_in_every_preset(lang: str) -> None:
    for check in lesson.load("pipeline", lang).checks:
        answers = set()
        for name in load("pipeline").presets:
            told = ends(name).metrics
            value = told[check["value"]] / (told[check["over"]] if "over" in check else 1)
            answers.add(next(i for i, option in enumerate(check["options"]) if value < option.get("below", np.inf)))
        assert len(answers) > 1, "an answer that is always the same teaches nothing"


def test_both_languages_have_the_same_parts() -> None:
    english, chinese = lesson.load("pipeline", "en"), lesson.load("pipeline", "zh")
    for part in ("data-when", "<h2", "<h3", "<li", "math block", 'data-key="', "<pre"):
        assert english.body.count(part) == chinese.body.count(part), part
    assert len(english.glossary) == len(chinese.glossary)


def test_inside_shows_what_the_blocks_hand_on() -> None:
    pipe = prepared(Params())
    shapes, handles = [], []
    for block in blocks(pipe.unet):
        handles.append(block.register_forward_hook(lambda _, __, out: shapes.append((out[0] if isinstance(out, tuple) else out).shape[1:])))
    with torch.no_grad():
        pipe.unet(torch.zeros(1, 3, 16, 16), 0)
    shown = frames("inside", steps=2, pictures=1)
    assert [(f.metrics["channels"], f.metrics["side"], f.metrics["side"]) for f in shown[1:]] == shapes
    assert [f.metrics["side"] for f in shown] == [16, 16, 8, 4, 4, 4, 8, 16, 16, 16]
    total = sum(p.numel() for p in pipe.unet.parameters())
    time = sum(p.numel() for p in pipe.unet.time_embedding.parameters())
    others = sum(p.numel() for p in pipe.unet.conv_norm_out.parameters())
    assert sum(f.metrics["weights"] for f in shown) * 1000 == pytest.approx(total - time - others)
    first, last = shown[0].arrays["maps"].reshape(10, 12, 18, 18), shown[-1].arrays["maps"].reshape(10, 12, 18, 18)
    assert not first[1:].any()
    assert np.array_equal(first[0], last[0])
    assert last[:, :3].any(axis=(1, 2, 3)).all()


def test_measures_of_real_faces() -> None:
    unseen = faces().held_out.numpy()
    assert Judge("faces")(unseen) == {"grain": grain(unseen), "grain_real": grain(unseen), "nearest": pytest.approx(1)}
    assert Judge("faces")(faces().train[:50].numpy())["nearest"] == pytest.approx(0, abs=0.01)
    slow = min(np.linalg.norm(unseen[0] / 255.0 - face / 255.0) for face in faces().train.numpy())
    assert nearest(unseen[:1]).item() == pytest.approx(slow, abs=2e-3)
    assert grain(np.full((1, 16, 16, 3), 9, np.uint8)) == 0
    board = (np.indices((16, 16)).sum(0) % 2 * 255).astype(np.uint8)[None, :, :, None]
    assert grain(board) == 1


def test_no_face_is_in_both_parts() -> None:
    train, held_out = ({each.numpy().tobytes() for each in part} for part in (faces().train, faces().held_out))
    assert len(faces().train) == 3_600
    assert len(faces().held_out) == 400
    assert len(train & held_out) <= 2  # the generator of faces may repeat itself


def test_what_is_shipped() -> None:
    files = [path for path in weights().rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= 4_000_000
    (file,) = [path for path in files if path.suffix == ".safetensors"]
    assert {tensor.dtype for tensor in load_file(file).values()} == {torch.float16}
    pipe = DDPMPipeline.from_pretrained(weights())
    assert isinstance(pipe.unet, UNet2DModel)
    assert isinstance(pipe.scheduler, DDPMScheduler)
    assert 1.65e6 < sum(p.numel() for p in pipe.unet.parameters()) < 1.75e6, "the lesson says 1.7 million"


# models of the hub


def keep(cache: Path, name: str, pipe: Any) -> None:
    """Lay a model into a cache as huggingface_hub keeps those it has fetched."""
    folder = cache / f"models--{name.replace('/', '--')}"
    pipe.save_pretrained(folder / "snapshots" / ("0" * 40), safe_serialization=True)
    (folder / "refs").mkdir()
    (folder / "refs" / "main").write_text("0" * 40)


def tiny(**config: Any) -> UNet2DModel:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        fields = {"sample_size": 32, "block_out_channels": (8, 8), "norm_num_groups": 4, "layers_per_block": 1, "attention_head_dim": 8}
        kinds = {"down_block_types": ("DownBlock2D",) * 2, "up_block_types": ("UpBlock2D",) * 2}
        return UNet2DModel(**(fields | kinds | config))


@pytest.fixture
def hub_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, no network, and a host that allows three models."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setenv("PLAYGROUND_HUB_MODELS", "some/model, some/other,some/third")
    return tmp_path


def test_a_model_of_the_hub_runs(hub_cache: Path) -> None:
    keep(hub_cache, "some/model", DDPMPipeline(tiny(), DDPMScheduler()))
    shown = list(run(Params(model="some/model", steps=3, pictures=2)))
    assert shown[0].arrays["noisy"].shape == (2, 32, 32, 3)
    assert "nearest" not in shown[0].metrics
    g = torch.Generator().manual_seed(7)
    made = DDPMPipeline(tiny(), DDPMScheduler())(batch_size=2, generator=g, num_inference_steps=3).images
    last = [frame for frame in shown if frame.phase == "denoise"][-1]
    assert np.array_equal(last.arrays["noisy"], np.stack([np.asarray(picture) for picture in made]))


def test_grey_pictures_are_grey(hub_cache: Path) -> None:
    keep(hub_cache, "some/model", DDPMPipeline(tiny(in_channels=1, out_channels=1), DDPMScheduler()))
    assert next(iter(run(Params(model="some/model", steps=2, pictures=2)))).arrays["noisy"].shape == (2, 32, 32)


def code_of(model: str) -> str:
    with pytest.raises(Refused) as refused:
        list(run(Params(model=model, steps=2, pictures=1)))
    (flaw,) = refused.value.flaws
    for lang in LANGUAGES:
        assert sentence(lang, flaw) != sentence(lang, Flaw("", "no such code"))
    return flaw.code


def test_what_is_no_unconditional_pipeline_is_one_sentence(hub_cache: Path) -> None:
    keep(hub_cache, "some/model", DDPMPipeline(tiny(num_class_embeds=3), DDPMScheduler()))
    assert code_of("some/model") == "hub_unfit"
    keep(hub_cache, "some/other", DDPMPipeline(tiny(), DDPMScheduler()))
    (index,) = (hub_cache / "models--some--other").rglob("model_index.json")
    index.write_text(json.dumps(json.loads(index.read_text()) | {"text_encoder": ["transformers", "CLIPTextModel"]}))
    assert code_of("some/other") == "hub_unfit"
    index.write_text("[]")
    assert code_of("some/other") == "hub_unfit"


def test_weights_in_pickle_are_not_opened(hub_cache: Path) -> None:
    keep(hub_cache, "some/model", DDPMPipeline(tiny(), DDPMScheduler()))
    (file,) = hub_cache.rglob("*.safetensors")
    torch.save(load_file(file), file.with_suffix(".bin"))
    file.unlink()
    assert code_of("some/model") == "hub_unfit"


def test_a_model_too_big_is_one_sentence(hub_cache: Path) -> None:
    keep(hub_cache, "some/model", DDPMPipeline(tiny(sample_size=128), DDPMScheduler()))
    assert code_of("some/model") == "hub_too_big"
    for lang in LANGUAGES:
        said = re.findall(r"\d+", sentence(lang, Flaw("", "hub_too_big")))
        assert [int(n) for n in said] == [hub.MOST_PIXELS, hub.MOST_PIXELS, hub.MOST_BYTES / 1e6]


def test_without_a_network_is_one_sentence(hub_cache: Path) -> None:
    assert code_of("some/third") == "hub_unreachable"


@pytest.fixture
def hub_server(hub_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """A hub on this machine: some/model weighs too much, it knows no other. What it was asked for."""
    from huggingface_hub import constants

    asked = set()

    class Hub(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.add(self.path.partition("?")[0])
            known = self.path.startswith("/api/models/some/model")
            files = [{"rfilename": f"unet/{i}.safetensors", "size": hub.MOST_BYTES // 2 + 1} for i in range(2)]
            body = json.dumps({"id": "some/model", "siblings": files} if known else {"error": "Repository not found"}).encode()
            self.send_response(200 if known else 404)
            self.send_header("Content-Length", str(len(body)))
            if not known:
                self.send_header("X-Error-Code", "RepoNotFound")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield asked
    server.shutdown()


def test_a_name_the_hub_does_not_know_is_one_sentence(hub_server: set[str]) -> None:
    assert code_of("some/third") == "hub_not_found"
    assert hub_server == {"/api/models/some/third"}


def test_weights_too_heavy_are_not_fetched(hub_server: set[str]) -> None:
    assert code_of("some/model") == "hub_too_big"
    assert hub_server == {"/api/models/some/model"}


def test_what_the_host_does_not_allow_is_refused_before_any_work(hub_cache: Path) -> None:
    with pytest.raises(Refused) as refused:
        Params.from_query("model=some/evil")
    (flaw,) = refused.value.flaws
    assert (flaw.field, flaw.code) == ("model", "hub_refused")
    assert "faces, some/model, some/other, some/third" in sentence("en", flaw)
    assert "faces、some/model、some/other、some/third" in sentence("zh", flaw)
    assert Params.model_json_schema()["properties"]["model"]["enum"] == ["faces", "some/model", "some/other", "some/third"]


def test_a_host_that_says_nothing_allows_the_shipped_model_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PLAYGROUND_HUB_MODELS", raising=False)
    assert hub.allowed() == ("faces",)


def test_frames_have_room() -> None:
    assert shown_steps(Params())[0] == 0
    assert shown_steps(Params())[-1] == 50
    for size, pictures in ((16, 16), (32, 16), (64, 36)):
        count = len(shown_steps(Params(pictures=pictures, steps=100), size))
        assert 2 <= count <= 37
        assert (count - 1) * 2 * pictures * size * size * 3 <= 3_500_000 or count == 2
