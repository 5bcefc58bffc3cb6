"""Every operation on what a channel asks of products."""

from __future__ import annotations

from omnitron.attributes.use_cases import mapping, rows
from omnitron.core import records


class AttributeService:
    """Each name leads to one use case."""

    create_row = staticmethod(rows.create_row)
    update_row = staticmethod(rows.update_row)
    delete_row = staticmethod(records.delete_record)
    map_product = staticmethod(mapping.map_product)
