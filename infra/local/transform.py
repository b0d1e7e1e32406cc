"""template.yaml → plain CloudFormation, by SAM's own macro, offline."""

import logging
from collections.abc import Mapping
from copy import deepcopy
from functools import lru_cache
from pathlib import Path
from typing import Any

import boto3
from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

Template = dict[str, Any]


class TemplateError(Exception):
    """The template can't be transformed; the message holds every cause."""


def read(path: Path) -> Template:
    """The template as SAM reads it.

    Raises:
        TemplateError: it is not YAML.
    """
    try:
        # A copy, because who transforms a template changes it in place.
        return deepcopy(_parsed(path.read_text()))
    except Exception as error:  # the parser's own error types are not public
        raise TemplateError(f"{path.name}: {error}") from error


@lru_cache(maxsize=16)
def _parsed(text: str) -> Template:
    """A text is parsed once: it takes a quarter of a second, and a bill with all its variants asks eighty times."""
    template: Template = yaml_parse(text)
    return template


def to_cloudformation(source: Template, code: Mapping[str, str], layers: str, region: str) -> Template:
    """What the macro makes of a template.

    Args:
        source: as ``read`` gives it; changed in place.
        code: S3 address of each function's code, by logical id; the macro takes no local paths.
        layers: S3 address that stands for the content of every layer.
        region: any; the macro wants one.

    Raises:
        TemplateError: the macro refuses it.
    """
    for logical_id, resource in source["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Function":
            resource.setdefault("Properties", {})["CodeUri"] = code[logical_id]
        if resource["Type"] == "AWS::Serverless::LayerVersion":
            resource["Properties"]["ContentUri"] = layers
    logging.getLogger("samtranslator").setLevel(logging.ERROR)
    translator = Translator(
        managed_policy_map={}, sam_parser=Parser(), boto_session=boto3.Session(region_name=region)
    )
    try:
        plain: Template = translator.translate(source, parameter_values={})
    except InvalidDocumentException as error:
        causes = "\n".join(str(cause.message) for cause in error.causes)
        raise TemplateError(f"template.yaml:\n{causes}") from error
    return plain


def functions_of(source: Template) -> list[str]:
    """Logical ids of the functions."""
    return [k for k, r in source["Resources"].items() if r["Type"] == "AWS::Serverless::Function"]
