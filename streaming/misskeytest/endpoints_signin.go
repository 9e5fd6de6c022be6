package misskeytest

import (
	"net/http"
	"time"
)

var signinEndpoints = []*endpoint{
	{name: "signin-flow", params: schema{
		{name: "username", kind: aText, required: true},
		{name: "password", kind: aText},
	}, run: signinFlow},
}

// signinWindow is how long a failure counts: the second one within it is
// answered by another error, which has no Retry-After.
const signinWindow = time.Second

// Refusals to sign somebody in have the fewest words of all.
var (
	errSigninNobody   = &apiError{ID: "6cc579cc-885d-43d8-95c2-b8c7fc963280", status: http.StatusNotFound}
	errSigninBanned   = &apiError{ID: "e03a5f46-d309-4865-9b69-56282d94e1eb", status: http.StatusForbidden}
	errSigninPassword = &apiError{ID: "932c904e-9460-45b7-9ce6-7ed33be7eb2c", status: http.StatusForbidden}
	errSigninTooOften = &apiError{
		Message: "Too many failed attempts to sign in. Try again later.", Code: "TOO_MANY_AUTHENTICATION_FAILURES",
		ID: "22d05606-fbcf-421a-a2db-b32610dcfd1b", status: http.StatusTooManyRequests,
	}
)

// signinFlow gives the account's own token for its password, which it asks for
// where it is missing.
func signinFlow(r *request) (any, *apiError) {
	u := r.server.userNamed(r.text("username"))
	password, given := r.params.text("password")
	switch {
	case u == nil:
		return nil, r.server.failSignin(errSigninNobody)
	case u.suspended:
		return nil, r.server.failSignin(errSigninBanned)
	case !given:
		return map[string]any{"finished": false, "next": "password"}, nil
	case password != u.password:
		return nil, r.server.failSignin(errSigninPassword)
	}
	r.server.signIn(u)
	return map[string]any{"finished": true, "id": u.ID, "i": u.token}, nil
}

// failSignin counts a failure, of whomever, as the clients of this server all
// come from one address.
func (s *Server) failSignin(refused *apiError) *apiError {
	if s.config.unlimited {
		return refused
	}
	if s.window(caller{endpoint: "signin-flow"}).count(s.now(), signinWindow, 1) != nil {
		return errSigninTooOften
	}
	return refused
}
