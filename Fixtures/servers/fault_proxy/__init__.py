"""A proxy that injects faults: into TCP connections, or into single HTTP requests inside TLS."""
