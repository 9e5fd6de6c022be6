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

// lookup returns the subscriptions under id; owned tells an id that is ours
// and has none at the moment from one that is not ours. The slice is
// read-only.
func (r *routes) lookup(id []byte) (subs []*Subscription, owned bool) {
	r.mu.RLock()
	subs, owned = r.to[string(id)]
	r.mu.RUnlock()
	return subs, owned
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
