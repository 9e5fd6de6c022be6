package misskeytest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

const (
	apiPath     = "/api/"
	apiDocument = "/api.json"
)

// endpoint is one call of the REST API. Its rate limit is in the table limits.
type endpoint struct {
	name       string
	get        bool   // a GET with the params in the query will do as well
	credential bool   // an account is needed
	secure     bool   // no app token will do
	permission string // an app token needs it
	// allowed says whom their roles let in; nil lets everybody in.
	allowed func(*Server, *User) bool
	// multipart: the call is a form with a file in it, the request's file.
	multipart bool
	params    schema
	// valid checks what the schema cannot say, before it; nil is nothing.
	valid func(params object) *apiError
	// run does the work with Server.mu held. No result at all is a 204.
	run func(*request) (any, *apiError)
}

// request is one call with everything checked that can be checked before it.
type request struct {
	server *Server
	user   *User // nil = nobody
	who    credential
	params object
	file   *upload // of a multipart endpoint, never nil there
}

// arguments are what a call comes with.
type arguments struct {
	params object
	// isObject is false for a body that is missing or something else than an
	// object, which every endpoint refuses.
	isObject bool
	// isText is set for a query or a form: numbers and booleans are text.
	isText bool
	file   *upload
}

func isREST(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, apiPath) || r.URL.Path == apiDocument
}

// serveREST answers one call. It needs Server.mu not to be held.
func (s *Server) serveREST(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Access-Control-Allow-Origin", "*")
	e, known := s.endpoint(strings.TrimPrefix(r.URL.Path, apiPath))
	switch {
	case r.Method == http.MethodOptions:
		w.WriteHeader(http.StatusNoContent)
	case r.Method == http.MethodGet && r.URL.Path == apiDocument:
		writeJSON(w, http.StatusOK, marshal(s.document()))
	case r.Method == http.MethodGet && !known:
		errUnknownEndpoint.write(w)
	case r.Method == http.MethodGet && !e.get:
		w.WriteHeader(http.StatusMethodNotAllowed)
	case !known:
		frameworkError{
			StatusCode: http.StatusNotFound,
			Error:      "Not Found",
			Message:    "Route " + r.Method + ":" + r.URL.Path + " not found",
		}.write(w)
	default:
		s.serveCall(w, r, e)
	}
}

// serveCall answers a call of an endpoint there is, by whatever method.
func (s *Server) serveCall(w http.ResponseWriter, r *http.Request, e *endpoint) {
	args, broken := readArguments(r, e)
	if broken != nil {
		broken.write(w)
		return
	}
	token, given, hangs := s.restToken(r, args.params)
	if hangs {
		// The real server never answers a token that is no string. It lets go
		// only of a client that has hung up.
		<-r.Context().Done()
		return
	}
	result, refused := s.call(e, token, given, args)
	switch {
	case refused != nil:
		s.word(refused).write(w)
	case result == nil:
		w.WriteHeader(http.StatusNoContent)
	default:
		writeJSON(w, http.StatusOK, result)
	}
}

// restToken finds the call's token; the header wins over `i` among the params.
// hangs is set for an `i` that is neither a string nor null.
func (s *Server) restToken(r *http.Request, params object) (token string, given, hangs bool) {
	if t, ok := bearer(r); ok && s.facts.readsHeader {
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
func (s *Server) call(e *endpoint, token string, given bool, args arguments) (json.RawMessage, *apiError) {
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
	return s.perform(e, who, args)
}

// perform is a call by somebody who is known, or nobody.
func (s *Server) perform(e *endpoint, who credential, args arguments) (json.RawMessage, *apiError) {
	if refused := s.admitCall(e, who); refused != nil {
		return nil, refused
	}
	if e.multipart && args.file == nil {
		return nil, errFileRequired
	}
	if refused := e.check(&args); refused != nil {
		return nil, refused
	}
	result, refused := e.run(&request{server: s, user: who.user, who: who, params: args.params, file: args.file})
	if refused != nil || result == nil {
		return nil, refused
	}
	return marshal(result), nil
}

// admitCall decides who may call, in the real server's order: a call counts
// against the limit even where it is refused afterwards.
func (s *Server) admitCall(e *endpoint, who credential) *apiError {
	if e.secure && who.app {
		return errAccessDenied
	}
	if refused := s.limitCall(e.name, who.user); refused != nil {
		return refused
	}
	switch {
	case e.credential && who.user == nil:
		return errCredentialRequired
	case e.credential && who.user.suspended:
		return errSuspended
	case e.allowed != nil && (who.user == nil || !e.allowed(s, who.user)):
		return errRolePermissionDenied
	case who.user != nil && !who.permits(e.permission):
		return errPermissionDenied
	}
	return nil
}

// check makes params out of text where they came as text, and holds them
// against the endpoint's schema.
func (e *endpoint) check(args *arguments) *apiError {
	if args.isText {
		params, refused := e.params.cast(args.params)
		if refused != nil {
			return refused
		}
		args.params = params
	}
	if !args.isObject {
		return invalidParam("#/type", "must be object")
	}
	if e.valid != nil {
		if refused := e.valid(args.params); refused != nil {
			return refused
		}
	}
	return e.params.check(args.params)
}

// me is the caller's id, "" for nobody.
func (r *request) me() misskey.UserID {
	if r.user == nil {
		return ""
	}
	return r.user.ID
}

// policies are what the caller may do.
func (r *request) policies() misskey.RolePolicies { return r.server.policiesOf(r.user) }

// LimitRate makes an endpoint, as in "notes/create", answer 429 for a while, as
// if the caller had used up its limit. It takes effect [WithoutRateLimits] too. It
// panics when the release has no such endpoint.
//
// The limit ends by the server's clock, and Retry-After says how long that is by
// the same clock. A client waits as long in real time: under a [ManualClock] it is
// refused again unless the test has advanced the clock meanwhile.
func (s *Server) LimitRate(endpoint string, d time.Duration) {
	if _, known := s.endpoint(endpoint); !known {
		panic(fmt.Sprintf(`misskeytest: LimitRate(%q): there is no such endpoint; they are named as in "notes/create"`, endpoint))
	}
	s.locked(func() { s.limited[endpoint] = s.now().Add(d) })
}
