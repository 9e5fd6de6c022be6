package misskeytest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// What cannot be is a mistake of the test's, which is told at once.
func TestMistakesPanic(t *testing.T) {
	srv := newServer(t)
	dial(t, srv, "").sync()
	k := srv.Sockets()[0]
	long := strings.Repeat("x", 124)
	for name, do := range map[string]func(){
		"a policy there is not":          func() { misskeytest.WithBasePolicy("canFly", true) },
		"a policy of another type":       func() { misskeytest.WithPolicy("ltlAvailable", "yes") },
		"a policy of no value":           func() { misskeytest.WithPolicy("ltlAvailable", nil) },
		"a limit of no endpoint":         func() { srv.LimitRate("note/create", time.Hour) },
		"a reason too long for a frame":  func() { k.Close(1000, long) },
		"a fault with such a reason":     func() { misskeytest.CloseWith(1000, long) },
		"nothing reordered":              func() { misskeytest.ReorderedAcks(0) },
		"a handshake that goes on":       func() { misskeytest.RejectHandshake(101, nil, "") },
		"a body that cannot be encoded":  func() { srv.Broadcast("any", make(chan int)) },
		"the zeroth event":               func() { misskeytest.Drop().On(0) },
		"a release that nobody has made": func() { newServer(t, misskeytest.WithRelease("1.0")) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			do()
		}()
	}
}
