"""How the parts hang together by which pages follow their rows."""

from processor.mirror_tables import tables_in
from processor.mirroring import Mirroring
from processor.reconcile import Reconciler
from processor.row_news import RowNews
from processor.settle import Settler
from processor.shared import Shared
from processor.ways.push import PushWay
from processor.ways.way import Way
from steward.mirror.changed_rows import ChangedRows
from steward.mirror.connection import Transactions
from steward.rules import MirrorRule, Rules


def follows(rules: Rules) -> bool:
    """Whether any page follows its row."""
    return any(rule.both_ways for source in rules.data_source for rule in source.of_kind(MirrorRule))


def changed_rows(database: Transactions, rules: Rules) -> ChangedRows:
    """The rows that somebody changed."""
    tables = tables_in(database, rules)
    return ChangedRows(tables.database, tables.projects, tables.audit)


def push_way(others: Way, rows: ChangedRows, shared: Shared, reconciler: Reconciler) -> PushWay:
    """The way of a write that a row asked for; ``others`` is that of any other write."""
    return PushWay(
        others,
        rows,
        rules=shared.rules,
        state=shared.state,
        connections=shared.connections,
        known=shared.known,
        wrote=reconciler.wrote,
        came_across=reconciler.came_across,
        now=shared.now,
    )


def mirroring_with(shared: Shared, rows: ChangedRows, settler: Settler) -> Mirroring | None:
    """What works the mirror's tick; None where no page follows its row."""
    if not follows(shared.rules):
        return None
    news = RowNews(
        rows,
        rules=shared.rules,
        state=shared.state,
        known=shared.known,
        mine=shared.current.mine,
        now=shared.now,
        logger=shared.logger,
        count=shared.count,
    )
    return Mirroring(
        rows,
        news,
        state=shared.state,
        memory=shared.memory,
        settler=settler,
        waiting=shared.lane.waiting,
        now=shared.now,
        out_of_time=shared.out_of_time,
        logger=shared.logger,
        count=shared.count,
    )
