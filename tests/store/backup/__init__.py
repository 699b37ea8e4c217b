"""Backups and their way back."""
