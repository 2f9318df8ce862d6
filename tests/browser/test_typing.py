"""Text by every way a hand has of entering it: what stands in a field is what Run runs."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlencode, urlparse

import pytest
from playwright.sync_api import Page, expect

from playground.concept import load, slugs
from playground.web.controls import by_hand, open_fields

Visit = Callable[..., Page]
LOOK = "/en/attention?mode=look&model=shakespeare"


def typed(slug: str) -> dict[str, list[str]]:
    """A concept's fields that are typed into, by the query of a page on which they can be seen."""
    found: dict[str, list[str]] = {}
    for name, schema in open_fields(load(slug)).items():
        if schema["type"] == "string" and "enum" not in schema and not by_hand(schema) and name != "edits":
            seen = {of: value.split("|")[0] for of, value in schema.get("when", {}).items()}
            if seen and (examples := schema.get("examples")):
                seen[name] = examples[0]
            found.setdefault(urlencode(seen), []).append(name)
    return found


TYPED = [(slug, query, names) for slug in slugs() for query, names in typed(slug).items()]


def ready(page: Page) -> Page:
    """Wait until the run on the stage is complete, one frame as it may be, and Gradio's controls are there."""
    page.wait_for_selector(".shell", state="detached")
    page.wait_for_function("performance.getEntriesByName('run:complete').length > 0")
    return page


def field(page: Page, name: str, kind: str = "textarea"):
    """A setting's field, brought into sight: some stand in a drawer that is shut at first."""
    found = page.locator(f"#field-{name} {kind}")
    if not found.count():
        page.locator(".more button").first.click()
    found.wait_for()
    return found


def plan(page: Page, act: Callable[[], object]) -> dict[str, str]:
    """The parameters that the page asks the server about because of this."""
    with page.expect_request(lambda request: "/plan/" in request.url) as asked:
        act()
    answer = asked.value.response()
    assert answer is not None
    return answer.json()["params"]


def paste(page: Page, text: str) -> None:
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    page.keyboard.press("Control+V")


@pytest.fixture
def look(visit: Visit) -> Page:
    page = ready(visit(LOOK, permissions=["clipboard-read", "clipboard-write"]))
    field(page, "text").click()
    return page


def test_typed_pasted_cut_deleted_and_undone(look: Page) -> None:
    press = look.keyboard.press
    assert plan(look, lambda: look.keyboard.type("To be"))["text"] == "To be"
    assert plan(look, lambda: paste(look, ", or not"))["text"] == "To be, or not"
    assert plan(look, lambda: press("Backspace"))["text"] == "To be, or no"
    assert plan(look, lambda: press("Control+Z"))["text"] != "To be, or no"
    press("Control+A")
    assert plan(look, lambda: press("Control+X"))["text"] == ""
    assert plan(look, lambda: press("Control+V"))["text"] != ""
    press("Control+A")
    assert plan(look, lambda: press("Delete"))["text"] == ""


def test_dropped(look: Page) -> None:
    box = field(look, "text").bounding_box()
    assert box
    data = {"items": [{"mimeType": "text/plain", "data": "dropped here"}], "dragOperationsMask": 1}
    hand = look.context.new_cdp_session(look)

    def drop() -> None:
        for kind in ("dragEnter", "dragOver", "drop"):
            place = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
            hand.send("Input.dispatchDragEvent", {"type": kind, **place, "data": data})

    assert plan(look, drop)["text"] == "dropped here"


def test_committed_by_an_input_method(look: Page) -> None:
    """While pinyin is composed the server is left alone; the moment it is committed, it counts."""
    asked: list[str] = []
    look.on("request", lambda request: asked.append(request.url) if "/plan/" in request.url else None)
    hand = look.context.new_cdp_session(look)
    for part in ("n", "ni", "ni h", "ni hao"):
        hand.send("Input.imeSetComposition", {"text": part, "selectionStart": len(part), "selectionEnd": len(part)})
        look.wait_for_timeout(150)
    assert asked == []
    assert plan(look, lambda: hand.send("Input.insertText", {"text": "你好"}))["text"] == "你好"


def test_a_phone_keyboard_that_composes_every_word(look: Page) -> None:
    """Such a keyboard commits a word only when the field is left: Run takes it all the same."""
    hand = look.context.new_cdp_session(look)
    hand.send("Input.imeSetComposition", {"text": "hello", "selectionStart": 5, "selectionEnd": 5})
    look.locator("#run button").focus()  # not by a click: this Chromium, headless, scrolls back to the caret while the button is held
    with look.expect_request(lambda request: "/runs/" in request.url) as run:
        look.keyboard.press("Enter")
    assert parse_qs(urlparse(run.value.url).query)["text"] == ["hello"]


def test_what_run_runs_is_what_stands_in_the_field(look: Page) -> None:
    """Also in the tenth of a second before the page has asked about it, and though the same text stood there a moment ago."""
    for text in ("one", "two", "one"):
        look.keyboard.press("Control+A")
        paste(look, text)
        with look.expect_request(lambda request: "/runs/" in request.url) as run:
            look.locator("#run button").click()
        assert parse_qs(urlparse(run.value.url).query)["text"] == [text]
        expect(look.locator("#run button")).not_to_have_text("Stop", timeout=60_000)
        expect(field(look, "text")).to_have_value(text)
        field(look, "text").click()


def test_a_number_that_is_corrected_when_it_is_left(visit: Visit) -> None:
    page = ready(visit("/en/attention?mode=look"))
    steps = field(page, "steps", "input[type=number]")
    steps.click()
    page.keyboard.press("Control+A")
    page.keyboard.type("99999")
    assert plan(page, lambda: page.keyboard.press("Tab"))["steps"] == 3000
    expect(steps).to_have_value("3000")


@pytest.mark.parametrize(("slug", "query", "names"), TYPED)
def test_every_text_field_hears_what_is_pasted_and_deleted(visit: Visit, slug: str, query: str, names: list[str]) -> None:
    page = ready(visit(f"/en/{slug}?{query}", permissions=["clipboard-read", "clipboard-write"]))
    defaults = load(slug).params.model_fields
    for name in names:
        field(page, name).click()
        page.keyboard.press("Control+A")
        assert asked(page, name, lambda: paste(page, "3:x")) == ["3:x"]
        page.keyboard.press("Control+A")
        assert asked(page, name, lambda: page.keyboard.press("Delete")) in ([""], None if defaults[name].default == "" else [""])


def asked(page: Page, name: str, act: Callable[[], object]) -> list[str] | None:
    """What the page asks the server about a field because of this; None for its default."""
    with page.expect_request(lambda request: "/plan/" in request.url) as request:
        act()
    return parse_qs(urlparse(request.value.url).query, keep_blank_values=True).get(name)
