package misskeytest_test

import (
	"testing"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// What policies say about timelines and limits.
func TestRESTPolicies(t *testing.T) {
	t.Run("ltlAvailable and gtlAvailable", func(t *testing.T) {
		srv := newServer(t, misskeytest.WithBasePolicy("ltlAvailable", false), misskeytest.WithBasePolicy("gtlAvailable", false))
		alice := srv.AddUser("alice")
		endpoints := map[string]string{
			"notes/local-timeline": "LTL_DISABLED", "notes/hybrid-timeline": "STL_DISABLED", "notes/global-timeline": "GTL_DISABLED",
		}
		for endpoint, code := range endpoints {
			ask(t, srv, alice.Token(), endpoint, `{}`).want(t, 400, code)
		}
		ask(t, srv, "", "notes/local-timeline", `{}`).want(t, 400, "LTL_DISABLED")
		srv.AddRole("readers", misskeytest.WithPolicy("ltlAvailable", true), misskeytest.WithPolicy("gtlAvailable", true)).Assign(alice)
		for endpoint := range endpoints {
			ask(t, srv, alice.Token(), endpoint, `{}`).want(t, 200, "")
		}
	})
	t.Run("limits x role policy rateLimitFactor", func(t *testing.T) {
		for factor, calls := range map[float64]int{0.5: 60, 2: 15, 3: 10} {
			srv, clock := limited(t)
			alice := srv.AddUser("alice")
			srv.AddRole("r", misskeytest.WithPolicy("rateLimitFactor", factor)).Assign(alice)
			for range calls {
				ask(t, srv, alice.Token(), "i/notifications", `{}`).want(t, 200, "")
			}
			r := ask(t, srv, alice.Token(), "i/notifications", `{}`)
			r.want(t, 429, "RATE_LIMIT_EXCEEDED")
			clock.Advance(time.Duration(float64(30*time.Second) * factor))
			ask(t, srv, alice.Token(), "i/notifications", `{}`).want(t, 200, "")
		}
	})
	t.Run("0 is no limit", func(t *testing.T) {
		srv, _ := limited(t)
		alice := srv.AddUser("alice")
		srv.AddRole("r", misskeytest.WithPolicy("rateLimitFactor", 0)).Assign(alice)
		for range 40 {
			ask(t, srv, alice.Token(), "i/notifications", `{}`).want(t, 200, "")
		}
	})
}
