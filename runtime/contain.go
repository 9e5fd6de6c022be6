package runtime

import (
	"errors"
	"runtime/debug"
)

// errGoexit is the value of a PanicError that was none.
var errGoexit = errors.New("a goroutine of the client's was ended by runtime.Goexit, as a test's FailNow does")

// contain calls f, which is the user's, and returns its panic. It does so in a
// goroutine that it waits for: a runtime.Goexit in f ends that, and not the one
// that has an actor to serve or a dial to report.
func contain(f func()) (crash *PanicError) {
	done := make(chan struct{})
	go func() {
		returned := false
		defer close(done)
		defer func() {
			v := recover()
			if returned {
				return
			}
			if v == nil {
				v = errGoexit
			}
			crash = &PanicError{Value: v, Stack: debug.Stack()}
		}()
		f()
		returned = true
	}()
	<-done
	return crash
}
