package runtime

// latch is a channel that is closed once, and made only when somebody waits for
// it: most subscriptions never have one. It needs its owner's lock.
type latch struct {
	ch     chan struct{}
	opened bool
}

// wait returns the channel.
func (l *latch) wait() <-chan struct{} {
	if l.ch == nil {
		l.ch = make(chan struct{})
		if l.opened {
			close(l.ch)
		}
	}
	return l.ch
}

// open closes the channel. A second call does nothing.
func (l *latch) open() {
	if l.opened {
		return
	}
	l.opened = true
	if l.ch != nil {
		close(l.ch)
	}
}
