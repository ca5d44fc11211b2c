"""The device gateway: MLLP and HTTPS in, durable log, then acknowledge. No Django here.

Whatever is acknowledged is on disk; whatever is not acknowledged may be sent again without harm.
"""
