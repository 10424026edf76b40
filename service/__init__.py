"""The service: Flask, SQLAlchemy Core and the use cases that remember what the engine decides."""
