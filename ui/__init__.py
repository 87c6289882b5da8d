"""What people and programs touch: command line, HTTP API, chat page."""
