"""The few verbs that join rooms: set up, open a request, record an event."""
