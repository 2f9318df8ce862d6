"""The browser's part of a file without network: every module that page.js may want, and what those name, in one piece.

Next to a page from a disk a browser fetches no module. So each is made an address of its own there (a blob), and they find each
other by bare names, which an import map in the page knows: "playground/stage.js" for what is written "./stage.js".
"""

import gzip
import json
import mimetypes
import re
from base64 import b64encode
from functools import cache
from posixpath import dirname, join, normpath

from playground.web.assets import files

ENTRY = "offline.js"
NAMES = "names/"  # read by names that are made up as the page runs
DOC = re.compile(r"/\*\*.*?\*/", re.S)  # types name modules too
IMPORT = re.compile(r"""(\bfrom\s*|\bimport\s*|\bimport\()(["'])(\.\.?/[^"'\s]+)\2""")
RESOURCE = re.compile(r"""new URL\((["'])(\.\.?/[^"'\s]+)\1, import\.meta\.url\)""")


@cache
def program() -> bytes:
    """JSON in gzip: `texts` (kind and text by name), and `addresses` of what a worker runs, since it has no import map."""
    texts: dict[str, dict[str, str]] = {}
    addresses: dict[str, str] = {}
    waiting = [ENTRY, *(name for name in files() if name.startswith(NAMES) and name.endswith(".json"))]
    while waiting:
        name = waiting.pop()
        if name in texts:
            continue
        text, modules, resources = linked(name)
        texts[name] = {"type": mimetypes.guess_type(name)[0] or "", "text": text}
        waiting += [*modules, *(named for named in resources if not _ours(named))]
        addresses |= {named: apart(named) for named in resources if _ours(named)}  # a module that is wanted by address is a worker's
    return gzip.compress(json.dumps({"texts": texts, "addresses": addresses}, ensure_ascii=False).encode(), 9, mtime=0)


def linked(name: str) -> tuple[str, list[str], list[str]]:
    """A file with bare names in it, the modules that it imports, and other files it wants. Raises KeyError if it is missing."""
    text = files()[name].read_text("utf-8")
    if not _ours(name):
        return text, [], []
    text = DOC.sub("", text)
    modules = [_from(name, found[3]) for found in IMPORT.finditer(text)]
    resources = [_from(name, found[2]) for found in RESOURCE.finditer(text)]
    text = IMPORT.sub(lambda found: f'{found[1]}"playground/{_from(name, found[3])}"', text)
    text = RESOURCE.sub(lambda found: f'new URL(import.meta.resolve("playground/{_from(name, found[2])}"))', text)
    return f"{text}\n//# sourceURL=playground/{name}\n", modules, resources


@cache
def apart(name: str) -> str:
    """A module with all that it imports in one address: what runs in a worker."""
    text = IMPORT.sub(lambda found: f'{found[1]}"{apart(_from(name, found[3]))}"', DOC.sub("", files()[name].read_text("utf-8")))
    return f"data:text/javascript;base64,{b64encode(text.encode()).decode()}"


def _from(name: str, path: str) -> str:
    return normpath(join(dirname(name), path))


def _ours(name: str) -> bool:
    """Whether it is a module: plotly.js comes as it is."""
    return name.endswith(".js") and not name.endswith(".min.js")
