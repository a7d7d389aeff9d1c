"""Words off pictures: opening what people send (``pages``), and the engines that read it."""
