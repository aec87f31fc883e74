from __future__ import annotations

from django.dispatch import Signal

# Sent with `actor` (an Actor) whenever a person's keys come into hand: at login, and when a locked session opens again.
unlocked = Signal()
