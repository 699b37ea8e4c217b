"""The pages of a content type: list, detail, create, edit, delete; one `RecordView` per type.

`view` the routes, `versions` those about past and end, `pages` what both stand on · `page_…` what
each page prints · `finder` what is asked of a list, `address` how its address says it,
`controls` its filters, `listing` its rows, `surround` what stands around them · `detail` one
record as it is shown, `history` its versions · `forms` what create and edit share, `picking`
whose field a pick-list looks up, `referring` who forbids a deletion.
"""

from kefu_admin.faces.admin.record.view import RecordView

__all__ = ["RecordView"]
