"""Conditions as SQL.

`sql` turns a condition into a `Fragment`: text for a WHERE clause and its parameters. Parameters
that depend on who asks or when stay `Late`, so a fragment is compiled once and serves everybody;
`bind` puts their values in just before a statement runs.

Absent values: a comparison with NULL is NULL, which AND and OR treat as false; `not` is written
`IS NOT TRUE`. So the answers are those of `behaviours.conditions.decide`, which a property test
proves on the three databases.

    fragment = where.sql(condition, type_id="customer", alias="r", store=store)
    text, params = where.bind(f'SELECT … FROM "customer" "r" WHERE {fragment.text}',
                              fragment.params, binding=binding, store=store)
"""

from kefu_admin.store.where.compare import NoSql
from kefu_admin.store.where.fragments import Fragment, Late, bind, joined
from kefu_admin.store.where.tree import sql

__all__ = ["Fragment", "Late", "NoSql", "bind", "joined", "sql"]
