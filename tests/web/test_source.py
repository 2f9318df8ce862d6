"""The source over HTTP: the text of the files, whole, and every function where Python itself says it is."""

import inspect
import json
from collections.abc import Iterator
from pathlib import Path
from types import CodeType

import pytest
from starlette.testclient import TestClient

from playground.runs.keys import sources
from playground.settings import Settings
from playground.web import source
from playground.web.server import create_app
from tests import lab

ODD = '''"""A module."""
import functools


@functools.cache
def one(x):
    def two():
        return [y for y in range(3)]

    return two() if x else (lambda: 1)()


class A:
    """Text with <b>markup</b> & 点."""

    @property
    @functools.cache
    def three(self):
        return """a
b"""

    class B:
        async def four(self): ...
'''


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    settings = Settings(store=tmp_path_factory.mktemp("store"))
    return TestClient(create_app(settings, engine=lab.Engine(settings), sites=False))


def text(lines: list[list[str]]) -> str:
    return "\n".join("".join(line[1::2]) for line in lines) + "\n"


def compiled(code: CodeType) -> Iterator[tuple[str, int]]:
    """Name and first line of every function, from the compiler."""
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            if constant.co_flags & inspect.CO_OPTIMIZED and not constant.co_name.startswith("<"):  # a class body is not optimised
                yield constant.co_qualname, constant.co_firstlineno
            yield from compiled(constant)


def test_the_source_is_the_files_and_nothing_else(client: TestClient) -> None:
    files = client.get(source.url("toy")).json()["files"]
    assert files[0]["name"] == "concepts/toy/model.py"
    assert {file["name"] for file in files} == {name for name, path in sources("toy").items() if "def " in path.read_text("utf-8")}
    for file in files:
        assert text(file["lines"]) == sources("toy")[file["name"]].read_text("utf-8")


@pytest.mark.parametrize("written", [ODD, *(path.read_text("utf-8") for path in Path(source.__file__).parents[1].glob("*.py"))])
def test_functions_stand_where_the_compiler_says(written: str) -> None:
    found = source.functions(written)
    assert [(name, first) for name, first, _ in found] == sorted(compiled(compile(written, "odd.py", "exec")), key=lambda pair: pair[1])
    assert all(first <= last <= len(written.splitlines()) for _, first, last in found)


def test_pieces_have_their_kind() -> None:
    lines = source.lines(ODD)
    assert text(lines) == ODD
    assert lines[4][0] == "name"
    assert lines[5][:4] == ["keyword", "def", "", " "]
    assert lines[13][-2:] == ["doc", '"""Text with <b>markup</b> & 点."""']


def test_it_is_kept_for_ever_under_its_own_version(client: TestClient) -> None:
    address = source.url("toy")
    assert "immutable" in client.get(address).headers["cache-control"]
    for old in ("/code/toy", "/code/toy?v=old"):
        answer = client.get(old)
        assert answer.headers["cache-control"] == "no-cache"
        assert answer.content == client.get(address).content
    assert client.get(address, headers={"accept-encoding": "gzip"}).headers["content-encoding"] == "gzip"


@pytest.mark.parametrize("slug", ["nothing", "%2e%2e", "toy%2f..%2f..", "..", "%00", "<script>", "model.py"])
def test_no_path_leads_to_another_file(client: TestClient, slug: str) -> None:
    answer = client.get(f"/code/{slug}")
    assert answer.status_code == 404
    if answer.headers["content-type"].startswith("application/json"):
        assert [error["code"] for error in json.loads(answer.text)["errors"]] == ["unknown_concept"]
