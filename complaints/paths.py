"""Addresses that the zone's own process answers; for every other process they are unknown (DESIGN §9)."""

MINE = "/my/complaints/"
RECEIPT = "/complaints/receipt/"
DESK = "/oversight/complaints/"
INTERFERENCE = "/interference/"
STAFF = (DESK, INTERFERENCE)
ALL = (MINE, RECEIPT, DESK, INTERFERENCE)
