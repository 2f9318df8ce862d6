"""The command line. Worker processes import this file again with the program they came from, so its top imports nothing heavy."""

import argparse
import json
import os
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Any, NoReturn

from pydantic import ValidationError

from playground.concept import Concept, load, slugs
from playground.frame import Frame, encode
from playground.params import Flaw, Params, Refused
from playground.settings import Settings
from playground.words import sentence, spoken, words


def main(arguments: Sequence[str] | None = None) -> None:
    """Do what the arguments ask for. Ends the process with 2 where they can't be obeyed, after one sentence."""
    asked = _parser().parse_args(arguments)
    try:
        {"serve": _serve, "run": _run, "list": _list, "bench": _bench}[asked.command](asked)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:  # whoever read has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


def _parser() -> argparse.ArgumentParser:
    say, plain = words(spoken())["cli"], Settings.model_fields
    parser = argparse.ArgumentParser("playground", description=say["about"], formatter_class=_Formatter)
    commands = parser.add_subparsers(dest="command", required=True, metavar="serve | run | list | bench")
    made = {
        name: commands.add_parser(name, help=say[name], description=say[name], formatter_class=_Formatter)
        for name in ("serve", "run", "list", "bench")
    }
    made["serve"].add_argument("--host", help=say["host"].format(default=plain["host"].default))
    made["serve"].add_argument("--port", help=say["port"].format(default=plain["port"].default))
    made["serve"].add_argument("--share", action="store_true", help=say["share"])
    made["serve"].add_argument("--no-room", dest="room", action="store_false", help=say["no_room"])
    made["serve"].add_argument("--concept", choices=slugs(), metavar="CONCEPT", help=say["opens_on"])
    made["run"].usage = "playground run CONCEPT [--PARAMETER VALUE ...] [--frames]"
    made["run"].add_argument("concept", choices=slugs(), metavar="CONCEPT", help=f"{say['concept']}: {', '.join(slugs())}")
    made["run"].add_argument("rest", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    return parser


def _serve(asked: argparse.Namespace) -> None:
    if sys.platform != "linux":  # before anything is imported that is not there
        _refuse("serve", Flaw("", "linux_only"))
    given = {name: getattr(asked, name) for name in ("host", "port", "concept")}
    try:
        settings = Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        _refuse("serve", *(Flaw(str(entry["loc"][0]), entry["type"], entry.get("ctx", {})) for entry in error.errors()))
    from playground.web.server import main as serve

    serve(settings, room=asked.room, share=asked.share)


def _list(asked: argparse.Namespace) -> None:
    from playground.lesson import load as load_lesson

    width = max(map(len, slugs()))
    for slug in slugs():
        print(f"{slug:{width}}  {load_lesson(slug, spoken()).title}")


def _bench(asked: argparse.Namespace) -> None:
    from playground.bench import table

    table()


def _run(asked: argparse.Namespace) -> None:
    from playground.device import computing

    concept = load(asked.concept)
    given = vars(_options(concept).parse_args(asked.rest))
    whole = given.pop("frames")
    computing()
    try:
        params = concept.params.from_query({name: value for name, value in given.items() if value is not None})
        _all_lines(concept, params) if whole else print(json.dumps(_last(concept, params), indent=2))
    except Refused as refused:
        _refuse(f"run {concept.slug}", *refused.flaws)


def _options(concept: Concept) -> argparse.ArgumentParser:
    """Every parameter as an option. Values stay text: Params reads and refuses them."""
    from playground.fields import fields

    say = words(spoken())["cli"]
    name = f"playground run {concept.slug}"
    parser = argparse.ArgumentParser(name, f"{name} [--PARAMETER VALUE ...] [--frames]", allow_abbrev=False, formatter_class=_Formatter)
    parser.add_argument("--frames", action="store_true", help=say["frames"])
    group = parser.add_argument_group(say["options"])
    for name, field in fields(concept, spoken()).items():
        options = field.schema.get("enum")
        metavar = "{" + ",".join(options) + "}" if options else field.schema["type"].upper()
        default = say["default"].format(default=json.dumps(field.schema["default"], ensure_ascii=False))
        told = " · ".join(filter(None, (field.caption, field.limits, default)))
        group.add_argument(f"--{name}", metavar=metavar, help=told.replace("%", "%%"))
    return parser


def _all_lines(concept: Concept, params: Params) -> None:
    """The run as it goes over the wire."""
    from playground.runs import lines

    began, frames = time.monotonic(), 0
    _out(lines.header(concept, params))
    for line in encode(_told(concept, params)):
        frames += 1
        _out(line)
    _out(lines.end(frames, time.monotonic() - began))


def _out(line: bytes) -> None:
    sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()


def _last(concept: Concept, params: Params) -> dict[str, float]:
    """Every metric as it was last measured."""
    return {name: float(value) for frame in _told(concept, params) for name, value in frame.metrics.items()}


def _told(concept: Concept, params: Params) -> Iterator[Frame]:
    """The run's frames, each told on stderr in a line: its chapter, step, and the first metrics that its charts are about."""
    scene = concept.scene(params)
    for frame in concept.run(params):
        series = [series for chart in scene.charts if frame.phase in chart.phases for series in chart.series]
        main = {each.metric for each in series if not each.reference} | {scene.headline.get(frame.phase, "")}
        said = [f"{name} {value:.4g}" for name, value in frame.metrics.items() if name in main]
        print(f"{frame.phase:10} {frame.step:6}", *said[:6], sep="  ", file=sys.stderr, flush=True)
        yield frame


def _refuse(command: str, *flaws: Flaw) -> NoReturn:
    said = [f"{flaw.field}: {sentence(spoken(), flaw)}".removeprefix(": ") for flaw in flaws]
    print(f"playground {command}: {' '.join(said)}", file=sys.stderr)
    sys.exit(2)


class _Formatter(argparse.HelpFormatter):
    """Chinese letters are two columns wide, which argparse doesn't know."""

    def __init__(self, prog: str, **rest: Any):
        columns, left = shutil.get_terminal_size().columns - 2, 24
        super().__init__(prog, width=left + (columns - left) // 2 if spoken() == "zh" else columns, max_help_position=left)
