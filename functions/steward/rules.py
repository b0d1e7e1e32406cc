"""The rules file: what a team wants Steward to do, checked before anything runs.

``parse`` turns TOML into ``Rules`` or raises ``RulesError`` with one line for every mistake: where it is, what is
wrong, and the nearest valid name. An unknown key is a mistake, because a misspelt option that is silently ignored is a
notice that silently never comes.
"""

import difflib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from steward.errors import RulesError
from steward.identifiers import normalise_id


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


Name = Annotated[str, Field(min_length=1, max_length=200)]
NotionId = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(normalise_id)]
Channel = Annotated[
    str,
    Field(pattern=r"^(#[^\s#@<>&]{1,80}|[CGDU][A-Z0-9]{5,20})$", description="#name, or a Slack id"),
]


ASSIGNEE, TITLE = "assignee", "title"
"""Roles that Steward itself knows the meaning of."""


class SlackRules(_Strict):
    """Where a Slack message goes when nothing nearer says so."""

    default_channel: Channel


class Properties(_Strict):
    """What the properties of a data source mean, each by its name or its property id."""

    title: Name = "title"
    assignee: Name | None = None
    status: Name | None = None

    @property
    def roles(self) -> dict[str, str]:
        """Role → name or id of its property."""
        return {role: str(name) for role, name in self.model_dump(exclude_none=True).items()}


class AssignmentRule(_Strict):
    """Tell a person that a task became theirs (A1)."""

    kind: Literal["assignment"]
    comment: bool = True
    slack: bool = True
    slack_channel: Channel | None = None

    @property
    def roles(self) -> frozenset[str]:
        """Roles of the properties that it watches or needs."""
        return frozenset({ASSIGNEE})


class DataSource(_Strict):
    """One Notion data source and what happens on its pages."""

    name: Name
    id: NotionId
    properties: Properties
    slack_channel: Channel | None = None
    automation: tuple[AssignmentRule, ...] = ()

    @property
    def watched(self) -> frozenset[str]:
        """Roles of the properties that any of its automations watches or needs."""
        return frozenset[str]().union(*(rule.roles for rule in self.automation))

    @model_validator(mode="after")
    def _automations_have_what_they_need(self) -> "DataSource":
        if self.automation and self.properties.assignee is None:
            message = 'the assignment automation needs properties.assignee, e.g. assignee = "Assignee"'
            raise ValueError(message)
        return self


class Rules(_Strict):
    """The whole file."""

    slack: SlackRules
    data_source: tuple[DataSource, ...]

    @model_validator(mode="after")
    def _sources_are_there_and_unique(self) -> "Rules":
        if not self.data_source:
            message = "data_source: name at least one Notion data source"
            raise ValueError(message)
        ids = [source.id for source in self.data_source]
        twice = sorted({i for i in ids if ids.count(i) > 1})
        if twice:
            raise ValueError(f"data_source.id stands more than once: {', '.join(twice)}")
        return self

    def source_of(self, *ids: str | None) -> DataSource | None:
        """The data source with one of these ids; a database id serves where only that is known."""
        return next((source for source in self.data_source if source.id in ids), None)

    def channel_for(self, source: DataSource, rule: AssignmentRule) -> str:
        """The nearest channel: the automation's, else the data source's, else the default."""
        return rule.slack_channel or source.slack_channel or self.slack.default_channel


def path_in(environ: Mapping[str, str]) -> Path:
    """Where a function finds its rules file: ``RULES_FILE``, relative to what was deployed unless it is absolute."""
    return Path(environ.get("LAMBDA_TASK_ROOT", ".")) / (environ.get("RULES_FILE") or "steward.toml")


def load(path: Path) -> Rules:
    """Read and check a rules file.

    Raises:
        RulesError: it can't be read or is wrong; the message has a line for each mistake.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RulesError(f"{path.name}: can't be read as UTF-8 text ({type(error).__name__})") from error
    return parse(text, path.name)


def parse(text: str, name: str = "steward.toml") -> Rules:
    """Check the text of a rules file.

    Raises:
        RulesError: as ``load``.
    """
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise RulesError(f"{name}: not TOML: {error}") from error
    try:
        return Rules.model_validate(document)
    except ValidationError as error:
        mistakes = [_mistake(detail) for detail in error.errors(include_url=False)]
        raise RulesError("\n".join(f"{name}: {line}" for line in mistakes)) from error


_MODELS: dict[str, type[BaseModel]] = {
    "": Rules,
    "slack": SlackRules,
    "data_source": DataSource,
    "properties": Properties,
    "automation": AssignmentRule,
}


def _mistake(detail: ErrorDetails) -> str:
    keys = list(detail["loc"])
    where = _path(keys)
    if detail["type"] == "extra_forbidden":
        parents = [key for key in keys[:-1] if isinstance(key, str)]
        known = list(_MODELS[parents[-1] if parents else ""].model_fields)
        near = difflib.get_close_matches(str(keys[-1]), known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known here: {', '.join(known)}"
        return f"{where}: unknown option; {hint}"
    if detail["type"] == "missing":
        return f"{where}: missing"
    message = detail["msg"].removeprefix("Value error, ")
    if detail["type"] == "string_pattern_mismatch":
        message = "write a channel as #name (lower case, no spaces) or as a Slack id such as C0123ABCD"
    return (
        f"{where}: {message} (found {detail['input']!r})"
        if isinstance(detail["input"], str)
        else f"{where}: {message}"
    )


def _path(keys: list[int | str]) -> str:
    path = ""
    for key in keys:
        path += f"[{key + 1}]" if isinstance(key, int) else f"{'.' if path else ''}{key}"
    return path or "file"
