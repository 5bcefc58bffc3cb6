"""What the mapping of a product to a channel's attributes refuses."""

from __future__ import annotations

from omnitron.core.exceptions import OmnitronException


class ProductMappingException(OmnitronException):
    """The channel could not take the product as it is; `problems` names every reason."""

    code = "attributes_100_1"
    message = "{sku} cannot be mapped: {problems}"
