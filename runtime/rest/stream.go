package rest

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// statuses says which status REST gives with a code, for answers over the
// stream. Codes that are not here are those of an endpoint, with status 400.
var statuses = map[string]int{
	"CREDENTIAL_REQUIRED":    http.StatusUnauthorized,
	"AUTHENTICATION_FAILED":  http.StatusUnauthorized,
	"PERMISSION_DENIED":      http.StatusForbidden,
	"ROLE_PERMISSION_DENIED": http.StatusForbidden,
	"YOUR_ACCOUNT_SUSPENDED": http.StatusForbidden,
	"NO_SUCH_ENDPOINT":       http.StatusNotFound,
	"RATE_LIMIT_EXCEEDED":    http.StatusTooManyRequests,
	"INTERNAL_ERROR":         http.StatusInternalServerError,
}

// StreamAnswer reads the body of a server's answer, over the stream, to a call
// of an endpoint: {res}, whose value it returns, or {error}, an *Error. An
// answer with neither is one without a result.
func StreamAnswer(endpoint string, body []byte) ([]byte, error) {
	var shape *struct {
		Res   json.RawMessage `json:"res"`
		Error json.RawMessage `json:"error"`
	}
	if err := json.Unmarshal(body, &shape); err != nil {
		return nil, fmt.Errorf("misskey: %s: decoding the answer: %w", endpoint, err)
	}
	if shape == nil {
		return nil, fmt.Errorf("misskey: %s: the answer is null", endpoint)
	}
	if shape.Error == nil || string(shape.Error) == "null" {
		return shape.Res, nil
	}
	e := &Error{Endpoint: endpoint}
	if !e.read(shape.Error) {
		e.Message = "the error is no object"
	}
	e.Status = statuses[e.Code]
	switch {
	case e.Status != 0:
	case e.Kind == "server":
		e.Status = http.StatusInternalServerError
	case e.Kind == "permission":
		e.Status = http.StatusForbidden
	default:
		e.Status = http.StatusBadRequest
	}
	if e.Message == "" {
		e.Message = http.StatusText(e.Status)
	}
	return nil, e
}
