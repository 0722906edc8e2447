"""Telling people, once and for certain: what is due (planner), what has just happened (telling), and sending it (outbox).

The rows are the truth. Whatever is killed, emptied or restarted, the next round finds in them what is still to be done.
"""
