"""Firefox by WebDriver BiDi, the little of it that a smoke needs: Playwright drives no Firefox but its own."""

import itertools
import json
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

HEARD = ["log.entryAdded", "network.fetchError", "network.responseCompleted"]
LISTENING = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
KEYS = {"ArrowRight": "\ue014", "Escape": "\ue00c", "End": "\ue010"}


@contextmanager
def firefox(program: str, profile: Path) -> Iterator["Window"]:
    """A window of a Firefox that is started and ended here."""
    command = [program, "--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port", "0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    assert process.stderr is not None
    try:
        address = next(found[1] for line in process.stderr if (found := LISTENING.search(line)))
        with connect(f"{address}/session", max_size=None) as socket:
            yield Window(socket)
    finally:
        process.terminate()
        process.wait(20)


class Window:
    """What a reader does in it, and what went wrong there."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._numbers = itertools.count()
        self._events: list[dict[str, Any]] = []
        self._send("session.new", capabilities={})
        self._send("session.subscribe", events=HEARD)
        self._window = self._send("browsingContext.getTree")["contexts"][0]["context"]
        self._send("browsingContext.setViewport", context=self._window, viewport={"width": 1280, "height": 800})

    def _send(self, method: str, **params: Any) -> dict[str, Any]:
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while (message := json.loads(self._socket.recv(60))).get("id") != number:
            self._events.append(message)
        assert message["type"] == "success", f"{method}: {message}"
        return message["result"]

    def goto(self, url: str) -> None:
        self._send("browsingContext.navigate", context=self._window, url=url, wait="complete")

    def evaluate(self, expression: str) -> Any:
        """The value of an expression, which may wait, as JSON has it."""
        text = f"(async () => JSON.stringify((await ({expression})) ?? null))()"
        found = self._send("script.evaluate", expression=text, target={"context": self._window}, awaitPromise=True)
        assert found["type"] == "success", found["exceptionDetails"]["text"]
        return json.loads(found["result"]["value"])

    def until(self, expression: str, seconds: float = 90) -> None:
        for _ in range(round(5 * seconds)):
            if self.evaluate(expression):
                return
            time.sleep(0.2)
        raise AssertionError(f"never: {expression}")

    def click(self, selector: str) -> None:
        """Where a hand would: in the middle of the first that is seen."""
        seen = f"[...document.querySelectorAll({json.dumps(selector)})].find((one) => one.checkVisibility())"
        self.until(f"Boolean({seen})")
        self.evaluate(f"{seen}.scrollIntoView({{block: 'center', behavior: 'instant'}})")
        x, y = self.evaluate(f"(({{x, y, width, height}}) => [x + width / 2, y + height / 2])({seen}.getBoundingClientRect())")
        press = [{"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
        self._perform("pointer", [{"type": "pointerMove", "x": round(x), "y": round(y)}, *press])

    def press(self, key: str) -> None:
        self._perform("key", [{"type": kind, "value": KEYS[key]} for kind in ("keyDown", "keyUp")])

    def _perform(self, kind: str, actions: list[dict[str, Any]]) -> None:
        self._send("input.performActions", context=self._window, actions=[{"type": kind, "id": kind, "actions": actions}])

    def wrong(self, address: str) -> list[str]:
        """Errors of the console, requests that failed, and those that left the machine, since it was last asked."""
        self._send("session.status")  # whatever came before is heard by now
        events, self._events = self._events, []
        return [said for event in events if (said := complaint(event["method"], event["params"], address))]


def complaint(method: str, params: dict[str, Any], address: str) -> str:
    if method == "log.entryAdded":
        calls = [
            f"{call['functionName']} {call['url']}:{call['lineNumber']}" for call in params.get("stackTrace", {}).get("callFrames", [])
        ]
        return "\n".join([f"console: {params['text']}", *calls]) if params["level"] == "error" else ""
    url = params["request"]["url"]
    if not url.startswith((address, "data:", "blob:", "about:")):
        return f"external: {url}"
    if method == "network.fetchError":
        return "" if params["errorText"] == "NS_BINDING_ABORTED" else f"failed: {url} {params['errorText']}"  # a page that was left
    return f"{params['response']['status']}: {url}" if params["response"]["status"] >= 400 else ""
