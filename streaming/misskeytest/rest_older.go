package misskeytest

import "net/http"

// olderStatuses are the refusals that had another status in Misskey 12.
var olderStatuses = map[*apiError]int{
	errAuthenticationFailed: http.StatusForbidden,
	errPermissionDenied:     http.StatusBadRequest,
}

// word puts a refusal as the release does. Misskey 12 knows no kind but client
// and server, no header fields, and does not say when a limit ends.
func (s *Server) word(e *apiError) *apiError {
	if e == nil || !s.facts.plainRefusals {
		return e
	}
	plain := *e
	plain.asksLogin, plain.retry = false, 0
	if status, other := olderStatuses[e]; other {
		plain.status = status
	}
	if plain.Kind == kindPermission {
		plain.Kind = kindClient
	}
	if plain.status == http.StatusTooManyRequests {
		plain.Info = nil
	}
	return &plain
}
