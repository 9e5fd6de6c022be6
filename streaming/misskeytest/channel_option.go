package misskeytest

import (
	"encoding/json"
	"sync/atomic"
)

// ChannelOption says how a channel that [WithChannel] adds is otherwise than one
// that takes any params, needs no account and only sends what it is told to.
type ChannelOption func(*channelRule)

// NeedsAccount makes the server ignore a connect without an account, and one
// with an app's token that lacks the permission, as in "read:account"; "" asks
// for none.
func NeedsAccount(permission string) ChannelOption {
	return func(r *channelRule) { r.credential, r.permission = true, permission }
}

// OncePerSocket makes the server ignore a connect while the socket has the
// channel, under whichever id.
func OncePerSocket() ChannelOption { return func(r *channelRule) { r.shared = true } }

// TakesParams makes the server ignore a connect whose params, an object, f
// returns false for; releases before 2026.3.2 acknowledge it and send nothing. f
// is called while the server is at work and must not use it. It panics when f is
// nil.
func TakesParams(f func(params json.RawMessage) bool) ChannelOption {
	mustGive("TakesParams", "function", f)
	return func(r *channelRule) {
		r.open = func(c *channelConn) (string, bool) { return "", f(marshal(c.params)) }
	}
}

// OnConnect has f called with every connection of the channel, once it hears
// what is sent to it. The functions of OnConnect and [OnSend] are called one at a
// time, in the order of what they are told. They may use the server, and wait
// for nothing that needs another of them; Stop, Restart and Close may wait for
// them. It panics when f is nil.
func OnConnect(f func(Connection)) ChannelOption {
	mustGive("OnConnect", "function", f)
	return func(r *channelRule) {
		r.listens = func(c *channelConn) {
			at := c.snapshot()
			c.socket.server.later(func() { f(at) })
		}
	}
}

// OnSend has f called with every message that a client sends to the channel, and
// the connection that it came by, as [OnConnect] calls its function. It panics
// when f is nil.
func OnSend(f func(Connection, Send)) ChannelOption {
	mustGive("OnSend", "function", f)
	return func(r *channelRule) {
		r.receive = func(c *channelConn, typ string, body json.RawMessage) {
			at := c.snapshot()
			c.socket.server.later(func() { f(at, Send{Type: typ, Body: body}) })
		}
	}
}

// hooks are the calls of a test's functions that are still to be made.
type hooks struct {
	waiting atomic.Bool // there are some

	// Guarded by Server.mu.
	queue   []func()
	running chan struct{} // closed when nobody makes them any more; nil = nobody does
}

// later has f called when Server.mu is free.
func (s *Server) later(f func()) {
	if !s.closed {
		s.hooks.queue = append(s.hooks.queue, f)
		s.hooks.waiting.Store(true)
	}
}

// runHooks makes the calls that wait, unless another goroutine is at it. It needs
// Server.mu not to be held.
func (s *Server) runHooks() {
	if !s.hooks.waiting.Load() {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hooks.running != nil {
		return
	}
	done := make(chan struct{})
	s.hooks.running = done
	defer func() { // when a call panics or ends its goroutine as well
		s.hooks.running = nil
		s.hooks.waiting.Store(len(s.hooks.queue) > 0)
		close(done)
	}()
	for len(s.hooks.queue) > 0 {
		next := s.hooks.queue[0]
		s.hooks.queue = s.hooks.queue[1:]
		s.unlocked(next)
	}
}

// unlocked calls f with Server.mu, which is held, not held.
func (s *Server) unlocked(f func()) {
	s.mu.Unlock()
	defer s.mu.Lock()
	f()
}

// awaitHooks waits for the call that is being made. It needs Server.mu not to be
// held.
func (s *Server) awaitHooks() {
	s.mu.Lock()
	running := s.hooks.running
	s.mu.Unlock()
	if running != nil {
		<-running
	}
}
