from functools import lru_cache

from . import ledger


@lru_cache(maxsize=None)
def render_statement(account: int, month: int) -> str:
    lines, total = [], 0
    for booking in sorted(ledger.bookings(account, month), key=lambda booking: booking.day):
        total += booking.cents
        lines.append(f"{booking.day:02d}.{month:02d}. {booking.text:<60}{booking.cents / 100:>12.2f}{total / 100:>14.2f}")
    return "\n".join([f"Account {account}", "", *lines])
