"""CloudFormation's functions, as far as the template's policies use them; one that is not known here is an error."""

import re
from typing import Any, Protocol


class Values(Protocol):
    """What a template's names stand for."""

    def ref(self, name: str) -> str | None:
        """What ``Ref`` gives for a parameter, a pseudo parameter or a resource; None for ``AWS::NoValue``."""

    def arn(self, logical_id: str) -> str:
        """The ARN of a resource."""

    def holds(self, condition: str) -> bool:
        """Whether a condition of the template is true."""


def filled_in(value: Any, values: Values) -> Any:
    """A value of the template as CloudFormation would fill it in; None for what is left out.

    Raises:
        ValueError: a function, or an attribute, that is not known here.
    """
    if isinstance(value, list):
        return [one for item in value if (one := filled_in(item, values)) is not None]
    if not isinstance(value, dict):
        return value
    if len(value) == 1 and next(iter(value)).startswith(("Ref", "Fn::")):
        return _called(value, values)
    filled = {key: filled_in(item, values) for key, item in value.items()}
    return {key: item for key, item in filled.items() if item is not None}


def _called(function: dict[str, Any], values: Values) -> Any:
    result: Any
    match function:
        case {"Ref": name}:
            result = values.ref(name)
        case {"Fn::GetAtt": [name, "Arn"]}:
            result = values.arn(name)
        case {"Fn::Sub": str(text)}:
            result = _substituted(text, {}, values)
        case {"Fn::Sub": [text, names]}:
            result = _substituted(text, filled_in(names, values), values)
        case {"Fn::If": [condition, yes, no]}:
            result = filled_in(yes if values.holds(condition) else no, values)
        case {"Fn::Select": [place, several]}:
            result = filled_in(several, values)[int(place)]
        case {"Fn::Split": [by, text]}:
            result = str(filled_in(text, values)).split(by)
        case _:
            raise ValueError(f"not known here: {function}")
    return result


def _substituted(text: str, names: dict[str, str], values: Values) -> str:
    def stands_for(found: re.Match[str]) -> str:
        name, _, attribute = found[1].partition(".")
        if attribute not in ("", "Arn"):
            raise ValueError(f"not known here: {found[0]}")
        return values.arn(name) if attribute else names.get(name) or str(values.ref(name))

    return re.sub(r"\$\{([^}]+)\}", stands_for, text)
