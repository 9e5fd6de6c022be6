package misskeytest

import "github.com/misskeyactor/misskeyactor/streaming/misskey"

// DefaultPassword is the password of every user made without [WithPassword].
const DefaultPassword = "password"

// Token returns the account's own token, good for everything.
func (u *User) Token() string {
	u.server.mu.Lock()
	defer u.server.mu.Unlock()
	return u.token
}

// AppToken makes a token as an app gets it, good for these permissions
// ("read:account", "write:notes" ...) and no other. The user gets a notification
// of the kind createToken.
func (u *User) AppToken(permissions ...string) string {
	u.server.mu.Lock()
	defer u.server.mu.Unlock()
	defer u.server.touch()
	return u.server.createToken(u, permissions)
}

func (s *Server) createToken(u *User, permissions []string) string {
	c := credential{id: s.nextID(), user: u, app: true, permissions: map[string]bool{}}
	for _, p := range permissions {
		c.permissions[p] = true
	}
	token := newAppToken()
	s.tokens[token] = c
	s.notify(u, notificationContent{kind: misskey.NotificationKindCreateToken})
	return token
}

// RevokeToken makes an app's token invalid. Sockets that were opened with it
// stay open. A token that is not u's is left alone.
func (u *User) RevokeToken(token string) {
	u.server.locked(func() { u.server.revokeToken(u, token) })
}

func (s *Server) revokeToken(u *User, token string) {
	if c, ok := s.tokens[token]; ok && c.app && c.user == u {
		delete(s.tokens, token)
	}
}

// RegenerateToken makes the account's own token invalid and returns the new
// one. The user's main channels get `myTokenRegenerated`; open sockets stay
// open and keep receiving, as the real server's do.
func (u *User) RegenerateToken() string {
	u.server.mu.Lock()
	defer u.server.mu.Unlock()
	defer u.server.touch()
	u.server.regenerateToken(u)
	return u.token
}

func (s *Server) regenerateToken(u *User) {
	delete(s.tokens, u.token)
	u.token = newNativeToken()
	s.tokens[u.token] = credential{user: u}
	u.toMain("myTokenRegenerated", nil)
}

// SignIn signs the user in somewhere else: the notification login, which Misskey
// 12 does not make, and `signin` on their main channels.
func (u *User) SignIn() {
	u.server.locked(func() { u.server.signIn(u) })
}

func (s *Server) signIn(u *User) {
	if s.facts.notifiesLogins {
		s.notify(u, notificationContent{kind: misskey.NotificationKindLogin})
	}
	u.toMain("signin", misskey.Signin{
		ID:        misskey.SigninID(s.nextID()),
		CreatedAt: s.now(),
		IP:        "127.0.0.1",
		Headers:   marshal(map[string]string{"host": s.addr, "user-agent": "misskeytest"}),
		Success:   true,
	})
}

// Suspend blocks the account: handshakes get 403 from now on (400 in Misskey
// 12), REST calls that need an account get 403. Open sockets keep receiving.
func (u *User) Suspend() {
	u.server.locked(func() { u.suspended = true })
}

// Unsuspend takes a Suspend back.
func (u *User) Unsuspend() {
	u.server.locked(func() { u.suspended = false })
}
