"""Fields out of words: pure, the same for every engine.

``money`` finds what adds up, ``naming`` finds who and when; each is a function of the rows.
"""
