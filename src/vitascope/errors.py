"""The tree of everything that can go wrong, from general to exact.

Each error carries what a server needs to answer (``status``, ``code``, ``type`` in OpenAI's sense) and a message
that says what happened, with numbers, and then what to do. Raised in the rooms, rendered once at the edge.
"""


class VitascopeError(Exception):
    """Any error Vitascope raises on purpose."""

    status = 500
    code = "internal_error"
    type = "server_error"


class UserError(VitascopeError):
    """The request cannot be served as it stands; the caller can mend it."""

    status = 400
    code = "invalid_request"
    type = "invalid_request_error"


class PromptError(UserError):
    """The prompt is empty, too long, or holds characters no sentence has."""

    code = "invalid_prompt"


class UnknownWordsError(PromptError):
    """The prompt names nothing the model was taught; the message suggests what it does know."""

    code = "nothing_known_in_prompt"


class SizeError(UserError):
    """The size is not WxH, not positive, or beyond the limits."""

    code = "invalid_size"


class LengthError(UserError):
    """The length, frame rate or number of steps is outside the limits."""

    code = "invalid_seconds"


class SeedError(UserError):
    """The seed is negative or too large."""

    code = "invalid_seed"


class ImageError(UserError):
    """The picture cannot be read, is too large, or is not a still."""

    code = "invalid_image"


class OutputError(UserError):
    """The file cannot be written where it was asked for."""

    code = "output_not_writable"


class ModelError(UserError):
    """No such model, or the model cannot do what was asked."""

    status = 404
    code = "model_not_found"


class WeightsError(VitascopeError):
    """The weights file is missing, cut short, or differs from its recorded hash."""

    code = "weights_damaged"


class SealError(VitascopeError):
    """No usable signer, or sealing failed: nothing is written without origin."""

    code = "seal_failed"


class VerifyError(UserError):
    """The file to verify cannot be read."""

    code = "unreadable_file"


class RightsError(VitascopeError):
    """A matter of licence, consent or permission."""

    status = 403
    code = "not_permitted"
    type = "permission_error"


class NotClearedError(RightsError):
    """A work may not be trained on: no licence, unknown hash, opt-out, or outside the lane."""

    code = "work_not_cleared"


class GrantError(RightsError):
    """A party, terms, permission or hold that may not exist or may not change so: the message names the limit."""

    status = 400
    code = "invalid_grant"
    type = "invalid_request_error"


class LogError(VitascopeError):
    """The transparency log cannot be written, or what lies on disk contradicts what was signed."""

    status = 503
    code = "log_unavailable"


class CorpusError(VitascopeError):
    """A source package is missing or differs from its recorded hash, or a sprite cannot be made."""

    code = "corpus_damaged"


class TrainingError(VitascopeError):
    """Training cannot start or go on."""

    code = "training_failed"
