"""The plain version: what a competent developer writes with Django REST framework on the first day.

The same shapes over the same tables, without login, permissions, audit or stock. It is what our own numbers are
compared with, so it must stay honest: related rows are joined or prefetched, connections are kept.
"""
