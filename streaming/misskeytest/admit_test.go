package misskeytest

import "testing"

// Who may call what, for endpoints that ask for more than a token.
func TestAdmitCall(t *testing.T) {
	s := NewServer()
	defer s.Close()
	alice, banned := s.AddUser("alice"), s.AddUser("banned")
	banned.Suspend()
	app := s.tokens[alice.AppToken("read:account")]
	own := credential{user: alice}
	secure := &endpoint{name: "secure", secure: true}
	forNobody := &endpoint{name: "moderate", credential: true, allowed: func(*Server, *User) bool { return false }}
	forAlice := &endpoint{name: "moderate", credential: true, allowed: func(_ *Server, u *User) bool { return u == alice }}
	tests := []struct {
		name     string
		endpoint *endpoint
		who      credential
		status   int
		code     string
	}{
		{"app token on a secure endpoint", secure, app, 400, "ACCESS_DENIED"},
		{"own token on a secure endpoint", secure, own, 0, ""},
		{"role missing", forNobody, own, 403, "ROLE_PERMISSION_DENIED"},
		{"role there", forAlice, own, 0, ""},
		{"nobody where a role is asked for", forNobody, credential{}, 401, "CREDENTIAL_REQUIRED"},
		{"suspended", forNobody, credential{user: banned}, 403, "YOUR_ACCOUNT_SUSPENDED"},
		{"suspended on a public endpoint", &endpoint{name: "ping"}, credential{user: banned}, 0, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s.mu.Lock()
			defer s.mu.Unlock()
			refused := s.admitCall(tt.endpoint, tt.who)
			if refused == nil {
				refused = &apiError{}
			}
			if refused.status != tt.status || refused.Code != tt.code || refused.asksLogin != (tt.status == 401) {
				t.Errorf("%d %s, want %d %s", refused.status, refused.Code, tt.status, tt.code)
			}
		})
	}
}
