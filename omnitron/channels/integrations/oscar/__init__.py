"""A django-oscar shop as a channel, by the documents' first method. What it must serve: docs/demo-shop.md."""
