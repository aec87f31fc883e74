from __future__ import annotations

from django.dispatch import Signal

# Sent with `actor` (an Actor) whenever a person's keys come into hand: at login, and when a locked session opens again.
unlocked = Signal()

# Sent with `old` and `new` (both an Actor) in the transaction in which a person's keys are replaced by new ones:
# whoever keeps something sealed to the old keys seals it to the new ones.
keys_replaced = Signal()

# Sent with `user` in the transaction in which a person gets new keys because the old ones are gone: nothing sealed to
# those can be opened, and whoever gave them keys takes them back.
keys_lost = Signal()

# Sent with `user` in the transaction in which a person is deactivated: whoever gave them keys takes them back.
deactivated = Signal()
