package misskeytest

import (
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/google/uuid"
)

// apiError is a refusal by the REST API. Code and ID are fixed; the code says
// what is wrong, and the same code has another id at every endpoint. Most of
// those that signing in gives have nothing but an id.
type apiError struct {
	Message string `json:"message,omitempty"`
	Code    string `json:"code,omitempty"`
	ID      string `json:"id"`
	Kind    string `json:"kind,omitempty"`
	Info    any    `json:"info,omitempty"`

	status    int
	challenge string // what WWW-Authenticate says after the realm
	asksLogin bool   // WWW-Authenticate is sent
	retry     int    // Retry-After in seconds
}

const (
	kindClient     = "client"
	kindPermission = "permission"
	kindServer     = "server"
)

// refusal is an error of the domain: always 400, whatever its code.
func refusal(code, id, message string) *apiError {
	return &apiError{Message: message, Code: code, ID: id, Kind: kindClient, status: http.StatusBadRequest}
}

// Refusals before an endpoint is reached.
var (
	errCredentialRequired = &apiError{
		Message: "Credential required.", Code: "CREDENTIAL_REQUIRED", ID: "1384574d-a912-4b81-8601-c7b1c4085df1",
		Kind: kindClient, status: http.StatusUnauthorized, asksLogin: true,
	}
	errAuthenticationFailed = &apiError{
		Message: "Authentication failed. Please ensure your token is correct.",
		Code:    "AUTHENTICATION_FAILED", ID: "b0a7f5f8-dc2f-4171-b91f-de88ad238e14",
		Kind: kindClient, status: http.StatusUnauthorized, asksLogin: true,
		challenge: `, error="invalid_token", error_description="Failed to authenticate"`,
	}
	errPermissionDenied = &apiError{
		Message: "Your app does not have the necessary permissions to use this endpoint.",
		Code:    "PERMISSION_DENIED", ID: "1370e5b7-d4eb-4566-bb1d-7748ee6a1838",
		Kind: kindPermission, status: http.StatusForbidden, asksLogin: true,
		challenge: `, error="insufficient_scope"`,
	}
	errSuspended = &apiError{
		Message: "Your account has been suspended.", Code: "YOUR_ACCOUNT_SUSPENDED",
		ID: "a8c724b3-6e9c-4b46-b1a8-bc3ed6258370", Kind: kindPermission, status: http.StatusForbidden,
	}
	errRolePermissionDenied = &apiError{
		Message: "You are not assigned to a required role.", Code: "ROLE_PERMISSION_DENIED",
		ID: "7f86f06f-7e15-4057-8561-f4b6d4ac755a", Kind: kindPermission, status: http.StatusForbidden,
	}
	errAccessDenied = &apiError{
		Message: "Access denied.", Code: "ACCESS_DENIED",
		ID: "56f35758-7dd5-468b-8439-5d6fb8ec9b8e", Kind: kindClient, status: http.StatusBadRequest,
	}
	errUnknownEndpoint = &apiError{
		Message: "Unknown API endpoint.", Code: "UNKNOWN_API_ENDPOINT",
		ID: "2ca3b769-540a-4f08-9dd5-b5a825b6d0f1", Kind: kindClient, status: http.StatusNotFound,
	}
)

// invalidParam says where the request breaks the endpoint's JSON schema.
func invalidParam(pointer, reason string) *apiError {
	return &apiError{
		Message: "Invalid param.", Code: "INVALID_PARAM", ID: "3d81ceae-475f-4600-b2a8-2bc116157532",
		Kind: kindClient, status: http.StatusBadRequest,
		Info: paramInfo{Param: pointer, Reason: reason},
	}
}

type paramInfo struct {
	Param  string `json:"param"`
	Reason string `json:"reason"`
}

// internalError is what the server says to something it did not expect, real
// refusals among them: a 500 that carries the message it was meant to hide.
func internalError(message string) *apiError {
	return unexpected("Error", message)
}

// unexpected is an internalError of another class than the plain one.
func unexpected(class, message string) *apiError {
	return &apiError{
		Message: "Internal error occurred. Please contact us if the error persists.",
		Code:    "INTERNAL_ERROR", ID: "5d37dbcb-891e-41ca-a3d6-e690c97775ac",
		Kind: kindServer, status: http.StatusInternalServerError,
		Info: crashInfo{E: crash{Message: message, Code: class, ID: uuid.NewString()}},
	}
}

type crashInfo struct {
	E crash `json:"e"`
}

type crash struct {
	Message string `json:"message"`
	Code    string `json:"code"`
	ID      string `json:"id"` // of this one occasion
}

// Refusals of the endpoints.
var (
	errNoSuchNoteShow   = refusal("NO_SUCH_NOTE", "24fcbfc6-2e37-42b6-8388-c29b3861a08d", "No such note.")
	errNoSuchNoteDelete = refusal("NO_SUCH_NOTE", "490be23f-8c1f-4796-819f-94cb4f9d1630", "No such note.")
	errDeleteOfOthers   = refusal("ACCESS_DENIED", "fe8d7103-0ea8-4ec3-814d-f8b401dc69e9", "Access denied.")

	errNoSuchRenoteTarget     = refusal("NO_SUCH_RENOTE_TARGET", "b5c90186-4ab0-49c8-9bba-a1f76c282ba4", "No such renote target.")
	errRenoteOfRenote         = refusal("CANNOT_RENOTE_TO_A_PURE_RENOTE", "fd4cc33e-2a37-48dd-99cc-9b806eb2031a", "You can not Renote a pure Renote.")
	errRenoteVisibility       = refusal("CANNOT_RENOTE_DUE_TO_VISIBILITY", "be9529e9-fe72-4de0-ae43-0b363c4938af", "You can not Renote due to target visibility.")
	errNoSuchReplyTarget      = refusal("NO_SUCH_REPLY_TARGET", "749ee0f6-d3da-459a-bf02-282e2da4292c", "No such reply target.")
	errReplyToInvisible       = refusal("CANNOT_REPLY_TO_AN_INVISIBLE_NOTE", "b98980fa-3780-406c-a935-b6d0eeee10d1", "You cannot reply to an invisible Note.")
	errReplyToRenote          = refusal("CANNOT_REPLY_TO_A_PURE_RENOTE", "3ac74a84-8fd5-4bb0-870f-01804f82ce15", "You can not reply to a pure Renote.")
	errReplyExtendsVisibility = refusal("CANNOT_REPLY_TO_SPECIFIED_VISIBILITY_NOTE_WITH_EXTENDED_VISIBILITY", "ed940410-535c-4d5e-bfa3-af798671e93c", "You cannot reply to a specified visibility note with extended visibility.")
	errPollAlreadyExpired     = refusal("CANNOT_CREATE_ALREADY_EXPIRED_POLL", "04da457d-b083-4055-9082-955525eda5a5", "Poll is already expired.")
	errNoSuchChannel          = refusal("NO_SUCH_CHANNEL", "b1653923-5453-4edc-b786-7c4f39bb0bbb", "No such channel.")
	errNoSuchFile             = refusal("NO_SUCH_FILE", "b6992544-63e7-67f0-fa7f-32444b1b5306", "Some files are not found.")

	errNoSuchNoteUnrenote = refusal("NO_SUCH_NOTE", "efd4a259-2442-496b-8dd7-b255aa1a160f", "No such note.")

	errNoSuchNoteReact   = refusal("NO_SUCH_NOTE", "033d0620-5bfe-4027-965d-980b0c85a3ea", "No such note.")
	errAlreadyReacted    = refusal("ALREADY_REACTED", "71efcf98-86d6-4e2b-b2ad-9d032369366b", "You are already reacting to that note.")
	errReactToRenote     = refusal("CANNOT_REACT_TO_RENOTE", "eaccdc08-ddef-43fe-908f-d108faad57f5", "You cannot react to Renote.")
	errNoSuchNoteUnreact = refusal("NO_SUCH_NOTE", "764d9fce-f9f2-4a0e-92b1-6ceac9a7ad37", "No such note.")
	errNotReacted        = refusal("NOT_REACTED", "92f4426d-4196-4125-aa5b-02943e2ec8fc", "You are not reacting to that note.")

	errNoSuchNoteVote = refusal("NO_SUCH_NOTE", "ecafbd2e-c283-4d6d-aecb-1a0a33b75396", "No such note.")
	errNoPoll         = refusal("NO_POLL", "5f979967-52d9-4314-a911-1c673727f92f", "The note does not attach a poll.")
	errInvalidChoice  = refusal("INVALID_CHOICE", "e0cc9a04-f2e8-41e4-a5f1-4127293260cc", "Choice ID is invalid.")
	errAlreadyVoted   = refusal("ALREADY_VOTED", "0963fc77-efac-419b-9424-b391608dc6d8", "You have already voted.")
	errPollExpired    = refusal("ALREADY_EXPIRED", "1022a357-b085-4054-9083-8f8de358337e", "The poll is already expired.")

	errFilesAndReplies       = refusal("BOTH_WITH_REPLIES_AND_WITH_FILES", "dd9c8400-1cb5-4eef-8a31-200c5f933793", bothMessage)
	errFilesAndRepliesHybrid = refusal("BOTH_WITH_REPLIES_AND_WITH_FILES", "dfaa3eb7-8002-4cb7-bcc4-1095df46656f", bothMessage)
	errFilesAndRepliesUser   = refusal("BOTH_WITH_REPLIES_AND_WITH_FILES", "91c8cb9f-36ed-46e7-9ca2-7df96ed6e222", bothMessage)
	errLocalDisabled         = refusal("LTL_DISABLED", "45a6eb02-7695-4393-b023-dd3be9aaaefd", "Local timeline has been disabled.")
	errHybridDisabled        = refusal("STL_DISABLED", "620763f4-f621-4533-ab33-0577a1a3c342", "Hybrid timeline has been disabled.")
	errGlobalDisabled        = refusal("GTL_DISABLED", "0332fc13-6ab2-4427-ae80-a9fadffd1a6b", "Global timeline has been disabled.")
	errNoSuchList            = refusal("NO_SUCH_LIST", "8fb1fbd5-e476-4c37-9fb0-43d55b63a2ff", "No such list.")
	errNoSuchChannelTimeline = refusal("NO_SUCH_CHANNEL", "4d0eeeba-a02c-4c3c-9966-ef60d38d2e7f", "No such channel.")
	errNoSuchAntenna         = refusal("NO_SUCH_ANTENNA", "850926e0-fd3b-49b6-b69a-b28a5dbd82fe", "No such antenna.")
	errNoSuchRole            = refusal("NO_SUCH_ROLE", "eb70323a-df61-4dd4-ad90-89c83c7cf26e", "No such role.")
	errNoSuchUserNotes       = refusal("NO_SUCH_USER", "27e494ba-2ac2-48e8-893b-10d4d8c2387b", "No such user.")

	errNoSuchNoteReactions    = refusal("NO_SUCH_NOTE", "263fff3d-d0e1-4af4-bea7-8408059b451a", "No such note.")
	errNoSuchNoteRenotes      = refusal("NO_SUCH_NOTE", "12908022-2e21-46cd-ba6a-3edaf6093f46", "No such note.")
	errNoSuchNoteConversation = refusal("NO_SUCH_NOTE", "e1035875-9551-45ec-afa8-1ded1fcb53c8", "No such note.")
	errTooManyMentions        = refusal("CONTAINS_TOO_MANY_MENTIONS", "4de0363a-3046-481b-9b0f-feff3e211025", "Cannot post because it exceeds the allowed number of mentions.")

	errTooManyDrafts       = refusal("TOO_MANY_DRAFTS", "9ee33bbe-fde3-4c71-9b51-e50492c6b9c8", "You cannot create drafts any more.")
	errTooManyScheduled    = refusal("TOO_MANY_SCHEDULED_NOTES", "22ae69eb-09e3-4541-a850-773cfa45e693", "You cannot create scheduled notes any more.")
	errScheduledAtRequired = refusal("SCHEDULED_AT_REQUIRED", "15e28a55-e74c-4d65-89b7-8880cdaaa87d", "scheduledAt is required when isActuallyScheduled is true.")
	errScheduledAtPast     = refusal("SCHEDULED_AT_MUST_BE_IN_FUTURE", "e4bed6c9-017e-4934-aed0-01c22cc60ec1", "scheduledAt must be in the future.")
	errNoSuchDraft         = refusal("NO_SUCH_NOTE_DRAFT", "49cd6b9d-848e-41ee-b0b9-adaca711a6b1", "No such note draft.")

	errTooManyScheduledUpdate    = refusal("TOO_MANY_SCHEDULED_NOTES", "02f5df79-08ae-4a33-8524-f1503c8f6212", "You cannot create scheduled notes any more.")
	errScheduledAtRequiredUpdate = refusal("SCHEDULED_AT_REQUIRED", "fe9737d5-cc41-498c-af9d-149207307530", "scheduledAt is required when isActuallyScheduled is true.")
	errScheduledAtPastUpdate     = refusal("SCHEDULED_AT_MUST_BE_IN_FUTURE", "ed1a6673-d0d1-4364-aaae-9bf3f139cbc5", "scheduledAt must be in the future.")
)

const bothMessage = "Specifying both withReplies and withFiles is not supported"

// reason is the code, and of an error without one of its own what happened.
func (e *apiError) reason() string {
	if info, ok := e.Info.(crashInfo); ok {
		return e.Code + ": " + info.E.Message
	}
	return e.Code
}

// write answers with the error.
func (e *apiError) write(w http.ResponseWriter) {
	if e.asksLogin {
		w.Header().Set("WWW-Authenticate", `Bearer realm="Misskey"`+e.challenge)
	}
	if e.retry > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(e.retry))
	}
	writeJSON(w, e.status, marshal(map[string]*apiError{"error": e}))
}

// frameworkError is an error from below the API, in the shape of the web
// framework: `error` is a string.
type frameworkError struct {
	StatusCode int    `json:"statusCode"`
	Code       string `json:"code,omitempty"`
	Error      string `json:"error"`
	Message    string `json:"message"`
}

var errBodyTooLarge = frameworkError{
	StatusCode: http.StatusRequestEntityTooLarge, Code: "FST_ERR_CTP_BODY_TOO_LARGE",
	Error: "Payload Too Large", Message: "Request body is too large",
}

func (e frameworkError) write(w http.ResponseWriter) {
	writeJSON(w, e.StatusCode, marshal(e))
}

func writeJSON(w http.ResponseWriter, status int, body json.RawMessage) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client may be gone
}
