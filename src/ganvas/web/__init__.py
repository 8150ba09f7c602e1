"""The REST service, and the client for it: ``client`` needs nothing but the standard library, the rest the extra
``web``.
"""
