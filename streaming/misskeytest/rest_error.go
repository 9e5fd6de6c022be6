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

// reason is the code, and of an error without one of its own what happened.
func (e *apiError) reason() string {
	if info, ok := e.Info.(crashInfo); ok {
		return e.Code + ": " + info.E.Message
	}
	if info, ok := e.Info.(paramInfo); ok {
		return e.Code + ": " + info.Param + " " + info.Reason
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
