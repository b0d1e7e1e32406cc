"""The scenarios of ``make run``: what each automation sends, seen and not claimed.

The first three are played with any rules that watch the demo's tasks; those of the automations need ``RULES``, and that
Notion and Slack are simulated.
"""

from collections.abc import Callable
from pathlib import Path

from infra.local.demo import (
    assignment,
    creation,
    deadline,
    digest,
    door,
    lifecycle,
    mirror,
    schema,
    status,
    sync,
)
from infra.local.demo.next_steps import what_next
from infra.local.demo.seed import DUE_TASK, TASK, seed, seed_partner
from infra.local.demo.stage import Stage
from infra.local.demo.story import DemoFailure, Story
from infra.local.simulators.notion import Demo
from infra.local.simulators.notion.demo import TASKS_DATA_SOURCE
from infra.local.stack import LocalStack

__all__ = ["RULES", "DemoFailure", "play", "what_next"]

RULES = Path(__file__).with_name("rules.toml")
"""The rules that the scenarios are written for."""

NO_EVENT = b'{"type":"page.created"}'

SCENARIOS: tuple[Callable[[Stage], None], ...] = (
    lambda stage: status.play(stage, stage.demo.tasks[TASK], TASK),
    creation.play,
    lambda stage: deadline.play(stage, stage.demo.tasks[DUE_TASK], DUE_TASK),
    lambda stage: lifecycle.play(stage, stage.demo.tasks[TASK], TASK),
    sync.play,
    schema.play,
    lambda stage: digest.play(stage, [stage.demo.tasks[title] for title in digest.MANY]),
    lambda stage: mirror.play(stage, stage.demo.tasks[digest.MANY[0]], digest.MANY[0]),
)
"""One for each automation besides the assignment, in the order in which they are played: each begins where the one before
it left the workspace. A further automation's scenario is a further line here and a module of its own."""


def play(stack: LocalStack) -> None:
    """Play the scenarios against a stack that is up, as far as Notion and Slack are simulated.

    Raises:
        DemoFailure: something was not seen in time, or was seen twice.
    """
    story = Story()
    telling = assignment.telling_of(stack)
    if stack.notion is None:
        story.head("Notion is not simulated here, so nobody can be assigned: only the door is shown")
        door.forged(stack, story, NO_EVENT)
    elif telling is None:
        story.head(f"The rules do not watch the demo's tasks ({TASKS_DATA_SOURCE}): only the door is shown")
        door.forged(stack, story, NO_EVENT)
    else:
        demo = seed(stack.notion)
        body = assignment.play(stack, story, stack.notion, telling, demo)
        story.chapter("Somebody forges a delivery")
        door.forged(stack, story, body)
        _automations(stack, story, demo)


def _automations(stack: LocalStack, story: Story, demo: Demo) -> None:
    if stack.rules_file != RULES.resolve():
        story.head("The rules are your own: the scenarios of the other automations need the demo's")
    elif stack.notion is None or stack.slack is None:
        story.head("Slack is not simulated here: the scenarios of the other automations need it")
    else:
        stack.slack.add_channel("urgent")
        partner = stack.further["partner"]
        seed_partner(partner)
        stage = Stage(stack, story, stack.notion, partner, stack.slack, demo)
        for scenario in SCENARIOS:
            scenario(stage)
