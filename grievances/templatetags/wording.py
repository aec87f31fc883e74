"""The words that somebody agreed to: `{{ consent|worded }}`."""

from __future__ import annotations

from django import template

from grievances.consents import worded

register = template.Library()
register.filter(worded)
