"""The API's description (OpenAPI 3.1), generated from the definitions.

`schemas` fields and types as JSON Schema · `answers` the envelopes and every error answer ·
`paths` the operations, `past_paths` those about what was, `job_paths` about jobs and messages,
`pieces` what they are put together from · `document` the whole, made once per language.
"""

from kefu_admin.faces.api.openapi.document import document

__all__ = ["document"]
