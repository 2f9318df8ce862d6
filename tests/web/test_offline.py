"""A page in one file: nothing missing in it, nothing outside it, and no text of a visitor's that becomes markup."""

import base64
import gzip
import json
import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from typing import Any

import pytest

from playground import lesson as lessons
from playground.concept import load
from playground.params import Params, Refused
from playground.web import assets
from playground.web.offline.__main__ import chosen
from playground.web.offline.file import File, Held
from playground.web.offline.page import parts
from playground.web.offline.program import ENTRY, program
from playground.web.offline.route import beside
from tests import lab

HOSTILE = "</script><img src=x onerror=alert(1)>\"'&\u2028</template>"


@pytest.fixture(scope="module", autouse=True)
def real(laboratory: None) -> Iterator[None]:
    """The playground's own concepts, not the laboratory's."""
    with lab.installed(lab.ROOT / "src/playground/concepts"):
        yield


class Document(HTMLParser):
    """Every element of a document, with the text of those that hold no markup."""

    def __init__(self, text: str):
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self.name = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.name = dict(attrs).get("id") or tag

    def handle_endtag(self, tag: str) -> None:
        self.name = ""

    def handle_data(self, data: str) -> None:
        self.texts[self.name] = self.texts.get(self.name, "") + data

    def part(self, name: str) -> bytes:
        return gzip.decompress(base64.b64decode(self.texts[name], validate=True))


def document(file: File) -> str:
    return b"".join(parts(file)).decode()


def held(params: Params, **more: Any) -> Held:
    return Held(params, gzip.compress(json.dumps({"of": params.to_query()}).encode()), **more)


def spec(file: File, lang: str) -> dict[str, Any]:
    """What the page is told, as it stands in the document."""
    found = re.findall(r'<script type="application/json" id="spec">(.*?)</script>', document(file))
    assert len(found) == 2
    return json.loads(found[["en", "zh"].index(lang)])


@cache
def gan() -> File:
    concept = load("gan")
    return File(concept, tuple(held(concept.params.checked(fields)) for fields in concept.presets.values()), live="http://here:1")


def test_every_module_that_is_named_is_there() -> None:
    """What the browser will look for is counted here from the sources, by their plain names, not by the program's own rule."""
    told = json.loads(gzip.decompress(program()))
    texts, addresses = told["texts"], told["addresses"]
    names = {name for file in texts.values() for name in re.findall(r'"playground/([^"]+)"', file["text"])}
    assert ENTRY in texts
    assert names - texts.keys() - addresses.keys() == set()
    assert [
        name
        for name, file in texts.items()
        if name != assets.PLOTLY and re.search(r'import\.meta\.url|["\']\.\.?/[\w./-]+\.js["\']', file["text"])
    ] == []
    elsewhere = {"bench.js", "gallery.js", "search.js"}
    never = {
        *elsewhere,
        "theme.js",
        "offline-boot.js",
        *(name for name in addresses if "/" not in name),
    }  # these stand in the page, those run apart
    ours = {name for name in assets.files() if re.fullmatch(r"[\w-]+\.js", name)}
    assert ours - texts.keys() == never
    assert "gif-worker.js" in addresses
    assert {name for name in assets.files() if name.endswith(".css")} - texts.keys() == {"site.css", "offline.css"}
    assert texts[assets.PLOTLY]["text"] == assets.plotly().read_text("utf-8")


def test_a_worker_has_all_its_modules_in_its_address() -> None:
    address = json.loads(gzip.decompress(program()))["addresses"]["gif-worker.js"]
    seen = []
    waiting = [address]
    while waiting:
        text = base64.b64decode(waiting.pop().removeprefix("data:text/javascript;base64,")).decode()
        seen.append(text)
        waiting += re.findall(r'from\s*"([^"]+)"', text)
    assert any("GIFEncoder(" in text for text in seen)
    assert any("medianCut(" in text for text in seen)
    assert len(set(seen)) == 6


def test_nothing_is_asked_of_anybody() -> None:
    page = Document(document(gan()))
    asking = [
        (tag, name, value)
        for tag, given in page.elements
        for name, value in given.items()
        if name in ("src", "srcset", "action", "data", "poster")
    ]
    assert asking == []
    links = [given["href"] or "" for tag, given in page.elements if tag == "link"]
    assert [href for href in links if not href.startswith("data:")] == []
    policy = next(given["content"] for tag, given in page.elements if given.get("http-equiv") == "Content-Security-Policy")
    rules = dict(rule.strip().split(" ", 1) for rule in str(policy).split(";"))
    assert rules.pop("default-src") == "'none'"
    assert {source for rule in rules.values() for source in rule.split()} <= {"'unsafe-inline'", "blob:", "data:", "mediastream:"}
    sheets = "".join(text for name, text in page.texts.items() if name == "style")
    assert set(re.findall(r"url\(.{6}", sheets)) == {'url("data:'}


def test_runs_plans_and_code_are_in_it() -> None:
    page, concept = Document(document(gan())), load("gan")
    runs = json.loads(page.part("runs"))
    assert [run["plan"]["query"] for run in runs] == [concept.params.checked(fields).to_query() for fields in concept.presets.values()]
    assert [json.loads(page.part(run["part"]))["of"] for run in runs] == [run["plan"]["query"] for run in runs]
    assert {file["name"] for file in json.loads(page.part("code"))["files"]} >= {"concepts/gan/model.py", "concepts/gan/game.py"}
    assert all(run["plan"]["scene"]["layers"] and run["plan"]["stored"] for run in runs)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_lesson_is_in_it_with_its_formulas(lang: str) -> None:
    text = document(gan())
    assert lessons.load("gan", lang).body in text
    assert "<math" in lessons.load("gan", lang).body
    assert spec(gan(), lang)["lesson"]["title"] == lessons.load("gan", lang).title


def test_nothing_is_offered_that_takes_a_server() -> None:
    """Of the fields no brush, no board, nothing live; of the presets those that are there; a cure where its run is."""
    concept = load("vae")
    moons, collapse = (concept.params.checked(concept.presets[name]) for name in ("moons", "collapse"))
    cured = concept.params.checked({**concept.presets["collapse"], **concept.cures["collapse"]})
    told = spec(File(concept, (held(moons), held(collapse))), "en")
    assert set(told["presets"]) == {"moons", "collapse"}
    assert told["cures"] == {"collapse": None}
    assert told["opening"] == {name: value for name, value in concept.presets["moons"].items() if value != getattr(concept.params(), name)}
    for slug in ("gan", "diffusion", "gridworld", "vae"):
        fields = spec(File(load(slug), (held(load(slug).params()),)), "zh")["fields"]
        assert {"brush", "paint", "live"} & {key for field in fields for key in field} == set()
    assert spec(File(concept, (held(collapse), held(cured))), "en")["cures"] == {"collapse": dict(concept.cures["collapse"])}


def test_hostile_text_stays_text() -> None:
    concept = load("attention")
    params = concept.params.checked({"mode": "look", "text": HOSTILE[:40], "replace": ""})
    file = File(concept, (held(params), held(concept.params())), live='http://"><script>x</script>')
    page = Document(document(file))
    assert not [tag for tag, given in page.elements if tag == "img" or "onerror" in given]
    assert HOSTILE[:40] not in document(file)
    assert json.loads(page.part("runs"))[0]["plan"]["params"]["text"] == HOSTILE[:40]
    chip = spec(file, "en")["lesson"]["labels"]["presets"]["own-0"]
    assert HOSTILE[:20] in chip


def test_own_runs_have_their_settings_as_their_names() -> None:
    concept = load("gan")
    file = File(
        concept,
        (held(concept.params(data="moons", seed=3)), held(concept.params(), hidden=True), held(concept.params(steps=60), hidden=True)),
    )
    assert list(spec(file, "en")["presets"].values()) == [{}, {"seed": 3, "data": "moons"}]
    label = spec(file, "zh")["lesson"]["labels"]["presets"]["own-0"]
    assert lessons.load("gan", "zh").labels["options"]["data"]["moons"] in label


def test_the_second_run_of_an_address() -> None:
    concept = load("gan")
    assert beside(concept, "seed=3&vs=steps:20;data:moons&at=4", "steps:20;data:moons") == concept.params(seed=3, steps=20, data="moons")
    assert beside(concept, "seed=3", "") is None
    assert beside(load("attention"), "mode=look", "text:a; b;1: c") == load("attention").params(mode="look", text="a; b;1: c")
    for broken in ("steps", "steps:20;steps:30", "steps:1e9", "nothing:1"):
        with pytest.raises(Refused):
            beside(concept, "", broken)
    file = File(concept, (held(concept.params(seed=3)), held(concept.params(seed=3, steps=20))), second=concept.params(seed=3, steps=20))
    assert spec(file, "en")["opening"] == {"seed": 3, "vs": "steps:20"}


def test_runs_are_chosen_in_words() -> None:
    gan, grid = load("gan"), load("gridworld")
    assert chosen(gan, "seed=3;data=moons&steps=500") == [(gan.params(seed=3), False), (gan.params(data="moons", steps=500), False)]
    assert chosen(gan, "moons http://x/en/gan?seed=3&at=5&vs=steps:20#a") == [
        (gan.params.checked(gan.presets["moons"]), False),
        (gan.params(seed=3), False),
        (gan.params(seed=3, steps=20), False),
    ]
    assert len(chosen(gan, "presets presets")) == len(gan.presets)
    links = chosen(grid, "lesson")
    assert links
    assert all(hidden for _, hidden in links)
    assert all(not hidden for params, hidden in chosen(grid, "lesson presets") if params in chosen(grid, "presets"))
    with pytest.raises(Refused):
        chosen(gan, "seed=-1")
