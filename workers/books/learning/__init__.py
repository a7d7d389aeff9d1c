"""What a model learns from approved lines, and what it says of new ones.

``training`` makes a model and is the only module that brings scikit-learn: it runs in a child process. ``experts``
keeps the newest one for a process that decides. ``opinion`` and ``card`` are light, for whoever only asks or shows.
"""
