package misskeytest

import (
	"net/http"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// limit is how often one user may call an endpoint.
type limit struct {
	max int
	per time.Duration
	// interval is the least time between two calls; 0 is none.
	interval time.Duration
}

// limits are the endpoints that have one. Timelines, notes/show,
// reactions/create and polls/vote have none.
var limits = map[string]limit{
	"i/notifications":                 {max: 30, per: 30 * time.Second},
	"i/notifications-grouped":         {max: 30, per: 30 * time.Second},
	"i/update":                        {max: 20, per: time.Hour},
	"notes/create":                    {max: 300, per: time.Hour},
	"notes/delete":                    {max: 300, per: time.Hour, interval: time.Second},
	"notes/unrenote":                  {max: 300, per: time.Hour, interval: time.Second},
	"notes/reactions/delete":          {max: 60, per: time.Hour, interval: 3 * time.Second},
	"notes/favorites/create":          {max: 20, per: time.Hour},
	"notes/drafts/create":             {max: 300, per: time.Hour},
	"notes/drafts/update":             {max: 300, per: time.Hour},
	"notifications/create":            {max: 10, per: time.Minute},
	"notifications/test-notification": {max: 10, per: time.Minute},
	"following/create":                {max: 100, per: time.Hour},
	"following/delete":                {max: 100, per: time.Hour},
	"following/update":                {max: 100, per: time.Hour},
	"following/invalidate":            {max: 100, per: time.Hour},
	"mute/create":                     {max: 20, per: time.Hour},
	"renote-mute/create":              {max: 20, per: time.Hour},
	"blocking/create":                 {max: 20, per: time.Hour},
	"blocking/delete":                 {max: 100, per: time.Hour},
	"channels/create":                 {max: 10, per: time.Hour},
	"users/lists/push":                {max: 30, per: time.Hour},
	"chat/messages/create-to-user":    {max: 500, per: time.Hour},
	"chat/messages/create-to-room":    {max: 500, per: time.Hour},
	"chat/rooms/create":               {max: 10, per: 24 * time.Hour},
	"drive/files/create":              {max: 120, per: time.Hour},
	"drive/files/upload-from-url":     {max: 60, per: time.Hour},
	"drive/folders/create":            {max: 10, per: time.Hour},
	"pages/create":                    {max: 10, per: time.Hour},
	"pages/update":                    {max: 300, per: time.Hour},
}

// WithoutRateLimits lets everybody call every endpoint as often as they like.
// Without it the server counts calls as the real one does, on its own clock
// (see [WithClock]), and answers 429 RATE_LIMIT_EXCEEDED to those that are too
// many. Only calls by REST count, not the methods of [User].
func WithoutRateLimits() Option { return func(cfg *config) { cfg.unlimited = true } }

// caller is who is limited where: "" stands for all who are nobody.
type caller struct {
	endpoint string
	user     misskey.UserID
	interval bool // the least time between calls, which is counted by itself
}

// limitCall counts a call, and refuses it where it is one too many.
func (s *Server) limitCall(name string, u *User) *apiError {
	now := s.now()
	if end, limited := s.limited[name]; limited {
		if now.Before(end) {
			return rateLimited(now, end, 1)
		}
		delete(s.limited, name)
	}
	l, limited := limits[name]
	if !limited || s.config.unlimited {
		return nil
	}
	who := caller{endpoint: name}
	factor := 1.0
	if u != nil {
		who.user = u.ID
		factor = s.rateLimitFactor(u)
	}
	if factor <= 0 {
		return nil // no limit for them
	}
	stretch := func(d time.Duration) time.Duration { return time.Duration(float64(d) * factor) }
	if l.interval > 0 {
		who.interval = true
		if refused := s.window(who).count(now, stretch(l.interval), 1); refused != nil {
			return refused
		}
		who.interval = false
	}
	return s.window(who).count(now, stretch(l.per), max(1, int(float64(l.max)/factor)))
}

// rateLimitFactor is how much stricter than for others the limits are for a
// user.
func (s *Server) rateLimitFactor(u *User) float64 { return s.policiesOf(u).RateLimitFactor }

func (s *Server) window(who caller) *window {
	w := s.windows[who]
	if w == nil {
		w = &window{}
		s.windows[who] = w
	}
	return w
}

// window are the latest calls of one caller, oldest first. Calls that were
// refused are among them: who goes on calling is never let in again.
type window struct{ calls []time.Time }

func (w *window) count(now time.Time, per time.Duration, most int) *apiError {
	for len(w.calls) > 0 && !w.calls[0].After(now.Add(-per)) {
		w.calls = w.calls[1:]
	}
	before := len(w.calls)
	w.calls = append(w.calls, now)
	if before < most {
		return nil
	}
	w.calls = w.calls[len(w.calls)-most:]
	return rateLimited(now, w.calls[0].Add(per), most)
}

// rateLimited asks the client to come back when the limit ends.
func rateLimited(now, end time.Time, total int) *apiError {
	return &apiError{
		Message: "Rate limit exceeded. Please try again later.", Code: "RATE_LIMIT_EXCEEDED",
		ID: "d5826d14-3982-4d2e-8011-b9e9f02499ef", Kind: kindClient,
		Info:   limitInfo{Reset: end.Unix(), ResetMs: end.UnixMilli(), Total: total},
		status: http.StatusTooManyRequests,
		retry:  int((end.Sub(now) + time.Second - 1) / time.Second),
	}
}

type limitInfo struct {
	Remaining int   `json:"remaining"`
	Reset     int64 `json:"reset"`   // when it ends, in seconds since 1970
	ResetMs   int64 `json:"resetMs"` // the same in milliseconds
	Total     int   `json:"total"`
}
