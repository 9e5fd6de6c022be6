package main

import (
	"fmt"
	"sync"
	"time"
)

// What takes less is over before a person wonders.
const progressAfter = time.Second

// progress tells a person at a terminal what goes on, once it has taken more
// than a second, and for how long. The function it returns ends that and wipes
// the line; until then nothing else may be printed. It may be called again.
func (c *task) progress(what string) (end func()) {
	if c.json || !c.stderr.terminal {
		return func() {}
	}
	stop, stopped := make(chan struct{}), make(chan struct{})
	begin := time.Now()
	go func() {
		defer close(stopped)
		tick := time.NewTicker(progressAfter)
		defer tick.Stop()
		shown := false
		for {
			select {
			case <-tick.C:
				fmt.Fprintf(c.stderr, "\r%s … %d s", what, int(time.Since(begin).Seconds()))
				shown = true
			case <-stop:
				if shown {
					fmt.Fprint(c.stderr, "\r\x1b[K")
				}
				return
			}
		}
	}()
	return sync.OnceFunc(func() {
		close(stop)
		<-stopped
	})
}
