"""The page's curves, drawn in a notebook by Plotly."""

from collections.abc import Mapping
from typing import Any

from playground.notebook.parcel import pin
from playground.notebook.taken import Taken, literal
from playground.scene import Chart

DRAW = """\
import plotly.graph_objects as go

charts = [
{charts}]
for chart in charts:
    figure = go.Figure(layout={{"title": chart["title"], "height": 320, "template": "plotly_white", "showlegend": True}})
    figure.update_xaxes(title=chart["axis"], type=chart["x_type"])
    figure.update_yaxes(type=chart["y_type"], exponentformat="power")
    for name, (label, dash) in chart["curves"].items():
        seen = [frame for frame in frames if frame.phase in chart["phases"] and name in frame.metrics]
        x = [frame.step if chart["x"] == "step" else frame.metrics[chart["x"]] for frame in seen]
        figure.add_scatter(x=x, y=[frame.metrics[name] for frame in seen], name=label, line={{"dash": dash}})
    figure.show()
"""
CHART = """\
    {{
        "title": {title},
        "phases": {phases},
        "x": {x},
        "axis": {axis},
        "x_type": {x_type},
        "y_type": {y_type},
        "curves": {{
{curves}        }},
    }},
"""
TYPES = ("linear", "log")


def curves(run: Taken) -> list[str]:
    """Two cells: Plotly, which the mathematics doesn't need, and every chart of curves that the page has. None for a page without."""
    charts = [chart for chart in run.concept.scene(run.params).charts if chart.kind == "curves"]
    written = "".join(_written(chart, run.lesson.labels) for chart in charts)
    return [f"%pip install -q {pin('plotly')}", DRAW.format(charts=written)] if charts else []


def _written(chart: Chart, labels: Mapping[str, Any]) -> str:
    """A chart as Python."""
    metrics = labels["metrics"]
    curves = {series.metric: (metrics[series.metric], "dot" if series.reference else "solid") for series in chart.series}
    told = {"title": labels["charts"][chart.key], "x": chart.x, "axis": metrics[chart.x]}
    told |= {"x_type": TYPES[chart.log_x], "y_type": TYPES[chart.log]}
    return CHART.format(
        **{name: literal(value) for name, value in told.items()},
        phases=f"[{', '.join(map(literal, chart.phases))}]",
        curves="".join(f"            {literal(name)}: ({literal(label)}, {literal(dash)}),\n" for name, (label, dash) in curves.items()),
    )
