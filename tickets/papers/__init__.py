"""The papers that gather on a ticket: assignments, requests, consultations, supervisions, callbacks, referrals."""
