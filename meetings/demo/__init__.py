"""The demonstration: one invented story of the agreement, laid around a day. Its contents are in fixtures/demo/.

Everything invented says so in its own words (演示). The same day gives the same data.
"""
