"""The roof: everything that touches a network, a database or a clock."""
