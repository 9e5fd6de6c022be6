package misskeytest

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"
)

const (
	apiPath = "/api/"
	maxBody = 1 << 20
)

// endpoint is one call of the REST API.
type endpoint struct {
	name       string
	credential bool   // an account is needed
	permission string // an app token needs it
	params     schema
	// run does the work with Server.mu held. No result at all is a 204.
	run func(*request) (any, *apiError)
}

// request is one call with everything checked that can be checked before it.
type request struct {
	server *Server
	user   *User // nil = nobody
	params object
}

func isREST(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, apiPath) }

// serveREST answers one call. It needs Server.mu not to be held.
func (s *Server) serveREST(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Access-Control-Allow-Origin", "*")
	e, known := endpoints[strings.TrimPrefix(r.URL.Path, apiPath)]
	switch r.Method {
	case http.MethodOptions:
		w.WriteHeader(http.StatusNoContent)
		return
	case http.MethodGet:
		if known {
			w.WriteHeader(http.StatusMethodNotAllowed)
		} else {
			errUnknownEndpoint.write(w)
		}
		return
	}
	if !known {
		frameworkError{
			StatusCode: http.StatusNotFound,
			Error:      "Not Found",
			Message:    "Route " + r.Method + ":" + r.URL.Path + " not found",
		}.write(w)
		return
	}
	params, valid, broken := readBody(r)
	if broken != nil {
		broken.write(w)
		return
	}
	token, given, hangs := restToken(r, params)
	if hangs {
		// The real server never answers a token that is no string. It lets go
		// only of a client that has hung up.
		<-r.Context().Done()
		return
	}
	result, refused := s.call(e, token, given, params, valid)
	switch {
	case refused != nil:
		refused.write(w)
	case result == nil:
		w.WriteHeader(http.StatusNoContent)
	default:
		writeJSON(w, http.StatusOK, result)
	}
}

// readBody reads the JSON object that every call has. valid is false for a body
// that is missing or something else, which the endpoint's schema refuses;
// broken is what the framework refuses before anybody looks at it.
func readBody(r *http.Request) (params object, valid bool, broken *frameworkError) {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	data, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxBody))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return nil, false, &frameworkError{
			StatusCode: http.StatusRequestEntityTooLarge, Code: "FST_ERR_CTP_BODY_TOO_LARGE",
			Error: "Payload Too Large", Message: "Request body is too large",
		}
	}
	switch kind {
	case "application/json":
	case "", "text/plain":
		return nil, false, nil
	default:
		return nil, false, &frameworkError{
			StatusCode: http.StatusUnsupportedMediaType, Code: "FST_ERR_CTP_INVALID_MEDIA_TYPE",
			Error: "Unsupported Media Type", Message: "Unsupported Media Type: " + kind,
		}
	}
	if len(data) == 0 {
		return nil, false, &frameworkError{
			StatusCode: http.StatusBadRequest, Code: "FST_ERR_CTP_EMPTY_JSON_BODY",
			Error: "Bad Request", Message: "Body cannot be empty when content-type is set to 'application/json'",
		}
	}
	if !json.Valid(data) {
		return nil, false, &frameworkError{
			StatusCode: http.StatusBadRequest, Code: "FST_ERR_CTP_INVALID_JSON_BODY",
			Error: "Bad Request", Message: "Body is not valid JSON but content-type is set to 'application/json'",
		}
	}
	params, valid = toObject(data)
	return params, valid, nil
}

// restToken finds the call's token; the header wins over `i` in the body. hangs
// is set for an `i` that is neither a string nor null.
func restToken(r *http.Request, params object) (token string, given, hangs bool) {
	if t, ok := bearer(r); ok {
		return t, true, false
	}
	raw, ok := params["i"]
	if !ok || string(raw) == "null" {
		return "", false, false
	}
	token, ok = toText(raw)
	return token, ok, !ok
}

// call checks the caller, then the params, then does it.
func (s *Server) call(e *endpoint, token string, given bool, params object, valid bool) (json.RawMessage, *apiError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.touch()
	var who credential
	if given {
		var ok bool
		if who, ok = s.authenticate(token); !ok {
			return nil, errAuthenticationFailed
		}
	}
	if end, limited := s.limited[e.name]; limited {
		if now := s.now(); now.Before(end) {
			return nil, rateLimited(now, end)
		}
		delete(s.limited, e.name)
	}
	switch {
	case e.credential && who.user == nil:
		return nil, errCredentialRequired
	case e.credential && who.user.suspended:
		return nil, errSuspended
	case who.user != nil && !who.permits(e.permission):
		return nil, errPermissionDenied
	case !valid:
		return nil, invalidParam("#/type", "must be object")
	}
	if refused := e.params.check(params); refused != nil {
		return nil, refused
	}
	result, refused := e.run(&request{server: s, user: who.user, params: params})
	if refused != nil || result == nil {
		return nil, refused
	}
	return marshal(result), nil
}

// LimitRate makes an endpoint, as in "notes/create", answer 429 for a while, as
// if the caller had used up its limit. Retry-After says when it ends.
func (s *Server) LimitRate(endpoint string, d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limited[endpoint] = s.now().Add(d)
}
