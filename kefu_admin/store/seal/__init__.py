"""The sealer: links committed audit lines into blocks, and block heads into a file outside.

`seal` makes the next block of everything committed since the last one; `anchor` appends the head of
the last block to a file in the data directory. A block lists the ids it holds, so that `verify` can
name the line that is missing. Which lines are new differs by database and is in `candidates`.
"""

from kefu_admin.store.seal.anchors import Anchor, anchor, anchors
from kefu_admin.store.seal.blocks import (
    LEASE,
    Block,
    block_head,
    blocks,
    is_last_ours,
    latest,
    oldest_unsealed,
    seal,
    seal_key,
    seal_rest,
)
from kefu_admin.store.seal.spans import Spans

__all__ = [
    "LEASE",
    "Anchor",
    "Block",
    "Spans",
    "anchor",
    "anchors",
    "block_head",
    "blocks",
    "is_last_ours",
    "latest",
    "oldest_unsealed",
    "seal",
    "seal_key",
    "seal_rest",
]
