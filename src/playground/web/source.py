"""GET /code/<concept>: the source of its maths, cut into what a page colours, and where each function stands."""

import ast
import hashlib
import json
from collections.abc import Iterator
from functools import cache
from itertools import groupby

from fastapi import APIRouter, Request
from pygments.lexers import PythonLexer
from pygments.token import Comment, Keyword, Name, Number, Operator, String, _TokenType
from starlette.responses import Response

from playground.concept import slugs
from playground.params import Flaw
from playground.runs.keys import sources
from playground.web.answers import IMMUTABLE, encoding, refusal
from playground.web.assets import PACKED

KINDS = {
    Keyword: "keyword",
    Operator.Word: "keyword",
    String.Doc: "doc",
    String: "string",
    Comment: "doc",
    Number: "number",
    Name.Function: "name",
    Name.Class: "name",
    Name.Decorator: "name",
}
Line = list[str]  # kind, text, kind, text, …


def router() -> APIRouter:
    routes = APIRouter()

    @routes.api_route("/code/{slug}", methods=["GET", "HEAD"])
    async def code(slug: str, request: Request) -> Response:
        if slug not in slugs():
            return refusal(404, Flaw("", "unknown_concept"))
        coding = encoding(request, "br", "gzip")
        cached = IMMUTABLE if request.query_params.get("v") == version(slug) else "no-cache"
        headers = {"Cache-Control": cached, "Vary": "Accept-Encoding"} | ({"Content-Encoding": coding} if coding else {})
        return Response(_packed(slug, coding), media_type="application/json", headers=headers)

    return routes


def url(slug: str) -> str:
    """Where the concept's source is, as it is now."""
    return f"/code/{slug}?v={version(slug)}"


def version(slug: str) -> str:
    """Hash of the whole source: its comments too are read."""
    return hashlib.sha256(body(slug)).hexdigest()[:12]


@cache
def _packed(slug: str, coding: str) -> bytes:
    return PACKED[coding](body(slug))


@cache
def body(slug: str) -> bytes:
    """The concept's own files first. A file without a function has nothing to show."""
    texts = {name: path.read_text("utf-8") for name, path in sources(slug).items()}
    names = sorted(texts, key=lambda name: not name.startswith(f"concepts/{slug}/"))
    files = [{"name": name, "lines": lines(texts[name]), "functions": functions(texts[name])} for name in names]
    return json.dumps({"files": [file for file in files if file["functions"]]}, ensure_ascii=False, separators=(",", ":")).encode()


def lines(text: str) -> list[Line]:
    """Each line as its pieces, neighbours of one kind joined."""
    made: list[Line] = [[]]
    for kind, pieces in groupby(PythonLexer(stripnl=False, ensurenl=False).get_tokens(text), key=lambda token: _kind(token[0])):
        for i, piece in enumerate("".join(value for _, value in pieces).split("\n")):
            if i:
                made.append([])
            if piece:
                made[-1] += [kind, piece]
    return made[:-1] if not made[-1] else made


def _kind(token: _TokenType) -> str:
    return next((kind for of, kind in KINDS.items() if token in of), "")


def functions(text: str) -> list[tuple[str, int, int]]:
    """Every function by the name Python gives it, with its first line (a decorator's) and its last."""
    return sorted(_functions(ast.parse(text), ""), key=lambda found: found[1])


def _functions(node: ast.AST, within: str) -> Iterator[tuple[str, int, int]]:
    for child in ast.iter_child_nodes(node):
        inside = within
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            first = min(line.lineno for line in (child, *child.decorator_list))
            yield within + child.name, first, child.end_lineno or first
            inside = f"{within}{child.name}.<locals>."
        elif isinstance(child, ast.ClassDef):
            inside = f"{within}{child.name}."
        yield from _functions(child, inside)
