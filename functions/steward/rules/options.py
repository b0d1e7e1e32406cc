"""What options there are: the models read as a map, for messages, documents and tests.

A place is a tuple of keys and of positions in lists, counted from 0, as pydantic gives them; a path is one in which only
the file's own keys stand.
"""

from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from steward.rules.document import Rules

Place = tuple[str | int, ...]
Model = type[BaseModel]


def keys_of(model: Model) -> dict[str, Any]:
    """A table's keys as the file spells them → the type of each."""
    return {field.alias or name: field.annotation for name, field in model.model_fields.items()}


def options(model: Model = Rules) -> Iterator[str]:
    """Every option, e.g. ``slack.default_channel``, ``data_source.automation.status.escalate.to``."""
    for key, annotation in keys_of(model).items():
        yield key
        inner = _models(annotation)
        for one in inner:
            prefix = f"{key}.{kind_of(one)}" if len(inner) > 1 else key
            yield from (f"{prefix}.{option}" for option in options(one))


def kinds() -> dict[str, Model]:
    """The kinds of automation."""
    return {kind_of(model): model for model in _models(_automations())}


def kind_of(model: Model) -> str:
    """The kind that an automation's model is for."""
    return str(get_args(model.model_fields["kind"].annotation)[0])


def locate(place: Place) -> tuple[Place, tuple[str, ...] | None]:
    """A place as the file writes it, without the kinds that pydantic puts in.

    Returns:
        the place, and the keys that are known beside the last one, or None where any may stand.
    """
    models: tuple[Model, ...] = (Rules,)
    found: list[str | int] = []
    known: tuple[str, ...] | None = None
    for key in place:
        if key == "[key]":  # pydantic means the key itself that it named before
            continue
        if isinstance(key, int):
            found.append(key)
            continue
        if len(models) > 1:  # a union: pydantic says here which one it took
            models = tuple(model for model in models if kind_of(model) == key)
            continue
        keys = keys_of(models[0]) if models else {}
        known = tuple(keys) if models else None
        models = _models(keys.get(key))
        found.append(key)
    return tuple(found), known


def _automations() -> Any:
    source = _models(keys_of(Rules)["data_source"])[0]
    return keys_of(source)["automation"]


def _models(annotation: Any) -> tuple[Model, ...]:
    """The tables that a type may hold, through lists, unions and metadata."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return (annotation,)
    if get_origin(annotation) in (Annotated, tuple, Union, UnionType):
        return tuple(model for part in get_args(annotation) for model in _models(part))
    return ()
