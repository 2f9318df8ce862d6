"""A run to take home: as a Jupyter notebook and as a script, which hold all it needs, compute the same numbers, and compare them."""

from playground.notebook.ipynb import notebook
from playground.notebook.script import script
from playground.notebook.taken import Taken

__all__ = ["Taken", "notebook", "script"]
