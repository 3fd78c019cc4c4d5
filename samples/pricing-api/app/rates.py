"""Exchange rates and volume discounts."""

RATES = {"EUR": 1.0, "USD": 1.09, "GBP": 0.86, "CHF": 0.95, "SEK": 11.4, "PLN": 4.31}
DISCOUNTS = [(1000, 0.12), (500, 0.08), (100, 0.04), (0, 0.0)]


def discount(amount: int) -> float:
    return next(share for floor, share in DISCOUNTS if amount >= floor)
