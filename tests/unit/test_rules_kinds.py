"""What each part of the rules file may say, what it means when it says nothing, and what it may not say."""

from datetime import date, time

import pytest

from steward.errors import RulesError
from steward.rules import (
    AssignmentRule,
    DeadlineRule,
    LifecycleRule,
    OnCreationRule,
    Rules,
    StatusRule,
    SyncRule,
    parse,
)
from tests.unit.rules_text import OTHERS, rules, source

OTHER_SIDE = source(name="Theirs", at=OTHERS, roles='status = "State"')


def mistakes(text: str) -> list[str]:
    with pytest.raises(RulesError) as caught:
        parse(text)
    return str(caught.value).splitlines()


def first(found: Rules) -> object:
    return found.data_source[0].automation[0]


@pytest.mark.req("A1", "A2", "A3", "A4", "A5", "A6", "A10")
@pytest.mark.parametrize(
    ("automation", "expected"),
    [
        (
            '{ kind = "assignment" }',
            {
                "comment": True,
                "slack": True,
                "direct": False,
                "email": False,
                "removed": False,
                "urgent": False,
            },
        ),
        (
            '{ kind = "status" }',
            {"from_": (), "to": (), "comment": False, "mention": True, "slack": True, "escalate": None},
        ),
        ('{ kind = "lifecycle", on = ["created"] }', {"slack": True, "where": {}, "parent": (), "watch": ()}),
        ('{ kind = "on_creation", welcome = [{ text = "Hi" }] }', {"assign": None, "categorise": ()}),
        (
            '{ kind = "deadline" }',
            {"at": time(9), "days_before": 1, "working_days_only": True, "done": ("Done",), "comment": True},
        ),
        ('{ kind = "schema" }', {"slack": True, "slack_channel": None}),
    ],
)
def test_an_automation_that_says_nothing_has_these_defaults(
    automation: str, expected: dict[str, object]
) -> None:
    rule = first(parse(rules(automation)))

    assert {name: getattr(rule, name) for name in expected} == expected


@pytest.mark.req("A2")
def test_an_escalation_is_urgent_and_direct_unless_it_says_otherwise() -> None:
    rule = first(
        parse(rules('{ kind = "status", to = ["Blocked"], escalate = { to = "Lead@example.com" } }'))
    )

    assert isinstance(rule, StatusRule)
    assert rule.escalate
    assert (rule.escalate.to, rule.escalate.urgent, rule.escalate.direct) == (
        ("Lead@example.com",),
        True,
        True,
    )


@pytest.mark.req("A3", "A4", "A5", "A6")
def test_what_the_automations_say_is_read() -> None:
    text = rules(
        '{ kind = "lifecycle", on = ["updated"], watch = ["priority"], where = { priority = "High" } },'
        '{ kind = "on_creation", assign = { by = "priority", people = { High = "a@b.de" } },'
        ' categorise = [{ title = "^bug", set = { priority = "High" } }] },'
        '{ kind = "deadline", at = 08:30:00, overdue = { channel = 0 } },'
        '{ kind = "sync", data_source = "Theirs", link = "other", options = { Doing = "Busy" } }',
        end=OTHER_SIDE,
    )
    tasks = parse(text).data_source[0]

    assert tasks.of_kind(LifecycleRule)[0].where == {"priority": ("High",)}
    creation = tasks.of_kind(OnCreationRule)[0]
    assert creation.assign
    assert creation.assign.people == {"High": ("a@b.de",)}
    assert creation.categorise[0].values == {"priority": ("High",)}
    deadline = tasks.of_kind(DeadlineRule)[0]
    assert (deadline.at, deadline.overdue.channel, deadline.overdue.lead) == (time(8, 30), 0, 3)
    assert tasks.of_kind(SyncRule)[0].options == {"Doing": "Busy"}
    assert tasks.of_kind(AssignmentRule) == ()


def test_an_automations_id_depends_on_nothing_but_itself() -> None:
    alone = parse(rules('{ kind = "assignment" }')).data_source[0]
    more = parse(
        rules('{ kind = "status", name = "blocked" }, { kind = "status" }, { kind = "assignment" }')
    ).data_source[0]

    assert [alone.rule_id(rule) for rule in alone.automation] == ["Tasks/assignment"]
    assert [more.rule_id(rule) for rule in more.automation] == [
        "Tasks/status:blocked",
        "Tasks/status",
        "Tasks/assignment",
    ]


@pytest.mark.req("A10")
def test_every_data_source_is_watched_for_changes_of_its_schema_unless_it_says_otherwise() -> None:
    assert parse(rules()).data_source[0].schema_watch.slack is True
    assert parse(rules('{ kind = "schema", slack = false }')).data_source[0].schema_watch.slack is False


def test_the_nearest_setting_wins() -> None:
    top = (
        'lead = "top@example.com"\nholidays = [2026-12-25]\nquiet_hours = { from = "20:00", to = "07:00" }\n'
    )
    found = parse(
        rules(
            '{ kind = "assignment", slack_channel = "#own" }, { kind = "status" }',
            top=top,
            more='slack_channel = "#tasks"\nholidays = []\nlead = "near@example.com"\ntime_zone = "Asia/Tokyo"',
            end=OTHER_SIDE,
        )
    )
    tasks, theirs = found.data_source

    assert [found.channel_for(tasks, rule) for rule in tasks.automation] == ["#own", "#tasks"]
    assert (found.lead_for(tasks), found.lead_for(theirs)) == ("near@example.com", "top@example.com")
    near, far = found.calendar_for(tasks), found.calendar_for(theirs)
    assert (near.zone.key, far.zone.key) == ("Asia/Tokyo", "UTC")
    assert (near.holidays, far.holidays) == (frozenset(), frozenset({date(2026, 12, 25)}))
    assert near.quiet_hours is not None
    assert near.quiet_hours == far.quiet_hours


def test_many_become_one_message_as_before_unless_the_file_says_otherwise() -> None:
    assert (parse(rules()).digest.notices, parse(rules()).digest.window_seconds) == (4, 45)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            rules(top='time_zone = "Europe/Berln"'),
            "line 1: time_zone: unknown time zone; did you mean 'Europe/Berlin'",
        ),
        (rules(top='time_zone = "../etc"'), "time_zone: unknown time zone"),
        (rules(top='working_days = ["tues"]'), "working_days[1]: unknown value 'tues'; did you mean 'tue'?"),
        (rules(top="working_days = []"), "working_days: should name at least one"),
        (rules(top='holidays = ["25.12.2026"]'), "holidays[1]: write a day as 2026-12-25"),
        (rules(top="holidays = [2026-12-25T10:00:00]"), "holidays[1]: write a day as 2026-12-25"),
        (
            rules(top='quiet_hours = { from = "8pm", to = "07:00" }'),
            'quiet_hours.from: write a time of day as "09:00"',
        ),
        (rules(top='quiet_hours = { from = "07:00" }'), "line 1: quiet_hours.to: missing"),
        (
            rules(top='quiet_hours = { from = "07:00", to = "07:00" }'),
            "quiet_hours: from and to are the same",
        ),
        (
            rules(more='quiet_hours = { from = "7:00", to = "07:00" }'),
            "data_source[1].quiet_hours.from: write a time",
        ),
        (rules(top='lead = "Ann"'), "lead: write a person as their Notion user id or their e-mail address"),
        (rules(top="[digest]\nnotices = 1"), "digest.notices: Input should be greater than or equal to 2"),
        (rules(top='[digest]\nnotices = "4"'), "digest.notices: should be a whole number"),
        (rules(end='[email]\nsender = "Steward"'), "email.sender: write an e-mail address"),
        (rules(end='[email]\nreply_to = "a@b.de"'), "email.sender: missing"),
        (
            rules(end='[[connection]]\nname = "main"'),
            "connection[1].name: 'main' is the connection that is always",
        ),
        (
            rules(end='[[connection]]\nname = "a"\n[[connection]]\nname = "a"'),
            "connection[2].name: stands more than",
        ),
        (
            rules(more='connection = "partnr"', end='[[connection]]\nname = "partner"'),
            "line 8: data_source[1].connection: unknown connection 'partnr'; did you mean 'partner'?",
        ),
        (
            rules(more='slack_channel = "#taks"').replace(
                '"#team"', '"#team"\nchannels = ["#team", "#tasks"]'
            ),
            "data_source[1].slack_channel: unknown channel '#taks'; did you mean '#tasks' or '#team'?",
        ),
        (
            rules('{ kind = "deadline", overdue = { slack_channel = "#temas" } }').replace(
                '"#team"', '"#team"\nchannels = ["#team"]'
            ),
            "automation[1].overdue.slack_channel: unknown channel '#temas'; did you mean '#team'?",
        ),
        (rules() + source(at=OTHERS), "data_source[2].name: stands more than once: 'Tasks'"),
        (
            rules(roles='asignee = "A"'),
            "data_source[1].properties.asignee: a role that no automation uses; did you mean",
        ),
        (rules(roles='"My role" = "A"'), "properties.My role: write a role in lower-case letters"),
        (
            rules().replace("[[data_source]]", "[data_source]"),
            "data_source: may stand several times: write [[data_source]]",
        ),
        (rules("{ slack = true }"), "automation[1].kind: missing; known here: assignment, status, lifecycle"),
        (rules('{ kind = "sttus" }'), "automation[1].kind: unknown kind 'sttus'; did you mean 'status'?"),
        (
            rules('{ kind = "status", form = ["A"] }'),
            "automation[1].form: unknown option; did you mean 'from'?",
        ),
        (
            rules('{ kind = "status", escalate = { too = [] } }'),
            "escalate.too: unknown option; did you mean 'to'?",
        ),
        (rules("3"), "automation[1]: should be a table"),
    ],
)
def test_a_wrong_value_or_name_is_told_with_what_to_write(text: str, expected: str) -> None:
    assert expected in "\n".join(mistakes(text))


@pytest.mark.parametrize(
    ("automation", "expected"),
    [
        ('{ kind = "status" }, { kind = "status" }', "automation[2].name: another automation is called Tasks/status, too"),
        ('{ kind = "schema" }, { kind = "schema", name = "two" }', "automation[2]: a data source has one schema watch"),
        ('{ kind = "assignment", email = true }', "automation[1].email: needs [email] with a sender"),
        (
            '{ kind = "status", to = ["A"], escalate = { email = true } }',
            "automation[1].escalate.email: needs [email] with a sender",
        ),
        ('{ kind = "status", escalate = { to = "a@b.de" } }', "escalate: say which statuses escalate"),
        ('{ kind = "status", from = ["A"], to = ["A"] }', "from: a status does not change from 'A' to itself"),
        ('{ kind = "status", where = { prioriti = "High" } }', "where.prioriti: no property has the role 'prioriti'; did you mean 'priority'?"),
        ('{ kind = "lifecycle", on = [] }', "on: should name at least one"),
        ('{ kind = "lifecycle", on = ["create"] }', "on[1]: unknown value 'create'; did you mean 'created'?"),
        ('{ kind = "lifecycle", on = ["updated"] }', 'on: "updated" needs watch'),
        ('{ kind = "lifecycle", on = ["created"], watch = ["status"] }', 'watch: has no meaning without "updated"'),
        ('{ kind = "lifecycle", on = ["updated"], watch = ["area"] }', "watch[1]: no property has the role 'area'"),
        ('{ kind = "on_creation" }', "automation[1]: does nothing; say what"),
        ('{ kind = "on_creation", assign = {} }', "assign: assigns nobody"),
        ('{ kind = "on_creation", assign = { people = { A = "a@b.de" } } }', "assign: people needs by"),
        ('{ kind = "on_creation", assign = { by = "status", round_robin = "a@b.de" } }', "assign.by: has no meaning without"),
        ('{ kind = "on_creation", assign = { round_robin = ["Ann"] } }', "assign.round_robin[1]: write a person as"),
        ('{ kind = "on_creation", categorise = [{ set = { assignee = "Ann" } }] }', "set.assignee: sets only selects"),
        ('{ kind = "on_creation", categorise = [{ set = {} }] }', "categorise[1].set: should name at least one"),
        ('{ kind = "on_creation", welcome = [{ title = "(", text = "Hi" }] }', "title: not a regular expression"),
        ('{ kind = "on_creation", welcome = [{ title = "(a+)+", text = "Hi" }] }', "title: a title could keep this pattern busy"),
        ('{ kind = "deadline", at = "25:00" }', 'at: write a time of day as "09:00"'),
        ('{ kind = "deadline", days_before = -1 }', "days_before: Input should be greater than or equal to 0"),
        ('{ kind = "deadline", days_before = "1" }', "days_before: should be a whole number"),
        ('{ kind = "deadline", overdue = { lead = 2 } }', "overdue.lead: no lead is named"),
        ('{ kind = "deadline", overdue = { assignee = 9 } }', "overdue: the lead is told after the assignee"),
        ('{ kind = "sync", data_source = "Thiers", link = "other" }', "data_source: unknown data source 'Thiers'; did you mean 'Theirs'?"),
        ('{ kind = "sync", data_source = "Tasks", link = "other" }', "data_source: is this data source itself"),
        ('{ kind = "sync", data_source = "Theirs", link = "othr" }', "link: no property has the role 'othr'; did you mean 'other'?"),
        (
            '{ kind = "sync", data_source = "Theirs", link = "other", options = { A = "X", B = "X" } }',
            "options.B: 'A' leads to 'X', too",
        ),
        ('{ kind = "mirror", options = { A = "X", B = "X" } }', "options.B: 'A' leads to 'X', too"),
        ('{ kind = "mirror", columns = [{ name = "synced", role = "due", type = "date" }] }', "every row has a column 'synced' of its own"),
        ('{ kind = "mirror", columns = [{ name = "Due", role = "due", type = "date" }] }', "columns[1].name: write a column as lower-case"),
        ('{ kind = "mirror", columns = [{ name = "due_on", role = "due", type = "money" }] }', "columns[1].type: "),
        ('{ kind = "mirror", columns = [{ name = "a", role = "due", type = "date" }, { name = "a", role = "priority", type = "text" }] }', "there is a column 'a' already"),
        ('{ kind = "mirror", columns = [{ name = "a", role = "status", type = "text" }] }', "the role 'status' has a column already"),
        ('{ kind = "mirror" }, { kind = "mirror", name = "b" }', "this data source has a mirror already"),
    ],
)  # fmt: skip  # one case a line
def test_an_automation_that_can_not_work_is_refused_with_what_to_do(automation: str, expected: str) -> None:
    found = mistakes(rules(automation, end=OTHER_SIDE))

    assert [line for line in found if expected in line], found
    assert len(found) == 1


@pytest.mark.parametrize(
    ("roles", "automation", "expected"),
    [
        ('status = "S"', '{ kind = "assignment" }', 'needs properties.assignee, e.g. assignee = "Assignee"'),
        ('asignee = "A"', '{ kind = "assignment" }', "did you mean it by 'asignee'?"),
        ('assignee = "A"', '{ kind = "status" }', "needs properties.status"),
        ('status = "S"', '{ kind = "status", comment = true }', "needs properties.assignee, e.g. assignee = \"Assignee\", or mention = false"),
        ('status = "S"', '{ kind = "status", direct = true }', "or direct = false"),
        ('assignee = "A"', '{ kind = "deadline" }', "needs properties.due"),
        ('due = "D"', '{ kind = "deadline" }', "needs properties.assignee"),
        ('due = "D", assignee = "A"', '{ kind = "deadline", done = ["Done"] }', "needs properties.status"),
        ('status = "S"', '{ kind = "on_creation", assign = { round_robin = "a@b.de" } }', "needs properties.assignee"),
    ],
)  # fmt: skip  # one case a line
def test_an_automation_whose_role_is_not_mapped_is_refused_with_what_to_add(
    roles: str, automation: str, expected: str
) -> None:
    assert expected in "\n".join(mistakes(rules(automation, roles=roles)))


def test_an_automation_that_needs_no_more_than_is_mapped_is_fine() -> None:
    parse(rules('{ kind = "status", comment = true, mention = false }', roles='status = "S"'))
    parse(rules('{ kind = "deadline" }', roles='due = "D", assignee = "A"'))
    assert parse(rules(roles='budget = "Budget"')).data_source[0].properties.of("budget") == "Budget"


@pytest.mark.req("A6")
def test_two_sides_that_both_sync_are_refused_because_one_sync_works_both_ways() -> None:
    back = source(
        '{ kind = "sync", data_source = "Tasks", link = "other" }',
        name="Theirs",
        at=OTHERS,
    )
    found = mistakes(rules('{ kind = "sync", data_source = "Theirs", link = "other" }', end=back))

    assert len(found) == 1
    assert "data_source[2].automation[1].data_source: 'Tasks' keeps itself in step" in found[0]


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file_and_only_once() -> None:
    text = (
        'time_zone = "Mars"\n[slack]\nchannel = "#team"\n'
        '[[data_source]]\nname = "Tasks"\nproperties = { assignee = 7, status = "Status" }\n'
        'connection = "partnr"\nautomation = [\n  { kind = "assignment" },\n  { kind = "status", email = true },\n]\n'
    )
    places = [line.removeprefix("steward.toml: ").split(": ")[:2] for line in mistakes(text)]

    assert places == [
        ["line 1", "time_zone"],
        ["line 2", "slack.default_channel"],
        ["line 3", "slack.channel"],
        ["line 4", "data_source[1].id"],
        ["line 6", "data_source[1].properties.assignee"],
        ["line 7", "data_source[1].connection"],
        ["line 8", "data_source[1].automation[2].email"],
    ]
