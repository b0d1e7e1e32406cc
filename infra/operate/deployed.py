"""What a deployment makes of template.yaml: which parameters it is given, and which conditions then hold."""

import shlex
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.local.transform import Template, read

Parameters = Mapping[str, str]
"""Every parameter of the template by name, as CloudFormation takes it: as text."""


class ParameterError(Exception):
    """A parameter, or the place that it should come from, is not there; the message says what is."""


def parameters(template: Template, given: Mapping[str, str]) -> Parameters:
    """A template's defaults, and over them what is given.

    Raises:
        ParameterError: there is no such parameter, or it does not take such a value.
    """
    for name, value in given.items():
        declared = template["Parameters"].get(name)
        if declared is None:
            raise ParameterError(f"template.yaml has no parameter {name}; README.md lists them")
        allowed = [str(one) for one in declared.get("AllowedValues", (value,))]
        if value not in allowed:
            raise ParameterError(f"{name} is one of {', '.join(allowed)}")
        if declared["Type"] == "Number" and not value.isdecimal():
            raise ParameterError(f"{name} is a whole number")
    defaults = {name: str(declared.get("Default", "")) for name, declared in template["Parameters"].items()}
    return defaults | dict(given)


def overrides(samconfig: Path, environment: str) -> Mapping[str, str]:
    """What ``sam deploy --config-env`` gives of parameters.

    Raises:
        ParameterError: the file has no such environment.
    """
    document = tomllib.loads(samconfig.read_text(encoding="utf-8"))
    environments = [name for name, each in document.items() if isinstance(each, dict) and "deploy" in each]
    if environment not in environments:
        raise ParameterError(f"{samconfig.name} has the environments {', '.join(environments)}")
    words = document[environment]["deploy"]["parameters"].get("parameter_overrides", [])
    return settings(shlex.split(words) if isinstance(words, str) else words)


def settings(words: Sequence[str]) -> Mapping[str, str]:
    """``NAME=VALUE`` each.

    Raises:
        ParameterError: one is something else.
    """
    pairs = [word.partition("=") for word in words]
    if wrong := [name for name, equals, _ in pairs if not (name and equals)]:
        raise ParameterError(f"a parameter is given as NAME=VALUE, not as {wrong[0]!r}")
    return {name: value for name, _, value in pairs}


def resources(path: Path, given: Mapping[str, str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What a deployment makes of a template and of those that it nests: logical ids with their resources.

    Raises:
        infra.local.transform.TemplateError: a template can't be read.
        ParameterError: it has no such parameter.
    """
    template = read(path)
    deployment = Deployment(template.get("Conditions", {}), parameters(template, given))
    for logical_id, resource in template["Resources"].items():
        if "Condition" in resource and not deployment.holds(resource["Condition"]):
            continue
        yield logical_id, resource
        if resource["Type"] == "AWS::CloudFormation::Stack":
            told = resource["Properties"]["Parameters"]
            known = {name: value for name in told if (value := deployment.text(told[name])) is not None}
            yield from resources(path.parent / resource["Properties"]["TemplateURL"], known)


@dataclass(frozen=True, slots=True)
class Deployment:
    """A template's conditions, and the parameters that they ask.

    Attributes:
        conditions: as the template writes them, by name.
        parameters: every one that they name, as text.
    """

    conditions: Mapping[str, Mapping[str, Any]]
    parameters: Parameters

    def holds(self, condition: str) -> bool:
        """Whether it is true of these parameters.

        Raises:
            ValueError: it asks in a way that is not known here.
        """
        return self._true(self.conditions[condition])

    def text(self, value: Any) -> str | None:
        """What stands there, or None when only a deployment knows."""
        match value:
            case {"Ref": name}:
                return self.parameters.get(name)
            case {"Fn::If": [condition, yes, no]}:
                return self.text(yes if self.holds(condition) else no)
            case {"Fn::Select": [place, {"Ref": name}]}:
                return self.parameters[name].split(",")[int(place)]
            case str() | int():
                return str(value)
        return None

    def _true(self, asked: Mapping[str, Any]) -> bool:
        match asked:
            case {"Fn::Equals": [one, other]}:
                return self.text(one) == self.text(other)
            case {"Fn::Not": [one]}:
                return not self._true(one)
            case {"Fn::Or": several}:
                return any(map(self._true, several))
            case {"Fn::And": several}:
                return all(map(self._true, several))
            case {"Condition": name}:
                return self.holds(name)
        raise ValueError(f"a condition asks {', '.join(asked)}, which is not known here")
