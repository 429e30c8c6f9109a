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


class CharacterError(UserError):
    """A kept character cannot be shown as asked: no name, one that the prompt does not say, too many, nothing seen."""

    code = "invalid_character"


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


class StewardError(RightsError):
    """A trace asks for two different stewards and a reason, and did not get them."""

    code = "two_stewards_needed"


class LogError(VitascopeError):
    """The transparency log cannot be written, or what lies on disk contradicts what was signed."""

    status = 503
    code = "log_unavailable"


class RoleError(RightsError):
    """Who asks does not hold the role that this takes."""

    code = "role_needed"


class OwnCaseError(RightsError):
    """Somebody would decide on their own case, or twice on the same one: it takes another person."""

    code = "own_case"


class RefusedError(RightsError):
    """The programme says no: the message names the rule, the hold or permission that decided, and how to appeal."""

    code = "refused"


class EmbargoError(RightsError):
    """The terms that were accepted hold a release back until a date, and it has not come."""

    code = "embargo"


class StyleError(RightsError):
    """The prompt asks for the manner of a person who has not permitted that; they can be commissioned."""

    code = "style_not_permitted"


class LikenessError(RightsError):
    """A person's likeness would be used beyond what that person allows."""

    code = "likeness_not_permitted"


class ConsentError(UserError):
    """A work, a consent or a snapshot that cannot be entered as asked."""

    code = "invalid_consent"


class ContributionError(UserError):
    """A contribution, proposal or vote that cannot be entered or changed so."""

    code = "invalid_contribution"


class RecordNotFoundError(UserError):
    """There is no contribution, proposal, work, permission, party or transfer of that id."""

    status = 404
    code = "record_not_found"


class InvitationError(UserError):
    """The invitation or application is unknown, used, revoked or expired, or cannot be made so."""

    code = "invalid_invitation"


class SignInError(VitascopeError):
    """Nobody is signed in: the link, passkey, session or proof is missing, used, expired or of another browser."""

    status = 401
    code = "sign_in_needed"
    type = "authentication_error"


class MailError(VitascopeError):
    """A letter could not be handed to the mail server."""

    status = 502
    code = "mail_not_sent"


class CosignError(UserError):
    """A checkpoint that an auditor handed in is not of this log, or has no valid line of theirs."""

    code = "invalid_cosignature"


class AlertError(UserError):
    """An alert about published keys is not signed by a scanner that is known here, or is none."""

    code = "invalid_alert"


class ScanError(UserError):
    """What was to be searched for keys cannot be read."""

    code = "cannot_scan"


class MoneyError(UserError):
    """An amount, currency, split or account that cannot be entered in the journal."""

    code = "invalid_amount"


class PoolError(UserError):
    """An account has less than would be taken from it: money that is not there is not promised."""

    status = 409
    code = "pool_too_small"


class TransferError(UserError):
    """A transfer was posted or voided already, or its id stands for another one."""

    status = 409
    code = "transfer_settled"


class CorpusError(VitascopeError):
    """A source package is missing or differs from its recorded hash, or a sprite cannot be made."""

    code = "corpus_damaged"


class TrainingError(VitascopeError):
    """Training cannot start or go on."""

    code = "training_failed"


class TemporaryError(VitascopeError):
    """Something the house stands on is away; the same request may work in ``retry_after`` seconds."""

    status = 503
    code = "temporarily_unavailable"
    retry_after: int | None = 2


class ServerError(VitascopeError):
    """The desk or one of its workers cannot be started."""

    code = "cannot_serve"


class AnswerError(VitascopeError):
    """A Vitascope server, asked by one of our own clients, refused, or did not answer."""

    status = 502
    code = "server_refused"

    def __init__(self, message: str, *, status: int = 0, code: str = "", retry_after: float | None = None) -> None:
        super().__init__(message)
        self.answered_status, self.answered_code, self.retry_after = status, code, retry_after


class DemoError(UserError):
    """What a visitor of the public demo, or whoever opens one, cannot have; the words are shown to them."""

    code = "not_in_the_demo"


class StoppedError(VitascopeError):
    """A render was stopped from outside: cancelled, taken over by another worker, or handed back."""

    code = "stopped"
