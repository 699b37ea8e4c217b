"""The pages of a content type: list, detail, create, edit, delete; one `RecordView` per type.

`view` the routes · `finder` what is asked of a list (and how it stands in the address) · `listing`
a page of rows as the template prints it · `detail` one record as it is shown · `history` its
versions · `forms` what create and edit share.
"""

from kefu_admin.faces.admin.record.view import RecordView

__all__ = ["RecordView"]
