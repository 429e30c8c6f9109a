"""What comes with the package. Loads nothing, so that a command's help can name it."""

MODEL = "s"
"""The model whose weights ship: ``weights/<name>.safetensors``, asked for where no other is named."""
