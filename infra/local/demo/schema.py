"""Properties that change under the rules: what breaks is told, with what to write instead."""

from infra.local.demo.stage import Stage
from infra.local.demo.story import must
from infra.local.simulators.notion.demo import PRIORITY_ID, TASKS_DATA_SOURCE


def play(stage: Stage) -> None:
    """Rename a property, and remove an option of it that a rule names; make it anew, so that nothing stays broken."""
    notion, by = stage.notion, stage.demo.ben
    stage.story.chapter("Ben tidies the properties up")
    notion.update_schema(TASKS_DATA_SOURCE, rename={PRIORITY_ID: "Importance"}, by=by)
    why = stage.worked_off(TASKS_DATA_SOURCE)[-1]["why"]
    breaks = stage.messages("#team", "break")
    must(why == "everything fits", f"that everything fits, but the journal says: {why}")
    must(not breaks(), f"that a new name breaks nothing, but {breaks()} was sent")
    stage.story.tell("rename", f"Priority → Importance: {why}, because properties are known by their ids")
    notion.update_schema(TASKS_DATA_SOURCE, remove_options={PRIORITY_ID: ["Medium"]}, by=by)
    stage.story.tell("remove", "Importance loses its option Medium, which a rule names")
    stage.told(TASKS_DATA_SOURCE, {"#team": breaks})
    notion.update_schema(TASKS_DATA_SOURCE, add_options={PRIORITY_ID: ["Medium"]}, by=by)
    why = stage.worked_off(TASKS_DATA_SOURCE)[-1]["why"]
    must(why == "everything fits", f"that everything fits again, but the journal says: {why}")
    stage.story.tell("made anew", f"Medium is back: {why}; #team hears of it when that lasts ten minutes")
