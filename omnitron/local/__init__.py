"""The servers of one machine: PostgreSQL, Valkey and the supervisor behind `make run`.

Imports nothing else of omnitron and no Django, so that settings, manage.py and tests may all use it.
"""
