"""Where Optuna keeps trials: a SQLite file or PostgreSQL; the door to SQLAlchemy beside search."""
