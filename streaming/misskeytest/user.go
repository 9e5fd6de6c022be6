package misskeytest

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// User is an account on the server, and what a test does in its name. Its
// methods are safe for concurrent use. They act as a client of that account
// would by REST, and panic with the error's code where the server would refuse:
// a test that does so is wrong. Refusals are tested through REST.
type User struct {
	ID       misskey.UserID
	Username string

	server  *Server
	created time.Time

	// Guarded by Server.mu.
	token         string
	password      string
	profile       Profile
	updated       time.Time // of the profile; zero = never
	root          bool
	suspended     bool
	open          int             // sockets
	notifications []*notification // by id
	settings      map[settingKey]setting
	achievements  []misskey.Achievement
	read          misskey.NotificationID

	relations relations
	followers map[misskey.UserID]*follow
	requests  map[misskey.UserID]*follow // asked of this account, by who asks
	blocking  map[misskey.UserID]*block
}

// UserOption says something about a user being added.
type UserOption interface{ applyToUser(*User) }

type userOption func(*User)

func (o userOption) applyToUser(u *User) { o(u) }

func (o IDOption) applyToUser(u *User) { u.ID = misskey.UserID(o) }

// WithName gives the user a display name. Without one it is null.
func WithName(name string) UserOption { return userOption(func(u *User) { u.profile.Name = name }) }

// WithToken gives the user this token instead of a fresh one. It should have
// sixteen characters, as the server's own tokens have.
func WithToken(token string) UserOption { return userOption(func(u *User) { u.token = token }) }

// WithPassword gives the user this password instead of [DefaultPassword].
func WithPassword(password string) UserOption {
	return userOption(func(u *User) { u.password = password })
}

// AsBot marks the account as a bot's.
func AsBot() UserOption { return userOption(func(u *User) { u.profile.Bot = true }) }

// AsCat marks the account as a cat's.
func AsCat() UserOption { return userOption(func(u *User) { u.profile.Cat = true }) }

// AsLocked makes the account one that wants to be asked before it is followed.
func AsLocked() UserOption { return userOption(func(u *User) { u.profile.Locked = true }) }

// AsAdmin makes the account the server's root: it may use the endpoints for
// administrators. The admin channel is silent for it all the same, as it is for
// everybody without a role [ForModerators] or [ForAdministrators].
func AsAdmin() UserOption { return userOption(func(u *User) { u.root = true }) }

// usernamePattern is what a username may be.
var usernamePattern = regexp.MustCompile(`^[A-Za-z0-9_]{1,20}$`)

// AddUser makes an account. It panics when the username, the id or the token is
// taken, over a username that Misskey would not have (it has one to twenty letters,
// digits and underscores), and over an empty token.
func (s *Server) AddUser(username string, options ...UserOption) *User {
	mustGive("AddUser", "option", options...)
	if !usernamePattern.MatchString(username) {
		panic(fmt.Sprintf("misskeytest: %q is no username", username))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.touch()
	u := &User{Username: username, server: s, token: newNativeToken(), password: DefaultPassword, profile: newProfile()}
	for _, o := range options {
		o.applyToUser(u)
	}
	if u.ID == "" {
		u.ID = misskey.UserID(s.nextID())
	}
	if s.userNamed(username) != nil {
		panic(fmt.Sprintf("misskeytest: there is a user %q already", username))
	}
	if other, taken := s.tokens[u.token]; taken {
		panic(fmt.Sprintf("misskeytest: the token for @%s is @%s's already", username, other.user.Username))
	}
	if u.token == "" {
		panic(fmt.Sprintf("misskeytest: the token for @%s is empty", username))
	}
	u.created = s.madeAt(string(u.ID))
	s.users.add(u.ID, u)
	s.usernames[strings.ToLower(username)] = u
	s.tokens[u.token] = credential{user: u}
	return u
}

// User returns the account of that name, in upper or lower case, nil when there
// is none.
func (s *Server) User(username string) *User {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.userNamed(username)
}

func (s *Server) userNamed(username string) *User { return s.usernames[strings.ToLower(username)] }

// toMain sends an event to the user's main channels, and returns to how many.
func (u *User) toMain(typ string, body any) int {
	return u.server.publish(topic{"main", string(u.ID)}, typ, body)
}

// act runs what a user does, and panics when the server refuses it.
func act[T any](u *User, what string, f func() (T, *apiError)) T {
	if u == nil {
		panic("misskeytest: " + what + " by a user that is nil")
	}
	u.server.mu.Lock()
	defer u.server.mu.Unlock()
	defer u.server.touch()
	result, refused := f()
	if refused != nil {
		panic(fmt.Sprintf("misskeytest: %s by @%s: %s", what, u.Username, refused.reason()))
	}
	return result
}
