"""Everything is said in pyproject.toml, but that a built package carries the top-level assets inside it."""

from pathlib import Path
from shutil import copytree, ignore_patterns

from setuptools import setup
from setuptools.command.build_py import build_py


class WithAssets(build_py):
    def run(self) -> None:
        super().run()
        if not self.editable_mode:  # an editable package finds them in the checkout
            target = Path(self.build_lib) / "playground" / "assets"
            copytree("assets", target, ignore=ignore_patterns("images"), dirs_exist_ok=True)  # images: the README's


setup(cmdclass={"build_py": WithAssets})
