"""Schedulers: which task a core runs next."""
