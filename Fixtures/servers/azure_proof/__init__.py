"""Questions to the Azure double through the official SDK, each with the answer that it has to give.

The answers are what a real emulator gave to the same questions. Where the emulator is known to differ from the
cloud service, the service's public reference wins; a comment beside the question says so.
"""
