package misskeytest_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// signin-flow: a token for a password; 403 with an id only; at the second
// failure 429 without Retry-After.
func TestSigninFlow(t *testing.T) {
	clock := misskeytest.NewManualClock(time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC))
	srv, bot, _, _, c := people(t, misskeytest.WithClock(clock), misskeytest.WithPingInterval(0))
	signin := func(params string) reply {
		t.Helper()
		return ask(t, srv, "", "signin-flow", params)
	}
	if r := signin(`{"username":"bot"}`); r.status != 200 || !strings.Contains(r.body, `"next":"password"`) {
		t.Errorf("without a password: %+v", r)
	}
	wrong := `{"username":"bot","password":"wrong"}`
	r := signin(wrong)
	r.want(t, 403, "")
	if e := object(t, object(t, json.RawMessage(r.body))["error"]); len(e) != 1 || len(e["id"]) != 38 {
		t.Errorf("%s, want an id and nothing else", r.body)
	}
	r = signin(wrong)
	r.want(t, 429, "TOO_MANY_AUTHENTICATION_FAILURES")
	if r.header.Get("Retry-After") != "" {
		t.Error("Retry-After is there")
	}
	clock.Advance(time.Minute)
	signin(wrong).want(t, 403, "")

	var done struct {
		Finished bool
		I        string
	}
	mustDecode(t, json.RawMessage(signin(`{"username":"bot","password":"`+misskeytest.DefaultPassword+`"}`).body), &done)
	if !done.Finished || done.I != bot.Token() {
		t.Errorf("%+v", done)
	}
	c.waitFor("signin", event("m", "signin"))
}
