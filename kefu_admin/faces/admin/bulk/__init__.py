"""The pages of bulk changes, below `/batches/`.

`view` the routes · `choosing` from a list's question and ticks to a form · `page_batch` what the
page of one batch prints: preview, progress, result.
"""

from kefu_admin.faces.admin.bulk.view import BulkView

__all__ = ["BulkView"]
