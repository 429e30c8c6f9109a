"""The part of the tree that people at the desk meet: keys, limits, requests, videos, webhooks, stores away.

Every class follows the rules of vitascope/errors.py and has its paragraph in docs/errors.md.
"""

from vitascope.errors import TemporaryError, UserError, VitascopeError


class DatabaseError(TemporaryError):
    """The database is away, full, locked, or newer than this program."""

    code = "database_unavailable"


class FilesError(TemporaryError):
    """A file could not be kept, read or removed."""

    code = "files_unavailable"


class FilesFullError(FilesError):
    """The store of files has no room."""

    status = 507
    code = "storage_full"
    retry_after = None


class SecretError(VitascopeError):
    """The house's own secret cannot be read, or is not the one something was locked with."""

    code = "secret_unusable"


class KeyRefusedError(VitascopeError):
    """The key does not open the door."""

    status = 401
    code = "invalid_api_key"
    type = "authentication_error"


class KeyMissingError(KeyRefusedError):
    """No key came with the request."""

    code = "missing_api_key"


class KeyMistypedError(KeyRefusedError):
    """The checksum at the end of the key is wrong: a letter is missing, doubled or swapped."""

    code = "mistyped_api_key"


class KeyExpiredError(KeyRefusedError):
    """The key's time is over."""

    code = "expired_api_key"


class KeyRevokedError(KeyRefusedError):
    """The key was taken back."""

    code = "revoked_api_key"


class KeyNotFoundError(UserError):
    """There is no key of that id to rotate or revoke."""

    status = 404
    code = "key_not_found"


class ScopeError(VitascopeError):
    """The key is good, but was not made for this."""

    status = 403
    code = "missing_scope"
    type = "permission_error"


class RateLimitError(VitascopeError):
    """Too many at once or in a minute; ``retry_after`` seconds later there is room again."""

    status = 429
    code = "rate_limit_exceeded"
    type = "rate_limit_error"

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class QueueFullError(RateLimitError):
    """The house has as many jobs waiting as it takes."""

    code = "queue_full"


class QuotaError(VitascopeError):
    """The day's seconds of video are used up: asking again does not help."""

    status = 429
    code = "insufficient_quota"
    type = "insufficient_quota"


class VideoNotFoundError(UserError):
    """There is no such video, or it belongs to somebody else: the answer is the same."""

    status = 404
    code = "video_not_found"


class VideoNotReadyError(UserError):
    """The video is not finished, so it has no content yet; ``retry_after`` guesses when."""

    status = 404
    code = "video_not_ready"

    def __init__(self, message: str, *, retry_after: int = 1) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class VideoFailedError(UserError):
    """The video failed or was cancelled: it will never have content."""

    status = 404
    code = "video_failed"


class VideoExpiredError(UserError):
    """The content was kept as long as promised and is gone; what is known of the video can still be read."""

    status = 410
    code = "expired"


class VariantError(UserError):
    """The content has no such variant."""

    code = "unknown_variant"


class SourceError(UserError):
    """The video to build on is not finished, or is gone."""

    code = "invalid_source"


class IdempotencyError(UserError):
    """The idempotency key was used before, for another request."""

    status = 422
    code = "idempotency_key_reused"


class WebhookError(UserError):
    """A webhook endpoint cannot be as described."""

    code = "invalid_webhook"


class WebhookNotFoundError(UserError):
    """There is no such webhook endpoint, or it belongs to somebody else."""

    status = 404
    code = "webhook_endpoint_not_found"


class OutgoingError(UserError):
    """An address that somebody gave us cannot be called, or must not be."""

    status = 424
    code = "address_unreachable"


class ArchiveError(UserError):
    """The archive cannot be read, or does not hold what its list says."""

    code = "invalid_archive"


class BodyError(UserError):
    """The body cannot be read: broken JSON, broken multipart, or names that contradict each other."""

    code = "invalid_body"


class FieldError(UserError):
    """A field of the request, named by ``param``, has a value it cannot have."""

    code = "invalid_value"

    def __init__(self, message: str, *, param: str) -> None:
        super().__init__(message)
        self.param = param


class MissingFieldError(FieldError):
    """A field that is needed is not there."""

    code = "missing_required_parameter"


class UnknownFieldError(FieldError):
    """There is no such field."""

    code = "unknown_parameter"


class UnsupportedFieldError(FieldError):
    """The field is known, but no model that runs here can do it."""

    code = "unsupported_parameter"


class UnsupportedOperationError(UserError):
    """The call is part of the API, but no model that runs here can do it."""

    code = "unsupported_operation"


class RouteError(UserError):
    """There is nothing at that path."""

    status = 404
    code = "route_not_found"


class MethodError(UserError):
    """The path is there, the method is not."""

    status = 405
    code = "method_not_allowed"


class BodyTooLargeError(UserError):
    """The body is larger than this call takes."""

    status = 413
    code = "request_too_large"


class BodyTooSlowError(UserError):
    """The body did not arrive in time."""

    status = 408
    code = "request_timeout"


class MediaTypeError(UserError):
    """The body is of a type this call does not take."""

    status = 415
    code = "unsupported_media_type"


class RangeError(UserError):
    """The asked bytes lie behind the end of the file."""

    status = 416
    code = "range_not_satisfiable"

    def __init__(self, message: str, *, size: int) -> None:
        super().__init__(message)
        self.size = size


class CharacterNotFoundError(UserError):
    """There is no such character."""

    status = 404
    code = "character_not_found"


class NoModelError(TemporaryError):
    """No worker has said yet which models it carries."""

    code = "no_model_yet"
