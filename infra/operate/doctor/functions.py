"""Whether the processor is configured as the stack's parameters say: somebody may have changed it by hand."""

from collections.abc import Iterator, Mapping, Sequence

from infra.operate.doctor.line import Line, fault, ok, unchecked, warning
from infra.operate.doctor.stack import Stack

NAME = "functions"

DEPLOY = "deploy the stack's template again"

VARIABLES = {
    "LANES": "Lanes",
    "SWEEP_MINUTES": "SweepMinutes",
    "RULES_FILE": "RulesFile",
    "NOTION_API_URL": "NotionApiUrl",
    "NOTION_VERSION": "NotionVersion",
    "SLACK_API_URL": "SlackApiUrl",
    "REQUESTS_PER_MINUTE": "RequestsPerMinute",
    "PROBES_PER_MINUTE": "ProbesPerMinute",
    "WHEN_UNSURE": "WhenUnsure",
    "JOURNAL_DAYS": "JournalDays",
}
"""The processor's environment variable → the parameter that it is made of."""


def look(stack: Stack) -> Sequence[Line]:
    """Ask Lambda."""
    name, client = stack.target.output("ProcessorName"), stack.client("lambda")
    reserved = client.get_function_concurrency(FunctionName=name).get("ReservedConcurrentExecutions")
    parameters = {p: stack.target.parameter(p, "") for p in VARIABLES.values()}
    return [
        *judged(stack.variables, parameters),
        concurrency(reserved, parameters["Lanes"], local=stack.target.is_local),
    ]


def judged(variables: Mapping[str, str], parameters: Mapping[str, str]) -> Iterator[Line]:
    """Whether the variables are what the parameters say. Pure."""
    other = [
        variable
        for variable, parameter in VARIABLES.items()
        if parameters.get(parameter) and variables.get(variable) != parameters[parameter]
    ]
    if other:
        yield warning(NAME, f"the processor's {', '.join(other)} differ from the stack's parameters", DEPLOY)
    else:
        yield ok(NAME, "the processor has the stack's parameters")


def concurrency(reserved: int | None, lanes: str, *, local: bool) -> Line:
    """Whether the processor's reserved concurrency is the number of lanes. Pure."""
    if reserved is None and local:
        return unchecked(NAME, "the local AWS does not tell the reserved concurrency")
    if reserved is None:
        return fault(NAME, f"the processor has no reserved concurrency; it should be {lanes}", DEPLOY)
    if str(reserved) == (lanes or "1"):
        return ok(NAME, f"reserved concurrency {reserved}, as many as lanes")
    why = "nothing is worked" if reserved == 0 else "events spend receives, or lanes wait"
    return fault(NAME, f"reserved concurrency {reserved}, and {lanes} lanes: {why}", DEPLOY)
