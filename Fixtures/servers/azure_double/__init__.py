"""A double of Azure's block blob service: its REST protocol, its checks and its errors, with data on disk.

Written from the public reference of the service; no code of an Azure SDK runs in here. `prove-azure` holds it
against the official Python SDK.
"""
