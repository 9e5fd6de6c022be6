package misskeytest

import (
	"crypto/rand"
	"strconv"
	"strings"
	"time"
)

// Ids are those of Misskey's default configuration, aidx: eight characters of
// milliseconds since 2000, four of the server process, four of a counter, all
// in base 36. They sort by time as strings.
const (
	idTime    = 8
	idNode    = "mtst"
	idLength  = 16
	idCounter = 36 * 36 * 36 * 36
)

var idEpoch = time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC)

// nextID returns an id made now, unlike every other.
func (s *Server) nextID() string { return s.idAt(s.now()) }

// idAt returns an id as if it were made at t, unlike every other.
func (s *Server) idAt(t time.Time) string {
	s.idCount++
	return idPrefix(t) + idNode + base36(s.idCount%idCounter, 4)
}

// idPrefix: what is before the year 2000 counts as its first moment, and what is
// so late that it has no id as the last that has one.
func idPrefix(t time.Time) string {
	const last = 36*36*36*36*36*36*36*36 - 1
	return base36(min(max(0, t.Sub(idEpoch).Milliseconds()), last), idTime)
}

func base36(n int64, width int) string {
	digits := strconv.FormatInt(n, 36)
	return strings.Repeat("0", max(0, width-len(digits))) + digits
}

// madeAt returns the time that an aidx id carries, and now for an id of
// another shape.
func (s *Server) madeAt(id string) time.Time {
	if len(id) == idLength {
		if ms, err := strconv.ParseInt(id[:idTime], 36, 64); err == nil {
			return idEpoch.Add(time.Duration(ms) * time.Millisecond)
		}
	}
	return s.now()
}

// Tokens: sixteen characters make a user's own token, every other length an
// app's.
func newNativeToken() string { return rand.Text()[:16] }

func newAppToken() string { return (rand.Text() + rand.Text())[:32] }

// IDOption gives a thing an id of the test's choice. It is an option of
// everything that can be added to a server.
type IDOption string

// WithID gives what is being added this id instead of a fresh one. An id that
// is taken already makes the call panic.
func WithID(id string) IDOption { return IDOption(id) }

// pickID returns the id of the last option, or a fresh one.
func (s *Server) pickID(options []IDOption) string {
	if len(options) == 0 {
		return s.nextID()
	}
	return string(options[len(options)-1])
}
