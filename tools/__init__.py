"""Maintainer's scripts; nothing here is part of the installed package."""
