"""The pages that lead from a file to a batch, below `/imports/`."""

from kefu_admin.faces.admin.imports.view import ImportView

__all__ = ["ImportView"]
