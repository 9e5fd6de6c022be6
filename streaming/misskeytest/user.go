package misskeytest

import (
	"fmt"
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
	name          string
	bot, cat      bool
	suspended     bool
	open          int             // sockets
	notifications []*notification // by id
	read          misskey.NotificationID
}

// UserOption says something about a user being added.
type UserOption interface{ applyToUser(*User) }

type userOption func(*User)

func (o userOption) applyToUser(u *User) { o(u) }

func (o IDOption) applyToUser(u *User) { u.ID = misskey.UserID(o) }

// WithName gives the user a display name. Without one it is null.
func WithName(name string) UserOption { return userOption(func(u *User) { u.name = name }) }

// WithToken gives the user this token instead of a fresh one. It should have
// sixteen characters, as the server's own tokens have.
func WithToken(token string) UserOption { return userOption(func(u *User) { u.token = token }) }

// AsBot marks the account as a bot's.
func AsBot() UserOption { return userOption(func(u *User) { u.bot = true }) }

// AsCat marks the account as a cat's.
func AsCat() UserOption { return userOption(func(u *User) { u.cat = true }) }

// AddUser makes an account. It panics when the username or the id is taken.
func (s *Server) AddUser(username string, options ...UserOption) *User {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := &User{Username: username, server: s, token: newNativeToken()}
	for _, o := range options {
		o.applyToUser(u)
	}
	if u.ID == "" {
		u.ID = misskey.UserID(s.nextID())
	}
	if s.usernames[username] != nil {
		panic(fmt.Sprintf("misskeytest: there is a user %q already", username))
	}
	u.created = s.madeAt(string(u.ID))
	s.users.add(u.ID, u)
	s.usernames[username] = u
	s.tokens[u.token] = credential{user: u}
	return u
}

// User returns the account of that name, nil when there is none.
func (s *Server) User(username string) *User {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.usernames[username]
}

// Token returns the account's own token, good for everything.
func (u *User) Token() string {
	u.server.mu.Lock()
	defer u.server.mu.Unlock()
	return u.token
}

// AppToken makes a token as an app gets it, good for these permissions
// ("read:account", "write:notes" ...) and no other.
func (u *User) AppToken(permissions ...string) string {
	u.server.mu.Lock()
	defer u.server.mu.Unlock()
	c := credential{user: u, app: true, permissions: map[string]bool{}}
	for _, p := range permissions {
		c.permissions[p] = true
	}
	token := newAppToken()
	u.server.tokens[token] = c
	return token
}

// RegenerateToken makes the account's own token invalid and returns the new
// one. The user's main channels get `myTokenRegenerated`; open sockets stay
// open and keep receiving, as the real server's do.
func (u *User) RegenerateToken() string {
	u.server.mu.Lock()
	defer u.server.mu.Unlock()
	defer u.server.touch()
	delete(u.server.tokens, u.token)
	u.token = newNativeToken()
	u.server.tokens[u.token] = credential{user: u}
	u.toMain("myTokenRegenerated", nil)
	return u.token
}

// Suspend blocks the account: handshakes get 403 from now on, REST calls that
// need an account get 403. Open sockets keep receiving.
func (u *User) Suspend() {
	u.server.locked(func() { u.suspended = true })
}

// Unsuspend takes a Suspend back.
func (u *User) Unsuspend() {
	u.server.locked(func() { u.suspended = false })
}

// toMain sends an event to the user's main channels, and returns to how many.
func (u *User) toMain(typ string, body any) int {
	return u.server.publish(topic{"main", string(u.ID)}, typ, body)
}

// act runs what a user does, and panics when the server refuses it.
func act[T any](u *User, what string, f func() (T, *apiError)) T {
	u.server.mu.Lock()
	defer u.server.mu.Unlock()
	defer u.server.touch()
	result, refused := f()
	if refused != nil {
		panic(fmt.Sprintf("misskeytest: %s by @%s: %s", what, u.Username, refused.Code))
	}
	return result
}
