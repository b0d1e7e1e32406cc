"""How the parts that remind of deadlines hang together."""

from processor.reconcile import Reconciler
from processor.remembered import Remembered
from processor.remind import Reminders
from processor.reminding import Reminding
from processor.shared import Shared


def remind_with(shared: Shared, reconciler: Reconciler) -> tuple[Reminders, Remembered]:
    """Put them together: what works a tick, and what goes on while Notion is away."""
    reminding = Reminding(
        state=shared.state,
        journal=shared.journal,
        reconciler=reconciler,
        now=shared.now,
        calls=shared.current.calls,
        quiet_until=shared.quiet_until,
        logger=shared.logger,
        count=shared.count,
    )
    remembered = Remembered(
        rules=shared.rules,
        memory=shared.memory,
        state=shared.state,
        reminding=reminding,
        now=shared.now,
        out_of_time=shared.out_of_time,
    )
    reminders = Reminders(
        rules=shared.rules,
        memory=shared.memory,
        state=shared.state,
        connections=shared.connections,
        known=shared.known,
        reminding=reminding,
        remembered=remembered,
        mine=shared.current.mine,
        lanes=len(shared.lane.groups),
        now=shared.now,
        out_of_time=shared.out_of_time,
        logger=shared.logger,
        count=shared.count,
    )
    return reminders, remembered
