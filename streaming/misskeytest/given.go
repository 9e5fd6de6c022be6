package misskeytest

import (
	"fmt"
	"reflect"
)

// belonging is what is of one server and no other. The home of nil is nil.
type belonging interface{ home() *Server }

func (u *User) home() *Server {
	if u == nil {
		return nil
	}
	return u.server
}

func (l *List) home() *Server {
	if l == nil {
		return nil
	}
	return l.server
}

func (c *Channel) home() *Server {
	if c == nil {
		return nil
	}
	return c.server
}

// mustOwn panics over what a test has given to a call when it is nil or another
// server's: what would come of it is hard to tell from a bot's mistake. name is
// the argument's.
func (s *Server) mustOwn(call, name string, thing belonging) {
	switch thing.home() {
	case s:
	case nil:
		panic(fmt.Sprintf("misskeytest: %s: %s is nil", call, name))
	default:
		panic(fmt.Sprintf("misskeytest: %s: %s is of another server", call, name))
	}
}

// mustOwnAll does the same for several users, the first being 1.
func (s *Server) mustOwnAll(call string, users []*User) {
	for i, u := range users {
		s.mustOwn(call, fmt.Sprintf("user %d", i+1), u)
	}
}

// mustGive panics over a nil among what a test has given to a call, the first
// being 1.
func mustGive[T any](call, kind string, things ...T) {
	for i, thing := range things {
		if isNil(thing) {
			panic(fmt.Sprintf("misskeytest: %s: %s %d is nil", call, kind, i+1))
		}
	}
}

func isNil(thing any) bool {
	v := reflect.ValueOf(thing)
	switch v.Kind() {
	case reflect.Invalid:
		return true
	case reflect.Func, reflect.Pointer:
		return v.IsNil()
	default:
		return false
	}
}
