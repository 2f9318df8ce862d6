"""Every concept as an endpoint for gradio_client, under its slug: parameters in, final metrics and the run's address out."""

import logging
from inspect import Parameter, Signature
from typing import Any

import gradio as gr
from gradio_client.utils import json_schema_to_python_type

from playground.concept import Concept, load, slugs
from playground.fields import Field, fields
from playground.lesson import load as load_lesson
from playground.params import Flaw, Refused
from playground.runs.engine import RunFailed
from playground.runs.service import Busy, Service
from playground.web.answers import below
from playground.words import sentence, words

log = logging.getLogger(__name__)
SAID = ("type", "enum", "default", "minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf", "maxLength")


class Documented(gr.Blocks):
    """Blocks whose endpoints say what their parameters mean, in one language: gr.api knows types and defaults only.

    It is said to whoever asks for all endpoints (GET …/gradio_api/info, as gradio_client does), and not in the pages' own HTML.
    """

    def __init__(self, lang: str, **rest: Any):
        super().__init__(**rest)
        self.lang = lang

    def get_api_info(self, all_endpoints: bool = False, page: str | None = None) -> Any:
        info = super().get_api_info(all_endpoints, page)
        for slug in slugs() if page is None else ():
            if told := info["named_endpoints"].get(f"/{slug}"):
                _document(told, load(slug), self.lang)  # type: ignore[arg-type]
        return info


def endpoint(concept: Concept, service: Service, lang: str) -> None:
    """Declare the endpoint inside the open Blocks. Its signature is the fields of Params; what is wrong comes as gr.Error."""
    fields = concept.params.model_fields

    async def answer(request: gr.Request, *values: Any) -> dict:
        try:
            params = concept.params.checked(dict(zip(fields, values, strict=True)))
            result = await service.result(concept.slug, params)
            return result | {"url": below(request.request.scope if request.request else {}, result["url"])}
        except Refused as refused:
            flaws = refused.flaws
        except Busy as error:
            flaws = (error.flaw,)
        except RunFailed as failed:
            flaws = (Flaw("", failed.code),)
        except Exception:
            log.exception("a call of %s was not answered", concept.slug)
            flaws = (Flaw("", "broken"),)
        raise gr.Error(" ".join(f"{flaw.field} {sentence(lang, flaw)}".strip() for flaw in flaws), print_exception=False)

    kinds = {"request": gr.Request} | {name: field.annotation for name, field in fields.items()}
    defaults = {"request": Parameter.empty} | {name: field.default for name, field in fields.items()}
    parameters = [Parameter(name, Parameter.POSITIONAL_OR_KEYWORD, default=defaults[name], annotation=kinds[name]) for name in kinds]
    answer.__signature__ = Signature(parameters, return_annotation=dict)  # type: ignore[attr-defined]
    answer.__annotations__ = {**kinds, "return": dict}
    gr.api(answer, api_name=concept.slug, api_description=load_lesson(concept.slug, lang).summary, concurrency_limit=None)


def _document(endpoint: dict[str, Any], concept: Concept, lang: str) -> None:
    """Label, meaning and limits of each parameter, from lesson and Params; what a choice may be, as the host allows it."""
    told = fields(concept, lang)
    for parameter in endpoint["parameters"]:
        field = told[parameter["parameter_name"]]
        schema = {key: field.schema[key] for key in SAID if key in field.schema}
        said = {"type": json_schema_to_python_type(schema), "description": _meaning(field)}
        parameter |= {"label": field.label, "type": schema, "python_type": said}
    for result in endpoint["returns"]:
        result["label"] = words(lang)["api"]["result"]
        result["python_type"]["description"] = words(lang)["api"]["metrics"]


def _meaning(field: Field) -> str:
    return " · ".join(filter(None, (field.caption, field.limits)))
