"""Carries the values of rows that are there into another notation, while the desk goes on working.

`notation` reads a stored value whatever it was stored for; `pairs` says which kinds become which,
and how; `rows` works rows out and tries a whole table, `tally` tells what that found; `register`
keeps how far a back-fill has come (`kefu_backfill`, committed with every batch); `batches` moves
rows beside the old columns, a few at a time, so that no writer waits long (`setting` writes them);
`late` does again what was written meanwhile. `store.apply` plans them and switches over at the end.
"""
