"""The real parts that tests stand on; each in a module of its own."""

pytest_plugins = ["tests.databases", "tests.brokers", "tests.running", "tests.doubles.fixtures"]
