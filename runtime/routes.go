package runtime

import "sync"

// routes tells which subscriptions an id belongs to. The connection actor
// writes it, the reader looks up every frame in it.
type routes struct {
	mu sync.RWMutex
	to map[string][]*Subscription
}

// captureRoutes are the routes of the captures of one kind.
type captureRoutes struct {
	routes
	kind *CaptureKind
}

// deliver calls f with the subscriptions under id, if there are any; owned tells
// an id that is ours and has none at the moment from one that is not ours. Who
// takes a route away waits for f: an event that comes by a route that is gone
// would end the gap that its end began. f does not keep the slice, and must not
// wait for anything.
func (r *routes) deliver(id []byte, f func([]*Subscription)) (owned bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	subs, owned := r.to[string(id)]
	if len(subs) > 0 {
		f(subs)
	}
	return owned
}

// settle waits until nobody delivers any more who began before.
func (r *routes) settle() {
	r.mu.Lock()
	defer r.mu.Unlock()
}

// set makes subs the subscriptions under id. It keeps the slice, which must
// not change any more.
func (r *routes) set(id string, subs []*Subscription) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.to == nil {
		r.to = make(map[string][]*Subscription)
	}
	r.to[id] = subs
}

func (r *routes) remove(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.to, id)
}

func (r *routes) clear() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.to = nil
}
