"""Every concept as an endpoint for gradio_client, under its slug: parameters in, final metrics and the run's address out."""

from inspect import Parameter, Signature
from typing import Any

import gradio as gr

from playground.concept import Concept
from playground.params import Flaw, Refused
from playground.runs.engine import RunFailed
from playground.runs.service import Busy, Service
from playground.words import sentence


def endpoint(concept: Concept, service: Service, lang: str) -> None:
    """Declare the endpoint inside the open Blocks. Its signature is the fields of Params; what is wrong comes as gr.Error."""
    fields = concept.params.model_fields

    async def answer(*values: Any) -> dict:
        try:
            params = concept.params.checked(dict(zip(fields, values, strict=True)))
            return await service.result(concept.slug, params)
        except Refused as refused:
            flaws = refused.flaws
        except Busy:
            flaws = (Flaw("", "too_busy"),)
        except RunFailed as failed:
            flaws = (Flaw("", failed.code),)
        raise gr.Error(" ".join(f"{flaw.field} {sentence(lang, flaw)}".strip() for flaw in flaws), print_exception=False)

    kinds = {name: field.annotation for name, field in fields.items()}
    parameters = [Parameter(name, Parameter.POSITIONAL_OR_KEYWORD, default=fields[name].default, annotation=kinds[name]) for name in fields]
    answer.__signature__ = Signature(parameters, return_annotation=dict)  # type: ignore[attr-defined]
    answer.__annotations__ = {**kinds, "return": dict}
    gr.api(answer, api_name=concept.slug, api_description=concept.params.__doc__, concurrency_limit=None)
