"""Push to the Hugging Face hub: python spaces/push.py space gan user/gan (or model gpt_tang user/…, data mnist10k user/…).

The repository is made where there is none; one commit brings the whole folder, and takes away what is no longer in it. The token is
HF_TOKEN's, or that of `hf auth login`.
"""

import argparse
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")  # read when huggingface_hub is imported

from huggingface_hub import HfApi, get_token
from huggingface_hub.errors import HfHubHTTPError, HFValidationError, HTTPError

from build import BUILT, ROOT, build
from playground.settings import Settings

REFUSED = {
    401: "The hub doesn't know this token. Make one that may write at huggingface.co/settings/tokens, then `hf auth login` or HF_TOKEN=…",
    403: "This token may not write to {to}: it needs the right to write, and {to} must be yours or your organisation's.",
    404: "There is no user or organisation of that name for {to}.",
}


class Impossible(Exception):
    """Why nothing was pushed, in a sentence."""


def space(name: str) -> Path:
    """The folder of a Space, built anew. Raises Impossible."""
    try:
        build(name, BUILT / name)
    except LookupError as error:
        raise Impossible(error.args[0]) from None
    return BUILT / name


def model(name: str) -> Path:
    """The folder of a shipped model, as its library lays it out. Raises Impossible."""
    return _known(Settings().assets / "weights" / name, sorted((Settings().assets / "weights").iterdir()))


def data(name: str) -> Path:
    """A folder with a shipped data set, its card and the notices. Raises Impossible."""
    shelf = Settings().assets / "data"
    card = _known(shelf / "cards" / f"{name}.md", sorted((shelf / "cards").iterdir()))
    folder = ROOT / "build" / "data" / name
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(shelf / "licenses", folder / "licenses")
    shutil.copy(card, folder / "README.md")
    for file in shelf.glob(f"{name}.*"):
        shutil.copy(file, folder)
    return folder


def _known(path: Path, known: list[Path]) -> Path:
    if path not in known:
        raise Impossible(f"There is no {path.stem}; there are {', '.join(one.stem for one in known)}.")
    return path


KINDS: dict[str, tuple[Callable[[str], Path], str]] = {"space": (space, "space"), "model": (model, "model"), "data": (data, "dataset")}


def push(kind: str, name: str, to: str) -> str:
    """The address of what was pushed. HF_ENDPOINT names another hub. Raises Impossible."""
    made, repo_type = KINDS[kind]
    if not get_token():
        raise Impossible("No token: `hf auth login`, or HF_TOKEN=… from huggingface.co/settings/tokens.")
    folder, hub = made(name), HfApi()
    try:
        hub.create_repo(to, repo_type=repo_type, exist_ok=True, space_sdk="gradio" if kind == "space" else None)
        hub.upload_folder(
            repo_id=to,
            repo_type=repo_type,
            folder_path=folder,
            commit_message=f"Push {name}",
            delete_patterns="*",
            ignore_patterns=[".cache/**"],
        )
    except HFValidationError:
        raise Impossible(f"{to!r} is no name on the hub: it should be user/name, or organisation/name.") from None
    except HfHubHTTPError as error:
        status = error.response.status_code
        raise Impossible(REFUSED.get(status, f"The hub answered {status}: {error.server_message or error}").format(to=to)) from error
    except (HTTPError, OSError) as error:
        raise Impossible(f"The hub at {hub.endpoint} can't be reached: {error}") from error
    return f"{hub.endpoint}/{'' if kind == 'model' else repo_type + 's/'}{to}"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Push a Space, a model or a data set to the Hugging Face hub.")
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("name", help="gan, all, gpt_tang, mnist10k …")
    parser.add_argument("to", help="user/name on the hub")
    asked = parser.parse_args(arguments)
    try:
        print(push(asked.kind, asked.name, asked.to))
    except Impossible as why:
        print(why, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
